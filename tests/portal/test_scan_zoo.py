"""What a scan says of a zoo of bad files: every row is whole, and every fault is told once."""

import os
from collections import Counter

import h5py
import numpy as np
import pytest

from portal.catalog.table import Catalog
from portal.model.telling import MOST_TOLD
from tests.layout import write_model, write_observation
from tests.portal.scanning import run


def spoiled(path, spoil):
    write_observation(path, path.stem)
    with h5py.File(path, "r+") as file:
        spoil(file)


def external(file):
    del file["CO_2-1_d00/spectrum"]
    name = str(file.filename) + ".raw"
    file["CO_2-1_d00"].create_dataset("spectrum", (21,), "<f8", external=[(name, 0, 168)])


def replaced(name, data):
    def spoil(file):
        del file[name]
        if data is not None:
            file[name] = data

    return spoil


def attribute(group, name, value):
    def spoil(file):
        if value is None:
            del file[group].attrs[name]
        else:
            file[group].attrs[name] = value

    return spoil


def many_groups(file):
    for number in range(60):
        file.create_group(f"CO_2-1_d{number + 10}")


def many_odd_parameters(file):
    for number in range(60):
        file["parameters"].attrs[f"odd {number}"] = 1.0
        file["parameters"].attrs[f"list_{number}"] = [1.0, 2.0]


SPECTRUM = "CO_2-1_d00/spectrum"
ZOO = {
    "missing": replaced(SPECTRUM, None),
    "complex": replaced(SPECTRUM, np.zeros(21, complex)),
    "text": replaced(SPECTRUM, "words"),
    "group": lambda file: (replaced(SPECTRUM, None)(file), file.create_group(SPECTRUM)),
    "short": replaced(SPECTRUM, np.zeros(5)),
    "nan": replaced(SPECTRUM, np.full(21, np.nan)),
    "axis": replaced("CO_2-1_d00/velocity", np.full(21, np.nan)),
    "virtual": external,
    "dangling": lambda file: (
        replaced(SPECTRUM, None)(file),
        file.__setitem__(SPECTRUM, h5py.SoftLink("/no")),
    ),
    "bare": lambda file: [file.__delitem__(name) for name in list(file)],
    "groups": many_groups,
    "parameters": many_odd_parameters,
    "nameless": attribute("/", "name", None),
    "number": attribute("/", "name", 5.0),
    "hidden": attribute("/", "name", ".hidden"),
    "future": attribute("/", "format_version", "7.0"),
    "foreign": attribute("/", "format", "something"),
    "license": attribute("/", "license", "MIT"),
    "direction": attribute("CO_2-1_d00", "direction", [9.0, 0.0, 0.0]),
    "unit": attribute("parameters", "mass_loss_rate_unit", "furlong"),
    "kind": attribute("parameters", "mass_loss_rate", "much"),
    "lost": attribute("parameters", "mass_loss_rate", 1 + 2j),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    store = tmp_path_factory.mktemp("zoo")
    for name, spoil in ZOO.items():
        spoiled(store / "observations" / f"{name}.h5", spoil)
    for number in range(2):
        write_model(store / "models" / f"{number}.h5", "twin", number, side=2)
    os.mkfifo(store / "pipe.h5")
    (store / "broken.h5").symlink_to("nowhere.h5")
    (store / "folder").symlink_to(store / "models")
    (store / "empty.h5").touch()
    (store / "pa ge.h5").write_bytes(b"<html>")
    (store / "cut.h5").write_bytes((store / "models" / "0.h5").read_bytes()[:900])
    catalog = tmp_path_factory.mktemp("catalog")
    run(store, catalog)
    return Catalog.open(catalog)


@pytest.fixture(scope="module")
def rows(found):
    return found.table("problems").to_pylist()


def test_every_row_says_what_was_seen_what_is_right_and_what_to_do(rows):
    for row in rows:
        for column in ("path", "collection", "code", "what", "seen", "expected", "way_out"):
            assert row[column], (column, row)
        assert row["seen"] != "None", row


def test_the_zoo_has_many_kinds_of_problems(rows):
    assert len({row["code"] for row in rows}) >= 25


def test_a_fault_is_told_once(rows):
    told = Counter((row["path"], row["code"], row["what"]) for row in rows)
    assert [key for key, count in told.items() if count > 1 and "parameter" not in key[1]] == []
    names = Counter(row["path"] for row in rows if row["code"] == "bad-name")
    assert set(names.values()) == {1}


def test_a_file_full_of_faults_is_a_few_rows_and_a_count(rows):
    told = Counter((row["path"], row["code"]) for row in rows)
    assert max(told.values()) == MOST_TOLD + 1
    (rest,) = [
        row
        for row in rows
        if row["path"] == "observations/parameters.h5"
        and row["code"] == "wrong-type"
        and row["what"].startswith("more problems")
    ]
    assert rest["seen"] == f"{60 - MOST_TOLD} more"


def test_the_unit_of_a_parameter_that_was_left_out_is_no_parameter(found):
    assert not [c.name for c in found.parameters if c.name.endswith(("_unit", "_description"))]
