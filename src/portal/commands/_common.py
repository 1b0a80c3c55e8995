"""What commands share: a progress bar on a terminal only, and output for machines."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from portal.errors import ConfigError

__all__ = ["as_text", "counted", "echo_json", "folders", "printable", "progress"]


def counted(number: int, thing: str) -> str:
    """A number of things in words: ``1 file``, ``2 files``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


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


def folders(given: Iterable[str], names: Iterable[str]) -> dict[str, Path]:
    """Folders given as ``DIR`` or ``NAME=DIR``, by the name of the collection, '' for none.

    Raises
    ------
    ConfigError
        If there is no such folder or no such collection, or two folders for one.
    """
    legal = sorted(names)
    found: dict[str, Path] = {}
    for text in given:
        name, path = ("", text) if Path(text).is_dir() or "=" not in text else text.split("=", 1)
        if name and name not in legal:
            raise ConfigError(
                "--data: no such collection",
                seen=name,
                expected=" or ".join(legal) or "a folder without a name",
                way_out="name a collection of the catalogue, or the folder alone",
            )
        if not Path(path).is_dir():
            raise ConfigError(
                "--data: no such folder",
                seen=path,
                expected="a folder, or NAME=folder",
                way_out="name the folder in which the files of the store lie",
            )
        if name in found:
            raise ConfigError(
                f"--data: two folders for {f'collection {name}' if name else 'one store'}",
                seen=f"{found[name]} and {path}",
                expected="one folder for each collection",
                way_out=f"name collections: {' or '.join(f'{n}=DIR' for n in legal) or 'NAME=DIR'}",
            )
        found[name] = Path(path)
    return found


def printable(text: str) -> str:
    """`text` without what would move the cursor: it may come from a file."""
    return "".join(c if c.isprintable() else "?" for c in text)


def as_text(value: object) -> str:
    """`value` as JSON with sorted keys."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def echo_json(value: object) -> None:
    """Print `value` as JSON with sorted keys."""
    click.echo(as_text(value))
