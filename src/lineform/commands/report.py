"""The command ``report``: a page that explains a posterior."""

from pathlib import Path

import click

__all__ = ["COMMAND"]


@click.command("report")
@click.argument("posterior", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    help="Page (.html), or a folder.  [default: beside the posterior]",
)
def _report(posterior: Path, output: str | None) -> None:
    """Make a page of all that a POSTERIOR file says.

    The page stands alone: it needs no network and opens from a disk. It shows the gas as slices
    and in three dimensions with its uncertainty, profiles, the fit to the data, the numbers, and
    in plain words what is and is not constrained.

    Example: lineform report posterior.h5 -o posterior.html
    """
    # Imported here so that --help needs neither NumPy nor h5py.
    from lineform.outputs import output_file, put
    from lineform.posterior import read_posterior
    from lineform.report import report_of

    found = read_posterior(posterior)
    page = output_file(
        output or posterior.with_suffix(".html"), posterior.stem, posterior, (".html",)
    )
    content = report_of(found, posterior.name).encode()
    put(page, content)
    click.echo(f"{page}: {len(content) / 1e6:.1f} MB")


COMMAND = _report
