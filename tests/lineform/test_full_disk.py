"""On a full disk a command ends with one line and status 2, and leaves nothing behind."""

import json
import subprocess
import sys

import pytest

from lineform.cube import View
from lineform.io import Header, write_model, write_observations
from tests.lineform.dumps import header, phantom_bytes, wind
from tests.lineform.gas import grid_state
from tests.lineform.skies import HEADER, point

LIMIT = 20_000
"""Files of a store's manifest are smaller than this, its models and observations larger."""

CODE = (
    "import resource, sys\n"
    f"resource.setrlimit(resource.RLIMIT_FSIZE, ({LIMIT}, {LIMIT}))\n"
    "from lineform.cli import main; main()"
)
LINE = ("--line", "CO 2-1", "--direction", "0,0,1", "--engine", "array")


def refused(*arguments):
    done = subprocess.run(
        [sys.executable, "-c", CODE, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, (done.returncode, done.stderr)
    said = [line for line in done.stderr.splitlines() if "File too large" in line]
    assert len(said) == 1, done.stderr
    assert said[0].startswith("lineform: ")
    assert "check the folder, its permissions and the space left" in said[0]
    assert "Traceback" not in done.stderr
    return said[0]


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "models"
    for number in (1, 2):
        path = folder / f"wind-{number}.h5"
        write_model(path, Header("model", path.stem, "", "test 1", {}), grid_state(6))
    return folder


def test_synthesise(models, tmp_path):
    out = tmp_path / "out" / "x.h5"
    options = (*LINE, "--pixels", 40, "--channels", 9)
    said = refused("synthesise", models / "wind-1.h5", "-o", out, *options)
    assert str(out) in said
    assert names(out.parent) == []


def test_convert(tmp_path):
    dump, out = tmp_path / "wind_00010", tmp_path / "out" / "w.h5"
    dump.write_bytes(phantom_bytes(*wind(200), header(200)))
    assert str(out) in refused("convert", dump, "-o", out)
    assert names(out.parent) == []


@pytest.mark.parametrize("command", ["observe", "export-fits"])
def test_of_observations(tmp_path, command):
    sky, out = tmp_path / "wind.h5", tmp_path / "out"
    write_observations(sky, HEADER, [point(7, 20, 25, shape=(15, 40, 40), view=View(0, 0))])
    options = ("--beam", "1 arcsec") if command == "observe" else ()
    assert str(out) in refused(command, sky, "-o", f"{out}/", *options)
    assert names(out) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_make_store_files_no_model_as_failed(models, tmp_path, workers):
    store = tmp_path / "store"
    options = (*LINE, "--pixels", 40, "--channels", 9, "--workers", workers)
    assert str(store) in refused("make-store", store, "--from", models, *options)
    assert json.loads((store / "manifest.json").read_text())["models"] == []
    assert names(store) == [".lock", "SHA256SUMS", "manifest.json"]
