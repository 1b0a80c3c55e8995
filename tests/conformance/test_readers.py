"""What every reader promises, held against a zoo of headers."""

import os
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

import portal.readers
from lineform.posterior import write_posterior
from portal import registry
from portal.errors import ReadError
from portal.mapping import load_mappings
from portal.model.header import Dataset, Header
from portal.model.record import FileRecord, Problem
from portal.model.schema import MODELS, OBSERVATIONS, Column
from portal.readers import open_header, read_file, readers
from portal.readers.base import Reader
from tests.lineform.posteriors import made_posterior

ROOT = Path(__file__).parents[2]
MAPPINGS = load_mappings(ROOT / "catalog" / "mappings")
READERS = readers(MAPPINGS)
TYPES = {
    "string": str,
    "int32": int,
    "int64": int,
    "float64": float,
    "bool": bool,
    "list<string>": list,
    "list<int64>": list,
}


def _no_values(name):
    raise ReadError("no values here", code="damaged")


def _noise(format_name: str) -> Header:
    """A header that looks like a format and holds nothing of the right kind."""
    root = {"format": format_name, "format_version": "1.0", "name": 3, "npoints": "many"}
    paths = [
        "geometry/points/position",
        "particles/xyz",
        "chemistry/species/species",
        "CO/velocity",
    ]
    paths += [f"header/{name}" for name in ("udist", "umass", "utime", "time", "nparttot")]
    paths += ["shape", "sizes", "log_temperature", "grid/x", "fields/temperature/mean"]
    datasets = {path: Dataset((), "object", attrs={"unit": np.zeros(3)}) for path in paths}
    groups = {"": root, "parameters": {"x": np.zeros(2), "x_unit": 5}, "CO": {"direction": "up"}}
    groups["fits/CO"] = {"species": 1}
    return Header("models/noise.h5", groups, datasets, _no_values)


REAL = Path(os.environ.get("ATOMIUM_DATA", ROOT.parent / "shared" / "data"))
"""Real files; there may be none."""


@pytest.fixture(scope="module")
def zoo(example_store, tmp_path_factory):
    headers = [open_header(p, p.name) for p in sorted(example_store.rglob("*.h5"))]
    folder = tmp_path_factory.mktemp("zoo")
    with h5py.File(folder / "empty.h5", "w"):
        pass
    headers.append(open_header(folder / "empty.h5", "empty.h5"))
    write_posterior(folder / "spiral.h5", made_posterior(4, 4, 3, 4))
    headers.append(open_header(folder / "spiral.h5", "posteriors/spiral.h5"))
    for name in ("atomium-model", "atomium-observation", "atomium-posterior", "other"):
        noise = _noise(name)
        headers.append(noise)
        named = dict(noise.groups) | {"": dict(noise.groups[""]) | {"name": "noise"}}
        headers.append(Header(noise.path, named, noise.datasets, noise.values))
    headers.append(Header("bare.h5", {}, {}, _no_values))
    for path in sorted([*REAL.glob("*/*.h5"), *REAL.glob("*/*.hdf5")]):
        headers.append(open_header(path, f"{path.parent.name}/{path.name}"))
    return headers


def fits(value, column: Column) -> bool:
    if value is None:
        return True
    wanted = TYPES[column.type]
    if isinstance(value, bool) != (wanted is bool) or not isinstance(value, wanted):
        return False
    if column.type == "list<string>":
        return all(isinstance(item, str) for item in value)
    return column.type != "list<int64>" or all(type(item) is int for item in value)


def check_row(row, columns):
    known = {column.name: column for column in columns}
    for name, value in row.items():
        assert name in known, name
        assert fits(value, known[name]), (name, value)


def check_record(record: FileRecord, header: Header):
    assert isinstance(record, FileRecord)
    assert record.kind in ("model", "observation", "other")
    if record.model is not None:
        check_row(record.model, MODELS)
        assert record.model["model_id"]
    for row in record.observations:
        check_row(row, OBSERVATIONS)
        assert row["path"] == header.path
    names = [parameter.name for parameter in record.parameters]
    assert names == sorted(set(names))
    for problem in record.problems:
        assert isinstance(problem, Problem)
        assert problem.path == header.path
        assert problem.severity in ("error", "warning")
        assert problem.what
    assert record.model is not None or record.problems


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_claims_never_raises_and_read_keeps_to_the_schema(reader, zoo):
    assert isinstance(reader, Reader)
    claimed = 0
    for header in zoo:
        answer = reader.claims(header)
        assert isinstance(answer, bool)
        if not answer:
            continue
        claimed += 1
        error = None
        try:
            check_record(reader.read(header), header)
        except ReadError as caught:
            error = caught
        assert error is None or error.expected
    if not claimed and not REAL.is_dir():
        pytest.skip(f"no real data files in {REAL}; set ATOMIUM_DATA to their folder")
    assert claimed


def test_names_are_unique_and_one_reader_takes_all():
    assert len({reader.name for reader in READERS}) == len(READERS)
    assert READERS[-1].claims(Header("x", {}, {}, _no_values))


def test_reading_twice_gives_the_same(example_store):
    for path in sorted(example_store.rglob("*.h5")):
        assert read_file(path, path.name) == read_file(path, path.name)


TOY = '''
"""A toy format: a file with the root dataset `toy`."""
from portal.model.record import FileRecord
from portal.errors import ReadError

class ToyReader:
    name = "toy"
    priority = 5
    def claims(self, header):
        return "toy" in header.datasets
    def read(self, header):
        if header.path == "raise.h5":
            raise RuntimeError("<toy> broke\\x07")
        if header.path == "refuse.h5":
            raise ReadError("refused", seen="17", expected="18", code="toy-code")
        return FileRecord("model", "toy", {"model_id": "a\\x1bb"})

READER = ToyReader()
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A reader dropped in as one new file."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "toy.py").write_text(TOY)
    monkeypatch.setattr(
        portal.readers, "__path__", [*portal.readers.__path__, str(tmp_path / "plugins")]
    )
    registry.names.cache_clear()
    with h5py.File(tmp_path / "wind.h5", "w") as file:
        file["toy"] = 1
    yield tmp_path / "wind.h5"
    registry.names.cache_clear()
    sys.modules.pop("portal.readers.toy", None)
    vars(portal.readers).pop("toy", None)


def test_a_reader_is_one_new_file(toy):
    record = read_file(toy, "wind.h5")
    assert record.format == "toy"
    assert record.model == {"model_id": "a\\x1bb"}


def test_a_reader_that_fails_stops_nothing(toy):
    (problem,) = read_file(toy, "raise.h5").problems
    assert (problem.code, problem.seen) == ("reader-failed", "RuntimeError: <toy> broke\\x07")
    (problem,) = read_file(toy, "refuse.h5").problems
    assert (problem.code, problem.seen, problem.expected) == ("toy-code", "17", "18")
