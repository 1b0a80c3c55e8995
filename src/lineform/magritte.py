"""What the file of a model needs so that Magritte can compute with it.

Our model files already hold positions, velocities, species, temperatures and turbulence where
Magritte (De Ceuster et al. 2020, MNRAS 492, 1812) looks for them, in its units. Here is the rest
of the layout of Magritte 0.9: parameters, neighbours, boundary, rays, and data of the lines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lineform.constants import ATOMIC_MASS, BOLTZMANN, LIGHT_SPEED, PLANCK
from lineform.errors import ConfigError
from lineform.mesh import Mesh, mesh_of
from lineform.species import Collisions, Line, Molecule
from lineform.state import FloatArray, State

__all__ = ["Additions", "additions"]

_SETTINGS: dict[str, int | float | str] = {
    "use_scattering": "false",
    "adaptive_ray_tracing": "false",
    "n_off_diag": 0,
    "max_width_fraction": 0.35,
    "convergence_fraction": 0.995,
    "min_rel_pop_for_convergence": 1e-10,
    "pop_prec": 1e-6,
    "min_opacity": 1e-26,
    "Ng_acceleration_mem_limit": 9,
    "store_intensities": "false",
    "one_line_approximation": "false",
    "use_adaptive_Ng_acceleration": "true",
}
"""Settings of Magritte, with its own defaults; Magritte writes booleans as words."""

_THERMAL, _CMB = 1, 2
_CMB_TEMPERATURE = 2.72548
"""What Magritte takes for the cosmic microwave background, whatever is in the file [K]."""

_QUADRATURE = 7
_RAYS = {"shells": 100}
_FEW_RAYS = 12
_PARTNERS = {"pH2": ("H2", "p"), "oH2": ("H2", "o"), "e": ("e-", "n")}
"""Name of the species and kind of H2 of collision partners that are called otherwise."""

_Datasets = dict[str, tuple[np.ndarray, str, str]]
_Attributes = dict[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Additions:
    """What comes on top of a model file.

    Parameters
    ----------
    attributes : path of a group -> name -> value
        The root is ``/``.
    datasets : path -> (values, unit, description)
    notes : tuple of str
        What Magritte will not know.
    """

    attributes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    datasets: Mapping[str, tuple[np.ndarray, str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def additions(
    state: State,
    molecules: Mapping[Molecule, Sequence[Line]],
    *,
    rays: int | None = None,
    background: float | None = None,
    mesh: Mesh | None = None,
) -> Additions:
    """All attributes and datasets that Magritte reads and our model files lack.

    Parameters
    ----------
    state : State
    molecules : molecule -> its lines that Magritte shall compute
    rays : int
        Directions in which Magritte solves the transfer where populations are not in
        equilibrium: an even number; by default 12, or 100 through shells.
    background : float [K]
        Of the black body around the model, by default the cosmic microwave background as
        Magritte has it.
    mesh : Mesh
        By default that of the points of the state.

    Raises
    ------
    ConfigError
        If the points of the model have no mesh, it lacks a molecule, or the number of rays is
        odd.
    """
    rays = _RAYS.get(state.geometry, _FEW_RAYS) if rays is None else rays
    if rays < 2 or rays % 2:
        raise ConfigError("rays for Magritte", expected="an even number", seen=str(rays))
    mesh = mesh or mesh_of(state)
    names = list(state.density)
    attributes: _Attributes = {}
    datasets: _Datasets = {
        "geometry/points/n_neighbors": (mesh.counts, "", "Number of neighbours of each point."),
        "geometry/points/neighbors": (mesh.neighbours, "", "Neighbours, point after point."),
        **_boundary(mesh.outside, background),
        **_rays(rays, state.spherical),
    }
    notes: list[str] = []
    for number, (molecule, lines) in enumerate(molecules.items()):
        place = f"lines/lineProducingSpecies_{number}"
        found, more, missing = _line_data(place, molecule, lines, names)
        attributes |= found
        datasets |= more | _quadrature(place)
        notes += missing
    attributes["/"] = _SETTINGS | {
        "dimension": 1 if state.spherical else 3,
        "spherical_symmetry": "true" if state.spherical else "false",
        "npoints": state.n_points,
        "nboundary": len(mesh.outside),
        "nrays": rays,
        "nspecs": len(names),
        "nlspecs": len(molecules),
        "nquads": _QUADRATURE,
    }
    return Additions(attributes, datasets, tuple(notes))


def _boundary(outside: np.ndarray, background: float | None) -> _Datasets:
    condition = np.full(len(outside), _CMB if background is None else _THERMAL)
    temperature = np.full(len(outside), _CMB_TEMPERATURE if background is None else background)
    place = "geometry/boundary"
    return {
        f"{place}/boundary2point": (outside, "", "Points on the outside of the model."),
        f"{place}/boundary_condition": (condition, "", "0: dark, 1: black body, 2: the CMB."),
        f"{place}/boundary_temperature": (temperature, "K", "Of the black body outside."),
    }


def _rays(number: int, spherical: bool) -> _Datasets:
    half, weight = _half_circle(number // 2) if spherical else _half_sphere(number // 2)
    # Magritte pairs each ray with its antipode.
    direction = np.concatenate([half, -half])
    weights = np.tile(weight / weight.sum() / 2, 2)
    place = "geometry/rays"
    return {
        f"{place}/direction": (direction, "", "Directions of the rays, a half and its antipodes."),
        f"{place}/weight": (weights, "", "Share of the sphere of each ray."),
    }


def _half_sphere(number: int) -> tuple[FloatArray, FloatArray]:
    """Directions evenly over half a sphere, on a Fibonacci spiral."""
    z = (np.arange(number) + 0.5) / number
    turn = np.pi * (1 + np.sqrt(5)) * np.arange(number)
    width = np.sqrt(1 - z**2)
    return np.stack([width * np.cos(turn), width * np.sin(turn), z], axis=1), np.ones(number)


def _half_circle(number: int) -> tuple[FloatArray, FloatArray]:
    """Angles to the radius from 0 to 90 degrees, with their share of the sphere."""
    angle = np.linspace(0, np.pi / 2, number)
    edges = np.concatenate([[0.0], (angle[1:] + angle[:-1]) / 2, [np.pi / 2]])
    direction = np.stack([np.cos(angle), np.sin(angle), np.zeros(number)], axis=1)
    return direction, -np.diff(np.cos(edges))


def _quadrature(place: str) -> _Datasets:
    roots, weights = np.polynomial.hermite.hermgauss(_QUADRATURE)
    return {
        f"{place}/quadrature/roots": (roots, "", "Doppler widths from the line centre."),
        f"{place}/quadrature/weights": (weights / weights.sum(), "", "Of the line profile."),
    }


def _line_data(
    place: str, molecule: Molecule, lines: Sequence[Line], species: Sequence[str]
) -> tuple[_Attributes, _Datasets, list[str]]:
    """Levels, lines and collision rates of a molecule in a group, and what is left out.

    Frequencies are those of the lines: Magritte itself would make them from the level energies,
    which are up to 2 km/s off.

    Raises
    ------
    ConfigError
        If the molecule is none of the species of the model.
    """
    if molecule.name not in species:
        legal = ", ".join(sorted(species))
        raise ConfigError("molecule of Magritte", expected=f"one of {legal}", seen=molecule.name)
    group = f"{place}/linedata"
    upper, lower = (np.array([getattr(line, end) for line in lines]) for end in ("upper", "lower"))
    frequency = np.array([line.frequency for line in lines])
    emission = np.array([line.einstein_a for line in lines])
    stimulated = emission * LIGHT_SPEED**2 / (2 * PLANCK * frequency**3)
    absorption = stimulated * molecule.weight[upper] / molecule.weight[lower]
    attributes: _Attributes = {
        group: {
            "num": list(species).index(molecule.name),
            "sym": molecule.name,
            "inverse_mass": ATOMIC_MASS / molecule.mass,
            "nlev": len(molecule.energy),
            "nrad": len(lines),
        }
    }
    datasets: _Datasets = {
        f"{group}/energy": (molecule.energy, "J", "Of the levels above the lowest."),
        f"{group}/weight": (molecule.weight, "", "Statistical weights of the levels."),
        f"{group}/irad": (upper, "", "Upper levels of the lines, from 0."),
        f"{group}/jrad": (lower, "", "Lower levels of the lines, from 0."),
        f"{group}/frequency": (frequency, "Hz", "Rest frequencies of the lines."),
        f"{group}/A": (emission, "s-1", "Einstein coefficients of spontaneous emission."),
        f"{group}/Bs": (stimulated, "m2 sr J-1 s-1", "Of stimulated emission."),
        f"{group}/Ba": (absorption, "m2 sr J-1 s-1", "Of absorption."),
    }
    found, more, missing = _partners(group, molecule, species)
    return attributes | found, datasets | more, missing


def _partners(
    group: str, molecule: Molecule, species: Sequence[str]
) -> tuple[_Attributes, _Datasets, list[str]]:
    """Collision rates with the partners that the model has, and what is left out."""
    if not molecule.collisions:
        note = f"{molecule.name} has no collision rates: Magritte can assume LTE only"
        return {}, {}, [note]
    attributes: _Attributes = {}
    datasets: _Datasets = {}
    missing = []
    for collisions in molecule.collisions:
        name, kind = _PARTNERS.get(collisions.partner, (collisions.partner, "n"))
        if name not in species:
            missing.append(f"collisions of {molecule.name} with {name}: the model has no {name}")
            continue
        part = f"{group}/collisionPartner_{len(attributes)}"
        datasets |= _collision_data(part, molecule, collisions)
        attributes[part] = {
            "num_col_partner": list(species).index(name),
            "orth_or_para_H2": kind,
        }
    return attributes, datasets, missing


def _collision_data(part: str, molecule: Molecule, collisions: Collisions) -> _Datasets:
    upper, lower, temperature = collisions.upper, collisions.lower, collisions.temperature
    gap = (molecule.energy[upper] - molecule.energy[lower]) / BOLTZMANN
    ratio = molecule.weight[upper] / molecule.weight[lower]
    down = collisions.rate.T
    up = down * ratio * np.exp(-gap / temperature[:, None])
    return {
        f"{part}/tmp": (temperature, "K", "Temperatures of the rates."),
        f"{part}/icol": (upper, "", "Upper levels, from 0."),
        f"{part}/jcol": (lower, "", "Lower levels, from 0."),
        f"{part}/Cd": (down, "m3 s-1", "Rates downwards at each temperature."),
        f"{part}/Ce": (up, "m3 s-1", "Rates upwards, in detailed balance."),
    }
