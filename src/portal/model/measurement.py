"""What is told of the values of a product, and of the bins in which they are."""

from dataclasses import dataclass

__all__ = ["Measurement"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Unit, background and uncertainties of the values of a product, and how their bins are told.

    Parameters
    ----------
    unit
        Of the values, as FITS spells it; as it stands where it is none.
    indexed
        Axes whose bins are told one by one, of ``em`` and ``t``; '' where bins are counted.
    background, uncertainty
        The HDU or the column that holds them, such as ``HDU 2 ERR``.
    """

    unit: str | None = None
    indexed: str = ""
    background: str | None = None
    uncertainty: str | None = None
