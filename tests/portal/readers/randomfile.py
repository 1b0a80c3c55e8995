"""Random HDF5 files: what h5py can write within and around what the fast reader knows."""

from pathlib import Path

import h5py
import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

RANDOM = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
    derandomize=True,
)
"""How tests on random files run: the same files every time."""

LIBVERS = (None, "earliest", ("earliest", "v108"), ("v108", "v108"), ("v110", "v110"), "latest")

names = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="/\0"), min_size=1, max_size=12
).filter(lambda name: name not in (".", ".."))
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
numbers = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.booleans(),
    texts,
    st.builds(np.float32, st.floats(width=32)),
    st.builds(np.float16, st.floats(width=16)),
    st.builds(np.uint8, st.integers(0, 255)),
    st.builds(np.uint64, st.integers(0, 2**64 - 1)),
    st.builds(lambda v: np.array(v, ">i2")[()], st.integers(-9, 9)),
)
DTYPES = ("<f4", ">f8", "<i4", ">u2", "|i1", "<f2", "?", "S5", "S1", "<u8", "c8", "O")


@st.composite
def arrays(draw):
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    size = int(np.prod(shape))
    if dtype == "O":
        values = draw(st.lists(texts, min_size=size, max_size=size))
        return np.array(values, dtype=h5py.string_dtype()).reshape(shape)
    return np.arange(size).astype(dtype).reshape(shape)


odd = st.one_of(
    st.just(h5py.Empty("f4")),
    st.just(np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])),
    st.builds(lambda text: np.bytes_(text.encode()), texts.filter(bool)),
)
attributes = st.dictionaries(names, st.one_of(numbers, arrays(), odd), max_size=6)
storages = st.fixed_dictionaries(
    {},
    optional={
        "chunks": st.just(True),
        "compression": st.sampled_from(["gzip", "lzf"]),
        "shuffle": st.booleans(),
        "fletcher32": st.booleans(),
    },
)
trees = st.recursive(
    st.tuples(st.just("dataset"), arrays(), storages, attributes),
    lambda below: st.tuples(
        st.just("group"), st.dictionaries(names, below, max_size=5), attributes, st.booleans()
    ),
    max_leaves=8,
)
roots = st.tuples(st.dictionaries(names, trees, max_size=14), attributes)
openings = st.one_of(
    st.fixed_dictionaries(
        {"libver": st.sampled_from(LIBVERS)}, optional={"track_order": st.just(True)}
    ),
    # The library writes pages in its older or newer formats, not in between.
    st.fixed_dictionaries(
        {"fs_strategy": st.just("page"), "libver": st.sampled_from((None, "latest"))},
        optional={"track_order": st.just(True)},
    ),
)


def write(path: Path, root, opening) -> Path:
    """The random tree `root` as a file."""
    with h5py.File(path, "w", **opening) as file:
        members, attrs = root
        _attributes(file, attrs)
        for name, member in members.items():
            _member(file, name, member)
    return path


def _member(group, name, member):
    if member[0] == "dataset":
        _, data, storage, attrs = member
        if not data.size or not data.shape or data.dtype == object:
            storage = {}
        made = group.create_dataset(name, data=data, **storage)
    else:
        _, members, attrs, ordered = member
        made = group.create_group(name, track_order=ordered)
        for below, inside in members.items():
            _member(made, below, inside)
    _attributes(made, attrs)


def _attributes(owner, attrs):
    for name, value in attrs.items():
        owner.attrs[name] = value
