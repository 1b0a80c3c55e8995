"""Two colour tables, even in lightness to the eye: one for amounts, one for signed values.

Made in OKLCh (lightness, chroma, hue), the cylinder form of OKLab (B. Ottosson 2020, "A
perceptual color space for image processing"), so that equal steps look equal.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["AMOUNTS", "SIGNED", "gradient", "oklch_to_srgb", "palette"]

AMOUNTS = 127
SIGNED = 127
_LMS = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
_LINEAR_PART = 0.0031308


def oklch_to_srgb(
    lightness: npt.NDArray[np.float64],
    chroma: npt.NDArray[np.float64],
    hue: npt.NDArray[np.float64],
) -> npt.NDArray[np.uint8]:
    """(colour, 3) sRGB bytes of colours given by OKLCh lightness [1], chroma [1], hue [deg]."""
    angle = np.radians(hue)
    lab = np.stack([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], -1)
    linear = np.clip((lab @ _LMS.T) ** 3 @ _RGB.T, 0, 1)
    curved = 1.055 * np.maximum(linear, _LINEAR_PART) ** (1 / 2.4) - 0.055
    encoded = np.where(linear <= _LINEAR_PART, 12.92 * linear, curved)
    colours: npt.NDArray[np.uint8] = np.round(255 * encoded).astype(np.uint8)
    return colours


@cache
def palette() -> npt.NDArray[np.uint8]:
    """(255, 3) sRGB bytes: nothing, then the table for amounts, then the one for signed values."""
    return np.concatenate([np.zeros((1, 3), np.uint8), _amounts(), _signed()])


def _amounts() -> npt.NDArray[np.uint8]:
    """From night through violet and copper to cream."""
    step = np.linspace(0, 1, AMOUNTS)
    chroma = 0.185 * np.sin(np.pi * step**0.9) ** 0.8
    return oklch_to_srgb(0.10 + 0.87 * step, chroma, 285 + 165 * step)


def _signed() -> npt.NDArray[np.uint8]:
    """Blue for what comes, white for rest, red for what goes."""
    step = np.linspace(-1, 1, SIGNED)
    hue = np.where(step < 0, 252.0, 30.0)
    return oklch_to_srgb(0.975 - 0.5 * np.abs(step), 0.17 * np.abs(step), hue)


@cache
def gradient(kind: str) -> tuple[str, ...]:
    """Colours of nine even steps of the table ``amounts`` or ``signed``, as ``#rrggbb``."""
    table = _amounts() if kind == "amounts" else _signed()
    chosen = table[np.linspace(0, len(table) - 1, 9).round().astype(int)]
    return tuple("#" + bytes(colour).hex() for colour in chosen)
