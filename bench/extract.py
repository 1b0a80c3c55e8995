"""Rows of ObsCore from FITS files: files a second, beside plain astropy reading their headers.

Usage: ``python -m bench.extract FOLDER [--rounds 7]``

Plain astropy opens each file and asks for the header of each HDU, once as it comes and once
with the value of each keyword, which astropy reads when asked. Ours finds the HDUs and which of
them are products, and then all columns of ObsCore with their origins, tables and coordinates
included. FOLDER holds real files of many archives, such as those of the tests.
"""

import argparse
import warnings
from pathlib import Path

from astropy.io import fits

from bench.measure import in_turns, store
from portal.fits.opening import open_fits
from portal.fits.products import products
from portal.obscore.products import found_in

__all__ = ["main"]


def plain(paths: list[Path], values: bool = False) -> None:
    """Open each file with astropy and read every header, the `values` of its keywords too."""
    for path in paths:
        with (
            warnings.catch_warnings(),
            # Files whose headers break the rules are read as well as astropy can.
            fits.open(path, ignore_missing_end=True, ignore_missing_simple=True) as file,
        ):
            warnings.simplefilter("ignore")
            for hdu in file:
                for card in hdu.header.cards if values else ():
                    _value(card)


def _value(card: fits.Card) -> object:
    try:
        return card.value
    except fits.VerifyError:
        return None


def parted(paths: list[Path]) -> None:
    """Open each file and part it into products."""
    for path in paths:
        with open_fits(path) as file:
            products(file)


def rows(paths: list[Path]) -> int:
    """Rows of ObsCore of all files."""
    return sum(len(found_in(path, path.name).rows) for path in paths)


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.f*"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        times = in_turns(
            {
                "headers": lambda: plain(paths),
                "values": lambda: plain(paths, values=True),
                "parted": lambda: parted(paths),
                "rows": lambda: rows(paths),
            },
            options.rounds,
        )
    speed = {name: round(len(paths) / seconds, 1) for name, seconds in times.items()}
    peers: dict[str, str | float] = {
        "astropy, headers": speed["headers"],
        "astropy, values": speed["values"],
    }
    figures: list[dict[str, str | float]] = [
        {
            "what": f"{len(paths)} FITS files, {what}",
            "ours": speed[name],
            "unit": "files/s",
            **peers,
            "ratio": f"{times[name] / times['headers']:.2f} of the time of astropy's headers,"
            f" {times[name] / times['values']:.2f} of that with values",
            "goal": goal,
        }
        for name, what, goal in (
            ("parted", "opened and parted into products", "<= 1 of the headers"),
            ("rows", f"{rows(paths)} rows of ObsCore with origins", "<= 1 of the values"),
        )
    ]
    store("extract", "python -m bench.extract FOLDER", figures)


if __name__ == "__main__":
    main()
