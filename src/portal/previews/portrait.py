"""The picture of the home page: the moment map with the most structure, as light on night."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from portal.catalog.merge import Rows
from portal.previews.colours import oklch_to_srgb
from portal.previews.reading import Floats, located, opened, small

__all__ = ["Portrait", "portrait"]

_SIDE = 560
_FADE = 0.55


@dataclass(frozen=True, slots=True)
class Portrait:
    """The observation shown, and its picture as WebP."""

    row: Rows
    picture: bytes


def portrait(
    stores: Sequence[Path], observations: Iterable[Rows], sizes: dict[str, int]
) -> Portrait | None:
    """The most photogenic of `observations`; None if no map can be read."""
    best: tuple[float, Rows, Floats] | None = None
    for row in observations:
        values = _map(stores, row, sizes.get(row["path"], -1))
        if values is None:
            continue
        structure = _structure(values)
        if best is None or structure > best[0]:
            best = (structure, row, values)
    return None if best is None else Portrait(best[1], _picture(best[2]))


def _map(stores: Sequence[Path], row: Rows, size: int) -> Floats | None:
    file = located(stores, row["path"], size)
    if file is None:
        return None
    try:
        with opened(file) as descriptor:
            values = small(descriptor, row, "moment0")
    except OSError:
        return None
    if values is None or values.ndim != 2 or min(values.shape) < 8:
        return None
    values = np.maximum(np.nan_to_num(values), 0)
    return values if values.max() > 0 else None


def _structure(values: Floats) -> float:
    """Scatter of the brightness about its mean in rings around the centre [1]."""
    y, x = (np.arange(n) - (n - 1) / 2 for n in values.shape)
    radius = np.hypot(y[:, None], x[None, :])
    ring = np.minimum(radius, min(values.shape) / 2).astype(int)
    light = np.sqrt(values / values.max())
    mean = ndimage.mean(light, ring, np.arange(ring.max() + 1))
    return float((light - np.asarray(mean)[ring])[radius < min(values.shape) / 2].std())


def _picture(values: Floats) -> bytes:
    from PIL import Image

    factor = _SIDE / max(values.shape)
    light = np.sqrt(values[::-1] / values.max())
    smooth = np.clip(ndimage.zoom(light, factor, order=3, mode="nearest"), 0, 1)
    picture = Image.fromarray(_coloured(smooth * _vignette(smooth.shape)))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=86, method=6)
    return out.getvalue()


def _coloured(light: Floats) -> npt.NDArray[np.uint8]:
    """The hues of the maps, on a ground without light of its own."""
    step = np.linspace(0, 1, 1024)
    chroma = 0.185 * np.sin(np.pi * step**0.9) ** 0.8
    table = oklch_to_srgb(0.97 * step, chroma * np.minimum(step * 6, 1), 285 + 165 * step)
    colours: npt.NDArray[np.uint8] = table[np.rint(light * 1023).astype(int)]
    return colours


def _vignette(shape: tuple[int, ...]) -> Floats:
    """One inside, falling to nothing at the inscribed circle, so that no edge is seen."""
    y, x = (np.linspace(-1, 1, n) for n in shape)
    radius = np.hypot(y[:, None], x[None, :])
    share = np.clip((1 - radius) / _FADE, 0, 1)
    return share * share * (3 - 2 * share)
