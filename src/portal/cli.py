"""The command line: ``portal COMMAND``; each command is a module of `portal.commands`."""

import os
import sys
from contextlib import suppress
from importlib import import_module

import click

from portal import __version__, registry
from portal.errors import PortalError

__all__ = ["main"]

_COMMANDS = "portal.commands"


class _Commands(click.Group):
    """Loads a command's module when it is called, so that `portal --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name.replace("_", "-") for name in registry.names(_COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("-", "_")
        if name not in registry.names(_COMMANDS):
            return None
        command = import_module(f"{_COMMANDS}.{name}").COMMAND
        assert isinstance(command, click.Command)  # a fault of ours, not the user's
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portal")
def _portal() -> None:
    """Turn a store of HDF5 files into a catalogue and a static site."""


def main() -> None:
    """Run the command line; errors of ours, and of files, are one line and exit status 2."""
    try:
        _portal(prog_name="portal")
    except PortalError as error:
        click.echo(f"portal: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
        what = f"{place}: cannot be used" if place else "a file cannot be read or written"
        click.echo(f"portal: {what}: got {error.strerror or error}", err=True)
        _forget_output()
        sys.exit(2)


def _forget_output() -> None:
    # What could not be written would be tried, and fail, again at the end of the program.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
