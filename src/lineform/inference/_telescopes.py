"""Telescopes drawn at random, which look at simulated cubes while a network is trained."""

import math

import torch

from lineform.cube import Beam
from lineform.func.convolve import beam_margin, correlated_noise, gaussian_beam
from lineform.inference.layout import Layout

SHARED = 32
"""Simulations that are seen with the same beam: so many are convolved at once."""

EXTRAS = 4
"""Numbers that a network is told about a telescope."""


def extras_of(noise: float, beam: Beam) -> list[float]:
    """What a network is told about a telescope beside the cube.

    Parameters
    ----------
    noise : float [K]
        The rms.
    beam : Beam

    Returns
    -------
    (4,) [1]
        Logarithms of noise and of the beam's width, and its elongation along two directions that
        are 45 degrees apart: numbers that do not jump when the position angle has gone round.
    """
    if not beam.major:
        return [math.log(noise), 0.0, 0.0, 0.0]
    squares = beam.major**2, beam.minor**2
    long = (squares[0] - squares[1]) / (squares[0] + squares[1])
    angle = 2 * math.radians(beam.position_angle)
    size = math.log(beam.major * beam.minor) / 2
    return [math.log(noise), size, long * math.cos(angle), long * math.sin(angle)]


def observed(
    sky: torch.Tensor, layout: Layout, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Skies as telescopes of the layout see them.

    Parameters
    ----------
    sky : (batch, channel, y, x) [K]
    layout : Layout
    generator : torch.Generator
        Of beams and noise.

    Returns
    -------
    cube : (batch, channel, y, x) [1]
        In units of the noise.
    extras : (batch, 4) [1]
        See `extras_of`.
    """
    cubes, extras = [], []
    for part in sky.split(SHARED):
        beam = drawn_beam(layout, generator)
        noise = drawn_noise(len(part), layout, generator)
        cubes.append(through(part, beam, layout) / noise[:, None, None, None])
        cubes[-1] += unit_noise(len(part), beam, layout, generator)
        extras += [extras_of(float(level), beam) for level in noise]
    return torch.cat(cubes), torch.tensor(extras)


def drawn_noise(number: int, layout: Layout, generator: torch.Generator) -> torch.Tensor:
    """Levels of noise (number,) [K]: at even steps of probability, a fair share of each."""
    steps = (torch.arange(number) + torch.rand(1, generator=generator)) / number
    steps = steps[torch.randperm(number, generator=generator)]
    low, high = map(math.log, layout.noise)
    return torch.exp(low + (high - low) * steps)


def drawn_beam(layout: Layout, generator: torch.Generator) -> Beam:
    """One of the layout's."""
    if not layout.beam[1]:
        return Beam()
    size, ratio, angle = torch.rand(3, generator=generator).tolist()
    low, high = map(math.log, layout.beam)
    major = math.exp(low + (high - low) * size)
    return Beam(major, major / layout.elongation**ratio, 180 * angle)


def through(sky: torch.Tensor, beam: Beam, layout: Layout) -> torch.Tensor:
    """Skies (..., y, x) [K] seen with a beam."""
    if not beam.major:
        return sky
    seen: torch.Tensor = gaussian_beam(sky, *_widths(beam, layout))
    return seen


def unit_noise(
    number: int, beam: Beam, layout: Layout, generator: torch.Generator
) -> torch.Tensor:  # fmt: skip
    """Cubes (number, channel, y, x) [1] of noise of variance 1, as correlated as the beam."""
    if not beam.major:
        return torch.randn(number, *layout.shape, generator=generator)
    widths = _widths(beam, layout)
    side = layout.pixels + beam_margin(widths[0])
    noise: torch.Tensor = correlated_noise(
        torch.randn(number, layout.channels, side, side, generator=generator), *widths
    )
    return noise


def _widths(beam: Beam, layout: Layout) -> tuple[float, float, float]:
    angle = math.radians(beam.position_angle)
    return beam.major / layout.pixel, beam.minor / layout.pixel, angle
