"""A star among the gas: its light in the pixels that it covers, and what it hides."""

from dataclasses import dataclass

import numpy as np

from lineform.func.radiation import planck
from lineform.species import Line
from lineform.state import FloatArray
from lineform.synthesis.base import Medium, Paths, Star

__all__ = ["Disc", "disc_of"]

_PARTS = 32
"""Parts of a pixel along each side, for the part that a disc covers: 0.3 % of a small disc."""


@dataclass(frozen=True, slots=True, eq=False)
class Disc:
    """A star as rays see it.

    Parameters
    ----------
    temperature : float [K]
    rays : (covered,) int
        Rays whose pixel it covers, or part of it.
    cover : (covered,) [1]
        Part of the pixel that it covers.
    surface : (covered,) [m]
        How far before the origin, on the way to the observer, the ray ends on it.
    """

    temperature: float
    rays: np.ndarray
    cover: FloatArray
    surface: FloatArray

    def before(self, paths: Paths, medium: Medium) -> Medium:
        """The medium of the covered rays, without the gas inside and behind the star."""
        step = paths.step[:, self.rays].astype(float)
        far = paths.start[self.rays] - np.cumsum(step, axis=0)
        # The part of each cell that lies before the surface.
        missing = np.clip(self.surface - far, 0, step)
        part = (1 - missing / np.where(step > 0, step, 1)).astype(medium.strength.dtype)
        continuum, source = medium.continuum, medium.continuum_source
        return Medium(
            medium.strength[:, self.rays] * part,
            medium.source[:, self.rays],
            None if continuum is None else continuum[:, self.rays] * part,
            None if source is None else source[:, self.rays],
        )

    def intensity(self, line: Line, background: float) -> FloatArray:
        """Light of the star (covered,) [W m-2 Hz-1 sr-1], less the background."""
        own, behind = planck(line.frequency, np.array([self.temperature, background]))
        return np.full(self.rays.size, own - behind, dtype=np.float32)


def disc_of(star: Star, basis: FloatArray, right: FloatArray, up: FloatArray, pixel: float) -> Disc:
    """The star in an image.

    Parameters
    ----------
    star : Star
    basis : (3, 3) [1]
        Of the view.
    right, up : (ray,) [m]
        Centres of the pixels, or of parts of them, that the rays stand for.
    pixel : float [m]
        Their width.

    Notes
    -----
    A star that is smaller than a pixel keeps its solid angle. Its edge within a pixel is not
    resolved: the gas before it is that on the ray through the middle of the pixel.
    """
    at = basis @ np.asarray(star.position)
    x, y = right - at[0], up - at[1]
    near = np.flatnonzero((np.abs(x) < star.radius + pixel) & (np.abs(y) < star.radius + pixel))
    # As fine as the smaller of pixel and star needs.
    side = int(np.clip(np.ceil(_PARTS * pixel / (2 * star.radius)), _PARTS, 2048))
    within = ((np.arange(side) + 0.5) / side - 0.5) * pixel
    cover = np.array([_cover(x[ray] + within, y[ray] + within, star.radius) for ray in near])
    seen = cover > 0
    rays, cover = near[seen], cover[seen]
    height = np.sqrt(np.maximum(star.radius**2 - x[rays] ** 2 - y[rays] ** 2, 0))
    return Disc(star.temperature, rays, cover.astype(np.float32), at[2] + height)


def _cover(x: FloatArray, y: FloatArray, radius: float) -> float:
    return float(np.mean(x**2 + y[:, None] ** 2 < radius**2))
