"""Our observation files: what the columns mean, and what becomes of unsound ones."""

import h5py
import numpy as np
import pytest

from portal.model.schema import SMALL_DATASETS
from portal.readers import read_file
from tests.layout import LINES, write_observation

GROUP = "CO_2-1_d01"
NAME = "wind-1"


@pytest.fixture
def path(tmp_path):
    return write_observation(tmp_path / f"{NAME}.h5", NAME, 3)


def read(path):
    return read_file(path, f"observations/{path.name}")


def changed(path, change):
    with h5py.File(path, "r+") as file:
        change(file)
    return read(path)


def only_problem(record, code):
    assert [problem.code for problem in record.problems] == [code]
    return record.problems[0]


def test_columns_follow_from_the_axes(path):
    record = read(path)
    assert record.problems == ()
    row = next(row for row in record.observations if row["hdf5_group"] == GROUP)
    with h5py.File(path) as file:
        group = file[GROUP]
        frequency, velocity = group["frequency"][:], group["velocity"][:]
        spectrum = group["spectrum"][:].astype(float)
        width = abs(frequency[1] - frequency[0])
        assert row["em_min"] == pytest.approx(299792458 / (frequency.max() + width / 2), rel=1e-12)
        assert row["em_max"] == pytest.approx(299792458 / (frequency.min() - width / 2), rel=1e-12)
        assert row["em_res_power"] == pytest.approx(LINES["CO_2-1"] / width, rel=1e-6)
        assert row["velocity_min"] == velocity[0]
        assert row["velocity_max"] == velocity[-1]
        assert row["peak_flux_density"] == spectrum.max()
        step = velocity[1] - velocity[0]
        assert row["integrated_flux"] == pytest.approx(spectrum.sum() * step, rel=1e-9)
        # 16 pixels of 4/15 arcsec each way, from edge to edge.
        assert row["s_fov"] == pytest.approx(np.hypot(1, 1) * 16 * (4 / 15) / 3600)
        assert row["s_resolution"] == pytest.approx(4 / 15)
    assert (row["s_xel1"], row["s_xel2"], row["em_xel"], row["n_channels"]) == (16, 16, 21, 21)
    assert (row["species"], row["transition"], row["line"]) == ("CO", "2-1", "CO 2-1")
    assert row["model_id"] == row["target_name"] == NAME
    assert record.model["species"] == ["CO", "SiO"]
    assert record.model["n_observations"] == len(record.observations) == 6


@pytest.mark.parametrize("name", SMALL_DATASETS)
def test_one_range_of_bytes_is_the_dataset(path, name):
    raw = path.read_bytes()
    for row in read(path).observations:
        start, length = row[f"{name}_offset"], row[f"{name}_nbytes"]
        values = np.frombuffer(raw[start : start + length], row[f"{name}_dtype"])
        with h5py.File(path) as file:
            expected = file[row["hdf5_group"]][name][:]
        np.testing.assert_array_equal(values.reshape(row[f"{name}_shape"]), expected)
        assert row[f"{name}_filters"] == ""


def test_a_packed_dataset_has_no_range(path):
    def pack(file):
        values = file[GROUP]["moment0"][:]
        del file[GROUP]["moment0"]
        made = file[GROUP].create_dataset("moment0", data=values, compression=4, shuffle=True)
        made.attrs["unit"] = "K km/s"

    row = changed(path, pack).observations[1]
    assert row["moment0_offset"] is None
    assert row["moment0_filters"] == "shuffle,gzip"


def test_the_tree_of_the_blocks_of_a_cube_is_found(path):
    def cut(file):
        values = file[GROUP]["intensity"][:]
        del file[GROUP]["intensity"]
        made = file[GROUP].create_dataset(
            "intensity", data=values, chunks=(7, 8, 8), compression=4, fletcher32=True
        )
        made.attrs["unit"] = "W m-2 Hz-1 sr-1"

    row = changed(path, cut).observations[1]
    assert row["intensity_shape"] == [21, 16, 16]
    assert row["intensity_chunks"] == [7, 8, 8]
    assert (row["intensity_dtype"], row["intensity_filters"]) == ("<f4", "gzip,fletcher32")
    node = path.read_bytes()[row["intensity_index"] :]
    # A leaf of a tree of chunks, the first of which is at the origin.
    assert node[:6] == b"TREE\1\0"
    keys = np.frombuffer(node[24:64], "<u4,<u4,4<u8")
    with h5py.File(path) as file:
        first = file[GROUP]["intensity"].id.get_chunk_info(0)
    assert int.from_bytes(node[6:8], "little") == 3 * 2 * 2
    assert (keys["f0"][0], *keys["f2"][0]) == (first.size, 0, 0, 0, 0)
    assert int.from_bytes(node[64:72], "little") == first.byte_offset


def test_a_cube_with_another_index_is_read_without_one(path):
    with h5py.File(path) as old, h5py.File(path.with_name("new.h5"), "w", libver="latest") as new:
        new.attrs.update(old.attrs)
        for name in old:
            old.copy(name, new)
        cube = new[GROUP]["intensity"][:]
        del new[GROUP]["intensity"]
        made = new[GROUP].create_dataset("intensity", data=cube, chunks=(7, 8, 8), compression=4)
        made.attrs["unit"] = "W m-2 Hz-1 sr-1"
    path.with_name("new.h5").replace(path)
    row = read(path).observations[1]
    assert row["intensity_chunks"] == [7, 8, 8]
    assert row["intensity_index"] is None


def test_units_are_converted(path):
    def in_metres(file):
        for name, unit, factor in (("velocity", "m/s", 1e3), ("frequency", "GHz", 1e-9)):
            file[GROUP][name][...] *= factor
            file[GROUP][name].attrs["unit"] = unit
        file[GROUP]["spectrum"][...] *= 1e3
        file[GROUP]["spectrum"].attrs["unit"] = "mJy"

    before = read(path).observations[1]
    record = changed(path, in_metres)
    assert record.problems == ()
    for name in ("velocity_max", "em_min", "integrated_flux", "peak_flux_density"):
        assert record.observations[1][name] == pytest.approx(before[name], rel=1e-6), name


def _delete(name):
    return lambda file: file[GROUP].__delitem__(name)


def _set(name, values):
    return lambda file: file[GROUP][name].__setitem__(..., values)


def _unit(name, unit):
    return lambda file: file[GROUP][name].attrs.__setitem__("unit", unit)


def _attr(name, value):
    return lambda file: file[GROUP].attrs.__setitem__(name, value)


def _replace(name, values):
    def change(file):
        del file[GROUP][name]
        file[GROUP][name] = values
        file[GROUP][name].attrs["unit"] = "K km/s"

    return change


@pytest.mark.parametrize(
    ("change", "code", "seen"),
    [
        (_delete("velocity"), "missing-dataset", "frequency"),
        (_delete("intensity"), "missing-dataset", "none"),
        (_set("velocity", np.nan), "bad-axis", "21 values NaN"),
        (_set("velocity", np.linspace(30, -30, 21)), "bad-axis", "turn back"),
        (_set("x", 0.0), "bad-axis", "turn back"),
        (_set("frequency", np.linspace(230.4e9, 230.7e9, 21)), "axes-disagree", "-30 to 30 km/s"),
        (_unit("velocity", "banana"), "unknown-unit", "'banana'"),
        (_unit("velocity", "K"), "wrong-unit", "'K'"),
        (_unit("frequency", 7), "wrong-unit", "'7'"),
        (_replace("moment0", np.zeros((3, 4), "f4")), "shape-mismatch", "(3, 4)"),
        (_replace("spectrum", np.zeros(3, "f4")), "shape-mismatch", "(3,)"),
        (_replace("velocity", np.array([b"a"] * 21)), "wrong-type", "|S1"),
        (_attr("direction", [0.0, 0.0, 0.0]), "bad-direction", "[0. 0. 0.]"),
        (_attr("direction", "north"), "bad-direction", "'north'"),
        (_attr("rest_frequency", "fast"), "wrong-type", "'fast'"),
        (_attr("distance", np.inf), "not-finite", "inf"),
        (_attr("species", 6), "wrong-type", "6"),
        (lambda file: file[GROUP].attrs.__delitem__("azimuth"), "missing-attribute", "beam_pa"),
    ],
)
def test_one_unsound_observation_loses_no_other(path, change, code, seen):
    record = changed(path, change)
    errors = [problem for problem in record.problems if problem.severity == "error"]
    assert code in {problem.code for problem in errors}
    problem = next(problem for problem in errors if problem.code == code)
    assert seen in problem.seen
    assert GROUP in problem.what
    assert problem.expected
    assert {row["hdf5_group"] for row in record.observations} == {
        f"{line}_d{view:02d}" for line in LINES for view in range(3)
    } - {GROUP}


def test_nan_in_the_spectrum_is_a_warning(path):
    record = changed(path, lambda file: file[GROUP]["spectrum"].__setitem__(4, np.nan))
    problem = only_problem(record, "nan-spectrum")
    assert problem.severity == "warning"
    assert "1 of 21" in problem.what
    assert record.observations[1].get("peak_flux_density") is None
    assert len(record.observations) == 6


def test_a_missing_unit_is_a_warning(path):
    record = changed(path, lambda file: file[GROUP]["x"].attrs.__delitem__("unit"))
    assert only_problem(record, "missing-unit").severity == "warning"
    assert len(record.observations) == 6


@pytest.mark.parametrize("name", ["../evil", "", "a b", "-x", "ü", "<script>", "x" * 201, "a\n"])
def test_an_illegal_name_gives_no_rows(path, name):
    record = changed(path, lambda file: file.attrs.__setitem__("name", name))
    assert record.model is None
    assert record.observations == ()
    assert record.problems[-1].code in ("bad-name", "missing-attribute")


def test_another_name_than_the_stem_is_a_warning(path):
    record = changed(path, lambda file: file.attrs.__setitem__("name", "other"))
    assert only_problem(record, "name-mismatch").severity == "warning"
    assert record.model["model_id"] == "other"


@pytest.mark.parametrize(
    ("version", "code", "rows"),
    [("1.7", "future-version", 6), ("2.0", "future-version", 0), ("new", "wrong-version", 0)],
)
def test_other_versions_of_the_layout(path, version, code, rows):
    record = changed(path, lambda file: file.attrs.__setitem__("format_version", version))
    problem = only_problem(record, code)
    assert version in problem.seen
    assert len(record.observations) == rows


def test_unsound_parameters_are_left_out(path):
    def spoil(file):
        attrs = file["parameters"].attrs
        attrs["mass_loss_rate_unit"] = "banana"
        attrs["terminal_velocity_unit"] = "K"
        attrs["own"], attrs["own_unit"] = 1.0, "rhubarb"
        attrs["nothing"] = np.nan
        attrs["many"] = [1, 2]

    record = changed(path, spoil)
    assert sorted(problem.code for problem in record.problems) == [
        "not-finite",
        "unknown-unit",
        "unknown-unit",
        "wrong-type",
        "wrong-unit",
    ]
    assert [p.name for p in record.parameters] == ["morphology", "temperature_exponent"]
    assert len(record.observations) == 6


def test_hostile_text_stays_text(path):
    script = "<script>alert(1)</script>\x1b[31m\u202e\0" + "x" * 5000

    def plant(file):
        file.attrs["title"] = script.replace("\0", "")
        file[GROUP].attrs["species"] = np.bytes_(b"\xff\x00CO\x07")

    record = changed(path, plant)
    title = record.model["title"]
    assert title.startswith("<script>alert(1)</script>\\x1b[31m\\u202e")
    assert len(title) <= 2000
    assert title.isprintable()
    assert record.observations[1]["species"].isprintable()


def test_a_group_of_a_hostile_name_is_passed_over(path):
    def plant(file):
        file.copy(GROUP, "bad\x1bname")
        file.copy(GROUP, "<script>")

    record = changed(path, plant)
    assert only_problem(record, "bad-name")
    assert "<script>" in {row["hdf5_group"] for row in record.observations}


def test_a_file_without_groups_says_so(path):
    def empty(file):
        for name in list(file):
            del file[name]

    record = changed(path, empty)
    assert [p.code for p in record.problems] == ["missing-group", "missing-group"]
    assert record.model["n_observations"] == 0


def test_a_file_under_another_licence_is_refused(path):
    record = changed(path, lambda file: file.attrs.__setitem__("license", "All rights reserved"))
    problem = only_problem(record, "other-license")
    assert (problem.severity, problem.seen) == ("error", "'All rights reserved'")
    assert problem.expected == "CC-BY-SA-4.0"
    assert record.model is None
    assert record.observations == ()
