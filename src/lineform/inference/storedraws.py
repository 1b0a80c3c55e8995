"""Cubes of a store as simulations: its parameters take the place of a prior.

Each parameter becomes a standard normal number by its rank in the store, so that what the store
holds is the prior. Values that occur several times share their part of the normal distribution
evenly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.special import ndtr, ndtri

from lineform.cube import Observation
from lineform.deprojection.base import Quantity
from lineform.errors import ConfigError
from lineform.func.radiation import brightness_temperature
from lineform.inference.layout import Layout, rebinned
from lineform.inference.simulations import Simulations
from lineform.io import Header, observation_names, read_header, read_observation
from lineform.parameters import PARAMETERS, Parameter
from lineform.state import FloatArray

__all__ = ["StoreNumbers", "Stored", "read_store", "store_simulations"]

Progress = Callable[[int, int], None]

_FEW = 10
"""Up to so many different values are taken as they are, and nothing between them."""

_VIEW = {
    "inclination": Parameter("deg", "Angle between the model's z axis and the observer."),
    "azimuth": Parameter("deg", "Angle of the observer about z, from x towards y."),
}


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """The observations of one line in a store.

    Parameters
    ----------
    files : tuple of Path
        Of each observation.
    groups : tuple of str
        Names in the files.
    headers : tuple of Header
        Of the files.
    first : Observation
        One of them.
    """

    files: tuple[Path, ...]
    groups: tuple[str, ...]
    headers: tuple[Header, ...]
    first: Observation


def read_store(root: Path, line: str, *, where: Mapping[str, str] | None = None) -> Stored:
    """Find the observations of a line, such as ``CO 2-1``, below a folder.

    Parameters
    ----------
    root : Path
        Of the store, or any folder with observation files.
    line : str
    where : name -> value
        Take only models with these parameters.

    Raises
    ------
    ConfigError
        If there are fewer than two models with the line.
    ReadError
        If a file cannot be read.
    """
    folder = root / "observations" if (root / "observations").is_dir() else root
    found = []
    for path in sorted(folder.rglob("*.h5")):
        header = read_header(path)
        values = header.parameters
        if any(str(values.get(name)) != value for name, value in (where or {}).items()):
            continue
        wanted = line.replace(" ", "_")
        found += [
            (path, group, header)
            for group in observation_names(path)
            if group.startswith(f"{wanted}_") or group == wanted
        ]
    if len({path for path, _, _ in found}) < 2:
        raise ConfigError(
            "store",
            expected=f"at least two models with {line}",
            seen=f"{len({path for path, _, _ in found})} of {folder}",
            way_out="make a store with this line: lineform make-store --line",
            where=str(root),
        )
    files, groups, headers = zip(*found, strict=True)
    return Stored(files, groups, headers, read_observation(files[0], groups[0]))


def store_simulations(
    stored: Stored,
    layout: Layout,
    seed: int,
    *,
    progress: Progress = lambda done, total: None,
) -> Simulations:
    """The cubes of a store on a layout, with their parameters as latent numbers.

    Parameters
    ----------
    stored : Stored
    layout : Layout
    seed : int
        Of the places of values that occur several times.
    progress : callback (done, total)

    Raises
    ------
    ConfigError
        If no parameter varies, or a cube was already seen by a telescope.
    """
    sky, views = [], []
    for number, (path, group) in enumerate(zip(stored.files, stored.groups, strict=True), 1):
        observation = read_observation(path, group)
        _check(observation, path)
        sky.append(_on_layout(observation, layout))
        views.append((observation.view.inclination, observation.view.azimuth))
        progress(number, len(stored.files))
    values = _columns(stored.headers, np.array(views))
    tables = {name: sorted(set(column.tolist())) for name, column in values.items()}
    wrapped = tuple(
        k for k, name in enumerate(tables) if name == "azimuth" and len(tables[name]) > _FEW
    )
    rng = np.random.default_rng(seed)
    latent, scores = [], {}
    for k, (name, column) in enumerate(values.items()):
        if k in wrapped:
            latent.append(_turned(column / 360, rng))
            tables[name] = []
        else:
            below, above = _shares(column, tables[name])
            place = np.searchsorted(tables[name], column)
            latent.append(ndtri(rng.uniform(below[place], above[place])))
            scores[name] = ndtri((below + above) / 2).tolist()
    _, models = np.unique([str(path) for path in stored.files], return_inverse=True)
    quantities = _quantities(values, stored.headers, wrapped)
    return Simulations(
        layout=layout,
        latent=torch.tensor(np.stack(latent, axis=1), dtype=torch.float32),
        sky=torch.tensor(np.stack(sky), dtype=torch.float32),
        group=torch.from_numpy(models),
        wrapped=wrapped,
        quantities=quantities,
        source={
            "kind": "store",
            "models": int(models.max()) + 1,
            "seed": seed,
            "values": tables,
            "scores": {name: scores.get(name, []) for name in tables},
        },
    )


@dataclass(frozen=True, slots=True)
class StoreNumbers:
    """From latent vectors to the parameters of a store.

    Parameters
    ----------
    source : name -> value
        Of the simulations.
    """

    source: Mapping[str, Any]

    def __call__(self, latent: torch.Tensor) -> torch.Tensor:
        """The parameters (..., quantity) of latent vectors (..., size)."""
        found = []
        values, scores = self.source["values"], self.source["scores"]
        for column, name in zip(latent.double().unbind(-1), values, strict=True):
            if not values[name]:
                found.append((360 * column).remainder(360.0))
            elif len(values[name]) > _FEW:
                found.append(torch.from_numpy(np.interp(column, scores[name], values[name])))
            else:
                edges = _edges(scores[name])
                place = np.searchsorted(edges, column.numpy())
                found.append(torch.tensor(values[name], dtype=torch.float64)[place])
        return torch.stack(found, dim=-1)


def _edges(scores: Sequence[float]) -> FloatArray:
    """Between the shares of neighbouring values, from the middles of the shares."""
    edges, edge = [], 0.0
    for middle in ndtr(np.array(scores)):
        edge = 2 * middle - edge
        edges.append(edge)
    return np.asarray(ndtri(np.clip(edges[:-1], 0, 1)))


def _shares(column: FloatArray, values: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    """Part of the distribution (value,) below each value, and up to its end."""
    ordered = np.sort(column)
    below = np.searchsorted(ordered, values, side="left") / len(column)
    above = np.searchsorted(ordered, values, side="right") / len(column)
    return below, above


def _turned(turns: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Latent numbers of angles in turns: each with the probability that the prior gives it."""
    whole = np.arange(-6, 7)
    nearest = turns - np.round(turns)
    weight = np.exp(-((nearest[:, None] + whole) ** 2) / 2)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray([n + rng.choice(whole, p=p) for n, p in zip(nearest, weight, strict=True)])


def _columns(headers: Sequence[Header], views: FloatArray) -> dict[str, FloatArray]:
    """Numbers that all models have and that vary."""
    first = headers[0].parameters
    names = [
        name
        for name, value in first.items()
        if not isinstance(value, str) and all(name in header.parameters for header in headers)
    ]
    found = {
        name: np.array([float(header.parameters[name]) for header in headers]) for name in names
    }
    found |= {"inclination": views[:, 0], "azimuth": views[:, 1]}
    varying = {name: column for name, column in found.items() if np.ptp(column) > 0}
    if not varying:
        raise ConfigError(
            "store", expected="a number that differs between its cubes", seen="none"
        )  # fmt: skip
    return varying


def _quantities(
    values: Mapping[str, FloatArray], headers: Sequence[Header], wrapped: Sequence[int]
) -> list[Quantity]:
    found = []
    described = {**headers[0].described, **PARAMETERS, **_VIEW}
    for k, (name, column) in enumerate(values.items()):
        parameter = described.get(name, Parameter("", ""))
        low, high = column.min(), column.max()
        positive = low > 0 and high > 10 * low
        found.append(
            Quantity(
                name,
                parameter.unit,
                parameter.description,
                f"as in the store, {low:.4g} to {high:.4g}",
                logarithmic=bool(positive),
                period=360.0 if k in wrapped else 0.0,
            )
        )
    return found


def _check(observation: Observation, path: Path) -> None:
    if observation.beam.major or observation.response.noise_rms:
        raise ConfigError(
            "store",
            expected="cubes without beam and noise, which training adds",
            seen=f"a beam of {observation.beam.major:g} arcsec",
            way_out="make the store without --beam",
            where=str(path),
        )


def _on_layout(observation: Observation, layout: Layout) -> FloatArray:
    kelvin = brightness_temperature(
        observation.intensity.astype(float), observation.line.frequency
    )  # fmt: skip
    return rebinned(kelvin, (observation.velocity, observation.y, observation.x), layout)
