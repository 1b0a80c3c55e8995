"""Pictures of one observed product: a thumbnail, and larger ones for its page."""

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from portal.catalog.merge import Rows
from portal.errors import ReadError
from portal.fits.products import Product
from portal.fits.units import shown_unit
from portal.fits.wcs import Sky, sky_of
from portal.previews import curves, healpix, measured, skyframe, stretch
from portal.previews.pixels import Plane, plane_of
from portal.previews.reading import Floats
from portal.previews.symbols import symbol

__all__ = ["THUMBNAIL", "Pictures", "pictures_of"]

THUMBNAIL = (120, 90)
"""Width and height of a thumbnail [pixel]; pictures of the sky have a side of the first."""
_COARSE = 160
"""Pixels along a side below which they are shown as squares."""
_QUALITY = 84
# What headers, columns and arrays of any origin make numerical code raise.
_FAULTS = (ArithmeticError, IndexError, ReadError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures of a product.

    Parameters
    ----------
    thumbnail
        As WebP.
    label
        What it shows, for those who cannot see it.
    picture
        The picture of the sky that `frame` refers to, as WebP; None where there is none.
    frame, bar
        Its drawing with axes, and its colours.
    caption
        What the picture is of.
    curve
        The drawing of a curve; None where there is none.
    about
        What the curve is of.
    data
        The curve as JSON for the page's script.
    reason
        Why there is no picture; '' where there is one.
    """

    thumbnail: bytes
    label: str
    picture: bytes | None = None
    frame: Markup | None = None
    bar: Markup | None = None
    caption: str = ""
    curve: Markup | None = None
    about: str = ""
    data: bytes | None = None
    reason: str = ""


def pictures_of(product: Product | None, row: Rows, name: str) -> Pictures:
    """Pictures of a product, or the reason why there are none.

    Parameters
    ----------
    product
        In its open file; None where the file is not as it was.
    row
        Of the table of observations.
    name
        Address of the picture beside the page, percent-encoded.
    """
    kind = row["dataproduct_type"]
    try:
        if product is None:
            raise ReadError("the file has changed since it was read")
        return _drawn(product, row, name)
    except MemoryError:
        reason = "the file is too large for a picture"
    except ReadError as error:
        seen = f": {error.seen}" if error.seen else ""
        reason = f"{error.what}{seen}"
    except _FAULTS as error:
        reason = f"its data cannot be understood ({type(error).__name__})"
    return Pictures(symbol(kind, THUMBNAIL), f"No picture: {reason}", reason=reason)


def _drawn(product: Product, row: Rows, name: str) -> Pictures:
    kind = row["dataproduct_type"]
    if product.hdu.kind == "empty":
        raise ReadError("a header without data")
    if kind == "visibility":
        raise ReadError("visibilities are no picture before they are transformed")
    if kind == "event":
        return _events(product)
    if kind == "timeseries":
        return _of_curve(measured.series_of(product), "Light curve")
    if product.hdu.kind == "table" and healpix.is_healpix(product.hdu):
        return _of_sky(product)
    if product.hdu.kind == "table" and kind != "spectrum":
        raise ReadError("a table that is neither a spectrum nor a time series")
    if kind == "spectrum":
        try:
            return _of_curve(measured.spectrum_of(product, row), "Spectrum")
        except ReadError:
            if product.hdu.kind == "table" or len(product.hdu.shape) < 2:
                raise
    return _image(product, row, name)


def _of_curve(curve: curves.Curve, what: str) -> Pictures:
    thumbnail = curves.curve_thumbnail(curve, THUMBNAIL)
    about = f"{what}: {curve.y} along {curve.x}"
    panel = curves.curve_panel(curve, about)
    if thumbnail is None or panel is None:
        raise ReadError("no value of it is a number")
    each = "channels" if curve.points else "pieces"
    several = f"; {len(curve.pieces)} {each}" if len(curve.pieces) > 1 else ""
    several += f"; {curve.note}" if curve.note else ""
    data = None if curve.points else curves.curve_data(curve)
    return Pictures(thumbnail, about, curve=panel, about=f"{about}{several}.", data=data)


def _events(product: Product) -> Pictures:
    found, names = measured.counted(product)
    stretched = stretch.stretch_of(found)
    if stretched is None:
        raise ReadError("all events are in one place")
    colours = stretch.coloured(found, stretched)
    thumbnail = stretch.webp(colours, THUMBNAIL[0])
    return Pictures(thumbnail, f"Numbers of events along {names}", caption=f"Events by {names}.")


def _of_sky(product: Product) -> Pictures:
    drawn = healpix.sky_map(product.hdu)
    stretched = stretch.stretch_of(drawn.values)
    if stretched is None:
        raise ReadError("all cells have one value, or none")
    colours = stretch.coloured(drawn.values, stretched)
    thumbnail = stretch.webp(colours, THUMBNAIL[0])
    return Pictures(thumbnail, f"Map: {drawn.about}", caption=f"{drawn.about}.")


def _image(product: Product, row: Rows, name: str) -> Pictures:
    plane = plane_of(product)
    stretched = stretch.stretch_of(plane.values)
    if stretched is None:
        known = plane.values[np.isfinite(plane.values)]
        raise ReadError(f"every pixel is {known[0]:g}" if known.size else "no pixel has a value")
    unit = shown_unit(product.hdu.cards.text("BUNIT") or "")
    colours = stretch.coloured(plane.values, stretched)
    found = sky_of(product.cards)
    frame = skyframe.Frame(plane.shape, found if isinstance(found, Sky) else None)
    depth, read = plane.channels
    what = "Highest value along the spectral axis" if depth > 1 else "Image"
    label = f"{what}, {plane.shape[1]} by {plane.shape[0]} pixels"
    drawing = skyframe.frame_of(frame, name, label, max(plane.shape) < _COARSE)
    curve = about = data = None
    if plane.means is not None and depth > 2:
        along = measured.through_channels(product, plane.means, row, unit)
        about = f"Mean of all pixels: {along.y} along {along.x}"
        curve, data = curves.curve_panel(along, about), curves.curve_data(along)
    return Pictures(
        stretch.webp(colours, THUMBNAIL[0]),
        label,
        picture=stretch.webp(colours, quality=_QUALITY),
        frame=drawing,
        bar=skyframe.colour_bar(stretched, unit),
        caption=_caption(plane, what, unit, depth, read),
        curve=curve,
        about=f"{about}." if about and curve is not None else "",
        data=data if curve is not None else None,
    )


def _caption(plane: Plane, what: str, unit: str, depth: int, read: int) -> str:
    parts = [what + (f" [{unit}]" if unit else "")]
    if depth > read:
        parts.append(f"of {read} of {depth} channels")
    if plane.each > 1:
        parts.append(f"each dot stands for {plane.each} by {plane.each} pixels")
    if _blank(plane.values):
        parts.append("clear where there is no value")
    return ", ".join(parts) + "; colours by asinh, from percentile 0.5 to 99.7."


def _blank(values: Floats) -> bool:
    return not bool(np.isfinite(values).all())
