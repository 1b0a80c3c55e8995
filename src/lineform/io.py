"""Writes and reads model and observation files in the layout of the data format page.

All groups, attributes and datasets are created before any data are written, so that the
metadata lie together at the front of the file and a reader over HTTP gets them in one piece.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

import h5py
import numpy as np

from lineform import __version__
from lineform.constants import LIGHT_SPEED
from lineform.cube import Observation
from lineform.errors import ReadError, ShapeError
from lineform.gasfile import (
    DATASETS,
    GROUPS,
    POSITION,
    SPHERICAL,
    state_attributes,
    state_datasets,
    state_from,
)
from lineform.layout import blocks_of, observation_attributes, observation_from, page_of
from lineform.outputs import put
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

_T = TypeVar("_T")

_ROOT = {
    "format_version": "1.0",
    "license": "CC-BY-SA-4.0",
    "license_url": "https://creativecommons.org/licenses/by-sa/4.0/",
}
_NAMED = {"format", "format_version", "name", "title", "code", *_ROOT, *SPHERICAL}
"""Root attributes that every file has, or that a `Header` or a `State` has a field for."""

_MODEL_PAGE = 16384

_GZIP_LEVEL = 4


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


@dataclass(frozen=True, slots=True)
class _Dataset:
    """A dataset to write: its path, values, unit and meaning, and how it is stored."""

    path: str
    values: np.ndarray
    unit: str
    description: str
    compressed: bool = False


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
    datasets = [_Dataset(name, *part) for name, part in parts.items()]
    _write(path, header, groups.pop("/", {}), groups, datasets, _MODEL_PAGE)


def write_observations(
    path: Path, header: Header, observations: Sequence[Observation], names: Sequence[str] = ()
) -> None:
    """Write an observation file; it appears under `path` only when complete.

    `names` are those of the groups; without them they come from line and direction.
    """
    groups: dict[str, Mapping[str, object]] = {}
    datasets: list[_Dataset] = []
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
        raise _no_file(path)
    if not h5py.is_hdf5(path):
        return ""
    return _read(path, _format)


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
    return _read(path, _header)


def read_model(path: Path) -> State:
    """The state in a model file.

    Raises
    ------
    ReadError
        If the file is not a model file.
    """
    return _read(path, _state)


def observation_names(path: Path) -> list[str]:
    """Names of the groups of an observation file, such as ``CO_2-1_d00``.

    Raises
    ------
    ReadError
        If the file is not an observation file.
    """
    return _read(path, _lines)


def read_observation(path: Path, name: str) -> Observation:
    """The observation in one group of a file.

    Raises
    ------
    ReadError
        If the file is not an observation file, or has no such group.
    """
    return _read(path, lambda file: _observation(file[name]))


def read_observations(path: Path) -> list[Observation]:
    """The observations in a file, in the order of their groups.

    Raises
    ------
    ReadError
        If the file is not an observation file.
    """
    return _read(path, lambda file: [_observation(file[name]) for name in _lines(file)])


def _write(
    path: Path,
    header: Header,
    root: Mapping[str, object],
    groups: Mapping[str, Mapping[str, object]],
    datasets: Sequence[_Dataset],
    page: int,
) -> None:
    # In memory: HDF5 ends the process when it cannot close a file on a full disk.
    options = {"driver": "core", "backing_store": False, "fs_strategy": "page"}
    try:
        with h5py.File(token_hex(8), "w", fs_page_size=page, **options) as file:
            _set(file, _ROOT | _header_attributes(header) | dict(root))
            _set(file.create_group("parameters"), _parameter_attributes(header))
            for name, attributes in groups.items():
                _set(file.create_group(name), attributes)
            _fill(file, datasets)
            file.flush()
            content = file.id.get_file_image()
    except (OSError, RuntimeError) as error:
        if "allocate" not in str(error):
            raise
        raise MemoryError(str(error)) from error
    put(path, content)


def _fill(file: h5py.File, datasets: Sequence[_Dataset]) -> None:
    for dataset in datasets:
        _create(file, dataset)
    # Small ones first: what a browser asks for then lies close behind the metadata.
    for dataset in sorted(datasets, key=lambda dataset: dataset.values.nbytes):
        made = file[dataset.path]
        made[...] = dataset.values
        # Blocks are laid down now, not when Python gets round to closing the object.
        made.flush()


def _create(file: h5py.File, dataset: _Dataset) -> None:
    # track_times would put the clock into the file.
    options: dict[str, object] = {"track_times": False}
    if dataset.compressed:
        options |= {
            "chunks": blocks_of(dataset.values.shape),
            "compression": "gzip",
            "compression_opts": _GZIP_LEVEL,
            "shuffle": True,
        }
    made = file.create_dataset(
        dataset.path, shape=dataset.values.shape, dtype=dataset.values.dtype, **options
    )
    made.attrs["unit"] = dataset.unit
    made.attrs["description"] = dataset.description


def _set(group: h5py.Group, attributes: Mapping[str, object]) -> None:
    for name, value in attributes.items():
        group.attrs[name] = value


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


def _observation_datasets(group: str, o: Observation) -> list[_Dataset]:
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
        _Dataset(f"{group}/{name}", np.asarray(a, dtype=dtype), unit, text, name == "intensity")
        for name, a, dtype, unit, text in table
    ]


def _read(path: Path, part: Callable[[h5py.File], _T]) -> _T:
    if not path.is_file():
        raise _no_file(path)
    try:
        with h5py.File(path, "r") as file:
            return part(file)
    except (KeyError, OSError, RuntimeError, ShapeError, UnicodeDecodeError) as error:
        raise ReadError(
            "file",
            expected="a model or observation file",
            # Those of h5py about what is missing come in quotation marks.
            seen=str(error).strip("\"'"),
            way_out="something is missing, cut short or damaged: copy or make it again",
            where=str(path),
        ) from error


def _no_file(path: Path) -> ReadError:
    return ReadError(
        "file", expected="a file", seen="none", way_out="check its name and folder", where=str(path)
    )


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
