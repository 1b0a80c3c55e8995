"""Stores are complete, reproducible, and continued where they were left."""

import os

import pytest

from lineform.errors import ConfigError, WriteError
from lineform.io import read_header, read_observations
from lineform.naming import model_name
from lineform.store import StoreSettings, make_store

SMALL = StoreSettings(grid=8, pixels=8, channels=7)


def _files(root):
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*.h5"))}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("made") / "store"
    assert make_store(root, 4, SMALL, workers=1) == 4
    return root


def test_each_model_has_both_files_under_its_name(store):
    names = {path.stem for path in (store / "models").iterdir()}
    assert len(names) == 4
    assert {path.stem for path in (store / "observations").iterdir()} == names
    for name in names:
        for kind in ("model", "observation"):
            header = read_header(store / f"{kind}s" / f"{name}.h5")
            assert header.name == name == model_name(header.parameters)
            assert header.kind == kind


def test_two_lines_and_three_directions_at_least(store):
    for path in (store / "observations").iterdir():
        observations = read_observations(path)
        assert {o.line.name for o in observations} == {"CO_2-1", "CO_3-2", "SiO_5-4"}
        assert len({o.view for o in observations}) == 3
        assert len(observations) == 9
        assert all(o.spectrum.max() > 0 for o in observations)


def test_processes_write_the_same_bytes(store, tmp_path):
    make_store(tmp_path, 4, SMALL, workers=2)
    assert _files(tmp_path) == _files(store)


def test_a_larger_store_continues_a_smaller_one(store, tmp_path):
    make_store(tmp_path, 2, SMALL, workers=1)
    assert make_store(tmp_path, 4, SMALL, workers=1) == 2
    assert _files(tmp_path) == _files(store)


def test_complete_files_are_left_alone_unless_forced(tmp_path):
    make_store(tmp_path, 1, SMALL, workers=1)
    for path in tmp_path.rglob("*.h5"):
        os.utime(path, ns=(0, 0))
    before = _files(tmp_path)
    assert make_store(tmp_path, 1, SMALL, workers=1) == 0
    assert all(path.stat().st_mtime_ns == 0 for path in tmp_path.rglob("*.h5"))
    assert make_store(tmp_path, 1, SMALL, workers=1, force=True) == 1
    assert all(path.stat().st_mtime_ns > 0 for path in tmp_path.rglob("*.h5"))
    assert _files(tmp_path) == before


def test_a_model_without_observations_is_made_again(tmp_path):
    make_store(tmp_path, 1, SMALL, workers=1)
    next((tmp_path / "observations").iterdir()).unlink()
    assert make_store(tmp_path, 1, SMALL, workers=1) == 1


def test_progress_ends_with_all(tmp_path):
    seen = []
    make_store(tmp_path, 2, SMALL, workers=1, progress=lambda *step: seen.append(step))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_seeds_make_other_models(store, tmp_path):
    make_store(tmp_path, 1, SMALL, workers=1, seed=7)
    assert not _files(tmp_path).keys() & _files(store).keys()


def test_lamda_files_take_the_place_of_rotors(tmp_path, atomium_data, caplog):
    settings = StoreSettings(
        grid=8, pixels=8, channels=7, lamda=(atomium_data / "lamda" / "co.dat",)
    )
    make_store(tmp_path, 1, settings, workers=1)
    (path,) = (tmp_path / "observations").iterdir()
    frequencies = {o.line.name: o.line.frequency for o in read_observations(path)}
    assert frequencies["CO_3-2"] == 345.7959899e9
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(("name", "value"), [("grid", 3), ("pixels", 1), ("channels", 2)])
def test_settings_that_make_no_sense(name, value):
    with pytest.raises(ConfigError, match=f"{name}: expected at least .*, got {value}"):
        StoreSettings(**{name: value})


def test_an_unknown_line_stops_before_any_work(tmp_path):
    with pytest.raises(ConfigError, match="got XeF"):
        make_store(tmp_path / "store", 1, StoreSettings(lines=("XeF 1-0",)))
    assert not (tmp_path / "store").exists()


def test_a_failure_in_a_process_is_said_by_the_run(tmp_path):
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(WriteError, match=r"models.*check the folder"):
        make_store(tmp_path, 6, SMALL, workers=2)
    assert list(tmp_path.rglob("*.part")) == []
