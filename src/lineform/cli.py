"""The command line: ``lineform COMMAND``."""

import logging
import sys
from typing import NoReturn

import click

from lineform import __version__
from lineform.errors import LineformError
from lineform.registry import members

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lineform")
def _lineform() -> None:
    """Turn models of stellar winds into spectral-line cubes.

    Example: lineform make-store build/store --models 24
    """


for _command in members("lineform.commands", "COMMAND"):
    _lineform.add_command(_command)


def main() -> None:
    """Run the command line; errors of ours are one line and exit status 2."""
    logging.basicConfig(format="lineform: %(message)s")
    try:
        _lineform(prog_name="lineform")
    except LineformError as error:
        _end(error)
    except MemoryError as error:
        _end(
            LineformError(
                "memory: there is not enough",
                seen=str(error),
                way_out="ask for fewer pixels, channels or cells, or use a larger machine",
            )
        )


def _end(error: LineformError) -> NoReturn:
    click.echo(f"lineform: {error}", err=True)
    sys.exit(2)
