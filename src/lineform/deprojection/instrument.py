"""What a telescope would measure of a gas: channels and beam, on tensors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from lineform.constants import CMB_TEMPERATURE
from lineform.cube import Beam
from lineform.deprojection.base import Gas, Grid, Model
from lineform.deprojection.forward import Forward, forward_of
from lineform.deprojection.likelihood import likelihood_of
from lineform.deprojection.problem import Part, Problem
from lineform.errors import ConfigError, ShapeError
from lineform.func.channels import hanning
from lineform.func.convolve import beam_gain, beam_margin
from lineform.measurement import Measurement
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.units import factor

__all__ = ["Instrument", "instrument_of", "problem_of"]

_NARROWEST = 2.0
"""Rays to a beam: a beam with fewer is cut off in its transform."""

_REACH = 1.25
"""Of beams beyond an edge, over their width: what lies farther off adds less than 0.2 %."""

_SLIVER = 0.01
"""Part of a pixel beyond an edge that is not worth a ray."""

_FINEST = 0.5
"""Channels are sampled at least so finely [km/s]: about the width of a turbulent line."""


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """Telescope and spectrometer of one measurement.

    Parameters
    ----------
    forward : Forward
        On rays and channels that may be finer than pixels and channels of the measurement, and
        go beyond its edges as far as the beam brings light in.
    channels : (channel, fine channel) [1], or None
        Share of each fine channel in those of the measurement.
    gain : (1 or channel, ky, kx) [1], or None
        Of the beam, over the rays and dark ones beside them.
    shape : y, x
        Of the same.
    rays : int
        Along each side of a pixel.
    beyond : int
        Pixels of rays beyond each edge of the measurement.
    """

    forward: Forward
    channels: torch.Tensor | None
    gain: torch.Tensor | None
    shape: tuple[int, int]
    rays: int
    beyond: int

    def __call__(self, gas: Gas) -> torch.Tensor:
        """The cube (channel, y, x) [K] that the telescope would measure."""
        return self.seen(self.forward(gas)[0])

    def seen(self, cube: torch.Tensor) -> torch.Tensor:
        """What a cube (fine channel, ray, ray) [K] becomes: (channel, y, x) [K], linear in it."""
        if self.channels is not None:
            cube = torch.tensordot(self.channels, cube, dims=1)
        ny, nx = cube.shape[1:]
        if self.gain is not None:
            transform = torch.fft.rfft2(cube, s=self.shape) * self.gain
            cube = torch.fft.irfft2(transform, s=self.shape)[:, :ny, :nx]
        if self.rays > 1:
            pixels = cube.reshape(len(cube), ny // self.rays, self.rays, nx // self.rays, self.rays)
            cube = pixels.mean(dim=(2, 4))
        ny, nx = cube.shape[1:]
        return cube[:, self.beyond : ny - self.beyond, self.beyond : nx - self.beyond]


def instrument_of(
    measurement: Measurement,
    molecule: Molecule,
    grid: Grid,
    distance: float,
    like: torch.Tensor,
    background: float = CMB_TEMPERATURE,
) -> Instrument:
    """The telescope that made a measurement.

    Parameters
    ----------
    measurement : Measurement
        Square, about the origin of the grid: with the same offsets along x and y.
    molecule : Molecule
        That has the line.
    grid : Grid
    distance : float [pc]
        For which the grid was laid out.
    like : tensor
        Of the type and on the device of the cubes.
    background : float [K]

    Raises
    ------
    ShapeError
        If the image is not square.
    ConfigError
        If the molecule has no such line.
    """
    if not np.array_equal(measurement.x, measurement.y):
        seen = f"{len(measurement.x)} by {len(measurement.y)} pixels"
        raise ShapeError("measurement", expected="the same offsets along x and y", seen=seen)
    metres = distance * factor("pc") * math.radians(1 / 3600)
    narrowest = min((beam.minor for beam in measurement.beams), default=math.inf)
    rays = max(1, math.ceil(_NARROWEST * measurement.pixel / narrowest))
    beyond = _beyond(measurement, grid.side / metres)
    number = (len(measurement.x) + 2 * beyond) * rays
    middle = float(measurement.x[0] + measurement.x[-1]) / 2
    offsets = middle + (np.arange(number) - (number - 1) / 2) * measurement.pixel / rays
    velocity, weights = _fine_channels(measurement)
    line = _line_of(molecule, measurement.line)
    forward = forward_of(
        grid, [(molecule, line)], offsets * metres, velocity * 1e3, background, str(like.device)
    )
    gain, shape = _gain(measurement.beams, measurement.pixel / rays, number, beyond * rays, like)
    return Instrument(
        forward=forward,
        channels=None if weights is None else torch.as_tensor(weights).to(like),
        gain=gain,
        shape=shape,
        rays=rays,
        beyond=beyond,
    )


def _beyond(measurement: Measurement, side: float) -> int:
    """Pixels beyond each edge from which beams bring light in, of a gas with a side [arcsec]."""
    widest = max((beam.major for beam in measurement.beams), default=0.0)
    edge = float(min(-measurement.x[0], measurement.x[-1])) + measurement.pixel / 2
    dark = max(0.0, side / 2 - edge)
    return math.ceil(min(_REACH * widest, dark) / measurement.pixel - _SLIVER)


def _line_of(molecule: Molecule, measured: Line) -> Line:
    """The line with its rates; the rest frequency is the one that the velocities refer to."""
    found = molecule.line(measured.transition)
    shift = abs(found.frequency / measured.frequency - 1)
    if shift > _ANOTHER_LINE:
        raise ConfigError(
            f"rest frequency of {measured.name}",
            expected=f"{found.frequency:.9g} Hz, as in the molecular data",
            seen=f"{measured.frequency:.9g} Hz in the cube",
        )
    return found


_ANOTHER_LINE = 1e-4
"""Rest frequencies that differ by more belong to different lines [1]."""


def _fine_channels(measurement: Measurement) -> tuple[FloatArray, FloatArray | None]:
    """Velocities (fine channel,) [km/s], and weights (channel, fine channel) unless they are 1."""
    velocity, width = measurement.velocity, measurement.channel
    if not measurement.channel_response:
        return velocity, None
    smoothed = measurement.channel_response == "hanning"
    # What lies beside the outermost channels is smoothed into them.
    extra = int(smoothed)
    number = len(velocity) + 2 * extra
    parts = max(1, math.ceil(width / _FINEST))
    first = velocity[0] - (extra + 0.5) * width
    fine = first + (np.arange(number * parts) + 0.5) * width / parts
    weights = np.repeat(np.eye(number), parts, axis=1) / parts
    if smoothed:
        weights = hanning(weights)[1:-1]
    return fine, weights


def _gain(
    beams: Sequence[Beam], pixel: float, number: int, unused: int, like: torch.Tensor
) -> tuple[torch.Tensor | None, tuple[int, int]]:
    if not beams:
        return None, (number, number)
    # What comes in from the other side of the transform may fall on what is not used.
    side = number + max(0, max(beam_margin(beam.major / pixel) for beam in beams) - unused)
    # Transforms of odd lengths are slow.
    shape = (side + side % 2,) * 2
    gains = [
        beam_gain(
            np.empty(0),
            shape,
            beam.major / pixel,
            beam.minor / pixel,
            math.radians(beam.position_angle),
        )
        for beam in beams
    ]
    return torch.as_tensor(np.stack(gains)).to(like), shape


def problem_of(
    model: Model,
    measurements: Sequence[tuple[Measurement, Molecule]],
    distance: float,
    *,
    model_error: float = 0.0,
    background: float = CMB_TEMPERATURE,
    dtype: torch.dtype = torch.float32,
    device: str = "cpu",
) -> Problem:
    """What is to be inferred from measurements.

    Parameters
    ----------
    model : Model
    measurements : sequence of (Measurement, Molecule)
        Square, about the origin of the grid, each with the molecule of its line.
    distance : float [pc]
        For which the grid was laid out.
    model_error : float [1]
        See `lineform.deprojection.likelihood.likelihood_of`.
    background : float [K]
        Temperature of the black body behind the gas, which is not in the cubes.
    dtype, device
        Of all tensors.

    Raises
    ------
    ShapeError, ConfigError
        If a measurement does not fit.
    """
    like = torch.zeros((), dtype=dtype, device=device)
    parts = [
        Part(
            measurement,
            instrument_of(measurement, molecule, model.grid, distance, like, background),
            likelihood_of(measurement, like, model_error),
        )
        for measurement, molecule in measurements
    ]
    return Problem(model, parts, dtype, device)
