"""Observes a state: cubes, spectra and moment maps of lines from several directions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

import astropy.units as u
import numpy as np

from lineform import units
from lineform.constants import CMB_TEMPERATURE
from lineform.cube import Observation, View
from lineform.errors import ConfigError
from lineform.func.moments import reduced
from lineform.func.opacity import doppler_width
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.array import ENGINE
from lineform.synthesis.base import Dust, Engine, Interpolation, Scene, Star
from lineform.synthesis.checks import check_state
from lineform.synthesis.remarks import half_width

__all__ = ["DEFAULT_VIEWS", "observe", "velocity_axis"]

DEFAULT_VIEWS = (View(0.0, 270.0), View(50.0, 270.0), View(90.0, 270.0))
"""Face-on, inclined and edge-on; the x axis of the model points right in all of them."""


def velocity_axis(state: State, channels: int, molecules: Iterable[Molecule] = ()) -> u.Quantity:
    """Channels that hold every velocity of the gas, symmetric about zero.

    Parameters
    ----------
    state : State
    channels : int
        At least 3.
    molecules : Molecule
        Whose lines are observed: the thermal width of the lightest counts.

    Returns
    -------
    (channel,) quantity [km/s]

    Raises
    ------
    ConfigError
        If there are fewer than 3 channels.
    """
    if channels < 3:
        raise ConfigError("channels", expected="at least 3", seen=str(channels))
    mass = min((molecule.mass for molecule in molecules), default=np.inf)
    width = doppler_width(state.temperature, state.turbulence, mass)
    # Four widths: the line wing beyond is 1e-7 of its height.
    fastest = float((np.linalg.norm(state.velocity, axis=1) + 4 * width).max())
    limit = max(float(np.ceil(fastest / 1e3)), 1.0)
    return np.linspace(-limit, limit, channels) * u.km / u.s


def observe(
    state: State,
    molecules: Mapping[Molecule, Sequence[Line]],
    views: Sequence[View] = DEFAULT_VIEWS,
    *,
    velocity: u.Quantity,
    distance: u.Quantity,
    pixels: int = 64,
    fov: u.Quantity | None = None,
    engine: Engine = ENGINE,
    fractions: Mapping[str, FloatArray] | None = None,
    background: u.Quantity = CMB_TEMPERATURE * u.K,
    dust: Dust | None = None,
    star: Star | None = None,
    rays_per_pixel: int = 1,
    samples_per_channel: int = 1,
    optical_depth: bool = False,
    interpolation: Interpolation = "auto",
) -> Iterator[Observation]:
    """Observe the lines of each molecule in each direction.

    Parameters
    ----------
    state : State
    molecules : molecule -> its lines
    views : directions
    velocity : (channel,) quantity
        Ascending and equally spaced.
    distance : quantity
    pixels : int
        Along each side of the image.
    fov : quantity, a length or an angle, or None
        Width of the image, whose middle is the origin; by default it holds the model in all
        views (`lineform.synthesis.remarks.half_width`).
    engine : Engine
        Solves the transfer.
    fractions : name of molecule -> (point, level) [1]
        Level populations; by default those of thermodynamic equilibrium.
    background : quantity
        Temperature of the black body behind the gas.
    dust, star : further sources of light
    rays_per_pixel : int
        Along each side of a pixel; their mean is the intensity of the pixel.
    samples_per_channel : int
        Equally spaced in a channel; their mean is the intensity of the channel. One stands for
        the intensity at its middle.
    optical_depth : bool
        Whether to make maps of the largest optical depth too, which takes as long again.
    interpolation : str
        Of densities; see `Scene`.

    Yields
    ------
    Observation
        Views in the outer, molecules and lines in the inner loop.

    Raises
    ------
    ConfigError, ShapeError, UnitsError
        If the model or an option cannot be used.
    """
    _check_counts(pixels, rays_per_pixel, samples_per_channel, len(velocity))
    check_state(state, [molecule.name for molecule in molecules] + (["H2"] if dust else []))
    parsec = _parsec(distance)
    edge = half_width(state, molecules, views) if fov is None else _half_width(fov, parsec)
    scene = Scene(
        state=state,
        molecules=molecules,
        views=views,
        offsets=(np.arange(pixels) + 0.5) * (2 * edge / pixels) - edge,
        velocity=_within(velocity.to_value("m/s"), samples_per_channel),
        fractions=fractions or {},
        background=units.value(background, "K", "background"),
        dust=dust,
        star=star,
        rays_per_pixel=rays_per_pixel,
        interpolation=interpolation,
    )
    yield from _observations(engine, scene, velocity, parsec, samples_per_channel, optical_depth)


def _check_counts(pixels: int, rays: int, samples: int, channels: int) -> None:
    _at_least("pixels", pixels, 2)
    _at_least("rays per pixel", rays, 1)
    _at_least("samples per channel", samples, 1)
    _at_least("channels", channels, 2)


def _parsec(distance: u.Quantity) -> float:
    parsec = units.value(distance, "pc", "distance")
    if not parsec > 0:
        raise ConfigError("distance", expected="a positive length", seen=str(distance))
    return parsec


def _at_least(name: str, number: int, least: int) -> None:
    if number < least:
        raise ConfigError(name, expected=f"at least {least}", seen=str(number))


def _cubes(engine: Engine, scene: Scene) -> Iterator[tuple[View, Line, FloatArray]]:
    cubes = engine.cubes(scene)
    for view in scene.views:
        for lines in scene.molecules.values():
            for line in lines:
                # What overflows is found and named in the cube.
                with np.errstate(over="ignore", invalid="ignore"):
                    cube = next(cubes)
                yield view, line, cube


def _observations(
    engine: Engine,
    scene: Scene,
    velocity: u.Quantity,
    parsec: float,
    samples: int,
    optical_depth: bool,
) -> Iterator[Observation]:
    depths = engine.cubes(replace(scene, quantity="optical depth")) if optical_depth else None
    for view, line, cube in _cubes(engine, scene):
        made = _reduce(_averaged(cube, samples), line, view, scene, velocity, parsec)
        deepest = None if depths is None else next(depths).max(axis=0)
        yield replace(made, optical_depth=deepest)


def _within(velocity: FloatArray, samples: int) -> FloatArray:
    """Velocities of the samples of all channels (channel * sample,) [m s-1]."""
    share = ((np.arange(samples) + 0.5) / samples - 0.5) * (velocity[1] - velocity[0])
    return np.asarray((velocity[:, None] + share).ravel())


def _averaged(cube: FloatArray, samples: int) -> FloatArray:
    if samples == 1:
        return cube
    return np.asarray(cube.reshape(-1, samples, *cube.shape[1:]).mean(axis=1))


def _half_width(fov: u.Quantity, parsec: float) -> float:
    """Half the width of the image [m]."""
    if isinstance(fov, u.Quantity) and fov.unit.is_equivalent(u.rad):
        width = units.value(fov, "rad", "field of view") * parsec * units.factor("pc")
    else:
        width = units.value(fov, "m", "field of view")
    if not width > 0:
        raise ConfigError("field of view", expected="a positive width", seen=str(fov))
    return width / 2


def _reduce(
    cube: FloatArray,
    line: Line,
    view: View,
    scene: Scene,
    channels: u.Quantity,
    parsec: float,
) -> Observation:
    dark = int(np.sum(~np.isfinite(cube)))
    if dark:
        raise ConfigError(
            f"cube of {line.name}",
            expected="finite intensities",
            seen=f"{dark} of {cube.size} that are not",
            way_out="see whether the model or an option holds a number beyond reason",
        )
    angle = scene.offsets / (parsec * units.factor("pc"))
    velocity = channels.to_value("km/s")
    solid_angle = float((angle[1] - angle[0]) ** 2)
    summary = reduced(cube.astype(float), velocity, line.frequency, solid_angle)
    return Observation(
        line=line,
        view=view,
        distance=parsec,
        background_temperature=scene.background,
        velocity=velocity,
        x=np.degrees(angle) * 3600,
        y=np.degrees(angle) * 3600,
        intensity=cube,
        **asdict(summary),
    )
