"""Writes small snapshots of Phantom and MPI-AMRVAC as their formats are described."""

import itertools

import numpy as np

from lineform.errors import LineformError
from lineform.readers.snapshots import read_dump

GROUPS = ("int", "int1", "int2", "int4", "int8", "real", "real4", "real8")
UNITS = {"udist": 1.496e13, "umass": 1.9891e33, "utime": 5.0227287e6, "umagfd": 1.0}


class Records:
    """Fortran's sequential records, in pieces of at most `largest` bytes."""

    def __init__(self, order="<", largest=2**31 - 9):
        self.order, self.largest, self.parts = order, largest, []

    def add(self, data):
        data = data if isinstance(data, bytes) else np.ascontiguousarray(data).tobytes()
        pieces = [data[i : i + self.largest] for i in range(0, len(data), self.largest)] or [b""]
        for number, piece in enumerate(pieces):
            mark = np.array(len(piece), f"{self.order}i4")
            last = number == len(pieces) - 1
            self.parts += [(mark if last else -mark).astype(mark.dtype).tobytes(), piece]
            self.parts.append((mark if number == 0 else -mark).astype(mark.dtype).tobytes())

    def bytes(self):
        return b"".join(self.parts)


def wind(n=40, seed=1, dead=0):
    """Fields of a radial wind of `n` particles and two sinks."""
    rng = np.random.default_rng(seed)
    position = rng.normal(size=(n, 3)) * 10
    radius = np.linalg.norm(position, axis=1)
    velocity = position / radius[:, None] * 0.4
    h = (0.1 + radius * 0.05).astype("f4")
    h[:dead] = -h[:dead]
    particles = {
        "iorig": np.arange(n, dtype="i8"),
        **{name: position[:, i] for i, name in enumerate("xyz")},
        **{f"v{name}": velocity[:, i] for i, name in enumerate("xyz")},
        "u": rng.uniform(0.005, 0.05, n),
        "h": h,
        "divv": np.zeros(n, "f4"),
    }
    sinks = {
        name: np.array(values, float)
        for name, values in (
            ("x", [-1, 2]), ("y", [0, 0]), ("z", [0, 0]), ("m", [1.5, 1]), ("h", [1, 0.1]),
            ("vx", [0, 0]), ("vy", [-0.1, 0.2]), ("vz", [0, 0]),
        )
    }  # fmt: skip
    return particles, sinks


def header(n, mass=3e-10, gamma=1.2, units=UNITS, **more):
    """Header values by group."""
    return {
        "int": {"nparttot": n, "ntypes": 3, "npartoftype": [n, 0, 0], "nblocks": 1},
        "int4": {"ieos": 2},
        "real": {"time": 2.5, "gamma": gamma, "hfact": 1.2, "massoftype": [mass, mass / 2, mass]}
        | {k: v for k, v in more.items() if isinstance(v, float)},
        "real8": units,
    } | {k: v for k, v in more.items() if isinstance(v, dict)}


def phantom_bytes(
    particles, sinks, head, *, order="<", integer="i4", real="f8", ident="FT:Phantom:2023.0.0:abc",
    processes=1, largest=2**31 - 9,
):  # fmt: skip
    """A binary dump; `real` fields of the particles are written as the default real."""
    kinds = dict(zip(GROUPS, (integer, "i1", "i2", "i4", "i8", real, "f4", "f8"), strict=True))
    types = {name: np.dtype(f"{order}{kind}") for name, kind in kinds.items()}
    out = Records(order, largest)
    magic = [(60769, "int"), (60878, "real"), (60878, "int"), (1, "int"), (690706, "int")]
    out.add(b"".join(np.array(v, types[t]).tobytes() for v, t in magic))
    out.add(ident.ljust(100).encode())
    for group in GROUPS:
        pairs = [(name, v) for name, vs in head.get(group, {}).items() for v in np.atleast_1d(vs)]
        out.add(np.array(len(pairs), types["int4"]))
        if pairs:
            out.add(b"".join(name.ljust(16).encode() for name, _ in pairs))
            out.add(np.array([value for _, value in pairs], types[group]))
    blocks = [particles, sinks] if sinks else [particles]
    out.add(np.array(len(blocks) * processes, types["int4"]))
    split = [_split(block, processes, i == 0) for i, block in enumerate(blocks)]
    for pieces in zip(*split, strict=True):
        sorted_blocks = [_by_group(piece) for piece in pieces]
        for piece, groups in zip(pieces, sorted_blocks, strict=True):
            n = len(next(iter(piece.values())))
            counts = [len(groups[group]) for group in GROUPS]
            out.add(np.array(n, f"{order}i8").tobytes() + np.array(counts, types["int4"]).tobytes())
        for groups in sorted_blocks:
            for group in GROUPS:
                for name, values in groups[group]:
                    out.add(name.ljust(16).encode())
                    out.add(values.astype(types[group]))
    return out.bytes()


def _split(block, processes, divide):
    if not divide:
        return [block] * processes
    parts = {name: np.array_split(values, processes) for name, values in block.items()}
    return [{name: parts[name][i] for name in block} for i in range(processes)]


def _by_group(block):
    """Fields of each group; two-dimensional fields are written a column at a time."""
    groups = {group: [] for group in GROUPS}
    kinds = {"i1": "int1", "i8": "int8", "f4": "real4", "f8": "real"}
    for name, values in block.items():
        columns = [values] if values.ndim == 1 else list(values.T)
        group = kinds[values.dtype.str[1:]]
        groups[group] += [(name, column) for column in columns]
    return groups


def read_or_error(path):
    """The snapshot, or the text of an error of ours; any other error is a failure."""
    try:
        return read_dump(path)
    except LineformError as error:
        return str(error)


def tree(level_1, ndim, refined=()):
    """Levels and places (from 1) of leaves: `level_1` blocks a side, those in `refined` split."""
    leaves = []
    for place in itertools.product(range(1, level_1 + 1), repeat=ndim):
        if place in refined:
            corner = [2 * i - 1 for i in place]
            leaves += [
                (2, tuple(c + s for c, s in zip(corner, step, strict=True)))
                for step in itertools.product((0, 1), repeat=ndim)
            ]
        else:
            leaves.append((1, place))
    return leaves


def amrvac_bytes(
    geometry, lower, upper, leaves, blocks, field, *, names=("rho", "m1", "m2", "m3", "e"),
    block=4, ghosts=0, order="<", gamma=1.2, version=5, physics="hd", staggered=False,
):  # fmt: skip
    """A snapshot; `field` maps coordinates (dimension, cells...) to variables (nw, cells...)."""
    ndim, nw = len(lower), len(names)

    def ints(*values):
        return np.array(values, f"{order}i4").tobytes()

    def floats(values):
        return np.array(values, f"{order}f8").tobytes()

    def words(*texts):
        return b"".join(text.ljust(16).encode() for text in texts)

    head = floats([65.0]) + floats(lower) + floats(upper)
    head += ints(*[blocks * block] * ndim) + ints(*[block] * ndim) + ints(*[0] * ndim)
    head += words(geometry) + ints(int(staggered)) + words(*names) + words(physics)
    head += ints(1) + floats([gamma]) + words("gamma") + ints(2, 0, 0)
    at_tree = 40 + len(head)
    levels = [level for level, _ in leaves]
    at_blocks = at_tree + 4 * len(leaves) * (2 + ndim) + 8 * len(leaves)
    data, offsets = [], []
    for level, place in leaves:
        offsets.append(at_blocks + sum(map(len, data)))
        data.append(_leaf(lower, upper, level, place, blocks, block, ghosts, field, order))
    counts = ints(version, at_tree, at_blocks, nw, 3, ndim, max(levels), len(leaves), 0, 7)
    body = ints(*[1] * len(leaves)) + ints(*levels)
    body += ints(*[i for _, place in leaves for i in place])
    body += np.array(offsets, f"{order}i8").tobytes()
    return counts + head + body + b"".join(data)


def uniform(momentum=(0.2, -0.1, 0.3), pressure=0.5, density=2.0, gamma=1.2, count=3):
    """Equal gas everywhere; the momentum is along the axes of the grid."""

    def field(at):
        energy = pressure / (gamma - 1) + sum(m**2 for m in momentum[:count]) / (2 * density)
        values = [density, *momentum[:count], energy]
        return np.stack([np.full(at.shape[1:], value) for value in values])

    return field


def _leaf(lower, upper, level, place, blocks, block, ghosts, field, order):
    width = (np.array(upper) - lower) / (blocks * block) / 2 ** (level - 1)
    axes = [
        lower[d] + ((place[d] - 1) * block + np.arange(-ghosts, block + ghosts) + 0.5) * width[d]
        for d in range(len(lower))
    ]
    values = np.asarray(field(np.stack(np.meshgrid(*axes, indexing="ij"))), f"{order}f8")
    marks = np.full(2 * len(lower), ghosts, f"{order}i4").tobytes()
    return marks + np.moveaxis(values, 0, -1).tobytes(order="F")
