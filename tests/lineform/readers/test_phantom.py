"""Phantom's binary dumps: every kind of number, and every way to be broken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.dump import Dump
from lineform.errors import ReadError
from lineform.readers.phantom import read_phantom
from lineform.readers.snapshots import read_dump
from tests.lineform.dumps import GROUPS, header, phantom_bytes, read_or_error, wind

LEFT_OUT = ("sinks/h", "header values umagfd")


def _write(tmp_path, data):
    path = tmp_path / "wind_00010"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("integer", ["i4", "i8"])
@pytest.mark.parametrize("real", ["f8", "f4"])
@pytest.mark.parametrize("processes", [1, 3])
def test_every_kind_of_number_comes_back(tmp_path, order, integer, real, processes):
    particles, sinks = wind(40)
    head = header(40)
    head["int"]["nblocks"] = processes
    data = phantom_bytes(
        particles, sinks, head, order=order, integer=integer, real=real, processes=processes
    )
    back = read_phantom(_write(tmp_path, data))
    assert back.particles.keys() == particles.keys()
    for name, values in particles.items():
        single = real == "f4" and values.dtype == np.float64
        assert np.array_equal(back.particles[name], values.astype("f4") if single else values), name
    assert np.array_equal(back.sinks["m"], [1.5, 1])
    assert back.header["massoftype"] == pytest.approx([3e-10, 1.5e-10, 3e-10], rel=1e-6)
    assert back.header["udist"].tolist() == [1.496e13]


def test_records_in_pieces(tmp_path):
    particles, sinks = wind(40)
    whole = phantom_bytes(particles, sinks, header(40))
    pieces = phantom_bytes(particles, sinks, header(40), largest=100)
    assert len(pieces) > len(whole)
    back = read_phantom(_write(tmp_path, pieces))
    for name, values in particles.items():
        assert np.array_equal(back.particles[name], values), name


def test_the_gas(tmp_path):
    particles, sinks = wind(40, dead=3)
    itype = np.ones(40, "i1")
    itype[5:9], itype[9] = 3, -1
    particles["itype"] = itype
    dump = read_dump(_write(tmp_path, phantom_bytes(particles, sinks, header(40))))
    kept = np.r_[3:5, 9:40]
    assert dump.code == "Phantom 2023.0.0"
    assert np.array_equal(dump.position[:, 0], particles["x"][kept])
    assert np.array_equal(dump.velocity[:, 2], particles["vz"][kept])
    h = particles["h"][kept].astype(float)
    assert dump.density == pytest.approx(3e-10 * (1.2 / h) ** 3, rel=1e-14)
    assert dump.mass.sum() == pytest.approx(33 * 3e-10, rel=1e-14)
    assert dump.pressure == pytest.approx(0.2 * particles["u"][kept], rel=1e-14)
    assert dump.remarks == ("3 dead particles (h <= 0) left out",)
    assert dump.left_out == ("4 particles of type 3 (boundary)", "iorig", "divv", *LEFT_OUT)
    assert dump.sinks.mass.tolist() == [1.5, 1]
    assert dump.sinks.position.tolist() == [[-1, 0, 0], [2, 0, 0]]
    assert dump.time == 2.5
    assert dump.units.length == pytest.approx(1.496e11)
    assert dump.units.mass == pytest.approx(1.9891e30)
    assert dump.units.time == pytest.approx(5.0227287e6)


def test_grains_that_move_with_the_gas(tmp_path):
    particles, sinks = wind(10)
    particles["dustfrac"] = np.tile([0.01, 0.02], (10, 1))
    head = header(10)
    head["int"]["ndustsmall"] = 2
    dump = read_dump(_write(tmp_path, phantom_bytes(particles, sinks, head)))
    assert dump.mass == pytest.approx(np.full(10, 3e-10 * 0.97))
    assert dump.remarks == ("dust in the particles of gas, 0.03 of their mass, left out",)


@pytest.mark.parametrize(
    ("equation", "power", "expected"), [(1, 0.0, 0.0025), (3, 0.25, None), (8, 0.0, False)]
)
def test_a_speed_of_sound_instead_of_an_energy(tmp_path, equation, power, expected):
    particles, sinks = wind(10)
    if equation != 1:
        del particles["u"]
    head = header(10, gamma=1.0, RK2=0.00375, qfacdisc=power, int4={"ieos": equation})
    dump = read_dump(_write(tmp_path, phantom_bytes(particles, sinks, head)))
    # An energy that says nothing of the temperature is not used, and listed.
    assert ("u" in dump.left_out) == (equation == 1)
    if expected is False:
        assert dump.pressure is None
        return
    radius = np.linalg.norm(dump.position, axis=1)
    assert dump.pressure == pytest.approx(0.0025 * radius ** (-2 * power), rel=1e-13)


def test_chemistry_of_the_particles(tmp_path):
    particles, sinks = wind(10)
    particles |= {"mu": np.full(10, 2.1), "gamma": np.full(10, 1.4)}
    dump = read_dump(_write(tmp_path, phantom_bytes(particles, sinks, header(10))))
    assert dump.molecular_weight.tolist() == [2.1] * 10
    assert dump.pressure == pytest.approx(0.4 * particles["u"])


@pytest.mark.parametrize("length", [1.0, -1.0])
def test_units_that_are_none(tmp_path, length):
    particles, sinks = wind(10)
    units = {"udist": length, "umass": 1.0, "utime": 1.0}
    path = _write(tmp_path, phantom_bytes(particles, sinks, header(10, units=units)))
    if length > 0:
        assert read_dump(path).units is None
    else:
        with pytest.raises(ReadError, match=r"units: expected positive numbers, got udist -1"):
            read_dump(path)


@pytest.mark.parametrize(
    ("ident", "gone", "message"),
    [
        ("F :Phantom", (), r"without names of its fields: .*, got 'F :Phantom'"),
        ("ST:Phantom:1", ("vx",), r"without field vx .*; take a full dump, this is a small one"),
        ("FT:Phantom:1", ("h",), r"without field h of the particles: got only divv, iorig, u"),
    ],
)
def test_dumps_that_say_too_little(tmp_path, ident, gone, message):
    particles, sinks = wind(10)
    for name in gone:
        del particles[name]
    with pytest.raises(ReadError, match=message):
        read_dump(_write(tmp_path, phantom_bytes(particles, sinks, header(10), ident=ident)))


def test_other_things_that_are_refused(tmp_path):
    particles, sinks = wind(10)
    particles["itype"] = np.full(10, 7, "i1")
    with pytest.raises(ReadError, match=r"without gas: .*got 10 particles of type 7 \(dust\)"):
        read_dump(_write(tmp_path, phantom_bytes(particles, sinks, header(10))))
    particles["itype"] = np.ones(10, "i1")
    particles["apr_level"] = np.ones(10, "i1")
    with pytest.raises(ReadError, match="particles of adaptive resolution"):
        read_dump(_write(tmp_path, phantom_bytes(particles, sinks, header(10))))


def test_wherever_it_is_cut_the_error_says_so(tmp_path):
    data = phantom_bytes(*wind(5), header(5))
    for size in range(28, len(data)):
        with pytest.raises(ReadError, match=r"cut short in .*got \d+ bytes; copy the file again"):
            read_dump(_write(tmp_path, data[:size]))


@given(place=st.integers(0, 2**16), byte=st.integers(0, 255))
def test_any_damage_is_an_error_of_ours_or_none(tmp_path_factory, place, byte):
    data = bytearray(phantom_bytes(*wind(5), header(5)))
    data[place % len(data)] = byte
    outcome = read_or_error(_write(tmp_path_factory.mktemp("damaged"), bytes(data)))
    assert isinstance(outcome, Dump) or "wind_00010" in outcome


def test_the_groups_of_a_header_are_all_read(tmp_path):
    head = {group: {f"in_{group}": [1, 2]} for group in GROUPS} | {"real8": {"udist": 2.0}}
    head["int"] = {"nblocks": 1, "in_int": [1, 2]}
    back = read_phantom(_write(tmp_path, phantom_bytes(*wind(5), head)))
    assert set(back.header) == {f"in_{g}" for g in GROUPS[:-1]} | {"udist", "nblocks"}
    assert all(back.header[f"in_{g}"].tolist() == [1, 2] for g in GROUPS[:-1])


@pytest.mark.parametrize("name", ["blast_00010", "synthetic_wind_00100"])
def test_real_dumps_as_sarracen_reads_them(name, atomium_data):
    sarracen = pytest.importorskip("sarracen", reason="sarracen is not installed")
    path = atomium_data / "phantom" / name
    ours = read_phantom(path)
    theirs = sarracen.read_phantom(str(path))
    frame, stars = theirs if isinstance(theirs, list) else (theirs, None)
    assert set(ours.particles) == set(frame.columns)
    for field, values in ours.particles.items():
        assert np.array_equal(values, frame[field].to_numpy()), field
    assert (stars is None) == (not ours.sinks)
    for field, values in ours.sinks.items():
        assert np.array_equal(values, stars[field].to_numpy()), field
