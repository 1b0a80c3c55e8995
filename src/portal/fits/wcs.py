"""Where the pixels of a product lie on the sky, whatever its header says; no warning is given.

The keywords are collected and repaired one by one, and astropy is given a description in degrees
that it understands. What was repaired is listed; where there is no description, the reason is.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from portal.fits._plane import NoPlane, Plane, plane_of
from portal.fits._plate import plate_of
from portal.fits.cards import Cards
from portal.fits.repairs import Repair

if TYPE_CHECKING:
    import numpy as np
    from astropy.coordinates import BaseCoordinateFrame
    from astropy.wcs import WCS
    from numpy.typing import ArrayLike

__all__ = ["NoSky", "Sky", "rotation", "sky_of"]


@dataclass(frozen=True)
class NoSky:
    """Why a header gives no place on the sky."""

    reason: str


@dataclass(frozen=True)
class Sky:
    """Places on the sky of the pixels of an array.

    Parameters
    ----------
    wcs
        Both celestial axes in degrees, in FITS order, in the frame of the header.
    axes
        Their FITS numbers.
    frame, equinox
        ``icrs``, ``fk5``, ``fk4``, ``fk4noeterms``, ``galactic``, ``supergalactic`` or
        ``ecliptic``, and the year.
    repairs
        What was read leniently.
    """

    wcs: "WCS"
    axes: tuple[int, int]
    frame: str
    equinox: float
    repairs: tuple[Repair, ...]

    def icrs(self, x: "ArrayLike", y: "ArrayLike") -> tuple["np.ndarray", "np.ndarray"]:
        """Places of pixels that are counted from 0 along `axes`.

        Returns
        -------
        right ascension, declination : as `x` [deg]
            Not a number where a pixel is not on the sky.
        """
        import numpy as np

        columns, rows = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            world = self.wcs.all_pix2world(columns.ravel(), rows.ravel(), 0)
            longitude, latitude = (w.reshape(columns.shape) for w in self._ordered(world))
            outside = ~(np.abs(latitude) <= 90.0)
            latitude = np.where(outside, np.nan, latitude)
            return self._turned(np.asarray(longitude % 360.0), latitude)

    @cached_property
    def scale(self) -> float:
        """Side of a square of the area of a pixel at the reference point [deg]."""
        import numpy as np

        return float(np.sqrt(abs(np.linalg.det(self.wcs.wcs.cd))))

    def _ordered(self, world: "list[np.ndarray]") -> "list[np.ndarray]":
        # wcslib knows no longitude where the coordinates are linear.
        first = str(self.wcs.wcs.ctype[0])
        return world[::-1] if first.startswith(("DEC", "GLAT", "ELAT", "SLAT")) else world

    def _turned(
        self, longitude: "np.ndarray", latitude: "np.ndarray"
    ) -> tuple["np.ndarray", "np.ndarray"]:
        import numpy as np

        if self.frame == "icrs":
            return longitude, latitude
        lost = ~np.isfinite(latitude)
        known = np.nan_to_num(latitude)
        if self.frame == "fk4":  # its E-terms are no rotation
            found = _astropy_icrs(self.frame, self.equinox, longitude, known)
        else:
            turn = rotation(self.frame, self.equinox)
            x, y, z = np.tensordot(turn, _vectors(longitude, known), axes=1)
            found = np.degrees(np.arctan2(y, x)) % 360.0, np.degrees(np.arctan2(z, np.hypot(x, y)))
        right_ascension, declination = (np.where(lost, np.nan, angle) for angle in found)
        return right_ascension, declination


def sky_of(cards: Cards) -> Sky | NoSky:
    """The celestial description of a header, or why there is none."""
    try:
        plane = plane_of(cards)
    except NoPlane as reason:
        plate = plate_of(cards)
        if plate is None:
            return NoSky(str(reason))
        plane = plate
    wcs = _built(plane)
    if wcs is None:
        return NoSky("keywords that contradict each other")
    return Sky(wcs, plane.axes, plane.frame, plane.equinox, plane.repairs)


def _built(plane: Plane) -> "WCS | None":
    import numpy as np
    from astropy import wcs

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        built = wcs.WCS(naxis=2)
        built.wcs.ctype = [_ctype(head, plane) for head in plane.heads]
        built.wcs.cunit = ["deg", "deg"]
        built.wcs.crval, built.wcs.crpix = plane.crval, plane.crpix
        built.wcs.cd = plane.matrix
        built.wcs.set_pv(list(plane.distortion.pv))
        if plane.poles[0] is not None:
            built.wcs.lonpole = plane.poles[0]
        if plane.poles[1] is not None:
            built.wcs.latpole = plane.poles[1]
        if plane.distortion.sip is not None:
            a, b = (_matrix(order, terms) for order, terms in plane.distortion.sip)
            built.sip = wcs.Sip(a, b, None, None, plane.crpix)
        try:
            built.wcs.set()
            built.all_pix2world([plane.crpix], 1)
        except (ValueError, wcs.WcsError):
            return None
    return built


def _ctype(head: str, plane: Plane) -> str:
    if not plane.algorithm:
        return head
    suffix = "-SIP" if plane.distortion.sip is not None else ""
    return f"{head.ljust(4, '-')}-{plane.algorithm}{suffix}"


def _matrix(order: int, terms: dict[tuple[int, int], float]) -> "np.ndarray":
    import numpy as np

    matrix = np.zeros((order + 1, order + 1))
    for place, value in terms.items():
        matrix[place] = value
    return matrix


def _vectors(longitude: "np.ndarray", latitude: "np.ndarray") -> "np.ndarray":
    """Unit vectors towards places in degrees: (3, ...)."""
    import numpy as np

    a, d = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)])


@lru_cache(maxsize=64)
def rotation(frame: str, equinox: float) -> "np.ndarray":
    """The matrix that turns vectors of a frame into ICRS, from where astropy has its axes."""
    import numpy as np

    axes = np.array([0.0, 90.0, 0.0]), np.array([0.0, 0.0, 90.0])
    return _vectors(*_astropy_icrs(frame, equinox, *axes))


def _astropy_icrs(
    name: str, equinox: float, longitude: "np.ndarray", latitude: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray"]:
    import numpy as np
    from astropy.coordinates import ICRS

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = _frame(name, equinox, longitude, latitude).transform_to(ICRS())
        return np.asarray(found.ra.deg), np.asarray(found.dec.deg)


def _frame(
    name: str, equinox: float, longitude: "np.ndarray", latitude: "np.ndarray"
) -> "BaseCoordinateFrame":
    from astropy import coordinates, units
    from astropy.time import Time

    place = (longitude * units.deg, latitude * units.deg)
    if name == "galactic":
        return coordinates.Galactic(*place)
    if name == "supergalactic":
        return coordinates.Supergalactic(*place)
    kind = {
        "fk5": coordinates.FK5,
        "fk4": coordinates.FK4,
        "fk4noeterms": coordinates.FK4NoETerms,
        "ecliptic": coordinates.BarycentricMeanEcliptic,
    }[name]
    style = "byear" if name.startswith("fk4") else "jyear"
    return kind(*place, equinox=Time(equinox, format=style))
