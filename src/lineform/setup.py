"""How models are observed: which lines from where, with what pixels, channels and physics."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import astropy.units as u
import numpy as np

from lineform.constants import CMB_TEMPERATURE
from lineform.cube import Observation, View
from lineform.errors import ConfigError
from lineform.excitation.methods import excitation_named
from lineform.func.opacity import doppler_width
from lineform.readers.lamda import read_lamda
from lineform.species import Line, Molecule, linear_rotor
from lineform.state import FloatArray, State
from lineform.synthesis.base import Dust, Engine, Star
from lineform.synthesis.checks import check_state
from lineform.synthesis.engines import engine_named
from lineform.synthesis.observe import DEFAULT_VIEWS, observe, velocity_axis

__all__ = ["DEFAULT_LINES", "Observer", "Setup"]

_log = logging.getLogger(__name__)

DEFAULT_LINES = ("CO 2-1", "CO 3-2", "SiO 5-4")
"""Lines that are observed where nothing is said."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How models are observed; plain values, so that it can be written down and sent around.

    Parameters
    ----------
    lines : tuple of str
        Such as ``CO 2-1``.
    views : tuple of View
    pixels, channels : int
        Of a cube.
    velocity : (lowest, highest) [km/s], or None
        Middles of the outermost channels; by default all velocities of the model.
    fov : quantity, a length or an angle, or None
        Width of the image; by default that of the model.
    distance : quantity
    lamda : tuple of (species, Path)
        LAMDA files that take the place of the built-in rotors; an empty species stands for the
        name in the file.
    excitation : str
        How level populations are found.
    engine : str
        ``auto`` for the fastest that is installed.
    background : float [K]
        Temperature of the black body behind the gas.
    dust, star : further sources of light
    rays_per_pixel : int
        Along each side.
    samples_per_channel : int
    optical_depth : bool
        Whether to make maps of the optical depth too.
    """

    lines: tuple[str, ...] = DEFAULT_LINES
    views: tuple[View, ...] = DEFAULT_VIEWS
    pixels: int = 64
    channels: int = 51
    velocity: tuple[float, float] | None = None
    fov: u.Quantity | None = None
    distance: u.Quantity = 150 * u.pc
    lamda: tuple[tuple[str, Path], ...] = ()
    excitation: str = "lte"
    engine: str = "auto"
    background: float = CMB_TEMPERATURE
    dust: Dust | None = None
    star: Star | None = None
    rays_per_pixel: int = 1
    samples_per_channel: int = 1
    optical_depth: bool = False

    def __post_init__(self) -> None:
        for name, least in (
            ("pixels", 2),
            ("channels", 3),
            ("rays_per_pixel", 1),
            ("samples_per_channel", 1),
        ):
            if getattr(self, name) < least:
                raise ConfigError(name, expected=f"at least {least}", seen=str(getattr(self, name)))
        for name, members in (("line", self.lines), ("direction", self.views)):
            if not members:
                raise ConfigError(name, expected="one or more", seen="none")
            for member in members:
                if members.count(member) > 1:
                    raise ConfigError(name, expected=f"{member} once", seen="it twice")
        if not self.background > 0:
            raise ConfigError("background", expected="more than 0 K", seen=f"{self.background:g}")
        if self.dust is not None and not 0 <= self.dust.opacity < np.inf:
            seen = f"{self.dust.opacity:g} m2 per kg"
            raise ConfigError("dust", expected="an opacity of 0 or more", seen=seen)
        if self.velocity is not None and not self.velocity[0] < self.velocity[1]:
            raise ConfigError(
                "velocity range",
                expected="the lower velocity first",
                seen=f"{self.velocity[0]:g} to {self.velocity[1]:g} km/s",
            )

    def channel_velocities(self, state: State) -> u.Quantity:
        """Middles of the channels (channel,) [km/s]."""
        if self.velocity is None:
            return velocity_axis(state, self.channels)
        return np.linspace(*self.velocity, self.channels) * u.km / u.s


class Observer:
    """Observes models in one setup; what all of them share is read once.

    Parameters
    ----------
    setup : Setup

    Raises
    ------
    ConfigError
        If a line, the engine or the excitation is unknown.
    ReadError
        If a LAMDA file cannot be read.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.lines = _lines_by_molecule(setup)
        self.engine: Engine = engine_named(setup.engine)
        self._version = self.engine.version()
        self._excitation = excitation_named(setup.excitation)

    @property
    def attributes(self) -> dict[str, str]:
        """What an observation file says of how it was made."""
        setup, dust, star = self.setup, self.setup.dust, self.setup.star
        said = {
            "engine": self.engine.program,
            "engine_version": self._version,
            "solver": self.engine.name,
            "excitation": setup.excitation,
            "rays_per_pixel": str(setup.rays_per_pixel),
            "samples_per_channel": str(setup.samples_per_channel),
        }
        if dust is not None:
            said["dust"] = (
                f"{dust.opacity:g} m2 per kg of gas at {dust.frequency / 1e9:g} GHz,"
                f" slope {dust.slope:g}"
            )
        if star is not None:
            place = ", ".join(f"{x:g}" for x in star.position)
            said["star"] = f"radius {star.radius:g} m, {star.temperature:g} K, at ({place}) m"
        return said

    def remark(self, state: State) -> str:
        """What a user should know of these channels for a model, or nothing."""
        velocity = self.setup.channel_velocities(state).to_value("km/s")
        sampling = float(velocity[1] - velocity[0]) / self.setup.samples_per_channel
        narrowest, name = min(
            (float(doppler_width(state.temperature, state.turbulence, m.mass).min()), m.name)
            for m in self.lines
        )
        # A Gaussian is 1.665 times as wide at half maximum as it is half-wide at 1/e.
        width = 1.665 * narrowest / 1e3
        if sampling <= width:
            return ""
        return (
            f"channels are sampled every {sampling:.3g} km/s, and lines of {name} are down to"
            f" {width:.3g} km/s wide: light between the samples is missed; take more channels,"
            " a smaller velocity range or more samples per channel"
        )

    def observe(self, state: State) -> Iterator[Observation]:
        """Observations of a model: directions in the outer, lines in the inner loop.

        Raises
        ------
        LineformError
            If the model cannot be observed so.
        """
        setup = self.setup
        check_state(state, sorted(molecule.name for molecule in self.lines))
        return observe(
            state,
            self.lines,
            setup.views,
            velocity=setup.channel_velocities(state),
            distance=setup.distance,
            pixels=setup.pixels,
            fov=setup.fov,
            engine=self.engine,
            fractions=self._fractions(state),
            background=setup.background * u.K,
            dust=setup.dust,
            star=setup.star,
            rays_per_pixel=setup.rays_per_pixel,
            samples_per_channel=setup.samples_per_channel,
            optical_depth=setup.optical_depth,
        )

    def _fractions(self, state: State) -> dict[str, FloatArray]:
        # Equilibrium needs no levels at the points: it is evaluated along the rays.
        if self.setup.excitation == "lte":
            return {}
        return {
            molecule.name: self._excitation.fractions(
                state, molecule, background=self.setup.background
            )
            for molecule in self.lines
        }


def _lines_by_molecule(setup: Setup) -> dict[Molecule, list[Line]]:
    from_files: dict[str, Molecule] = {}
    for species, path in setup.lamda:
        molecule = _called(species, read_lamda(path))
        if molecule.name in from_files:
            raise ConfigError(
                "LAMDA file", expected=f"one of {molecule.name}", seen="two", where=str(path)
            )
        from_files[molecule.name] = molecule
    molecules: dict[str, Molecule] = {}
    lines: dict[Molecule, list[Line]] = {}
    for text in setup.lines:
        species, _, transition = text.strip().partition(" ")
        if not transition:
            raise ConfigError(
                "line", expected="species and transition, such as 'CO 2-1'", seen=text
            )
        if species not in molecules:
            molecules[species] = from_files.get(species) or linear_rotor(species)
        lines.setdefault(molecules[species], []).append(molecules[species].line(transition.strip()))
    for name in sorted(set(from_files) - set(molecules)):
        _log.warning("LAMDA file of %s: none of its lines is asked for", name)
    return lines


def _called(species: str, molecule: Molecule) -> Molecule:
    """The molecule under another name than that of its file, if one is given."""
    if not species:
        return molecule
    lines = tuple(replace(line, species=species) for line in molecule.lines)
    return replace(molecule, name=species, lines=lines)
