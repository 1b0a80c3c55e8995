"""``portal query``: the models, or observations, that an expression selects."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal import registry
from portal.commands._common import as_text
from portal.commands._speed import speed_of
from portal.commands.export import write_pieces
from portal.errors import ConfigError
from portal.exporters.base import exporters

if TYPE_CHECKING:
    from portal.catalog.query import Table
    from portal.catalog.selection import Selection, TableName
    from portal.catalog.table import Catalog

__all__ = ["COMMAND"]

_SHOWN = {
    "models": ("model_id", "morphology", "mass_loss_rate", "terminal_velocity", "species", "bytes"),
    "observations": ("model_id", "line", "inclination", "azimuth", "peak_flux_density", "path"),
}
_WIDEST = 40


@click.command(
    "query",
    epilog="Example: portal query 'mass_loss_rate > 1e-6 and species == \"CO\"' --as aria2",
)
@click.argument("expression", default="")
@click.option(
    "--catalog",
    type=click.Path(path_type=Path, file_okay=False),
    default="catalog",
    show_default=True,
    help="Catalogue.",
)
@click.option("--observations", is_flag=True, help="Select observations instead of models.")
@click.option("--columns", default="", metavar="A,B", help="Columns to print.")
@click.option(
    "--as",
    "form",
    type=click.Choice(sorted({*registry.names("portal.exporters"), "json"})),
    help="Write this form of the rows or of a list of their files.",
)
@click.option("--urls", is_flag=True, help="The same as --as urls.")
@click.option("--metalink", is_flag=True, help="The same as --as metalink.")
@click.option("--csv", is_flag=True, help="The same as --as csv.")
@click.option("--json", is_flag=True, help="The same as --as json.")
@click.option("--sql", is_flag=True, help="Print the SELECT that finds the same rows with DuckDB.")
@click.option("--limit", type=click.IntRange(0), help="Take at most so many rows.")
@click.option("--plan", is_flag=True, help="Say how much the files are, and print no rows.")
@click.option(
    "--speed", default="100 Mbit/s", show_default=True, metavar="SPEED", help="For the plan."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File [default: standard output]."
)
def COMMAND(
    expression: str,
    catalog: Path,
    observations: bool,
    columns: str,
    form: str | None,
    sql: bool,
    limit: int | None,
    plan: bool,
    speed: str,
    output: Path | None,
    **short: bool,
) -> None:
    """Print what EXPRESSION selects; without one, everything.

    Lists name the files of the models, or, with --observations, those of the observations.
    """
    from portal.catalog.pieces import row_pieces
    from portal.catalog.selection import Selection, choose
    from portal.catalog.table import Catalog

    form = _one([form, *(name for name, wanted in short.items() if wanted)])
    _refuse_mixed(form, sql=sql, plan=plan)
    opened = Catalog.open(catalog)
    table: TableName = "observations" if observations else "models"
    wanted = [column.strip() for column in columns.split(",")] if columns else None
    if sql:
        _echo(_statement(opened, expression, table, wanted, limit), output)
    elif plan:
        found = choose(opened, expression, table, limit)
        _echo(_planned(opened, found, speed, as_json=form == "json"), output)
    elif form is None:
        known = {column.name for column in opened.columns(table)}
        shown = wanted or [column for column in _SHOWN[table] if column in known]
        rows = Selection(expression, table).rows(opened, shown)
        some = rows.slice(0, limit)
        _echo(_aligned(some), output)
        more = "" if len(some) == len(rows) else f", {len(some)} shown"
        click.echo(f"{len(rows)} {table}{more}", err=True)
    elif form == "json":
        chosen = None if wanted is None else tuple(wanted)
        asked = Selection(expression, table, limit=limit, columns=chosen)
        write_pieces(_listed(row_pieces(opened, asked)), output)
    else:
        selection = choose(opened, expression, table, limit, wanted)
        write_pieces(exporters()[form].write(opened, selection), output)
        if form == "fetch" and not selection.is_query:
            click.echo(
                "portal: make names.txt by the same query with --as names -o names.txt", err=True
            )


def _listed(pieces: "Iterable[Table]") -> Iterator[bytes]:
    """What `as_text` makes of all rows, a piece at a time."""
    between = "["
    for rows in pieces:
        if len(rows):
            yield (between + as_text(rows.to_pylist())[1:].removesuffix("\n]")).encode()
            between = ","
    yield b"[]\n" if between == "[" else b"\n]\n"


def _echo(text: str, output: Path | None) -> None:
    write_pieces([f"{text}\n".encode()], output)


def _statement(
    catalog: "Catalog", text: str, table: str, wanted: list[str] | None, limit: int | None
) -> str:
    from portal.catalog.sql import statement

    own = catalog.columns("observations") if table == "observations" else None
    folder = f"{catalog.root.as_posix()}/"
    select = statement(text, catalog.columns("models"), own, columns=wanted, folder=folder)
    return select if limit is None else f"{select}\nLIMIT {limit}"


def _one(forms: Sequence[str | None]) -> str | None:
    """The one form that was asked for.

    Raises
    ------
    ConfigError
        If two were.
    """
    several = [*dict.fromkeys(form for form in forms if form)]
    if len(several) > 1:
        raise ConfigError("--as: two forms", seen=" and ".join(several), expected="one")
    return several[0] if several else None


def _refuse_mixed(form: str | None, *, sql: bool, plan: bool) -> None:
    """Raise ConfigError where two things are to be printed."""
    told = [f"--as {form}"] * (form is not None) + ["--sql"] * sql + ["--plan"] * plan
    if len(told) > 1 and not (told == ["--as json", "--plan"]):
        raise ConfigError("query: two things to print", seen=" and ".join(told), expected="one")


def _planned(catalog: "Catalog", selection: "Selection", speed: str, *, as_json: bool) -> str:
    """How much the files of the selection are."""
    from portal.client.plan import duration, size

    sizes = [file.bytes for file in selection.files(catalog)]
    total = sum(sizes)
    seconds = 8 * total / speed_of(speed)
    if as_json:
        return as_text({"bytes": total, "files": len(sizes), "seconds": seconds})
    bare = speed.strip()[-1:].isdigit()
    return "\n".join(
        [
            f"files  {len(sizes):,}",
            f"size   {size(total)} ({total:,} bytes)",
            f"time   {duration(seconds)} at {speed}{' Mbit/s' if bare else ''}",
            f"disk   {size(total)}: files are stored as they are sent, compressed inside",
        ]
    )


def _aligned(table: "Table") -> str:
    """A table with aligned columns, its units in the second line."""
    units = [(field.metadata or {}).get(b"unit", b"").decode() for field in table.schema]
    rows = [[_cell(value) for value in row.values()] for row in table.to_pylist()]
    lines = [table.column_names, units, *rows] if any(units) else [table.column_names, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(table.num_columns)]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join(line.rstrip() for line in padded)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    # A value from a file must not move the cursor.
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
