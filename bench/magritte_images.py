"""Our images beside the real ones of Magritte 0.9.3, of the same models, pixels and channels.

Each is taken about its own rest frequency, since Magritte makes its own from level energies.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.ways import Sight, transfer
from lineform.constants import LIGHT_SPEED
from lineform.func.moments import moment_maps
from lineform.func.radiation import planck
from lineform.readers.magritte import read_magritte
from lineform.species import Line, Molecule
from lineform.state import FloatArray, State
from lineform.synthesis.base import Rays

BACKGROUND = 2.72548
"""The cosmic microwave background as Magritte has it [K]."""

AU = 1.495978707e11
YEAR = 365.25 * 86400
SUN = 1.98847e30
FAINT = 1e-3
"""Of the peak: fainter pixels and channels are not compared."""


def model(folder: Path, side: int) -> State:
    """The wind in `side`^3 points of which the images are."""
    if side == 16:
        return read_magritte(folder / "wind_cart16_co21.hdf5")
    step = 1000 * AU / side
    axis = (np.arange(side) + 0.5) * step - 500 * AU
    position = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    position += np.random.default_rng(0).uniform(-1, 1, position.shape) * 1e-4 * step
    return wind(position)


def wind(position: FloatArray) -> State:
    """The spiral wind at these points: the formulae that come with the images."""
    x, y, z = position.T
    r = np.sqrt(x**2 + y**2 + z**2)
    speed = (3 + 11.5 * (1 - AU / r)) * 1e3
    wave = np.cos(2 * np.pi * r / (200 * AU) - np.arctan2(y, x)) * np.exp(-((z / r) ** 2) / 0.2)
    smooth = 1e-6 * SUN / YEAR / (4 * np.pi * r**2 * speed * 2 * 1.66e-27)
    h2 = smooth * (1 + 0.8 * wave)
    return State(
        position=position,
        velocity=position * (speed / r)[:, None],
        temperature=np.maximum(10, 2300 * (AU / r) ** 0.65),
        turbulence=np.full(len(position), 1e3),
        density={"CO": 3e-4 * h2, "H2": h2},
    )


@dataclass(frozen=True)
class Image:
    """An image of Magritte: its rays, and the excess over the background (channel, ray)."""

    sight: Sight
    excess: FloatArray


def image(folder: Path, side: int, number: int, line: Line) -> Image:
    """One of the two images of a wind, about the rest frequency of `line`."""
    with np.load(folder / f"wind_cart{side}_co21_img.npz") as stored:
        # Channels that ascend in frequency descend in velocity.
        velocity = LIGHT_SPEED * (1 - stored["freqs"] / stored["f_rest_magritte"])[::-1]
        intensity = stored[f"I_{number}"].T[::-1]
        right, up, away = stored[f"dirs_{number}"]
        offsets = stored[f"ImX_{number}"], stored[f"ImY_{number}"]
    frequency = line.frequency * (1 - velocity / LIGHT_SPEED)
    behind = [planck(nu, np.asarray(BACKGROUND)) for nu in frequency.tolist()]
    sight = Sight(*offsets, np.stack([right, up, -away]), velocity)
    return Image(sight, intensity - np.reshape(behind, (-1, 1)))


@dataclass(frozen=True)
class Differences:
    """How far cubes are from those of Magritte, as parts of them where they are bright.

    Parameters
    ----------
    median, most : float [1]
        Of the intensities of all pixels and channels.
    spectrum : float [1]
        The largest of the disk-integrated spectrum.
    flux : float [1]
        Of all light, with its sign.
    moment0 : float [1]
        Median of the maps.
    moment1, moment2 : float [m s-1]
        Medians of the maps.
    """

    median: float
    most: float
    spectrum: float
    flux: float
    moment0: float
    moment1: float
    moment2: float


def differences(ours: FloatArray, theirs: FloatArray, velocity: FloatArray) -> Differences:
    """Compare two cubes (channel, ...) on the same rays and channels [m s-1]."""
    ours, theirs = (cube.reshape(len(cube), 1, -1).astype(float) for cube in (ours, theirs))
    bright = theirs > FAINT * theirs.max()
    apart = np.abs(ours[bright] / theirs[bright] - 1)
    spectra = ours.sum(axis=(1, 2)), theirs.sum(axis=(1, 2))
    seen = spectra[1] > FAINT * spectra[1].max()
    maps = [moment_maps(cube, velocity) for cube in (ours, theirs)]
    lit = maps[1][0] > FAINT * maps[1][0].max()
    (m0, m1, m2), (n0, n1, n2) = ([each[lit] for each in three] for three in maps)
    return Differences(
        median=float(np.median(apart)),
        most=float(apart.max()),
        spectrum=float(np.abs(spectra[0][seen] / spectra[1][seen] - 1).max()),
        flux=float(spectra[0].sum() / spectra[1].sum() - 1),
        moment0=float(np.median(np.abs(m0 / n0 - 1))),
        moment1=float(np.nanmedian(np.abs(m1 - n1))),
        moment2=float(np.nanmedian(np.abs(m2 - n2))),
    )


def exact(side: int, molecule: Molecule, line: Line, sight: Sight, steps: int = 600) -> FloatArray:
    """What the formulae of the wind themselves give, within its outermost points (channel, ray)."""
    edge = 500 * AU * (1 - 1 / side)
    ends = np.linspace(-1, 1, steps + 1) * np.sqrt(3) * edge
    cubes = []
    for first in range(0, sight.right.size, 256):
        part = slice(first, first + 256)
        at_ends, middles = (
            _places(sight, part, behind) for behind in (ends, (ends[1:] + ends[:-1]) / 2)
        )
        shape = middles.shape[:2]
        gas = wind(middles.reshape(-1, 3))
        within = np.abs(middles).max(axis=2) < edge
        speed = wind(at_ends.reshape(-1, 3)).velocity @ -sight.basis[2]
        rays = Rays(
            step=((ends[1] - ends[0]) * within).astype("f4"),
            recession=speed.reshape(steps + 1, -1).astype("f4"),
            temperature=gas.temperature.reshape(shape).astype("f4"),
            turbulence=gas.turbulence.reshape(shape).astype("f4"),
            density={"CO": gas.density["CO"].reshape(shape).astype("f4")},
        )
        cubes.append(transfer(rays, molecule, line, sight.velocity, BACKGROUND))
    return np.concatenate(cubes, axis=1)


def _places(sight: Sight, part: slice, behind: FloatArray) -> FloatArray:
    """Places (place, ray, 3) [m] on some of the rays."""
    ray = np.broadcast_arrays(sight.right[part], sight.up[part], -behind[:, None])
    return np.stack(ray, axis=-1) @ sight.basis
