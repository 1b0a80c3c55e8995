"""``portal submit-check``: test a folder of data before it is handed in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.commands._common import counted, echo_json, printable, progress

if TYPE_CHECKING:
    from portal.submission.checking import Checked
    from portal.submission.finding import Finding

__all__ = ["COMMAND"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("submit-check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--init", is_flag=True, help="Write a submission.toml to fill in, and do no more.")
@click.option("--bundle", type=_FILE, metavar="ZIP", help="If there is no error, write what a curator needs to this file.")  # fmt: skip # noqa: E501
@click.option("--with-data", is_flag=True, help="Put the files of data into the bundle too.")
@click.option("-o", "--output", type=_FILE, help="Write the findings as a table too: .csv, .vot, .fits, .parquet or .ecsv.")  # fmt: skip # noqa: E501
@click.option("--json", "as_json", is_flag=True, help="Print rows and findings as JSON.")
@click.pass_context
def COMMAND(
    ctx: click.Context,
    folder: Path,
    init: bool,
    bundle: Path | None,
    with_data: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Test FOLDER, with FITS or HDF5 files and a submission.toml, before it is handed in.

    Reads the rows of ObsCore from the files, by the rules of a mapping file (*.map) and the
    values of a table of rows (.csv, .vot, .ecsv or .parquet) where there are some, and looks
    whether settings, rules, files and values are complete and right. Nothing is sent anywhere.

    The exit status is 1 if there are errors, 0 if not; warnings do not count.

    Example: portal submit-check winds/ --bundle winds.zip
    """
    from portal.submission.bundle import write_bundle
    from portal.submission.checking import check_folder
    from portal.submission.settings import write_template

    if init:
        click.echo(f"{click.format_filename(write_template(folder))}: fill it in")
        return
    with progress("Reading") as report:
        checked = check_folder(folder, report)
    if output is not None:
        _write(checked, output)
    if bundle is not None and checked.good:
        write_bundle(checked, bundle, with_data=with_data)
    if as_json:
        _echo_json(checked)
    else:
        _echo(checked)
        if bundle is not None:
            click.echo(_told(bundle, checked.good))
    ctx.exit(int(not checked.good))


def _write(checked: "Checked", output: Path) -> None:
    from portal.obscore.files import write_table
    from portal.obscore.table import table_of
    from portal.submission.finding import FINDINGS, finding_rows

    write_table(table_of(finding_rows(checked.findings), FINDINGS), output)


def _told(bundle: Path, good: bool) -> str:
    name = click.format_filename(bundle)
    return f"wrote {name}; hand it to the curator" if good else f"{name} was not written"


def _echo_json(checked: "Checked") -> None:
    from portal.submission.finding import finding_rows

    echo_json(
        {
            "files": len(checked.folder.data),
            "findings": finding_rows(checked.findings),
            "rows": [one.row for one in checked.response.given],
        }
    )


def _echo(checked: "Checked") -> None:
    errors = sum(one.severity == "error" for one in checked.findings)
    click.echo(
        f"{counted(len(checked.folder.data), 'file')}, "
        f"{counted(len(checked.response.given), 'row')}, {counted(errors, 'error')}, "
        f"{counted(len(checked.findings) - errors, 'warning')}"
    )
    for one in checked.findings:
        click.echo(f"  {one.severity} {one.code}: {printable(_line(one))}")


def _line(one: "Finding") -> str:
    place = f"{one.path}[{one.part}]" if one.part else one.path
    if one.column and one.column not in one.what:
        place = f"{place}: {one.column}" if place else one.column
    said = [f"expected {one.expected}" if one.expected else "", f"got {one.seen}"]
    told = f"{one.what}: {', '.join(filter(None, said))}" if one.seen else one.what
    return "; ".join(filter(None, [f"{place}: {told}" if place else told, one.way_out]))
