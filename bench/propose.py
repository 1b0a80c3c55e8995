"""Proposed mappings against rows that were read by hand, archive by archive.

Usage: ``python -m bench.propose FOLDER``

FOLDER holds the shared files, whose reviewed rows are those of the tests. For the files of each
archive one mapping is proposed from them, as a person would do it, and one from the files of
all other archives, which tells how far names of keywords mean the same everywhere. Lines in
doubt are left out: they are proposed as comments. Of each value that the remaining lines give
it is asked whether it is that of the reviewed row, and of each value in a row whether one was
given.
"""

import argparse
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.portal.extraction.test_golden_fits import GOLDEN, right

from bench.measure import store
from portal.extraction import derive
from portal.fits.opening import open_fits
from portal.fits.products import Product, products
from portal.mapping import FitsSource, made_mapping
from portal.mapping.propose import Example, propose
from portal.model.cell import Cell

__all__ = ["main"]

_COLUMNS = (
    *("target_name", "facility_name", "instrument_name", "obs_collection", "obs_id", "s_ra"),
    *("s_dec", "t_min", "t_max", "t_exptime", "em_min", "em_max", "em_res_power"),
)
"""Those for which lines are proposed."""


def archive_of(name: str) -> str:
    """The archive in the name of a file, such as ``hst`` of ``img_hst_acs_flt.fits``."""
    return re.split(r"[_.-]", name)[1]


def examples_in(folder: Path) -> dict[str, list[tuple[Example, dict[str, object]]]]:
    """Each product with its reviewed row, by archive."""
    found = defaultdict(list)
    for name, golden in sorted(GOLDEN.items()):
        with open_fits(folder / name) as file:
            made = products(file)[0]
            for product, row in zip(made, golden.get("rows", ()), strict=False):
                example = Example(f"{name}[{product.part}]", FitsSource(product), best(product))
                found[archive_of(name)].append((example, row))
    return dict(found)


def best(product: Product) -> dict[str, Cell]:
    """What is found without rules, of each column the best."""
    cells: dict[str, Cell] = {}
    for cell in derive(product):
        cells.setdefault(cell.column, cell)
    return cells


def score(
    given: Sequence[Example], asked: Sequence[tuple[Example, dict[str, object]]]
) -> Counter[str]:
    """Values of a mapping proposed from `given` for the products `asked`, right and wrong."""
    lines = [one.line for one in propose(given) if not one.doubt]
    mapping = made_mapping("\n".join(lines))
    told: Counter[str] = Counter()
    for example, row in asked:
        cells = {c.column: c.value for c in mapping.cells(example.source)[0]}
        values = {c: v for c, v in cells.items() if c in _COLUMNS and v is not None}
        told["given"] += len(values)
        told["right"] += sum(right(row, column, value) for column, value in values.items())
        known = [column for column in _COLUMNS if column in row]
        told["known"] += len(known)
        told["found"] += sum(c in values and right(row, c, values[c]) for c in known)
    return told


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archives = examples_in(folder)
        own, others = Counter[str](), Counter[str]()
        for name, pairs in archives.items():
            own += score([example for example, _ in pairs], pairs)
            rest = [one for key, held in archives.items() if key != name for one, _ in held]
            others += score(rest, pairs)
    figures: list[dict[str, str | float]] = [
        {
            "what": f"{len(archives)} archives, rules proposed from {source}",
            "unit": "",
            "ours": round(told["right"] / told["given"], 3),
            "found": round(told["found"] / told["known"], 3),
            "values": told["given"],
            "goal": ">= 0.95 right",
        }
        for source, told in (("their own files", own), ("those of all others", others))
    ]
    store("propose", "python -m bench.propose FOLDER", figures)


if __name__ == "__main__":
    main()
