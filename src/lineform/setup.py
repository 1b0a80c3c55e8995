"""How models are observed: which lines from where, with what pixels, channels and physics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import astropy.units as u
import numpy as np

from lineform.constants import CMB_TEMPERATURE
from lineform.cube import Observation, View
from lineform.errors import ConfigError
from lineform.excitation.methods import excitation_named
from lineform.linelist import line_list
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.base import Dust, Engine, Interpolation, Star
from lineform.synthesis.checks import check_state
from lineform.synthesis.engines import engine_named
from lineform.synthesis.observe import DEFAULT_VIEWS, observe, velocity_axis
from lineform.synthesis.remarks import half_width, remark_on_channels, remark_on_pixels

__all__ = ["DEFAULT_LINES", "Observer", "Setup"]

DEFAULT_LINES = ("CO 2-1", "CO 3-2", "SiO 5-4")
"""Lines that are observed where nothing is said."""

_SIZES = (
    ("pixels", 2, 100_000),
    ("channels", 3, 1_000_000),
    ("rays_per_pixel", 1, 1000),
    ("samples_per_channel", 1, 100_000),
)
"""Numbers of a setup, with the least and the most that make sense."""


@dataclass(frozen=True, slots=True)
class Setup:
    """How models are observed; plain values, so that it can be written down and sent around.

    Parameters
    ----------
    lines : tuple of str
        Such as ``CO 2-1``; by default those of `DEFAULT_LINES` whose species the model has.
    views : tuple of View
    pixels, channels : int
        Of a cube.
    velocity : (lowest, highest) [km/s], or None
        Middles of the outermost channels; by default all velocities of the model.
    fov : quantity, a length or an angle, or None
        Width of the image; by default that of the model.
    center : x, y, z [m]
        Place in the model that is the middle of the image.
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
    interpolation : str
        Of densities between points: ``log``, ``linear``, or ``auto`` for the logarithm where it
        loses no gas.
    """

    lines: tuple[str, ...] = ()
    views: tuple[View, ...] = DEFAULT_VIEWS
    pixels: int = 64
    channels: int = 51
    velocity: tuple[float, float] | None = None
    fov: u.Quantity | None = None
    center: tuple[float, float, float] = (0.0, 0.0, 0.0)
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
    interpolation: Interpolation = "auto"

    def __post_init__(self) -> None:
        for name, least, most in _SIZES:
            seen = getattr(self, name)
            if not least <= seen <= most:
                expected = f"at least {least}" if seen < least else f"at most {most}"
                raise ConfigError(name, expected=expected, seen=str(seen))
        if not self.views:
            raise ConfigError("direction", expected="one or more", seen="none")
        _once("line", self.lines)
        _once("direction", [",".join(f"{x:g}" for x in view.basis()[2]) for view in self.views])
        if not 0 < self.background < np.inf:
            raise ConfigError("background", expected="more than 0 K", seen=f"{self.background:g}")
        dust, velocity = self.dust, self.velocity
        if dust is not None and not (0 <= dust.opacity < np.inf and np.isfinite(dust.slope)):
            seen = f"{dust.opacity:g} m2 per kg, slope {dust.slope:g}"
            raise ConfigError("dust", expected="an opacity of 0 or more and a slope", seen=seen)
        if velocity is not None and not -np.inf < velocity[0] < velocity[1] < np.inf:
            raise ConfigError(
                "velocity range",
                expected="two numbers, the lower velocity first",
                seen=f"{velocity[0]:g} to {velocity[1]:g} km/s",
            )

    def channel_velocities(self, state: State, molecules: Iterable[Molecule]) -> u.Quantity:
        """Middles of the channels (channel,) [km/s]."""
        if self.velocity is None:
            return velocity_axis(state, self.channels, molecules)
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
        self._list = line_list(setup.lines or DEFAULT_LINES, setup.lamda)
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
            "molecular_data": "; ".join(f"{k}: {v}" for k, v in self._list.origin.items()),
            "excitation": setup.excitation,
            "interpolation": setup.interpolation,
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

    def lines_of(self, state: State) -> dict[Molecule, list[Line]]:
        """The lines in which a model is observed, by molecule.

        Raises
        ------
        ConfigError
            If none was asked for, and the model has none of the species of `DEFAULT_LINES`.
        """
        if self.setup.lines:
            return self._list.lines
        found = {m: lines for m, lines in self._list.lines.items() if m.name in state.density}
        if not found:
            raise ConfigError(
                "line",
                expected=f"one of {', '.join(sorted(state.density))}, which the model has",
                seen="none",
                way_out="name one, such as --line 'CO 2-1'",
            )
        return found

    def remarks(self, state: State) -> list[str]:
        """What a user should know of the images of a model."""
        state = self._prepared(state)
        setup, molecules = self.setup, self.lines_of(state)
        velocity = setup.channel_velocities(state, molecules).to_value("km/s")
        found = [remark_on_channels(state, molecules, velocity, setup.samples_per_channel)]
        if setup.fov is None:
            pixel = 2 * half_width(state, molecules, setup.views) / setup.pixels
            found.append(remark_on_pixels(state, molecules, pixel, setup.rays_per_pixel))
        return [remark for remark in found if remark]

    def _prepared(self, state: State) -> State:
        """A model that was checked, about the middle of the image."""
        check_state(state, sorted(molecule.name for molecule in self.lines_of(state)))
        return state.moved(self.setup.center)

    def observe(self, state: State) -> Iterator[Observation]:
        """Observations of a model: directions in the outer, lines in the inner loop.

        Raises
        ------
        LineformError
            If the model cannot be observed so.
        """
        state = self._prepared(state)
        setup, lines = self.setup, self.lines_of(state)
        return observe(
            state,
            lines,
            setup.views,
            velocity=setup.channel_velocities(state, lines),
            distance=setup.distance,
            pixels=setup.pixels,
            fov=setup.fov,
            engine=self.engine,
            fractions=self._fractions(state, lines),
            background=setup.background * u.K,
            dust=setup.dust,
            star=self._star(),
            rays_per_pixel=setup.rays_per_pixel,
            samples_per_channel=setup.samples_per_channel,
            optical_depth=setup.optical_depth,
            interpolation=setup.interpolation,
        )

    def _star(self) -> Star | None:
        star = self.setup.star
        if star is None:
            return None
        x, y, z = (s - c for s, c in zip(star.position, self.setup.center, strict=True))
        return replace(star, position=(x, y, z))

    def _fractions(self, state: State, molecules: Iterable[Molecule]) -> dict[str, FloatArray]:
        # Equilibrium needs no levels at the points: it is evaluated along the rays.
        if self.setup.excitation == "lte":
            return {}
        return {
            molecule.name: self._excitation.fractions(
                state, molecule, background=self.setup.background
            )
            for molecule in molecules
        }


def _once(name: str, members: Sequence[str]) -> None:
    for member in members:
        if members.count(member) > 1:
            raise ConfigError(name, expected=f"{member} once", seen="it twice")
