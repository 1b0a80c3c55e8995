"""Spectra as step lines in SVG: a panel for each line, a curve for each viewing direction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from portal.previews.axes import shown, ticks
from portal.previews.reading import Floats

__all__ = ["CURVES", "Spectrum", "panel"]

CURVES = 6
"""Number of curves that the style sheet tells apart, by the classes s0, s1, ..."""

_WIDTH, _HEIGHT = 680, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 92, 12, 16, 72
_MOST_STEPS = 160
_HEADROOM = 1.16


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Flux density along the velocity axis, from one direction.

    Parameters
    ----------
    curve
        Number of the curve's style, below `CURVES`.
    velocity : (channel,) [km/s]
    flux : (channel,) [Jy]
    """

    curve: int
    velocity: Floats
    flux: Floats


def panel(line: str, spectra: Sequence[Spectrum]) -> Markup | None:
    """The panel of one line; None if there is nothing finite to draw."""
    drawn = [_binned(s) for s in spectra if np.isfinite(s.flux).any() and len(s.velocity) > 1]
    drawn = [s for s in drawn if np.isfinite(s.velocity).all() and np.ptp(s.velocity) > 0]
    if not drawn:
        return None
    left = min(float(s.velocity.min()) for s in drawn)
    right = max(float(s.velocity.max()) for s in drawn)
    low = min(0.0, *(float(np.nanmin(s.flux)) for s in drawn))
    high = max(0.0, *(float(np.nanmax(s.flux)) for s in drawn))
    if high == low:
        high = low + 1.0
    frame = _Frame(left, right, low * _HEADROOM, high * _HEADROOM)
    peak = max(float(np.nanmax(s.flux)) for s in drawn)
    name = escape(line)
    label = f"Spectra of {name}, {shown(left)} to {shown(right)} km/s, peak {shown(peak)} Jy"
    curves = "".join(f'<path class="pc s{s.curve}" d="{_steps(s, frame)}"/>' for s in drawn)
    return Markup(
        f'<svg class="portal-plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{label}">{frame.drawn()}{curves}'
        f'<text x="{_WIDTH - 24}" y="48" class="pe pb">{name}</text></svg>'
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    left: float
    right: float
    low: float
    high: float

    def x(self, velocity: Floats) -> Floats:
        return _LEFT + (velocity - self.left) / (self.right - self.left) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, flux: Floats) -> Floats:
        return (
            _HEIGHT
            - _BOTTOM
            - (flux - self.low) / (self.high - self.low) * (_HEIGHT - _BOTTOM - _TOP)
        )

    def drawn(self) -> str:
        bottom = _HEIGHT - _BOTTOM
        xs, ys = ticks(self.left, self.right, 7), ticks(self.low, self.high, 5)
        at_x = np.rint(self.x(np.array(xs))).astype(int).tolist()
        at_y = np.rint(self.y(np.array(ys))).astype(int).tolist()
        grid = "".join(f"M{_LEFT} {y}H{_WIDTH - _RIGHT}" for y in at_y)
        marks = "".join(f"M{x} {bottom}v8" for x in at_x)
        texts = "".join(
            f'<text x="{x}" y="{bottom + 32}">{shown(v)}</text>'
            for x, v in zip(at_x, xs, strict=True)
        ) + "".join(
            f'<text x="{_LEFT - 10}" y="{y + 7}" class="pe">{shown(v)}</text>'
            for y, v in zip(at_y, ys, strict=True)
        )
        return (
            f'<path class="pg" d="{grid}"/><path class="pa" d="M{_LEFT} {_TOP}V{bottom}H'
            f'{_WIDTH - _RIGHT}{marks}"/><g>{texts}<text x="{(_LEFT + _WIDTH) // 2}" '
            f'y="{_HEIGHT - 8}">Velocity [km/s]</text><text transform="translate(22 '
            f'{(_TOP + bottom) // 2})rotate(-90)">Flux density [Jy]</text></g>'
        )


def _binned(spectrum: Spectrum) -> Spectrum:
    """Means of neighbouring channels, so that no more steps are drawn than can be seen."""
    count = min(len(spectrum.velocity), len(spectrum.flux))
    each = -(-count // _MOST_STEPS)
    keep = count // each * each
    velocity = spectrum.velocity[:keep].reshape(-1, each).mean(1)
    flux = np.nan_to_num(spectrum.flux[:keep]).reshape(-1, each).mean(1)
    return Spectrum(spectrum.curve, velocity, flux)


def _steps(spectrum: Spectrum, frame: _Frame) -> str:
    middle = (spectrum.velocity[1:] + spectrum.velocity[:-1]) / 2
    edges = np.concatenate([spectrum.velocity[:1], middle, spectrum.velocity[-1:]])
    x = np.rint(frame.x(edges)).astype(int)
    y = np.rint(frame.y(spectrum.flux)).astype(int)
    run, rise = np.diff(x).tolist(), np.diff(y).tolist()
    pairs = zip(run, [*rise, 0], strict=True)
    return f"M{x[0]} {y[0]}" + "".join(f"h{dx}v{dy}" if dy else f"h{dx}" for dx, dy in pairs)
