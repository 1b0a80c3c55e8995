"""Writes small files in the store layout straight with h5py, independent of lineform.

Follows site_src/data-format.md to the letter; the contract tests compare lineform's files
with the same page.
"""

from pathlib import Path

import h5py
import numpy as np

LICENSE_URL = "https://creativecommons.org/licenses/by-sa/4.0/"
UNITS = {
    "intensity": "W m-2 Hz-1 sr-1",
    "velocity": "km/s",
    "frequency": "Hz",
    "x": "arcsec",
    "y": "arcsec",
    "spectrum": "Jy",
    "moment0": "K km/s",
    "moment1": "km/s",
    "moment2": "km/s",
}
LINES = {"CO_2-1": 230.538e9, "SiO_5-4": 217.104919e9}
DIRECTIONS = ((0.0, 0.0, 1.0), (0.6, 0.0, 0.8), (1.0, 0.0, 0.0))


def parameters(number: int = 0) -> dict[str, tuple[float | str, str]]:
    """Parameters of the example model `number`, each with its unit."""
    return {
        "morphology": (("spherical", "spiral", "bipolar", "disk")[number % 4], ""),
        "mass_loss_rate": (1e-7 * 1.3 ** (number % 24), "solMass/yr"),
        "terminal_velocity": (5.0 + number % 17, "km/s"),
        "temperature_exponent": (0.5 + 0.01 * (number % 30), ""),
    }


def _root(
    file: h5py.File, kind: str, name: str, values: dict[str, tuple[float | str, str]]
) -> None:
    file.attrs["format"] = f"atomium-{kind}"
    file.attrs["format_version"] = "1.0"
    file.attrs["name"] = name
    file.attrs["title"] = f"Test wind {name}"
    file.attrs["code"] = "test 1.0"
    file.attrs["license"] = "CC-BY-SA-4.0"
    file.attrs["license_url"] = LICENSE_URL
    group = file.create_group("parameters")
    for key, (value, unit) in values.items():
        group.attrs[key] = value
        if not isinstance(value, str):
            group.attrs[f"{key}_unit"] = unit


def write_model(path: Path, name: str, number: int = 0, side: int = 6) -> Path:
    """A model file of `side`^3 points."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axis = np.linspace(-1e13, 1e13, side)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    with h5py.File(path, "w", fs_strategy="page") as file:
        _root(file, "model", name, parameters(number))
        for axis_name in "xyz":
            file[f"grid/{axis_name}"] = axis
            file[f"grid/{axis_name}"].attrs["unit"] = "m"
        for key, data, unit in (
            ("geometry/points/position", points, "m"),
            ("geometry/points/velocity", points * 1e-18, ""),
            ("chemistry/species/abundance", np.full((side**3, 2), 1e9), "m-3"),
            ("thermodynamics/temperature/gas", np.full(side**3, 300.0), "K"),
            ("thermodynamics/turbulence/vturb2", np.full(side**3, 1e-11), ""),
        ):
            file[key] = data
            file[key].attrs["unit"] = unit
        file["chemistry/species/species"] = np.array([b"CO", b"H2"])
    return path


def write_observation(
    path: Path,
    name: str,
    number: int = 0,
    channels: int = 21,
    pixels: int = 16,
    page: int = 4096,
) -> Path:
    """An observation file of two lines in three directions, in pages of `page` bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w", fs_strategy="page", fs_page_size=page) as file:
        _root(file, "observation", name, parameters(number))
        file.attrs["engine"] = "lineform"
        file.attrs["engine_version"] = "0.1.0"
        for line, frequency in LINES.items():
            for view, direction in enumerate(DIRECTIONS):
                group = file.create_group(f"{line}_d{view:02d}")
                _observation(group, line, frequency, direction, number, channels, pixels)
    return path


def _observation(group, line, frequency, direction, number, channels, pixels):
    species, transition = line.split("_")
    group.attrs["species"] = species
    group.attrs["transition"] = transition
    group.attrs["rest_frequency"] = frequency
    group.attrs["direction"] = direction
    group.attrs["inclination"] = float(np.degrees(np.arccos(direction[2])))
    group.attrs["azimuth"] = 0.0
    group.attrs["distance"] = 200.0
    for key in ("beam_major", "beam_minor", "beam_pa"):
        group.attrs[key] = 0.0
    group.attrs["background_temperature"] = 2.725
    group.attrs["background_subtracted"] = 1
    velocity = np.linspace(-30, 30, channels)
    offset = np.linspace(-2, 2, pixels)
    radius2 = offset[:, None] ** 2 + offset[None, :] ** 2
    profile = np.exp(-((velocity / (10 + number % 5)) ** 2))
    cube = 1e-15 * profile[:, None, None] * np.exp(-radius2)[None]
    data = {
        "velocity": velocity,
        "frequency": frequency * (1 - velocity / 299792.458),
        "x": offset,
        "y": offset,
        "spectrum": (2.5 * profile).astype("f4"),
        "moment0": cube.sum(0).astype("f4"),
        "moment1": np.where(radius2 < 3, offset[None, :] * 4, np.nan).astype("f4"),
        "moment2": np.where(radius2 < 3, 5.0, np.nan).astype("f4"),
    }
    group.create_dataset(
        "intensity",
        data=cube.astype("f4"),
        chunks=(channels, min(16, pixels), min(16, pixels)),
        compression="gzip",
        shuffle=True,
    )
    for key, values in data.items():
        group[key] = values
    for key, unit in UNITS.items():
        group[key].attrs["unit"] = unit


def write_store(root: Path, models: int = 4) -> Path:
    """A store of `models` models with their observations."""
    for number in range(models):
        name = f"test-{number:03d}"
        write_model(root / "models" / f"{name}.h5", name, number)
        write_observation(root / "observations" / f"{name}.h5", name, number)
    return root


def edit(path: Path, parameters: dict[str, float | str] | None = None, **attrs: str) -> None:
    """Change attributes of the root, or parameters, of the file at `path`."""
    with h5py.File(path, "r+") as file:
        file.attrs.update(attrs)
        file["parameters"].attrs.update(parameters or {})
