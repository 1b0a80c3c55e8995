"""Which coordinates the elements of a product have."""

from typing import Literal, TypeAlias

from portal.fits.axes import Axis, AxisKind
from portal.fits.products import Product
from portal.fits.roles import Role
from portal.fits.table_kinds import table_kind

__all__ = ["Tabular", "axis_of", "lengths", "of_one_element", "spatial", "tabular"]

Tabular: TypeAlias = Literal[
    "event", "image", "measurements", "spectrum", "timeseries", "visibility"
]


def axis_of(product: Product, kind: AxisKind) -> Axis | None:
    """The first axis of that `kind` that has pixels; None for none."""
    return next((a for a in product.axes if a.kind == kind and a.length), None)


def lengths(product: Product) -> tuple[int, ...]:
    """Pixels along each axis that has some, in FITS order."""
    return tuple(axis.length for axis in product.axes if axis.length)


def of_one_element(product: Product) -> bool:
    """Whether an array was cut to one element, and only its header tells what it was."""
    return bool(lengths(product)) and all(length == 1 for length in lengths(product))


def spatial(product: Product) -> bool:
    """Whether the data extend along two axes of the sky."""
    if product.hdu.kind not in ("image", "compressed"):
        return False
    if "AMDX1" in product.cards and "PLTRAH" in product.cards:
        # A scan of a plate: its solution stands for the axes.
        return len(lengths(product)) >= 2
    pair = axis_of(product, "longitude"), axis_of(product, "latitude")
    return all(axis is not None for axis in pair)


def tabular(product: Product) -> Tabular | None:
    """What the rows of a table are; None where the product is no table."""
    if product.hdu.kind == "groups":
        return "visibility"
    if product.hdu.kind != "table":
        return None
    found = table_kind(product.hdu, product.file.hdus[0].cards)
    if isinstance(found, Role):
        return "measurements"
    return "image" if found == "map" else found
