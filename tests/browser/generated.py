"""A catalogue of many generated models, as a scan writes it but without any store; its page."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from portal.catalog.metadata import table_metadata
from portal.catalog.table import Catalog
from portal.catalog.writer import TableWriter
from portal.model.collection import Collection
from portal.model.schema import PARAMETERS, TABLES
from portal.pages.base import Source
from portal.pages.browse import PAGE
from portal.render import Renderer

COLLECTION = Collection(
    "generated", "Generated models", site_url="https://example.org/portal/", data_url="data/"
)
MORPHOLOGIES = ("spherical", "spiral", "bipolar", "disk")
USED = (
    "morphology",
    "mass_loss_rate",
    "terminal_velocity",
    "temperature_exponent",
    "stellar_temperature",
    "companion_mass",
    "co_abundance",
)


def models(rows: int, seed: int) -> pa.Table:
    """`rows` models whose parameters lie on no grid, which is the worst case for size."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 4, rows)
    rate = 10 ** random.uniform(-8, -4, rows)
    speed = random.uniform(3, 30, rows)
    order = np.lexsort((speed, np.round(np.log10(rate), 1)))
    kind, rate, speed = kind[order], rate[order], speed[order]
    codes = random.integers(0, 2**32, rows)
    names = [
        f"{MORPHOLOGIES[k]}-mdot{r:.2e}-v{v:.1f}-{code:08x}"
        for k, r, v, code in zip(kind, rate, speed, codes, strict=True)
    ]
    companion = np.where(kind == 1, random.choice([0.1, 0.5, 1.0, 2.0], rows), np.nan)
    return pa.table(
        {
            "model_id": names,
            "collection": ["generated"] * rows,
            "title": [f"{MORPHOLOGIES[k].capitalize()} wind" for k in kind],
            "format": ["observation"] * rows,
            "code": [f"generated 1.{k}" for k in random.integers(0, 60, rows)],
            "n_points": np.full(rows, 32**3),
            "species": [["CO", "HCN", "SiO"][: 1 + k % 3] for k in kind],
            "n_observations": random.integers(0, 10, rows).astype("i4"),
            "model_path": [f"models/{name}.h5" for name in names],
            "observation_path": [f"observations/{name}.h5" for name in names],
            "bytes": random.integers(150_000_000, 250_000_000, rows),
            "engine": ["lineform"] * rows,
            "engine_version": ["0.1.0"] * rows,
            "license": ["CC-BY-SA-4.0"] * rows,
            "morphology": [MORPHOLOGIES[k] for k in kind],
            "mass_loss_rate": rate,
            "terminal_velocity": speed,
            "temperature_exponent": np.round(random.uniform(0.4, 0.9, rows), 2),
            "stellar_temperature": random.choice([2200.0, 2500.0, 2800.0, 3100.0], rows),
            "companion_mass": pa.array(companion, from_pandas=True),
            "co_abundance": random.choice([2e-4, 4e-4, 8e-4], rows),
        }
    )


LINES = (
    ("CO", "2-1", 230.538e9),
    ("CO", "3-2", 345.79598990e9),
    ("SiO", "5-4", 217.10498e9),
    ("HCN", "3-2", 265.88643430e9),
)


def observations(of: pa.Table, seed: int) -> pa.Table:
    """As many observations of each model as it says, in the order of the models."""
    random = np.random.default_rng(seed)
    model = np.repeat(np.arange(of.num_rows), of["n_observations"].to_numpy())
    rows = len(model)
    line = random.integers(0, len(LINES), rows)

    def of_line(part: int) -> pa.Array:
        return pa.array([str(line[part]) for line in LINES]).take(pa.array(line))

    species, transition = of_line(0), of_line(1)
    return pa.table(
        {
            "model_id": of["model_id"].take(pa.array(model)),
            "species": species,
            "transition": transition,
            "line": pc.binary_join_element_wise(species, transition, " "),
            "rest_frequency": np.array([frequency for _, _, frequency in LINES])[line],
            "inclination": random.choice([0.0, 30.0, 60.0, 90.0], rows),
            "azimuth": random.choice([0.0, 90.0, 180.0], rows),
            "distance": np.full(rows, 150.0),
            "peak_flux_density": 10 ** random.uniform(-2, 2, rows).astype("f4").astype("f8"),
            "engine": np.full(rows, "Magritte"),
            "engine_version": random.choice(["0.2.7", "0.3.1", "0.9.4"], rows),
        }
    )


def files(of: pa.Table, seed: int) -> pa.Table:
    """A file of the model and one of its observations for each model."""
    digests = np.random.default_rng(seed).bytes(64 * of.num_rows).hex()
    sizes = of["bytes"].to_numpy()
    model = sizes // 3
    return pa.table(
        {
            "path": [
                f"{kind}s/{name}.h5"
                for name in of["model_id"].to_pylist()
                for kind in ("model", "observation")
            ],
            "collection": ["generated"] * (2 * of.num_rows),
            "bytes": np.stack([model, sizes - model], axis=1).ravel(),
            "sha256": [digests[64 * i : 64 * i + 64] for i in range(2 * of.num_rows)],
            "mtime_ns": np.zeros(2 * of.num_rows, "i8"),
            "kind": ["model", "observation"] * of.num_rows,
            "format": ["atomium-model", "atomium-observation"] * of.num_rows,
            "model_id": of["model_id"].take(pa.array(np.repeat(np.arange(of.num_rows), 2))),
        }
    )


def write_catalog(root: Path, rows: int, seed: int = 1) -> Catalog:
    """The catalogue in `root` of `rows` generated models and about 4.5 observations of each."""
    made = {"models": models(rows, seed)}
    made["observations"] = observations(made["models"], seed)
    made["files"] = files(made["models"], seed)
    root.mkdir(parents=True, exist_ok=True)
    parameters = [column for column in PARAMETERS if column.name in USED]
    for name, columns in TABLES.items():
        extra = parameters if name == "models" else []
        metadata = table_metadata(name, [COLLECTION])
        writer = TableWriter(root, name, [*columns, *extra], metadata)
        if name in made:
            writer.write(made[name])
        writer.digest()
        writer.close(f"generated-{rows}-{seed}")
    return Catalog.open(root)


def browse_site(root: Path, catalog: Catalog, written: Path, app: Path) -> Path:
    """A site in `root` that has the browse page of `catalog` alone."""
    shutil.copytree(written, root)
    shutil.copytree(app, root / "app")
    shutil.copytree(catalog.root, root / "catalog")
    (page,) = PAGE.pages(Source(catalog))
    html = Renderer(written).plain(PAGE.template, page.contents().context)
    (root / page.path).write_text(html, "utf-8")
    return root
