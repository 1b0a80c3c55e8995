"""The transfer along rays and its adjoint, as loops that Numba compiles.

All that a kernel calls stands in this one file: Numba's cache on disk only sees changes to the
file of the kernel itself. The innermost loops run over neighbouring rays, without branches, so
that the compiler turns them into vector instructions; therefore exp and erf are written out for
single precision, and every constant is made of the width of the numbers around it.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from lineform.synthesis._compiled import FREEDOM, compiled, inlined

__all__ = ["adjoint", "transfer"]

_Array: TypeAlias = NDArray[Any]
_Real: TypeAlias = Any
"""A number of either width."""

_TILE = 64
"""Rays that are followed together."""

_WING = 6.0
_NEGLIGIBLE = 1e-9
"""As in `lineform.synthesis.array`."""

_F = np.float32
_LOG2E, _LN2_HIGH, _LN2_LOW = _F(1.4426950408889634), _F(0.693359375), _F(-2.12194440e-4)
_LEAST = _F(-40.0)
"""exp of less counts as much, 4e-18: products of smaller numbers with intensities are soon no
longer normal, which is slow."""


@inlined
def _halves(x: _Real) -> tuple[_Real, _Real]:
    """2^n and expm1(r), where x = n ln 2 + r, of x <= 0 in single precision."""
    x = max(x, _LEAST)
    n = np.int32(x * _LOG2E - _F(0.5))
    r = x - _F(n) * _LN2_HIGH - _F(n) * _LN2_LOW
    # |r| < 0.35: the series is short of 2e-8.
    p = _F(1 / 5040)
    p = p * r + _F(1 / 720)
    p = p * r + _F(1 / 120)
    p = p * r + _F(1 / 24)
    p = p * r + _F(1 / 6)
    p = p * r + _F(1 / 2)
    return np.int32((n + np.int32(127)) << np.int32(23)).view(np.float32), p * r * r + r


def _exp_single(x: _Real) -> _Real:
    power, p = _halves(x)
    return power * p + power


def _expm1_single(x: _Real) -> _Real:
    power, p = _halves(x)
    return power * p + (power - _F(1))


def _erfc_single(size: _Real, gauss: _Real) -> _Real:
    # erfc(x) exp(x^2) = t P(t), t = 1 / (1 + 0.38 x), with a relative error of 2e-8: fitted to
    # SciPy's erfcx on 0 <= x <= 9.5.
    t = _F(1) / (_F(1) + _F(0.38) * size)
    p = _F(0.0588734707)
    p = p * t - _F(0.261806264)
    p = p * t + _F(0.362830785)
    p = p * t - _F(0.160214458)
    p = p * t + _F(0.229112424)
    p = p * t + _F(0.139064929)
    p = p * t + _F(0.203792716)
    p = p * t + _F(0.213936546)
    p = p * t + _F(0.21440987)
    return p * t * gauss


def _exp_double(x: _Real) -> _Real:
    return math.exp(x)


def _expm1_double(x: _Real) -> _Real:
    return math.expm1(x)


def _erfc_double(size: _Real, gauss: _Real) -> _Real:
    return math.erfc(size)


def _exp(x: _Real) -> _Real:
    """exp(x) of x <= 0."""
    raise NotImplementedError


def _expm1(x: _Real) -> _Real:
    """expm1(x) of x <= 0."""
    raise NotImplementedError


def _erfc(size: _Real, gauss: _Real) -> _Real:
    """erfc(size) of size >= 0, where gauss is exp(-size^2)."""
    raise NotImplementedError


def _by_width(name: Callable[..., _Real], choice: Callable[..., Callable[..., _Real]]) -> None:
    """Let kernels call `name` for numbers of both widths."""
    overload(name, jit_options={"fastmath": FREEDOM, "forceinline": True}, strict=False)(choice)


_by_width(_exp, lambda x: _exp_single if x == types.float32 else _exp_double)
_by_width(_expm1, lambda x: _expm1_single if x == types.float32 else _expm1_double)
_by_width(_erfc, lambda size, gauss: _erfc_single if size == types.float32 else _erfc_double)


@inlined
def _limit(x: _Real) -> _Real:
    """Half the change of the offset up to which the series holds; see `averaged_gaussian`."""
    return np.finfo(type(x)).eps ** 0.125


@inlined
def _series(middle: _Real, half: _Real) -> tuple[_Real, _Real, _Real]:
    """Mean of the Gaussian from middle - half to middle + half, and its two derivatives.

    As in `lineform.func.profile.averaged_gaussian`, for small halves.
    """
    real = type(middle)
    m2, h2 = middle * middle, half * half
    gauss = _exp(-m2) * real(math.pi**-0.5)
    first = (real(2) * m2 - real(1)) * real(1 / 3)
    second = ((real(4) * m2 - real(12)) * m2 + real(3)) * real(1 / 30)
    sum_ = real(1) + h2 * (first + h2 * second)
    slope = real(4 / 3) + h2 * (real(16) * m2 - real(24)) * real(1 / 30)
    by_middle = gauss * middle * (h2 * slope - real(2) * sum_)
    by_half = gauss * half * (real(2) * first + real(4) * h2 * second)
    return gauss * sum_, by_middle, by_half


@inlined
def _quotient(middle: _Real, half: _Real) -> tuple[_Real, _Real, _Real]:
    """The same for all other halves."""
    real = type(middle)
    near, far = middle - half, middle + half
    before, behind = _exp(-near * near), _exp(-far * far)
    # The complement keeps its digits in the wings, where erf is 1 to rounding.
    one = real(1)
    side_before, side_behind = one if near > real(0) else -one, one if far > real(0) else -one
    rest_before = side_before * _erfc(abs(near), before)
    rest_behind = side_behind * _erfc(abs(far), behind)
    mean = (side_behind - side_before - rest_behind + rest_before) / (real(4) * half)
    scale = real(math.pi**-0.5)
    by_middle = scale * (behind - before) / (real(2) * half)
    by_half = (scale * real(0.5) * (behind + before) - mean) / half
    return mean, by_middle, by_half


@inlined
def _profile(middle: _Real, half: _Real, limit: _Real) -> tuple[_Real, _Real, _Real]:
    """The same for all halves."""
    real = type(middle)
    small = abs(half) < limit
    a, b, c = _series(middle, half if small else real(0))
    d, e, f = _quotient(middle, real(1) if small else half)
    return (a, b, c) if small else (d, e, f)


@inlined
def _reach(
    velocity: _Array, near: _Array, far: _Array, width: _Array, start: int, stop: int
) -> tuple[int, int]:
    """The channels that a cell of these rays emits into or absorbs, as a slice."""
    lowest, highest, widest = near[start], near[start], width[start]
    for j in range(start, stop):
        lowest = min(lowest, near[j], far[j])
        highest = max(highest, near[j], far[j])
        widest = max(widest, width[j])
    wing = _WING * widest
    first, last = 0, len(velocity)
    while first < last and velocity[first] < lowest - wing:
        first += 1
    while first < last and velocity[last - 1] > highest + wing:
        last -= 1
    return first, last


@inlined
def _offsets(near: _Array, far: _Array, width: _Array, start: int, stop: int, cell: _Array) -> bool:
    """Fill `cell` (3, ray) for a tile: the middle, half the change, and 1 / width.

    Tells whether the series holds for all of the rays.
    """
    real = type(width[start])
    limit, steep = _limit(width[start]), False
    for j in range(stop - start):
        inverse = real(1) / width[start + j]
        half = (near[start + j] - far[start + j]) * real(0.5) * inverse
        cell[0, j] = (near[start + j] + far[start + j]) * real(0.5)
        cell[1, j] = half
        cell[2, j] = inverse
        steep |= abs(half) >= limit
    return not steep


@inlined
def _find_least(strength: _Array, width: _Array, start: int, least: _Array) -> None:
    """Fill `least` (line, ray): the optical thickness of cells that need not be looked at."""
    real = type(least[0, 0])
    least[:] = 0
    for k in range(len(least)):
        for i in range(len(width)):
            for j in range(least.shape[1]):
                least[k, j] += strength[k, i, start + j] / width[i, start + j]
        for j in range(least.shape[1]):
            least[k, j] = real(_NEGLIGIBLE) * min(least[k, j], real(1))


@inlined
def _thin(strength: _Array, width: _Array, least: _Array, i: int, start: int) -> bool:
    """Whether a cell of these rays changes nothing."""
    for k in range(len(least)):
        for j in range(least.shape[1]):
            if strength[k, i, start + j] > least[k, j] * width[i, start + j]:
                return False
    return True


def _filling(part: int) -> Callable[[_Real, _Array, bool, _Array], None]:
    """A function that fills a tile with the mean profile (part 0), or with one of its slopes."""

    @inlined
    def fill(velocity: _Real, cell: _Array, gentle: bool, filled: _Array) -> None:
        if gentle:
            for j in range(len(filled)):
                filled[j] = _series((velocity - cell[0, j]) * cell[2, j], cell[1, j])[part]
        else:
            limit = _limit(velocity)
            for j in range(len(filled)):
                middle = (velocity - cell[0, j]) * cell[2, j]
                filled[j] = _profile(middle, cell[1, j], limit)[part]

    return fill


_mean, _by_middle, _by_half = _filling(0), _filling(1), _filling(2)


@inlined
def _through(
    intensity: _Array,
    profile: _Array,
    inverse: _Array,
    strength: _Array,
    source: _Array,
) -> None:
    """Take light (ray,) through a cell that has no continuum."""
    for j in range(len(intensity)):
        gained = -_expm1(-(strength[j] * inverse[j] * profile[j]))
        intensity[j] += (source[j] - intensity[j]) * gained


@inlined
def _through_both(
    intensity: _Array,
    profile: _Array,
    inverse: _Array,
    strength: _Array,
    source: _Array,
    continuum: _Array,
    continuum_source: _Array,
) -> None:
    """Take light (ray,) through a cell that has a continuum."""
    for j in range(len(intensity)):
        depth = strength[j] * inverse[j] * profile[j]
        total = depth + continuum[j]
        # A cell without matter has no source; it adds nothing, whatever it is divided by.
        emitted = depth * source[j] + continuum[j] * continuum_source[j]
        mixed = emitted / total if total > type(total)(0) else source[j]
        intensity[j] -= (mixed - intensity[j]) * _expm1(-total)


@inlined
def _forward(
    gas: tuple[_Array, ...],
    continuum: tuple[_Array, _Array],
    velocity: _Array,
    tile: _Array,
    profile: _Array,
    cell: _Array,
    start: int,
    behind: _Array,
) -> None:
    """Take the light of a tile (line, channel, ray) through all cells, from far to near.

    What enters each cell is kept in `behind` (line, cell, channel, ray), unless that is empty:
    then cells that change nothing are passed over.
    """
    recession, width, strength, source = gas
    n = tile.shape[2]
    stop = start + n
    least = np.empty((len(tile), n), tile.dtype)
    _find_least(strength, width, start, least)
    for i in range(len(width) - 1, -1, -1):
        first, last = 0, len(velocity)
        if not len(continuum[0]):
            if not len(behind) and _thin(strength, width, least, i, start):
                continue
            first, last = _reach(velocity, recession[i], recession[i + 1], width[i], start, stop)
        gentle = _offsets(recession[i], recession[i + 1], width[i], start, stop, cell)
        for c in range(first, last):
            _mean(velocity[c], cell, gentle, profile)
            for k in range(len(tile)):
                light = tile[k, c]
                if len(behind):
                    behind[k, i, c, :n] = light
                s, b = strength[k, i, start:stop], source[k, i, start:stop]
                if len(continuum[0]):
                    d, e = continuum[0][k, i, start:stop], continuum[1][k, i, start:stop]
                    _through_both(light, profile, cell[2], s, b, d, e)
                else:
                    _through(light, profile, cell[2], s, b)


@compiled
def transfer(
    gas: tuple[_Array, ...],
    continuum: tuple[_Array, _Array],
    velocity: _Array,
    entering: _Array,
    cubes: _Array,
) -> None:
    """Solve the transfer of lines; see `lineform.synthesis.array.line_transfer`.

    Parameters
    ----------
    gas : recession (cell + 1, ray), width (cell, ray), strength and source (line, cell, ray)
    continuum : its optical thickness and its source (line, cell, ray), without lines if none
    velocity : (channel,)
    entering : (ray,)
    cubes : (line, channel, ray)
        Filled with the intensity that arrives.
    """
    lines, channels, rays = cubes.shape
    tiles = np.empty((lines, channels, _TILE), cubes.dtype)
    profile, cell = np.empty(_TILE, cubes.dtype), np.empty((3, _TILE), cubes.dtype)
    none = np.empty((0, 0, 0, 0), cubes.dtype)
    for start in range(0, rays, _TILE):
        n = min(_TILE, rays - start)
        tile = tiles[:, :, :n]
        tile[:] = entering[start : start + n]
        _forward(gas, continuum, velocity, tile, profile[:n], cell, start, none)
        cubes[:, :, start : start + n] = tile


@inlined
def _back(
    light: _Array, behind: _Array, s: _Array, b: _Array, shape: _Array, work: _Array, sums: _Array
) -> None:
    """Take the gradient by the light (ray,) back through a cell, at one channel of one line.

    Parameters
    ----------
    light : (ray,)
        Gradient by the intensity that leaves the cell; afterwards by that which enters it.
    behind : (ray,)
        The intensity that enters.
    s, b : (ray,)
        Strength and source.
    shape : (6, ray)
        The mean profile, its slopes by middle and half, middle, half, and 1 / width.
    work : (2, ray)
    sums : (5, ray)
        Grow by the gradients by strength, source, middle, half and width (less its sign).
    """
    # One array is written in each loop: with more, the compiler gives up to prove that none of
    # them overlap, and makes no vector instructions.
    n, one = len(light), type(light[0])(1)
    gained, turn = work[0], work[1]
    for j in range(n):
        gained[j] = -_expm1(-(s[j] * shape[5, j] * shape[0, j]))
    for j in range(n):
        sums[1, j] += light[j] * gained[j]
    for j in range(n):
        turn[j] = light[j] * (b[j] - behind[j]) * (one - gained[j]) * shape[5, j]
    for j in range(n):
        light[j] *= one - gained[j]
    for j in range(n):
        sums[0, j] += turn[j] * shape[0, j]
    for j in range(n):
        turn[j] *= s[j] * shape[5, j]
    for j in range(n):
        sums[2, j] += turn[j] * shape[1, j]
    for j in range(n):
        sums[3, j] += turn[j] * shape[2, j]
    for j in range(n):
        slope = shape[3, j] * shape[1, j] + shape[4, j] * shape[2, j]
        sums[4, j] += turn[j] * (shape[0, j] + slope)


@inlined
def _collect(gradient: tuple[_Array, ...], sums: _Array, i: int, start: int, n: int) -> None:
    """Turn the sums over the channels of one cell (line, 5, ray) into gradients."""
    by_recession, by_width, by_strength, by_source = gradient
    half = by_width.dtype.type(0.5)
    for k in range(len(sums)):
        for j in range(n):
            by_strength[k, i, start + j] = sums[k, 0, j]
            by_source[k, i, start + j] = sums[k, 1, j]
            by_recession[i, start + j] += (sums[k, 3, j] - sums[k, 2, j]) * half
            by_recession[i + 1, start + j] -= (sums[k, 3, j] + sums[k, 2, j]) * half
            by_width[i, start + j] -= sums[k, 4, j]


@compiled
def adjoint(
    gas: tuple[_Array, ...],
    velocity: _Array,
    entering: _Array,
    seed: _Array,
    gradient: tuple[_Array, ...],
) -> None:
    """Gradient of a scalar by what `transfer` was given, without a continuum.

    Parameters
    ----------
    gas, velocity, entering : as in `transfer`
    seed : (line, channel, ray)
        Gradient of the scalar by the cubes.
    gradient : by recession, width, strength and source, shaped as these
        All zero; filled.

    Notes
    -----
    With I the intensity that enters a cell, S its source, d its optical depth, and g the
    gradient by the intensity that leaves it: g (1 - exp(-d)) is that by S, g (S - I) exp(-d)
    that by d, and g exp(-d) that by I. The intensities inside the gas are computed again, for a
    few rays at a time, instead of being stored.
    """
    recession, width, strength, source = gas
    lines, cells, rays = strength.shape
    channels = len(velocity)
    light = np.empty((lines, channels, _TILE), width.dtype)
    behind = np.empty((lines, cells, channels, _TILE), width.dtype)
    cell, shape = np.empty((3, _TILE), width.dtype), np.empty((6, _TILE), width.dtype)
    work, sums = np.empty((2, _TILE), width.dtype), np.empty((lines, 5, _TILE), width.dtype)
    none = np.empty((0, 0, 0), width.dtype)
    for start in range(0, rays, _TILE):
        n = min(_TILE, rays - start)
        stop = start + n
        tile = light[:, :, :n]
        tile[:] = entering[start:stop]
        _forward(gas, (none, none), velocity, tile, shape[0, :n], cell, start, behind)
        tile[:] = seed[:, :, start:stop]
        for i in range(cells):
            near, far = recession[i], recession[i + 1]
            first, last = _reach(velocity, near, far, width[i], start, stop)
            gentle = _offsets(near, far, width[i], start, stop, cell)
            sums[:] = 0
            shape[4], shape[5] = cell[1], cell[2]
            for c in range(first, last):
                _mean(velocity[c], cell, gentle, shape[0, :n])
                _by_middle(velocity[c], cell, gentle, shape[1, :n])
                _by_half(velocity[c], cell, gentle, shape[2, :n])
                for j in range(n):
                    shape[3, j] = (velocity[c] - cell[0, j]) * cell[2, j]
                for k in range(lines):
                    s, b = strength[k, i, start:stop], source[k, i, start:stop]
                    _back(tile[k, c], behind[k, i, c], s, b, shape, work, sums[k])
            _collect(gradient, sums, i, start, n)
