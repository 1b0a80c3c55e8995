"""Snapshots of MPI-AMRVAC: geometries, levels, ghost cells, and every way to be broken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineform.dump import Dump
from lineform.errors import ReadError
from lineform.readers.amrvac import read_amrvac
from lineform.readers.snapshots import read_dump
from tests.lineform.dumps import amrvac_bytes, read_or_error, tree, uniform

PI = np.pi
SPACE = {
    # geometry: lower, upper corner, volume, axis of rotation or None
    "Cartesian_3D": ((-1, -2, 0), (1, 2, 3), 2 * 4 * 3),
    "Cylindrical_3D": ((0, -1, 0), (2, 1, 2 * PI), PI * 4 * 2),
    "polar_3D": ((1, 0, 0), (2, PI, 5), PI / 2 * 3 * 5),
    "spherical_3D": ((1, 0, 0), (3, PI, 2 * PI), 4 / 3 * PI * 26),
    "Cartesian_2.5D": ((-1, -2), (1, 2), 2 * 4),
    "polar_2D": ((1, 0), (2, 2 * PI), 3 * PI),
    "cylindrical_2.5D": ((0, -1), (2, 1), PI * 4 * 2),
    "Spherical_2D": ((1, 0), (3, PI), 4 / 3 * PI * 26),
}


def waves(at):
    """Gas that differs from cell to cell."""
    phase = sum((i + 1.3) * x for i, x in enumerate(at))
    density = 1.5 + np.sin(phase)
    momentum = [density * np.cos(phase * k) for k in (1, 2, 3)]
    return np.stack([density, *momentum, 40 + np.cos(phase)])


def _write(tmp_path, *arguments, **options):
    path = tmp_path / "run0001.dat"
    path.write_bytes(amrvac_bytes(*arguments, **options))
    return path


def _leaves(ndim):
    return tree(2, ndim, refined=((1,) * ndim, (2,) * ndim))


@pytest.mark.parametrize("geometry", SPACE)
def test_volumes_and_masses_fill_the_domain(tmp_path, geometry):
    lower, upper, volume = SPACE[geometry]
    ndim = len(lower)
    path = _write(tmp_path, geometry, lower, upper, _leaves(ndim), 2, uniform())
    dump = read_dump(path, azimuths=8)
    assert dump.shape.volume.sum() == pytest.approx(volume, rel=1e-13)
    assert dump.mass.sum() == pytest.approx(2 * volume, rel=1e-13)
    assert dump.pressure == pytest.approx(np.full(dump.n_points, 0.25), rel=1e-13)
    assert set(np.unique(dump.shape.level)) == {1, 2}
    assert np.all(dump.shape.volume > 0)
    # Small cells are all but boxes.
    boxes = dump.shape.size.prod(axis=1)
    assert np.median(np.abs(boxes / dump.shape.volume - 1)) < 0.05


@pytest.mark.parametrize("geometry", SPACE)
def test_speeds_do_not_depend_on_the_axes(tmp_path, geometry):
    lower, upper, _ = SPACE[geometry]
    path = _write(tmp_path, geometry, lower, upper, _leaves(len(lower)), 2, uniform())
    dump = read_dump(path, azimuths=8)
    speed = np.linalg.norm([0.1, -0.05, 0.15])
    assert np.linalg.norm(dump.velocity, axis=1) == pytest.approx(
        np.full(dump.n_points, speed), rel=1e-13
    )


@pytest.mark.parametrize(
    ("geometry", "order"),
    [
        ("cylindrical_3D", ("r", "z", "phi")),
        ("polar_3D", ("r", "phi", "z")),
        ("spherical_3D", ("r", "theta", "phi")),
        ("cylindrical_2.5D", ("r", "z", "phi")),
        ("spherical_2.5D", ("r", "theta", "phi")),
        ("polar_2.5D", ("r", "phi", "z")),
    ],
)
@pytest.mark.parametrize("component", range(3))
def test_components_point_where_the_geometry_says(tmp_path, geometry, order, component):
    lower, upper, _ = SPACE[geometry.replace("spherical_2.5D", "Spherical_2D").replace(
        "polar_2.5D", "polar_2D").replace("cylindrical_3D", "Cylindrical_3D")]  # fmt: skip
    momentum = np.eye(3)[component] * 2
    field = uniform(momentum=tuple(momentum))
    path = _write(tmp_path, geometry, lower, upper, _leaves(len(lower)), 2, field)
    dump = read_dump(path, azimuths=8)
    x, y, z = dump.position.T
    phi, r = np.arctan2(y, x), np.hypot(x, y)
    theta = np.arctan2(r, z)
    zero = np.zeros_like(x)
    spherical = "spherical" in geometry
    unit = {
        "r": (np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta))
        if spherical
        else (np.cos(phi), np.sin(phi), zero),
        "theta": (np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), -np.sin(theta)),
        "phi": (-np.sin(phi), np.cos(phi), zero),
        "z": (zero, zero, zero + 1),
    }[order[component]]
    assert dump.velocity == pytest.approx(np.stack(unit, 1), abs=1e-12)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("ghosts", [0, 2])
@pytest.mark.parametrize("geometry", ["Cartesian", "Cartesian_2D"])
def test_cells_hold_what_was_written_there(tmp_path, order, ghosts, geometry):
    ndim = 2 if geometry.endswith("2D") else 3
    lower, upper = (-1.0, -2.0, 0.0)[:ndim], (1.0, 2.0, 3.0)[:ndim]
    path = _write(
        tmp_path, geometry, lower, upper, _leaves(ndim), 2, waves, ghosts=ghosts, order=order
    )
    dump = read_dump(path)
    expected = waves(dump.position.T[:ndim])
    assert dump.density == pytest.approx(expected[0], rel=1e-12)
    assert dump.velocity.T == pytest.approx(expected[1:4] / expected[0], rel=1e-11, abs=1e-13)
    assert dump.time == 65
    assert dump.adiabatic_index == 1.2
    assert dump.units is None
    if ndim == 2:
        assert np.all(dump.position[:, 2] == 0)
        assert "one code unit of length thick" in dump.remarks[1]


def test_revolving_keeps_mass_and_angular_momentum(tmp_path):
    lower, upper, _ = SPACE["cylindrical_2.5D"]
    path = _write(tmp_path, "cylindrical_2.5D", lower, upper, _leaves(2), 2, waves)
    few, many = (read_dump(path, azimuths=n) for n in (3, 40))
    assert few.n_points * 40 == many.n_points * 3
    for quantity in (
        lambda d: d.mass.sum(),
        lambda d: (d.mass * d.velocity[:, 2]).sum(),
        lambda d: (d.mass * np.cross(d.position, d.velocity)[:, 2]).sum(),
    ):
        assert quantity(few) == pytest.approx(quantity(many), rel=1e-12)
    flow = (many.mass[:, None] * many.velocity).sum(axis=0)
    assert flow[:2] == pytest.approx([0, 0], abs=1e-12 * many.mass.sum())
    assert "revolved about z, 40 cells around the axis" in many.remarks[1]


def test_one_level_is_a_regular_grid(tmp_path):
    lower, upper, _ = SPACE["Cartesian_3D"]
    dump = read_dump(_write(tmp_path, "Cartesian", lower, upper, tree(2, 3), 2, waves))
    x, y, z = dump.shape.axes
    assert (x.size, y.size, z.size) == (8, 8, 8)
    cells = np.stack(np.meshgrid(x, y, z, indexing="ij"), -1).reshape(-1, 3)
    assert np.array_equal(dump.position, cells)
    assert dump.density == pytest.approx(waves(cells.T)[0], rel=1e-12)


def test_magnetic_energy_is_no_heat(tmp_path):
    names = ("rho", "m1", "m2", "m3", "e", "b1", "b2", "b3", "trp1")

    def field(at):
        extra = [np.full(at.shape[1:], v) for v in (1.0, 2.0, 2.0, 7.0)]
        gas = uniform()(at)
        gas[4] += 4.5
        return np.concatenate([gas, extra])

    lower, upper, _ = SPACE["Cartesian_3D"]
    dump = read_dump(
        _write(
            tmp_path,
            "Cartesian",
            lower,
            upper,
            tree(1, 3),
            1,
            field,
            names=names,
            physics="mhd",
            staggered=True,
        )
    )
    assert dump.pressure == pytest.approx(np.full(64, 0.25))
    assert dump.left_out == ("magnetic field on the faces of the cells", "b1", "b2", "b3", "trp1")
    assert dump.fields["trp1"].tolist() == [7] * 64


def test_without_energy_there_is_no_pressure(tmp_path):
    lower, upper, _ = SPACE["Cartesian_3D"]
    names = ("rho", "m1", "m2", "m3")
    path = _write(
        tmp_path,
        "Cartesian",
        lower,
        upper,
        tree(1, 3),
        1,
        lambda at: uniform()(at)[:4],
        names=names,
    )
    assert read_dump(path).pressure is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": 4}, r"version of an AMRVAC snapshot: expected 5, got 4; restart the run"),
        ({"names": ("d", "s1", "s2", "s3", "tau"), "physics": "srhd"},
         r"expected rho, of the physics hd or mhd, got d, s1, s2, s3, tau \(srhd\)"),
        ({"names": ("rho", "v1", "v2", "v3", "p")}, r"expected m1, .* got rho, v1"),
        ({"geometry": "hyperbolic"},
         r"geometry: expected one of cartesian, cylindrical, polar, spherical, got hyperbolic"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path, options, message):
    lower, upper, _ = SPACE["Cartesian_3D"]
    geometry = options.pop("geometry", "Cartesian")
    path = _write(tmp_path, geometry, lower, upper, tree(1, 3), 1, uniform(), **options)
    with pytest.raises(ReadError, match=message):
        read_dump(path)


@pytest.mark.parametrize(
    "leaves",
    [tree(2, 2)[1:], [*tree(2, 2), (1, (1, 1))], [*tree(2, 2)[1:], (1, (3, 1))],
     [*tree(2, 2)[1:], (2, (1, 1))], [*tree(2, 2)[1:], (0, (1, 1))]],
)  # fmt: skip
def test_leaves_must_fill_the_domain_once(tmp_path, leaves):
    path = _write(tmp_path, "Cartesian_2D", (0.0, 0.0), (1.0, 1.0), leaves, 2, uniform())
    with pytest.raises(ReadError, match=r"tree of blocks: expected leaves that fill the domain"):
        read_dump(path)


def test_one_dimension_is_refused(tmp_path):
    path = _write(tmp_path, "spherical", (1.0,), (3.0,), tree(2, 1), 2, uniform())
    with pytest.raises(ReadError, match=r"dimensions of the grid: expected 2 or 3, got 1"):
        read_dump(path)


@pytest.mark.parametrize("value", [-1.0, 0.0, np.nan])
def test_density_that_is_none_is_named_with_its_place(tmp_path, value):
    lower, upper, _ = SPACE["Spherical_2D"]

    def field(at):
        gas = uniform()(at)
        gas[0][(at[0] > 2.8) & (at[1] < 0.3)] = value
        return gas

    path = _write(tmp_path, "spherical_2D", lower, upper, tree(2, 2), 2, field)
    with pytest.raises(
        ReadError, match=rf"got {value:g} in 1 cells, the first at r = 2.875, theta"
    ):
        read_dump(path)


def test_wherever_it_is_cut_the_error_says_so(tmp_path):
    data = amrvac_bytes("Cartesian", (0.0, 0.0), (1.0, 1.0), tree(1, 2), 1, waves)
    path = tmp_path / "cut.dat"
    for size in range(12, len(data), 7):
        path.write_bytes(data[:size])
        with pytest.raises(ReadError, match=r"cut short in .*got \d+ bytes; copy the file again"):
            read_dump(path)


@given(place=st.integers(0, 2**16), byte=st.integers(0, 255))
def test_any_damage_is_an_error_of_ours_or_none(tmp_path_factory, place, byte):
    data = amrvac_bytes("Cartesian", (0.0, 0.0), (1.0, 1.0), tree(1, 2), 1, waves)
    damaged = bytearray(data)
    # In the header and the tree, where numbers have consequences.
    damaged[place % (len(data) - 16 * 8 * 5)] = byte
    path = tmp_path_factory.mktemp("damaged") / "run0001.dat"
    path.write_bytes(bytes(damaged))
    outcome = read_or_error(path)
    assert isinstance(outcome, Dump) or "run0001.dat" in outcome


@pytest.mark.parametrize(
    ("name", "cells", "mass"), [("agb_wind_0001", 61440, None), ("bw_3d_0002", 32768, 8.0)]
)
def test_real_snapshots(name, cells, mass, atomium_data):
    path = atomium_data / "amrvac" / f"{name}.dat"
    raw, dump = read_amrvac(path), read_dump(path)
    assert dump.n_points == cells
    assert np.all(dump.pressure > 0)
    cell = np.prod(raw.width) / 8.0 ** (raw.level - 1)
    totals = (raw.values.sum(axis=(2, 3, 4)) * cell[:, None]).sum(axis=0)
    assert dump.mass.sum() == pytest.approx(totals[0], rel=1e-12)
    scale = (dump.mass * np.linalg.norm(dump.velocity, axis=1)).sum()
    momentum = (dump.mass[:, None] * dump.velocity).sum(axis=0)
    assert momentum == pytest.approx(totals[1:4], abs=1e-12 * scale)
    if mass is not None:
        assert dump.mass.sum() == pytest.approx(mass, rel=1e-12)


@pytest.mark.parametrize("name", ["agb_wind_0001", "bw_3d_0002"])
def test_real_snapshots_as_yt_reads_them(name, atomium_data):
    yt = pytest.importorskip("yt", reason="yt is not installed")
    yt.set_log_level(50)
    path = atomium_data / "amrvac" / f"{name}.dat"
    theirs = yt.load(str(path)).all_data()
    ours = read_dump(path)
    at = np.stack([theirs["index", axis].to_value("code_length") for axis in "xyz"], axis=1)
    here, there = np.lexsort(ours.position.T), np.lexsort(at.round(9).T)
    assert ours.position[here] == pytest.approx(at[there], abs=1e-8)
    assert np.array_equal(ours.density[here], theirs["amrvac", "rho"].value[there])
