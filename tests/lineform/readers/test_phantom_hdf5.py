"""Phantom dumps in HDF5: both layouts hold what the binary dump holds."""

import h5py
import numpy as np
import pytest

from lineform.errors import ReadError
from lineform.readers.snapshots import read_dump
from tests.lineform.dumps import UNITS, header, phantom_bytes, wind


@pytest.fixture
def binary(tmp_path):
    path = tmp_path / "wind_00010"
    path.write_bytes(phantom_bytes(*wind(20, dead=2), header(20)))
    return read_dump(path)


def _own(path):
    """As Phantom writes it."""
    particles, sinks = wind(20, dead=2)
    with h5py.File(path, "w") as file:
        for group in header(20).values():
            for name, value in group.items():
                file[f"header/{name}"] = value
        file["header/fileident"] = np.bytes_("FT:Phantom:2023.0.0:abc (hydro)".ljust(100))
        for group, fields in (("particles", particles), ("sinks", sinks)):
            for vector, names in (("xyz", "x y z"), ("vxyz", "vx vy vz")):
                columns = [fields.pop(name) for name in names.split()]
                file[f"{group}/{vector}"] = np.stack(columns, axis=1)
            for name, values in fields.items():
                file[f"{group}/{name}"] = values


def _plons(path):
    """As plons writes it: numbers as attributes, blocks by number."""
    head = header(20)
    with h5py.File(path, "w") as file:
        file.attrs["desc"] = "FT:Phantom:2023.0.0:abc (hydro)"
        for group, source in (("part_numbers", "int"), ("quantities", "real"), ("units", "real8")):
            made = file.create_group(group)
            for name, value in head[source].items():
                if np.ndim(value):
                    made[name] = value
                else:
                    made.attrs[name] = value
        for number, fields in enumerate(wind(20, dead=2)):
            for name, values in fields.items():
                file.create_dataset(f"blocks/{number}/data/{name}", data=values, compression=9)


@pytest.mark.parametrize("write", [_own, _plons])
def test_both_layouts_hold_what_the_binary_dump_holds(tmp_path, binary, write):
    path = tmp_path / "wind.h5"
    write(path)
    dump = read_dump(path)
    for name in ("position", "velocity", "mass", "density", "pressure"):
        assert np.array_equal(getattr(dump, name), getattr(binary, name)), name
    assert np.array_equal(dump.sinks.velocity, binary.sinks.velocity)
    assert set(dump.left_out) == set(binary.left_out)
    assert dump.units == binary.units
    assert dump.units.length == UNITS["udist"] * 1e-2
    assert (dump.code, dump.time, dump.remarks) == (binary.code, binary.time, binary.remarks)


def test_other_hdf5_is_refused(tmp_path):
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["cube"] = [1]
    with pytest.raises(ReadError, match=r"no Phantom dump: .* got groups cube .*x\.h5\]"):
        read_dump(path)


def test_hdf5_that_is_cut_short(tmp_path):
    path = tmp_path / "x.h5"
    _own(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ReadError, match=r"HDF5 dump: got .*truncated.*x\.h5\]"):
        read_dump(path)


@pytest.mark.parametrize(
    ("name", "gas", "left_out"),
    [
        ("adiabatic", 16416, "4320 particles of type 3 (boundary)"),
        ("dustmixture", 1000, "deltavxyz"),
        ("dustseparate", 1000, "1000 particles of type 7 (dust)"),
        ("mhd", 4843, "Bxyz"),
    ],
)
def test_real_dumps(name, gas, left_out, atomium_data):
    dump = read_dump(atomium_data / "phantom_hdf5" / f"{name}_00000.h5")
    assert dump.n_points == gas
    assert left_out in dump.left_out
    assert np.all(dump.pressure > 0)
    assert np.all(dump.density > 0)


def test_gas_and_dust_of_a_mixture_are_all_of_its_mass(atomium_data):
    path = atomium_data / "phantom_hdf5" / "dustmixture_00000.h5"
    dump = read_dump(path)
    with h5py.File(path) as file:
        total = 1000 * file["header/massoftype"][0]
        dust = (file["particles/dustfrac"][:].sum(axis=1) * file["header/massoftype"][0]).sum()
    assert dump.mass.sum() + dust == pytest.approx(total, rel=1e-13)
