"""Some elements of an image, read where they stand, however large or cut off it is."""

from typing import TYPE_CHECKING

from portal.fits._bytes import Bytes
from portal.fits._scan import Part

if TYPE_CHECKING:
    import numpy as np

__all__ = ["elements"]

_TYPES = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}


def elements(part: Part, data: Bytes, start: int, count: int) -> "np.ndarray":
    """Elements from `start` on, in the order of the file.

    Returns
    -------
    (count,) [as the image]
        Scaled; not a number where there is no value, or the file ends before.
    """
    import numpy as np

    cards = part.cards
    kind = np.dtype(_TYPES.get(cards.integer("BITPIX") or 8, "u1"))
    first, length = start * kind.itemsize, count * kind.itemsize
    held = max(0, min(length, part.held - first))
    raw = np.frombuffer(data.view(part.start + first, held - held % kind.itemsize), kind)
    values = np.full(count, np.nan)
    with np.errstate(all="ignore"):
        values[: raw.size] = raw
    blank = cards.integer("BLANK")
    if kind.kind in "iu" and blank is not None:
        values[: raw.size][raw == blank] = np.nan
    scale, zero = cards.number("BSCALE"), cards.number("BZERO")
    with np.errstate(all="ignore"):
        values *= 1.0 if scale is None else scale
        values += zero or 0.0
    return values
