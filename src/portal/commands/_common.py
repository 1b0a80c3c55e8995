"""What commands share: a progress bar on a terminal only, and output for machines."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["echo_json", "progress"]


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A callback ``(done, total)`` that draws a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bar = click.progressbar(length=1, label=label, file=sys.stderr)
    with bar:

        def report(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield report


def echo_json(value: object) -> None:
    """Print `value` as JSON with sorted keys."""
    click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))
