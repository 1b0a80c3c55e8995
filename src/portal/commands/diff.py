"""``portal diff``: what changed between two releases or catalogues."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.commands._common import echo_json

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COMMAND"]

_SHOWN = 20

_EXAMPLES = """\b
Examples:
  portal diff catalog/releases/1.0 catalog
  portal diff https://portal.example.org/releases/1.0/ https://portal.example.org/ -o changes.csv
"""


@click.command("diff", epilog=_EXAMPLES)
@click.argument("old")
@click.argument("new")
@click.option(
    "--withdrawn",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="List of withdrawn models, with reasons [default: withdrawn.csv in the folder NEW].",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all changes to a CSV file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all changes as JSON.")
def COMMAND(old: str, new: str, withdrawn: Path | None, output: Path | None, as_json: bool) -> None:
    """Say which models were added, changed (and why), renamed and withdrawn from OLD to NEW.

    Each is a release or a catalogue: a folder, or an address. The exit status is 1 if there is
    a difference.
    """
    from portal.catalog.diff import compare, count
    from portal.catalog.withdrawal import WITHDRAWN, load_withdrawn
    from portal.client.snapshots import open_snapshot

    reasons = load_withdrawn(withdrawn or Path(new) / WITHDRAWN)
    one, other = open_snapshot(old), open_snapshot(new)
    changes = compare(one, other, reasons)
    counts = count(changes)
    if output is not None:
        _write(changes, output)
    if as_json:
        echo_json(
            {
                "old": one.name,
                "new": other.name,
                "counts": dict(counts.kinds),
                "reasons": dict(counts.reasons),
                "changes": changes.to_pylist(),
            }
        )
    else:
        told = ", ".join(f"{number} {kind}" for kind, number in counts.kinds.items())
        click.echo("\n".join([f"{one.name} to {other.name}: {told}", *_lines(changes)]))
    sys.exit(1 if changes.num_rows else 0)


def _lines(changes: "pa.Table") -> Iterator[str]:
    """The first changes of each kind."""
    import pyarrow.compute as pc

    for kind in pc.unique(changes["change"]).to_pylist():
        rows = changes.filter(pc.equal(changes["change"], kind))
        for row in rows.slice(0, _SHOWN).to_pylist():
            yield _line(row)
        if len(rows) > _SHOWN:
            yield f"  and {len(rows) - _SHOWN} more lines of {kind} models; --output has all"


def _line(row: dict[str, str]) -> str:
    text = f"{row['change']} {row['model_id']}"
    if row["change"] == "changed":
        unit = f" {row['unit']}" if row["unit"] else ""
        old, new = row["old"] or "nothing", row["new"] or "nothing"
        text += f": {row['reason']}, {row['what']}: {old} -> {new}{unit}"
    elif row["new"]:
        text += f" -> {row['new']}"
    text += f": {row['note']}" if row["note"] else ""
    return "".join(c if c.isprintable() else "?" for c in text)


def _write(changes: "pa.Table", path: Path) -> None:
    import pyarrow as pa
    import pyarrow.csv as pacsv

    from portal.commands.export import write_pieces

    sink = pa.BufferOutputStream()
    pacsv.write_csv(changes, sink)
    write_pieces([sink.getvalue().to_pybytes()], path)
