"""An observation file of more than 300 MB, made in seconds: few distinct blocks, many places."""

import zlib
from pathlib import Path

import h5py
import numpy as np

from tests.layout import UNITS, write_observation

CHANNELS, SIDE = 110, 1000
# As lineform stores a cube of this size.
BLOCK, PAGE = (19, 48, 48), 1441792
GROUP = "CO_2-1_d00"
LARGE = "large-000"
_PATTERNS = 31


def packed(block: np.ndarray) -> bytes:
    """A block as HDF5 stores it behind the filters shuffle and gzip."""
    raw = np.frombuffer(block.astype("<f4").tobytes(), np.uint8).reshape(-1, 4)
    return zlib.compress(raw.T.tobytes(), 1)


def write_large(path: Path) -> Path:
    """A file whose first cube has 440 MB, unpacked; the catalogue takes it as sound.

    Neighbouring blocks differ: there are 31 of them, and 21 along each side.
    """
    write_observation(path, path.stem, 0, CHANNELS, page=PAGE)
    random = np.random.default_rng(7)
    stored = [packed(1e-15 * (n + 1 + random.random(BLOCK, np.float32))) for n in range(_PATTERNS)]
    offset = np.linspace(-4, 4, SIDE)
    with h5py.File(path, "r+") as file:
        group = file[GROUP]
        for name in ("x", "y", "moment0", "moment1", "moment2", "intensity"):
            del group[name]
        group["x"] = group["y"] = offset
        for name in ("moment0", "moment1", "moment2"):
            group[name] = np.broadcast_to(np.float32(7), (SIDE, SIDE))
        cube = group.create_dataset(
            "intensity",
            shape=(CHANNELS, SIDE, SIDE),
            dtype="f4",
            chunks=BLOCK,
            compression="gzip",
            shuffle=True,
        )
        corners = np.ndindex(*(-(-n // m) for n, m in zip(cube.shape, BLOCK, strict=True)))
        for number, corner in enumerate(corners):
            start = tuple(place * length for place, length in zip(corner, BLOCK, strict=True))
            cube.id.write_direct_chunk(start, stored[number % _PATTERNS])
        for name in ("x", "y", "moment0", "moment1", "moment2", "intensity"):
            group[name].attrs["unit"] = UNITS[name]
    return path
