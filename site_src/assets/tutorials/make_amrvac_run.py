"""Writes wind3d.dat, wind2d.dat and wind.par: winds as snapshots of MPI-AMRVAC, version 5.

No simulation: analytic formulas on a grid with refinement, to try lineform with.
"""

from itertools import product
from pathlib import Path

import numpy as np

BLOCK = 6  # cells along each side of a block
GAMMA = 1.3
UNITS = """\
&usr_list
  unit_length        = 1.496d13   ! cm, 1 au
  unit_numberdensity = 1.0d5      ! cm-3
  unit_velocity      = 1.0d6      ! cm/s, 10 km/s
/
"""
KELVIN = 2.381 * 1.6726e-24 * 1e12 / 1.3807e-16  # of pressure over density 1, in these units


def gas(x, y, z, shape):
    """Density, velocity and temperature of a wind of 2e-6 solar masses a year."""
    radius = np.sqrt(x**2 + y**2 + z**2).clip(4)
    outward = 0.4 + 1.0 * (1 - 4 / radius)
    denser = shape(x, y, z, radius)
    # 2e-6 solar masses a year over 4 pi au2 10 km/s 1e5 cm-3 1.4 proton masses.
    density = 1.914e5 * denser / (radius**2 * outward)
    velocity = [outward * component / radius for component in (x, y, z)]
    return density, velocity, 2200 * (4 / radius) ** 0.65


def spiral(x, y, z, radius):
    """An Archimedean arm about the plane z = 0."""
    phase = np.arctan2(y, x) + 2 * np.pi * radius / 120
    ridge = np.exp(3 * (np.cos(phase) - 1)) - np.i0(3) * np.exp(-3)
    return 1 + 2 * ridge * np.exp(-((z / (0.4 * radius)) ** 2))


def lobes(x, y, z, radius):
    """Less gas about the axis than about the equator."""
    return 0.25 + 1.5 * (1 - (z / radius) ** 2) ** 3


def variables(density, momenta, temperature):
    """What AMRVAC stores: density, momenta, total energy."""
    pressure = density * temperature / KELVIN
    kinetic = sum(m**2 for m in momenta) / (2 * density)
    return np.stack([density, *momenta, pressure / (GAMMA - 1) + kinetic])


def box(x, y, z):
    """A spiral wind on a Cartesian grid."""
    density, velocity, temperature = gas(x, y, z, spiral)
    return variables(density, [density * v for v in velocity], temperature)


def axisymmetric(r, z):
    """A bipolar wind in cylindrical coordinates: momenta along r, z and azimuth."""
    density, (outward, _, up), temperature = gas(r, 0 * r, z, lobes)
    return variables(density, [density * outward, density * up, 0 * density], temperature)


def leaves(blocks, ndim, levels, near):
    """Level and place of each block that is not refined; `near` says which are."""
    for place in product(*(range(1, n + 1) for n in blocks)):
        yield from refined(1, place, ndim, levels, near)


def refined(level, place, ndim, levels, near):
    """A block, or the smaller ones in its place."""
    if level == levels or not near(level, place):
        yield level, place
        return
    for step in product((0, 1), repeat=ndim):
        below = tuple(2 * i - 1 + s for i, s in zip(place, step, strict=True))
        yield from refined(level + 1, below, ndim, levels, near)


def write(path, geometry, lower, upper, blocks, field):
    """A snapshot, as AMRVAC packs it."""
    lower, upper, blocks = np.array(lower), np.array(upper), np.array(blocks)
    ndim, names = len(blocks), ("rho", "m1", "m2", "m3", "e")

    def corner(level, place):
        side = (upper - lower) / blocks / 2 ** (level - 1)
        return lower + (np.array(place) - 1) * side, side

    def near(level, place):
        start, side = corner(level, place)
        # From the middle to the nearest place of the block.
        return np.linalg.norm(np.maximum(np.maximum(start, -start - side), 0)) < 110 / 3 ** (
            level - 1
        )

    found = list(leaves(blocks, ndim, 3, near))
    cells = [[b * BLOCK for b in blocks], [BLOCK] * ndim, [0] * ndim]
    head = reals(0.0, *lower, *upper) + b"".join(integers(*numbers) for numbers in cells)
    head += words(geometry) + integers(0) + words(*names, "hd")
    head += integers(1) + reals(GAMMA) + words("gamma") + integers(1, 0, 0)
    tree = 40 + len(head)
    data = tree + len(found) * (4 * (2 + ndim) + 8)
    size = 8 * ndim + 8 * len(names) * BLOCK**ndim
    body = integers(*[1] * len(found), *[level for level, _ in found])
    body += integers(*[i for _, place in found for i in place])
    body += (data + size * np.arange(len(found), dtype="<i8")).tobytes()
    for level, place in found:
        start, side = corner(level, place)
        axes = [s + (np.arange(BLOCK) + 0.5) * w / BLOCK for s, w in zip(start, side, strict=True)]
        values = field(*np.meshgrid(*axes, indexing="ij"))
        body += integers(*[0] * 2 * ndim) + np.moveaxis(values, 0, -1).tobytes(order="F")
    counts = integers(5, tree, data, len(names), 3, ndim, 3, len(found), 0, 0)
    Path(path).write_bytes(counts + head + body)


def integers(*values):
    """Numbers of four bytes."""
    return np.array(values, "<i4").tobytes()


def reals(*values):
    """Numbers of eight bytes."""
    return np.array(values, "<f8").tobytes()


def words(*texts):
    """Names of 16 letters."""
    return b"".join(text.ljust(16).encode() for text in texts)


write("wind3d.dat", "Cartesian_3D", [-240] * 3, [240] * 3, [4, 4, 4], box)
write("wind2d.dat", "cylindrical_2D", [0, -240], [240, 240], [4, 8], axisymmetric)
Path("wind.par").write_text(UNITS)
