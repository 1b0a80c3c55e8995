"""The page on FITS files names what the source has names for."""

import re

from tests.docs.conftest import ROOT

PAGE = (ROOT / "site_src" / "fits-files.md").read_text(encoding="utf-8")
SOURCE = "\n".join(path.read_text() for path in sorted((ROOT / "src/portal/fits").glob("*.py")))


def _codes(heading):
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}


def test_all_repairs_are_on_the_page():
    calls = re.findall(r"\b(?:Repair|_changed|_commented)\(\s*\"([a-z-]+)\"", SOURCE)
    assert _codes("Repairs") == set(calls)


def test_all_reasons_are_on_the_page():
    from portal.fits import roles

    named = re.findall(r"\bRole\(\s*\"([a-z -]+)\"", SOURCE)
    codes = {code for code, _ in roles.ROLE_WORDS.values()}
    words = {*named, *codes, *roles.ROLE_CLASSES.values(), *roles.ROLE_NAMES.values()} - {"science"}
    assert _codes("Which parts are products") == {word.replace(" ", "-") for word in words}
