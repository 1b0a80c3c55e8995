"""The examples in the help of the commands run, as they stand on the page of commands."""

import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.docs.conftest import ROOT
from tests.docs.reference import commands, examples, programs
from tests.docs.test_examples import PLACEHOLDER
from tests.lineform.dumps import header, phantom_bytes, wind
from tests.portal.test_scan_products import image

ELSEWHERE = {
    "portal diff https": "needs a site that was published twice",
    "portal build": "the fixture of the published site runs it",
    "portal serve": "tests/portal/commands/test_serve.py serves until it is stopped",
    "portal submit-check": "tests/portal/submission hands in folders of every fault",
    "portal accept": "tests/portal/submission accepts what was handed in",
    "portal repair": "tests/portal/commands/test_repair.py repairs files of every fault",
    "lineform make-store": "make demo runs it",
    "lineform deproject": "tests/lineform/commands/test_deproject.py runs it on small cubes",
    "lineform report": "the tutorial on deprojection runs it",
    "lineform estimate": "tests/lineform/commands/test_train.py asks the network that it trains",
    "lineform train": "tests/lineform/commands/test_train.py trains on a store and on a model",
    "lineform repair-fits": "tests/docs/test_telescope.py runs it on a cube of Magritte",
}
"""Examples that others run, by how they begin, and one that needs what is not here."""

# Places of other machines, and those that take their part.
STANDS_FOR = {"/data/atomium": "store", "/srv/catalog": "catalog"}


def _lines() -> list[str]:
    """Examples in an order in which each finds what it needs."""
    found = [
        line
        for name, group in programs().items()
        for command in commands(group, name).values()
        for line in examples(command)
        if not line.startswith(tuple(ELSEWHERE))
    ]
    # A release to compare with is made first.
    found.append("portal release 1.0 --catalog catalog")
    first = ("portal check", "portal scan", "portal release 1.0", "portal diff", "portal fetch")
    first = ("portal extract", *first)
    last = ("lineform convert", "lineform synthesise", "lineform observe", "lineform export-fits")
    places = [*first, "", *last]

    def place(line: str) -> int:
        return next((n for n, words in enumerate(places) if words and line.startswith(words)), 5)

    return sorted(found, key=place)


@pytest.fixture(scope="module")
def folder(published, tmp_path_factory):
    """The folder of somebody who has a store, a site and a simulation."""
    root = tmp_path_factory.mktemp("commands")
    for name in ("store", "data/atomium", "build/demo/store"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(published.store)
    (root / "build" / "site").symlink_to(published.site)
    shutil.copytree(published.catalog, root / "catalog")
    (root / "catalog" / "collections").mkdir()
    (root / "wind.h5").symlink_to(root / "observations" / "wind.h5")
    (root / "catalog" / "mappings").mkdir()
    for name in ("collections/demo.toml", "mappings/pomme.map"):
        shutil.copy(ROOT / "catalog" / name, root / "catalog" / name)
    (root / "archive").mkdir()
    image(root / "archive" / "rdor.fits", OBJECT="R Dor")
    (root / "rules.map").write_text("obs_collection:= 'stars'\n")
    (root / "notes.txt").write_text("The first.\n")
    (root / "wind_00600").write_bytes(phantom_bytes(*wind(50), header(50)))
    return root


# Each command has quick tests of its own; here their examples are run as they stand.
@pytest.mark.slow
def test_all_examples_run(folder, published, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    lines, failed = _lines(), []
    assert len(lines) >= 14
    for line in lines:
        words = shlex.split(line.replace(PLACEHOLDER, published.url))
        for place, other in STANDS_FOR.items():
            words = [word.replace(place, other) for word in words]
        paths = [sorted(map(str, Path().glob(w))) if "*" in w else [w] for w in words[1:]]
        done = CliRunner().invoke(programs()[words[0]], [path for some in paths for path in some])
        if done.exit_code:
            failed.append(f"{line}\n{done.output}{done.exception}")
    assert not failed, "\n\n".join(failed)
