"""Columns whose rows differ in length: their values stand behind the table, in its heap."""

import re
from typing import TYPE_CHECKING

from portal.fits.cards import Cards

if TYPE_CHECKING:
    import numpy as np

__all__ = ["most_values", "variable"]

_FORM = re.compile(r" *\d*([PQ])([LXBIJKAEDCM])(?:\((\d{1,18})\))?")
_LETTERS = "L X B A I J K E D C M".split()
_TYPES = dict(zip(_LETTERS, "u1 u1 u1 u1 >i2 >i4 >i8 >f4 >f8 >c8 >c16".split(), strict=True))


def most_values(form: str) -> int | None:
    """The most values of a row that a format such as ``1PE(4096)`` tells; None for another one.

    A text is one value, and so is a row of which nothing is told.
    """
    match = _FORM.match(form)
    if match is None:
        return None
    return 1 if match[2] == "A" else max(int(match[3] or 1), 1)


def variable(cards: Cards, number: int, cells: "np.ndarray", heap: memoryview) -> "np.ndarray":
    """Values of all rows of column `number`, one after another.

    Parameters
    ----------
    cells : (row, byte)
        Of each row the number of its values and their place in the `heap`, as they stand.

    Returns
    -------
    (value,) [unit of the column]
        Texts of all rows where the column holds texts.

    Raises
    ------
    ValueError
        If values lie outside the heap.

    Notes
    -----
    FITS 4.0, sec. 7.3.5.
    """
    import numpy as np

    match = _FORM.match(cards.text(f"TFORM{number}") or "")
    if match is None:
        raise ValueError(f"TFORM{number} tells no array of variable length")
    kind = np.dtype(_TYPES[match[2]])
    told = np.ascontiguousarray(cells).view(">i4" if match[1] == "P" else ">i8").reshape(-1, 2)
    rows = []
    for count, start in told.tolist():
        size = -(-count // 8) if match[2] == "X" else count * kind.itemsize
        if count < 0 or start < 0 or start + size > len(heap):
            raise ValueError(f"{size} bytes at {start} of a heap of {len(heap)}")
        rows.append(np.frombuffer(heap[start : start + size], kind))
    if match[2] == "A":
        return np.array([row.tobytes().decode("latin-1").rstrip("\0 ") for row in rows])
    values = np.concatenate(rows) if rows else np.zeros(0, kind)
    return _scaled(cards, number, values.astype(kind.newbyteorder("=")))


def _scaled(cards: Cards, number: int, values: "np.ndarray") -> "np.ndarray":
    import numpy as np

    factor, zero = cards.number(f"TSCAL{number}"), cards.number(f"TZERO{number}")
    missing = cards.integer(f"TNULL{number}") if values.dtype.kind in "iu" else None
    if missing is None and factor in (None, 1.0) and zero in (None, 0.0):
        return values
    known = values * (1.0 if factor is None else factor) + (zero or 0.0)
    return known if missing is None else np.where(values == missing, np.nan, known)
