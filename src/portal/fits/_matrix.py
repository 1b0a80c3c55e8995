"""The matrix from pixels to the plane: CD, PC with CDELT, or CDELT with CROTA."""

import math
from typing import TypeAlias

from portal.fits.cards import Cards
from portal.fits.repairs import Repair

__all__ = ["Matrix", "matrix_of"]

Matrix: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
_SAME = 0.01


def matrix_of(
    cards: Cards, axes: tuple[int, int], alternate: str, repairs: list[Repair]
) -> Matrix | None:
    """Steps of the world axes along the pixel axes.

    Returns
    -------
    (2, 2) [units of the axes]
        World by pixel; None where the header gives no pixels of any size.
    """
    steps = tuple(cards.number(f"CDELT{axis}{alternate}") for axis in axes)
    matrix = _elements(cards, "CD", axes, alternate, 0.0)
    if matrix is not None and _determinant(matrix):
        _compare(matrix, steps, axes, alternate, repairs)
        return matrix
    if matrix is not None:
        why = "a matrix without an inverse"
        repairs.append(Repair("singular-matrix", f"CDi_j{alternate}", "CD", "CDELT", why))
    if steps[0] is None or steps[1] is None or steps[0] * steps[1] == 0.0:
        return None
    rotation = _elements(cards, "PC", axes, alternate, 1.0)
    if rotation is None:
        rotation = _rotation(cards, axes, (steps[0], steps[1]))
    if not _determinant(rotation):
        why = "a matrix without an inverse"
        repairs.append(Repair("singular-matrix", f"PCi_j{alternate}", "PC", "CDELT", why))
        rotation = ((1.0, 0.0), (0.0, 1.0))
    (a, b), (c, d) = rotation
    return (steps[0] * a, steps[0] * b), (steps[1] * c, steps[1] * d)


def _elements(
    cards: Cards, head: str, axes: tuple[int, int], alternate: str, diagonal: float
) -> Matrix | None:
    found = [[_element(cards, head, i, j, alternate) for j in axes] for i in axes]
    if all(value is None for row in found for value in row):
        return None
    (a, b), (c, d) = found
    return (
        (diagonal if a is None else a, b or 0.0),
        (c or 0.0, diagonal if d is None else d),
    )


def _element(cards: Cards, head: str, i: int, j: int, alternate: str) -> float | None:
    value = cards.number(f"{head}{i}_{j}{alternate}")
    if value is None and not alternate:
        return cards.number(f"{head}{i:03d}{j:03d}")  # before 1996
    return value


def _rotation(cards: Cards, axes: tuple[int, int], steps: tuple[float, float]) -> Matrix:
    angle = math.radians(cards.number(f"CROTA{axes[1]}") or cards.number(f"CROTA{axes[0]}") or 0.0)
    cosine, sine = math.cos(angle), math.sin(angle)
    # FITS 4.0, section 8.2.1, equation 21: the angle is that of the second axis.
    ratio = steps[1] / steps[0]
    return (cosine, -sine * ratio), (sine / ratio, cosine)


def _determinant(matrix: Matrix) -> float:
    (a, b), (c, d) = matrix
    return a * d - b * c


def _compare(
    matrix: Matrix,
    steps: tuple[float | None, ...],
    axes: tuple[int, int],
    alternate: str,
    repairs: list[Repair],
) -> None:
    """Name steps that say something else than the matrix, which counts."""
    for place, step in enumerate(steps):
        size = math.hypot(matrix[0][place], matrix[1][place])
        if step is not None and abs(abs(step) - size) > _SAME * size:
            key = f"CDELT{axes[place]}{alternate}"
            why = "the CD matrix says something else, and counts"
            repairs.append(Repair("cdelt-beside-cd", key, f"{step:g}", "", why))
