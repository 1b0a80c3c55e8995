"""The command line: ``lineform COMMAND``."""

import logging
import sys

import click

from lineform import __version__
from lineform.commands import (
    convert,
    export_fits,
    make_store,
    observe,
    repair_fits,
    synthesise,
)
from lineform.errors import LineformError

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lineform")
def _lineform() -> None:
    """Turn models of stellar winds into spectral-line cubes.

    Example: lineform make-store build/store --models 24
    """


_lineform.add_command(convert.COMMAND)
_lineform.add_command(export_fits.COMMAND)
_lineform.add_command(make_store.COMMAND)
_lineform.add_command(observe.COMMAND)
_lineform.add_command(repair_fits.COMMAND)
_lineform.add_command(synthesise.COMMAND)


def main() -> None:
    """Run the command line; errors of ours are one line and exit status 2."""
    logging.basicConfig(format="lineform: %(message)s")
    try:
        _lineform(prog_name="lineform")
    except LineformError as error:
        click.echo(f"lineform: {error}", err=True)
        sys.exit(2)
