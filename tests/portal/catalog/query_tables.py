"""A catalogue with every type of column and every kind of missing value, of a few hundred rows."""

import math
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from portal.catalog.arrow import arrow_schema
from portal.catalog.paths import parquet_path
from portal.catalog.table import Catalog
from portal.model.schema import MODELS, OBSERVATIONS, Column
from tests.portal.catalogs import model_row, written

PARAMETERS = (
    Column("mass_loss_rate", "float64", "solMass/yr"),
    Column("terminal_velocity", "float64", "km/s"),
    Column("turbulence", "float32", "m/s"),
    Column("outer_radius", "float64", "au"),
    Column("weight", "float32"),
    Column("ratio", "float64"),
    Column("steps", "int32"),
    Column("seed", "int64"),
    Column("age", "float64", "fortnights"),
    Column("binary", "bool"),
    Column("converged", "bool"),
    Column("morphology", "string"),
    Column("remark", "string"),
    Column("tags", "list<string>"),
    Column("axes", "list<int64>"),
    Column("not", "float64"),
    Column("odd name!", "string"),
    Column("back`tick", "float64", "K.km/s"),
    Column("Größe", "int32"),
)
TEXTS = [
    "spiral", "Spiral", "SPIRAL-v2", "disk", 'q"uote', "it's", "back\\slash", "a b\tc\nd", "ÜMLAUT",
    "ümlaut", "straße", "\u212aelvin", "kelvin", "\uff5e", "\U0001f320", "\U0001d4b3\u0301", "100%",
    "_", "null", "NaN", "true", "1e3", " lead", "\u0130", "\u017f",
]  # fmt: skip
SPECIES = ["CO", "SiO", "C", "H2O", "co", 'H"O', "HCN\\x"]
WHOLE = [0, 1, 2, 3, 5, 7, -4, 100, 2**31 - 1]
SPEEDS = [0.0, -0.0, 0.01, 2.5, 10.0, 10.000000000000002, 0.1, 0.30000000000000004, -3.0, 1e3]
NUMBERS = {
    "mass_loss_rate": [1e-7, 1.5e-6, 1e-6, 2e-5, 3.17e-8, 0.0, 5e-324],
    "terminal_velocity": SPEEDS,
    "turbulence": [10.0, 2500.0, 0.1, -0.0, 16777216.0, 3e-5],
    "outer_radius": [1.0, 206264.80624709636, 1e3, 0.5, 63241.07708426628],
    "weight": [0.1, 0.2, 0.30000001192092896, 1 / 3, -0.0, 0.0, math.inf, 1e10],
    "ratio": [0.1, 0.2, 1 / 3, -0.0, 0.0, math.inf, -math.inf, 1e10, 1e22, 1.7976931348623157e308],
    "steps": [*WHOLE, -(2**31)],
    "seed": [*WHOLE, 2**53, 2**53 + 1, 2**53 + 2, -(2**62), 2**31],
    "age": [1.0, 26.0, 0.5],
    "not": [1.0, 2.0, -1.0],
    "back`tick": [1.0, 25.0, 0.04, 1e3],
    "Größe": WHOLE,
    "rest_frequency": [115.2712018e9, 230.538e9, 345.7959899e9],
    "inclination": [0.0, 30.0, 45.0, 90.0, 60.00000000000001],
    "s_ra": [0.0, 69.19, 69.3, 180.0, 359.95, math.inf],
    "s_dec": [-90.0, -62.08, -62.3, 0.0, 12.5, 89.99],
    "distance": [100.0, 200.0, 206.26480624709637, 1e3],
    "n_channels": WHOLE,
    "velocity_min": SPEEDS,
    "velocity_max": SPEEDS,
    "peak_flux_density": [0.0, 1e-3, 12.5, 0.30000000000000004],
    "access_estsize": [1, 1000, 2_000_000],
}


def _value(random: Random, column: Column) -> object:
    if random.random() < 0.12:
        return None
    if column.type.startswith("float") and random.random() < 0.08:
        return math.nan
    if column.type == "bool":
        return random.random() < 0.5
    if column.type == "string":
        return "" if random.random() < 0.1 else random.choice(TEXTS)
    if column.type == "list<string>":
        return random.sample(SPECIES, random.randrange(4))
    if column.type == "list<int64>":
        return [1, 2][: random.randrange(3)]
    return random.choice(NUMBERS[column.name])


def _filled(random: Random, row: dict, columns: tuple[Column, ...]) -> dict:
    return row | {column.name: _value(random, column) for column in columns}


OBSERVED = tuple(
    column
    for column in OBSERVATIONS
    if column.name in NUMBERS or column.name in ("line", "species", "transition", "advisories")
)


def catalogue(root: Path, seed: int = 0) -> Catalog:
    """A catalogue of 200 models and 260 observations in `root`."""
    random = Random(seed)
    tags = tuple(column for column in MODELS if column.name in ("species", "title"))
    models = [_filled(random, model_row(f"m{n:03}"), (*PARAMETERS, *tags)) for n in range(200)]
    observations = [
        _filled(random, {"obs_id": f"o{n:03}", "model_id": f"m{n * 200 // 260:03}"}, OBSERVED)
        for n in range(260)
    ]
    bare = dict.fromkeys(column.name for column in OBSERVATIONS)
    written(
        {
            "models": [],
            "observations": [bare | row for row in observations],
            "files": [],
            "problems": [],
        },
        root,
    )
    path = parquet_path(root, "models")
    schema = arrow_schema([*MODELS, *PARAMETERS])
    kept = pq.read_schema(path).metadata or {}
    table = pa.Table.from_pylist(models, schema=schema.with_metadata({**schema.metadata, **kept}))
    pq.write_table(table, path)
    return Catalog.open(root)


def rows_of(table: pa.Table) -> list[dict]:
    """Rows as a query sees them: every kind of missing value is None, numbers are doubles."""
    return [{name: _seen(value) for name, value in row.items()} for row in table.to_pylist()]


def _seen(value: object) -> object:
    if value in (None, "", []) or value != value:
        return None
    if isinstance(value, int | float | np.floating) and not isinstance(value, bool):
        return float(value)
    return value
