"""Stores are complete, reproducible, and continued where they were left."""

import json
import os
import re
import shutil
import subprocess

import pytest

from lineform.convert import convert
from lineform.errors import ConfigError, ReadError, WriteError
from lineform.io import read_header, read_observations
from lineform.naming import model_name
from lineform.setup import Setup
from lineform.sources import ModelFiles, Winds
from lineform.store import make_store
from tests.lineform.dumps import header, phantom_bytes, wind

SMALL = Setup(pixels=8, channels=7, engine="array")
TINY = Setup(pixels=4, channels=3, lines=("CO 2-1",), engine="array")


def files(root):
    """Everything in the store, hidden remains of a run too, by path."""
    return {
        str(p.relative_to(root)): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and p.name != ".lock"
    }


def make(root, number, settings=TINY, workers=1, **options):
    return make_store(root, Winds(number, grid=8), settings, workers=workers, **options)


def manifest(root):
    return json.loads((root / "manifest.json").read_text())


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    root = tmp_path_factory.mktemp("made") / "store"
    assert make(root, 4, SMALL).written == 4
    return root


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny") / "store"
    make(root, 4)
    return root


@pytest.fixture
def copy(tiny, tmp_path):
    return shutil.copytree(tiny, tmp_path / "store")


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


def test_a_larger_store_continues_a_smaller_one(tiny, tmp_path):
    make(tmp_path, 2)
    made = make(tmp_path, 4)
    assert (made.written, made.there) == (2, 2)
    assert files(tmp_path) == files(tiny)


def test_what_is_done_is_left_alone_unless_forced(copy):
    paths = [*copy.rglob("*.h5")]
    for path in paths:
        os.utime(path, ns=(0, 0))
    before = files(copy)
    assert make(copy, 4).written == 0
    assert all(path.stat().st_mtime_ns == 0 for path in paths)
    assert make(copy, 4, force=True).written == 4
    assert all(path.stat().st_mtime_ns > 0 for path in paths)
    assert files(copy) == before


@pytest.mark.parametrize("kind", ["models", "observations"])
def test_a_file_that_is_gone_or_cut_short_is_made_again(copy, tiny, kind):
    first, second, *_ = sorted((copy / kind).iterdir())
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    assert make(copy, 4).written == 2
    assert files(copy) == files(tiny)


def test_remains_of_a_killed_run_are_cleaned(copy, tiny):
    (copy / ".unfinished" / "tmpabc").mkdir(parents=True)
    (copy / ".unfinished" / "tmpabc" / ".wind.h5.part").write_bytes(b"half")
    make(copy, 4)
    assert files(copy) == files(tiny)


def test_progress_ends_with_all(tmp_path):
    seen = []
    make(tmp_path, 2, progress=lambda *step: seen.append(step))
    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_seeds_make_other_models(store, tmp_path):
    make_store(tmp_path, Winds(1, grid=8, seed=7), SMALL, workers=1)
    made = {path.name for path in tmp_path.rglob("*.h5")}
    assert not made & {path.name for path in store.rglob("*.h5")}


def test_lamda_files_take_the_place_of_rotors(tmp_path, atomium_data, caplog):
    settings = Setup(pixels=8, channels=7, lamda=(("", atomium_data / "lamda" / "co.dat"),))
    make(tmp_path, 1, settings)
    (path,) = (tmp_path / "observations").iterdir()
    frequencies = {o.line.name: o.line.frequency for o in read_observations(path)}
    assert frequencies["CO_3-2"] == 345.7959899e9
    assert len(caplog.messages) == 1


class TestManifest:
    def test_it_lists_every_file_with_its_size_and_sum(self, tiny):
        found = manifest(tiny)
        names = [model["name"] for model in found["models"]]
        assert names == sorted(path.stem for path in (tiny / "models").iterdir())
        assert {model["state"] for model in found["models"]} == {"done"}
        listed = {f["path"]: f["bytes"] for model in found["models"] for f in model["files"]}
        assert listed == {
            path: len(data) for path, data in files(tiny).items() if path.endswith(".h5")
        }

    def test_sha256sum_finds_a_flipped_byte(self, copy):
        check = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
        subprocess.run(check, cwd=copy, check=True)
        victim = min((copy / "observations").iterdir())
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
        done = subprocess.run(check, cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stdout == f"observations/{victim.name}: FAILED\n"

    def test_the_sums_are_those_of_the_manifest(self, tiny):
        sums = dict(
            line.split("  ")[::-1] for line in (tiny / "SHA256SUMS").read_text().split("\n")[:-1]
        )
        assert sums == {
            f["path"]: f["sha256"] for m in manifest(tiny)["models"] for f in m["files"]
        }

    def test_it_says_how_the_store_was_made(self, tiny):
        found = manifest(tiny)
        assert found["format"] == "atomium-manifest"
        assert found["format_version"] == "1.0"
        assert found["settings"]["lines"] == ["CO 2-1"]
        assert found["settings"]["grid"] == 8
        assert re.fullmatch(r"lineform \d+\.\d+\.\d+", found["models"][0]["engine"])

    def test_models_that_were_made_otherwise_are_not_mixed(self, copy):
        before = files(copy)
        other = Setup(pixels=5, channels=3, lines=("CO 2-1",), engine="array")
        with pytest.raises(ConfigError, match=r"pixels: expected 4, got 5; .*--force .*manifest"):
            make(copy, 4, other)
        assert files(copy) == before
        assert make(copy, 2, other, force=True).written == 2
        # The other two are not yet made with the new settings.
        assert make(copy, 4, other).written == 2
        assert manifest(copy)["settings"]["pixels"] == 5

    def test_one_that_is_no_manifest_is_named(self, copy):
        (copy / "manifest.json").write_text('{"models": [')
        with pytest.raises(ReadError, match=r"manifest of the store.*remove it.*manifest\.json"):
            make(copy, 4)

    def test_without_it_all_is_made_again(self, copy, tiny):
        (copy / "manifest.json").unlink()
        assert make(copy, 4).written == 4
        assert files(copy) == files(tiny)

    def test_nothing_is_read_again_that_is_known(self, copy, tiny):
        """The contents are gone, the sizes are right."""
        victim = max((copy / "models").iterdir())
        victim.write_bytes(bytes(victim.stat().st_size))
        assert make(copy, 4).written == 0
        assert (copy / "manifest.json").read_bytes() == (tiny / "manifest.json").read_bytes()


class TestModelFiles:
    def test_the_models_of_the_store_are_observed_where_they_are(self, tiny, tmp_path):
        shutil.copytree(tiny / "models", tmp_path / "models")
        before = {p: p.stat().st_ino for p in (tmp_path / "models").iterdir()}
        made = make_store(tmp_path, ModelFiles(tmp_path / "models"), TINY, workers=1)
        assert (made.written, made.failed) == (4, ())
        assert {p: p.stat().st_ino for p in (tmp_path / "models").iterdir()} == before
        assert (tmp_path / "SHA256SUMS").read_bytes() == (tiny / "SHA256SUMS").read_bytes()

    def test_models_of_another_folder_are_linked(self, tiny, tmp_path):
        make_store(tmp_path, ModelFiles(tiny / "models"), TINY, workers=1)
        for path in (tiny / "models").iterdir():
            assert (tmp_path / "models" / path.name).samefile(path)
        assert make_store(tmp_path, ModelFiles(tiny / "models"), TINY, workers=1).written == 0

    def test_folders_below_the_models_are_kept(self, tiny, tmp_path):
        (tmp_path / "models" / "a").mkdir(parents=True)
        source = min((tiny / "models").iterdir())
        shutil.copy(source, tmp_path / "models" / "a")
        make_store(tmp_path, ModelFiles(tmp_path / "models"), TINY, workers=1)
        assert (tmp_path / "observations" / "a" / source.name).is_file()

    def test_the_observation_has_the_name_and_the_parameters_of_the_model(self, tiny, tmp_path):
        make_store(tmp_path, ModelFiles(tiny / "models"), TINY, workers=1)
        for path in (tmp_path / "models").iterdir():
            model, seen = read_header(path), read_header(tmp_path / "observations" / path.name)
            assert seen.name == model.name == path.stem
            assert seen.parameters == model.parameters

    def test_one_that_fails_is_named_and_stops_no_other(self, tiny, tmp_path):
        models = shutil.copytree(tiny / "models", tmp_path / "models")
        victim = min(models.iterdir())
        whole = victim.read_bytes()
        victim.write_bytes(whole[: len(whole) // 2])
        made = make_store(tmp_path, ModelFiles(models), TINY, workers=1)
        assert made.written == 3
        assert [entry.name for entry in made.failed] == [victim.stem]
        assert str(victim) in made.failed[0].reason
        (failed,) = (m for m in manifest(tmp_path)["models"] if m["state"] == "failed")
        assert failed == {
            "name": victim.stem, "state": "failed", "reason": made.failed[0].reason
        }  # fmt: skip
        victim.write_bytes(whole)
        again = make_store(tmp_path, ModelFiles(models), TINY, workers=1)
        assert (again.written, again.failed) == (1, ())
        assert (tmp_path / "SHA256SUMS").read_bytes() == (tiny / "SHA256SUMS").read_bytes()

    def test_a_converted_snapshot_is_observed(self, tmp_path):
        (tmp_path / "wind_00020").write_bytes(phantom_bytes(*wind(200), header(200)))
        (tmp_path / "models").mkdir()
        given = {"wind_code": ("a \N{LATIN SMALL LETTER E WITH ACUTE}", ""), "eta": (2.0, "km/s")}
        model = convert(tmp_path / "wind_00020", tmp_path / "models", parameters=given).path
        made = make_store(tmp_path, ModelFiles(tmp_path / "models"), TINY, workers=1)
        assert (made.written, made.failed) == (1, ())
        seen, head = read_header(tmp_path / "observations" / model.name), read_header(model)
        assert seen.name == model.stem == model_name(head.parameters)
        assert seen.parameters == head.parameters
        assert seen.described["eta"].unit == "km/s"

    def test_a_file_under_another_name_fails(self, tiny, tmp_path):
        shutil.copy(min((tiny / "models").iterdir()), tmp_path / "other.h5")
        made = make_store(tmp_path / "store", ModelFiles(tmp_path), TINY, workers=1)
        assert re.search("expected other, as its file, got bipolar", made.failed[0].reason)

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            ((), "models: expected files .*, got none in"),
            (("a b.h5",), "name of a model: expected letters.*got 'a b'"),
            (("a/x.h5", "b/x.h5"), r"expected one file of it, got .*a/x\.h5 and .*b/x\.h5"),
        ],
    )
    def test_folders_that_cannot_be_used(self, tmp_path, names, message):
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        with pytest.raises(ConfigError, match=message):
            make_store(tmp_path / "store", ModelFiles(tmp_path), TINY)


def test_a_grid_that_is_too_coarse():
    with pytest.raises(ConfigError, match="grid: expected at least 8, got 3"):
        Winds(1, grid=3)


def test_an_unknown_line_stops_before_any_work(tmp_path):
    with pytest.raises(ConfigError, match="got XeF"):
        make(tmp_path / "store", 1, Setup(lines=("XeF 1-0",)))
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_folder_that_cannot_be_written_ends_the_run(tmp_path, workers):
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(WriteError, match=r"models.*check the folder"):
        make(tmp_path, 6, workers=workers)
    assert [p.name for p in tmp_path.rglob("*.part")] == []
