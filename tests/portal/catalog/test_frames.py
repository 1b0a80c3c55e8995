"""Queries on data frames of every make."""

import numpy as np
import pandas as pd
import pytest

from portal.catalog.frames import columns_of, mask, select
from portal.errors import QueryError
from portal.model.schema import Column

FRAME = pd.DataFrame(
    {
        "model_id": ["a", "b", None, ""],
        "terminal_velocity": [5.0, np.nan, 20.0, 3.0],
        "n_points": [1, 2, 3, 4],
        "morphology": pd.Categorical(["disk", "spiral", "disk", None]),
        "species": [["CO"], None, np.array(["CO", "SiO"]), []],
        "binary": [True, None, False, True],
        "title": [None] * 4,
        "distance": [None] * 4,
        "shape": [[1], None, [2, 3], []],
    },
    index=[10, 20, 30, 40],
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("terminal_velocity < 6000 m/s", [10, 40]),
        ("not terminal_velocity < 6 km/s", [30]),
        ('morphology == "disk"', [10, 30]),
        ('morphology != "disk"', [20]),
        ('species == "CO"', [10, 30]),
        ("species is null or shape is null", [20, 40]),
        ("not binary", [30]),
        ("title is null and distance is null", [10, 20, 30, 40]),
        ("distance < 3 kpc", []),
        ("model_id is null", [30, 40]),
        ("n_points > 2 and 'A' in model_id", []),
        ("", [10, 20, 30, 40]),
    ],
)
@pytest.mark.parametrize("make", [lambda f: f, pd.DataFrame.convert_dtypes], ids=["as", "nullable"])
def test_rows_keep_their_index(text, rows, make):
    frame = make(FRAME)
    assert select(text, frame).index.tolist() == rows
    assert mask(text, frame).tolist() == [index in rows for index in frame.index]


def test_types_come_from_the_frame_and_units_from_the_schema():
    assert [(c.name, c.type, c.unit) for c in columns_of(FRAME)] == [
        ("model_id", "string", ""),
        ("terminal_velocity", "float64", "km/s"),
        ("n_points", "int64", ""),
        ("morphology", "string", ""),
        ("species", "list<string>", ""),
        ("binary", "bool", ""),
        ("title", "string", ""),
        ("distance", "float64", "pc"),
        ("shape", "list<int64>", ""),
    ]


def test_columns_may_be_given():
    frame = pd.DataFrame({"size": [1.0, 2000.0]})
    assert select("size > 1 km", frame, [Column("size", "float64", "m")]).index.tolist() == [1]
    with pytest.raises(QueryError, match="expected a number without a unit, got 'km'"):
        select("size > 1 km", frame)
    with pytest.raises(QueryError, match="column: unknown: expected one of size, got mass"):
        select("mass > 1", frame, [Column("size", "float64"), Column("mass", "float64")])
