"""The tutorials run as they stand; what they print and draw is what the pages show."""

import re

import numpy as np
import pytest
from PIL import Image

from tests.docs.tutorials import (
    ASSETS,
    PAGES,
    blocks,
    missing,
    pictures,
    renewed,
    run,
    scripts,
)

LARGEST = 60_000
"""Bytes of a picture."""

NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)")


shown = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


# One test, since workers would run the code again for another.
@pytest.mark.slow
@shown
def test_the_page_shows_what_its_code_does(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    if missing(text):
        pytest.skip(f"no {', '.join(missing(text))} in the folder of real data files")
    done = run(text, page.name, tmp_path)
    for block, printed in zip(blocks(text), done.printed, strict=True):
        if block.printed is not None:
            assert same(block.printed, printed), f"{printed}\nrun make reference"
    for name in pictures(text):
        kept, made = (
            np.asarray(Image.open(folder / name).convert("RGB"), dtype=float)
            for folder in (ASSETS, done.folder)
        )
        assert kept.shape == made.shape, name
        # Fonts and compression differ a little between machines, data do not.
        assert np.abs(kept - made).mean() < 3, f"{name}: run make reference"


@shown
def test_pictures_are_small_and_described(page):
    for name, words in pictures(page.read_text(encoding="utf-8")).items():
        assert (ASSETS / name).stat().st_size <= LARGEST, name
        assert len(words) > 30, name


def test_every_picture_and_script_is_shown():
    shown = {name for page in PAGES for name in pictures(page.read_text("utf-8"))}
    offered = {name for page in PAGES for name in scripts(page.read_text("utf-8"))}
    assert {path.name for path in ASSETS.iterdir()} == shown | offered


def test_a_page_is_renewed_only_where_it_prints():
    text = "```sh\necho 1\n```\n\n```text\nold\n```\n\n```python\nprint(2)\n```\n\nEnd\n"
    assert renewed(text, ["new\n", "2\n"]) == text.replace("old", "new")


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("flux 12.30 Jy", "flux 12.31 Jy", True),
        ("flux 12.3 Jy", "flux 12.6 Jy", False),
        ("flux 12.3 Jy", "flux 12.3 K", False),
        ("2 cubes", "2 cubes, 1 warning", False),
    ],
)
def test_numbers_may_differ_in_rounding_only(one, other, are_same):
    assert same(one, other) is are_same


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for 1 % of their numbers."""
    parts, others = NUMBER.split(one.strip()), NUMBER.split(other.strip())
    if parts[::2] != others[::2]:
        return False
    values, other_values = (np.array(p[1::2], dtype=float) for p in (parts, others))
    return bool(np.allclose(values, other_values, rtol=1e-2, atol=1e-3))
