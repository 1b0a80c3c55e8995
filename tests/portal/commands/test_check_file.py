"""``portal check-file`` as people run it."""

import json

import h5py
import pytest
from click.testing import CliRunner

from portal.commands.check_file import COMMAND
from tests.layout import write_model, write_observation


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(COMMAND, [str(part) for part in arguments])


def test_clean_files_exit_with_0(run, tmp_path):
    files = [write_model(tmp_path / "m" / "a.h5", "a"), write_observation(tmp_path / "a.h5", "a")]
    result = run(*files)
    assert result.exit_code == 0
    assert result.output.count("no findings") == 2


def test_warnings_alone_exit_with_0(run, tmp_path):
    result = run(write_model(tmp_path / "b.h5", "a"))
    assert result.exit_code == 0
    assert "warning name-mismatch" in result.output


def test_errors_exit_with_1_and_say_all(run, tmp_path):
    path = write_observation(tmp_path / "a.h5", "a")
    with h5py.File(path, "r+") as file:
        file["CO_2-1_d00/velocity"].attrs["unit"] = "banana\x1b[31m"
    result = run(path)
    assert result.exit_code == 1
    assert "error unknown-unit: CO_2-1_d00/velocity" in result.output
    assert "got 'banana" in result.output
    assert "\x1b" not in result.output


def test_json(run, tmp_path):
    path = tmp_path / "a.h5"
    path.write_bytes(b"<html>")
    result = run("--json", path)
    assert result.exit_code == 1
    (entry,) = json.loads(result.output)
    assert entry["file"] == str(path)
    assert entry["problems"][0]["code"] == "not-hdf5"


def test_usage(run, tmp_path):
    assert run().exit_code == 2
    assert run(tmp_path / "none.h5").exit_code == 2
