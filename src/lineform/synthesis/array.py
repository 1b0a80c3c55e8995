"""The plain engine, the truth for the others: cell after cell from far to near, on any arrays."""

from collections.abc import Sequence
from typing import Any

from array_api_compat import array_namespace

from lineform import __version__
from lineform.func.profile import averaged_gaussian
from lineform.func.transfer import through_cell
from lineform.synthesis.base import Medium
from lineform.synthesis.imager import Imager

__all__ = ["ENGINE", "line_transfer"]

_NEGLIGIBLE = 1e-9
"""Cells that are thinner than this share of their ray, or of 1 if that is less, change nothing.
At the line centre."""

_WING = 6.0
"""Doppler widths from the line centre; beyond, the profile is below 2e-16 of its height."""


def line_transfer(
    recession: Any,  # noqa: ANN401
    width: Any,  # noqa: ANN401
    media: Sequence[Medium],
    velocity: Any,  # noqa: ANN401
    entering: Any,  # noqa: ANN401
) -> list[Any]:
    """Intensity of lines of one molecule that reaches the observer along each ray.

    The lines share the line profile, which takes most of the time.

    Parameters
    ----------
    recession : (cell + 1, ray) [m s-1]
        Velocity away from the observer at the ends of the cells, cell 0 the nearest.
    width : (cell, ray) [m s-1]
        Half-width of the line at 1/e of its height.
    media : Medium for each line
    velocity : (channel,) [m s-1]
        Ascending.
    entering : (ray,) [W m-2 Hz-1 sr-1]
        Intensity at the far end, less the background.

    Returns
    -------
    list of (channel, ray) [W m-2 Hz-1 sr-1]

    Notes
    -----
    Exact for cells in which all but the velocity is constant and the velocity changes linearly
    with distance, but for the order of emission and absorption within one cell.
    """
    xp = array_namespace(recession, width, velocity)
    empty = xp.zeros((velocity.shape[0], recession.shape[1]), dtype=width.dtype)
    cubes = [empty + entering for _ in media]
    least = [_least(medium.strength, width) for medium in media]
    for cell in range(width.shape[0] - 1, -1, -1):
        near, far = recession[cell, :], recession[cell + 1, :]
        strengths = [medium.strength[cell, :] / width[cell, :] for medium in media]
        first, last = _reached(velocity, near, far, width[cell, :])
        thin = all(
            bool(xp.all(strength <= limit))
            for strength, limit in zip(strengths, least, strict=True)
        )
        if media[0].continuum is not None:
            first, last = 0, velocity.shape[0]
        elif thin or first == last:
            continue
        offset = velocity[first:last, None]
        profile = averaged_gaussian(
            (offset - near) / width[cell, :], (offset - far) / width[cell, :]
        )
        for k, (medium, strength) in enumerate(zip(media, strengths, strict=True)):
            behind = _through(medium, cell, strength * profile, cubes[k][first:last, :])
            cubes[k] = xp.concat([cubes[k][:first, :], behind, cubes[k][last:, :]])
    return cubes


def _least(strength: Any, width: Any) -> Any:  # noqa: ANN401
    """Optical thickness (ray,) of cells that need not be looked at."""
    xp = array_namespace(strength, width)
    total = xp.sum(strength / width, axis=0)
    return _NEGLIGIBLE * xp.where(total < 1, total, xp.ones_like(total))


def _through(medium: Medium, cell: int, depth: Any, intensity: Any) -> Any:  # noqa: ANN401
    source = medium.source[cell, :]
    if medium.continuum is None or medium.continuum_source is None:
        return through_cell(intensity, source, depth)
    xp = array_namespace(depth)
    continuum = medium.continuum[cell, :]
    total = depth + continuum
    emitted = depth * source + continuum * medium.continuum_source[cell, :]
    # A cell without matter has no source; it adds nothing, whatever it is divided by.
    mixed = emitted / xp.where(total == 0, xp.ones_like(total), total)
    return through_cell(intensity, mixed, total)


def _reached(velocity: Any, near: Any, far: Any, width: Any) -> tuple[int, int]:  # noqa: ANN401
    """The channels that cells emit into or absorb, as a slice."""
    xp = array_namespace(velocity)
    wing = _WING * _number(xp.max(width))
    lowest = min(_number(xp.min(near)), _number(xp.min(far))) - wing
    highest = max(_number(xp.max(near)), _number(xp.max(far))) + wing
    first = int(xp.sum(xp.astype(velocity < lowest, xp.int64)))
    return first, velocity.shape[0] - int(xp.sum(xp.astype(velocity > highest, xp.int64)))


def _number(scalar: Any) -> float:  # noqa: ANN401
    # Tensors that carry gradients say that they lose them here, which is meant.
    return float(scalar.detach() if hasattr(scalar, "detach") else scalar)


ENGINE = Imager("array", __version__, line_transfer)
"""Engine in plain array operations."""
