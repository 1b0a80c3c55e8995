"""Writes and reads model and observation files in the layout of the data format page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from lineform import __version__
from lineform.constants import LIGHT_SPEED
from lineform.cube import Observation
from lineform.errors import ReadError
from lineform.gasfile import (
    DATASETS,
    GROUPS,
    POSITION,
    SPHERICAL,
    state_attributes,
    state_datasets,
    state_from,
)
from lineform.hdf5 import ROOT, Dataset, no_file, read_file, write_file
from lineform.layout import blocks_of, observation_attributes, observation_from, page_of
from lineform.parameters import PARAMETERS, Parameter, Parameters
from lineform.state import FloatArray, State

__all__ = [
    "Header",
    "format_of",
    "observation_names",
    "read_header",
    "read_model",
    "read_observation",
    "read_observations",
    "write_model",
    "write_observations",
]

_NAMED = {"format", "format_version", "name", "title", "code", *ROOT, *SPHERICAL}
"""Root attributes that every file has, or that a `Header` or a `State` has a field for."""

_MODEL_PAGE = 16384


@dataclass(frozen=True, slots=True)
class Header:
    """What stands at the root of a file.

    Parameters
    ----------
    kind : str
        ``model`` or ``observation``.
    name, title, code : str
    parameters : name -> value
        In the units of `lineform.parameters` or of `described`.
    described : name -> Parameter
        Unit and meaning of parameters that `lineform.parameters` does not know.
    attributes : name -> value
        Further attributes of the root.
    """

    kind: str
    name: str
    title: str
    code: str
    parameters: Parameters
    described: Mapping[str, Parameter] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)


def write_model(
    path: Path,
    header: Header,
    state: State,
    extra: Mapping[str, tuple[np.ndarray, str, str]] | None = None,
    attributes: Mapping[str, Mapping[str, object]] | None = None,
) -> None:
    """Write a model file; it appears under `path` only when complete.

    `extra` are datasets beyond the state: path -> values, unit, description. `attributes` are
    those of further groups, or beyond the header of the root, ``/``: path -> name -> value.
    """
    # What is given is what is written, where the state has it too.
    parts = {**state_datasets(state), **(extra or {})}
    groups = {name: dict(values) for name, values in state_attributes(state).items()}
    for name, values in (attributes or {}).items():
        groups.setdefault(name, {}).update(values)
    datasets = [Dataset(name, *part) for name, part in parts.items()]
    _write(path, header, groups.pop("/", {}), groups, datasets, _MODEL_PAGE)


def write_observations(
    path: Path, header: Header, observations: Sequence[Observation], names: Sequence[str] = ()
) -> None:
    """Write an observation file; it appears under `path` only when complete.

    `names` are those of the groups; without them they come from line and direction.
    """
    groups: dict[str, Mapping[str, object]] = {}
    datasets: list[Dataset] = []
    for name, observation in zip(names or _names(observations), observations, strict=True):
        groups[name] = observation_attributes(observation)
        datasets += _observation_datasets(name, observation)
    engine = {"engine": "lineform", "engine_version": __version__} | dict(header.attributes)
    page = page_of([observation.intensity.shape for observation in observations])
    _write(path, header, engine, groups, datasets, page)


def _names(observations: Sequence[Observation]) -> list[str]:
    views = list(dict.fromkeys(observation.view for observation in observations))
    return [f"{o.line.name}_d{views.index(o.view):02d}" for o in observations]


def format_of(path: Path) -> str:
    """The format that an HDF5 file names, ``magritte`` for Magritte's models, or nothing.

    Raises
    ------
    ReadError
        If there is no such file.
    """
    if not path.is_file():
        raise no_file(path)
    if not h5py.is_hdf5(path):
        return ""
    return read_file(path, _format)


def _format(file: h5py.File) -> str:
    if "format" in file.attrs:
        return str(file.attrs["format"])
    return "magritte" if "npoints" in file.attrs and POSITION in file else ""


def read_header(path: Path) -> Header:
    """What stands at the root of a model or observation file.

    Raises
    ------
    ReadError
        If the file is not one of ours.
    """
    return read_file(path, _header)


def read_model(path: Path) -> State:
    """The state in a model file.

    Raises
    ------
    ReadError
        If the file is not a model file.
    """
    return read_file(path, _state)


def observation_names(path: Path) -> list[str]:
    """Names of the groups of an observation file, such as ``CO_2-1_d00``.

    Raises
    ------
    ReadError
        If the file is not an observation file.
    """
    return read_file(path, _lines)


def read_observation(path: Path, name: str) -> Observation:
    """The observation in one group of a file.

    Raises
    ------
    ReadError
        If the file is not an observation file, or has no such group.
    """
    return read_file(path, lambda file: _observation(file[name]))


def read_observations(path: Path) -> list[Observation]:
    """The observations in a file, in the order of their groups.

    Raises
    ------
    ReadError
        If the file is not an observation file.
    """
    return read_file(path, lambda file: [_observation(file[name]) for name in _lines(file)])


def _write(
    path: Path,
    header: Header,
    root: Mapping[str, object],
    groups: Mapping[str, Mapping[str, object]],
    datasets: Sequence[Dataset],
    page: int,
) -> None:
    attributes = _header_attributes(header) | dict(root)
    groups = {"parameters": _parameter_attributes(header), **groups}
    write_file(path, attributes, groups, datasets, page)


def _header_attributes(header: Header) -> dict[str, object]:
    return {
        "format": f"atomium-{header.kind}",
        "name": header.name,
        "title": header.title,
        "code": header.code,
        **header.attributes,
    }


def _parameter_attributes(header: Header) -> dict[str, object]:
    attributes: dict[str, object] = {}
    known = {**header.described, **PARAMETERS}
    for name, value in header.parameters.items():
        attributes[name] = value
        if not isinstance(value, str):
            attributes[f"{name}_unit"] = known[name].unit
        attributes[f"{name}_description"] = known[name].description
    return attributes


def _observation_datasets(group: str, o: Observation) -> list[Dataset]:
    frequency = o.line.frequency * (1 - o.velocity * 1e3 / LIGHT_SPEED)
    table: tuple[tuple[str, FloatArray, type, str, str], ...] = (
        ("velocity", o.velocity, np.float64, "km/s", "Radio velocity, positive away from us."),
        ("frequency", frequency, np.float64, "Hz", "Frequency of each channel."),
        ("x", o.x, np.float64, "arcsec", "Offsets of the pixel centres to the right."),
        ("y", o.y, np.float64, "arcsec", "Offsets of the pixel centres upwards."),
        ("spectrum", o.spectrum, np.float32, "Jy", "Flux density of the whole cube."),
        ("moment0", o.moment0, np.float32, "K km/s", "Brightness temperature over velocity."),
        ("moment1", o.moment1, np.float32, "km/s", "Intensity-weighted mean velocity."),
        ("moment2", o.moment2, np.float32, "km/s", "Intensity-weighted velocity dispersion."),
        ("intensity", o.intensity, np.float32, "W m-2 Hz-1 sr-1", "Specific intensity."),
    )
    if o.optical_depth is not None:
        table += (("optical_depth", o.optical_depth, np.float32, "", "Largest of all channels."),)
    return [
        Dataset(
            f"{group}/{name}",
            np.asarray(a, dtype=dtype),
            unit,
            text,
            blocks_of(a.shape) if name == "intensity" else None,
        )
        for name, a, dtype, unit, text in table
    ]


def _header(file: h5py.File) -> Header:
    group = file["parameters"].attrs
    names = [name for name in group if not name.endswith(("_unit", "_description"))]
    return Header(
        kind=str(file.attrs["format"]).removeprefix("atomium-"),
        name=str(file.attrs["name"]),
        title=str(file.attrs.get("title", "")),
        code=str(file.attrs.get("code", "")),
        parameters={
            name: group[name] if isinstance(group[name], str) else float(group[name])
            for name in names
        },
        described={
            name: Parameter(
                str(group.get(f"{name}_unit", "")), str(group.get(f"{name}_description", ""))
            )
            for name in names
            if name not in PARAMETERS
        },
        attributes={name: str(v) for name, v in file.attrs.items() if name not in _NAMED},
    )


def _state(file: h5py.File) -> State:
    found = [file[path] for path in DATASETS if path in file]
    return state_from(
        {dataset.name[1:]: dataset[()] for dataset in found},
        {path: dict(file[path].attrs) for path in GROUPS if path in file},
        {d.name[1:]: _text(d.attrs["unit"]) for d in found if "unit" in d.attrs},
        file.filename,
    )


def _text(attribute: object) -> str:
    """An attribute as text, of whatever kind of string other programs made it."""
    if isinstance(attribute, h5py.Empty):
        return ""
    word = np.ravel(np.asarray(attribute))[:1].tolist()
    return "".join(part.decode() if isinstance(part, bytes) else str(part) for part in word)


def _lines(file: h5py.File) -> list[str]:
    form = str(file.attrs.get("format", ""))
    if form != "atomium-observation":
        raise ReadError(
            "format of the file",
            expected="atomium-observation",
            seen=form or "none",
            way_out="make observations of a model: lineform synthesise",
            where=file.filename,
        )
    return [name for name in file if name != "parameters"]


def _observation(group: h5py.Group) -> Observation:
    names = ("velocity", "x", "y", "intensity", "spectrum", "moment0", "moment1", "moment2")
    datasets = {name: group[name][:] for name in names}
    if "optical_depth" in group:
        datasets["optical_depth"] = group["optical_depth"][:]
    return observation_from(group.attrs, datasets)
