"""Mapping files: their grammar, their errors, what they read."""

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from portal.errors import MappingError
from portal.mapping import ModelReader, load_mapping, load_mappings, made_mapping
from portal.readers import read_file
from portal.readers.base import Reader

SHIPPED = Path(__file__).parents[3] / "catalog" / "mappings"
MINIMAL = "match: rho\nmodel_id: $STEM\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "wind-1.h5"
    with h5py.File(path, "w") as file:
        file["rho"] = np.zeros((2, 3))
        file["rho"].attrs["long_name"] = "density"
        file["header/time"] = 2.0
        file["header/sizes"] = [1.0, 2.0, 3.0]
        file["header"].attrs["code"] = "GADGET 4"
        file.attrs["title"] = "<b>wind</b>"
    return path


def reader(text):
    return ModelReader(made_mapping(text, "own", "own.map"))


def read(path, text):
    return read_file(path, path.name, (reader(MINIMAL + text),))


def test_sources_of_values(path):
    record = read(
        path,
        """
        # a comment, and one after a rule
        n_points: size(rho)            # six
        title: @title
        code: header@code
        species:= 'CO, SiO # no comment'
        parameter.time: header/time [yr]
        parameter.depth: header/sizes[2] [au]
        parameter.file: $FILENAME
        parameter.answer: 42
        parameter.ratio: 1.5e-3
        parameter.kind: rho@long_name
        parameter.none: not/there
        """,
    )
    assert record.problems == ()
    assert record.format == "own"
    assert record.model["n_points"] == 6
    assert record.model["title"] == "<b>wind</b>"
    assert record.model["code"] == "GADGET 4"
    assert record.model["species"] == ["CO", "SiO # no comment"]
    assert {(p.name, p.value, p.unit) for p in record.parameters} == {
        ("time", 2.0, "yr"),
        ("depth", 3.0, "au"),
        ("file", "wind-1.h5", ""),
        ("answer", 42, ""),
        ("ratio", 0.0015, ""),
        ("kind", "density", ""),
    }


def test_the_first_candidate_fills_and_force_overrides(path):
    record = read(path, "code: not/there@x | header@code | 'late'\ntitle: 'a'\n")
    assert record.model["code"] == "GADGET 4"
    record = read(path, "code: header@code\ncode:= 'forced'\n")
    assert record.model["code"] == "forced"


def test_only_matching_files_are_claimed(path):
    for patterns, claimed in (("rho, header/s*", True), ("header", True), ("rho, x*", False)):
        text = f"match: {patterns}\nmodel_id: $STEM\n"
        record = read_file(path, path.name, (reader(text),))
        assert (record.format == "own") is claimed


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("nonsense", r": or :=.*\[own.map:3:9\]"),
        ("banana: rho", r"got banana.*\[own.map:3:1\]"),
        ("bytes: rho", "got bytes"),
        ("n_points: size(rho", r"expected '\)'.*own.map:3:19"),
        ("n_points:", "ends too early: expected a value"),
        ("parameter.a.b: rho", "got parameter.a.b"),
        ("parameter.time: rho [banana]", "'banana'"),
        ("n_points: size(rho) [km]", "'km'"),
        ("title: 'open", "''open'|\"'open\""),
        ("match: a,,b", "expected a pattern .* got ',b'"),
    ],
)
def test_errors_name_the_value_and_the_line(line, match):
    with pytest.raises(MappingError, match=match) as caught:
        made_mapping(f"{MINIMAL}{line}\n", "own", "own.map")
    assert "own.map:3" in str(caught.value)


def test_what_a_mapping_must_have():
    with pytest.raises(MappingError, match="no rule match"):
        made_mapping("model_id: $STEM")
    with pytest.raises(MappingError, match="no rule model_id"):
        made_mapping("match: rho")


def test_a_value_that_does_not_fit_is_a_problem(path):
    record = read(path, "n_points: header/sizes")
    assert [problem.code for problem in record.problems] == ["wrong-type"]
    assert record.problems[0].seen == "3 values"
    assert "own.map:3" in record.problems[0].way_out or "index" in record.problems[0].way_out
    assert record.model["model_id"] == "wind-1"


def test_mappings_reach_worker_processes(path):
    mapping = reader(MINIMAL)
    again = pickle.loads(pickle.dumps(mapping))
    assert again == mapping
    assert isinstance(again, Reader)


def test_folders(tmp_path):
    assert load_mappings(tmp_path / "none") == ()
    (tmp_path / "b.map").write_text(MINIMAL)
    (tmp_path / "a.map").write_text(MINIMAL)
    assert [mapping.name for mapping in load_mappings(tmp_path)] == ["a", "b"]
    (tmp_path / "c.map").write_bytes(b"\xff")
    with pytest.raises(MappingError, match=r"c\.map"):
        load_mapping(tmp_path / "c.map")


def test_the_shipped_mappings_read_their_files(atomium_data):
    mappings = load_mappings(SHIPPED)
    path = atomium_data / "pomme" / "wind_cart32_tensormodel.h5"
    record = read_file(path, "models/wind.h5", mappings)
    assert record.problems == ()
    assert (record.format, record.model["n_points"]) == ("pomme", 32**3)
    (box,) = record.parameters
    # 1000 au across (README of the file).
    assert (box.unit, box.value) == ("m", pytest.approx(1000 * 149_597_870_700.0, rel=1e-6))
