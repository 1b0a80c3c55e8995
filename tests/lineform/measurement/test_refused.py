"""What cannot be used is refused before anything starts, with the way out."""

from dataclasses import replace

import astropy.units as u
import h5py
import numpy as np
import pytest
from astropy.io import fits

from lineform.cube import View
from lineform.errors import ConfigError, LineformError, ReadError, UnitsError
from lineform.func.radiation import brightness_temperature
from lineform.io import write_observations
from lineform.measurement import Reading, read_measurements, understood
from tests.lineform.measurement import cubes
from tests.lineform.skies import HEADER, dark

SKY = cubes.sky()
EVERY = slice(None)


def holed(where, value):
    data = SKY.copy()
    data[where] = value
    return data


REFUSED = {
    "no spectral axis": ({"CTYPE3": "STOKES"}, {}, ReadError, "spectral axis.*STOKES"),
    "a spectral axis that is none": ({"CTYPE3": "TIME"}, {}, ReadError, "spectral axis.*TIME"),
    "no axes on the sky": ({"CTYPE1": "X", "CTYPE2": "Y"}, {}, ReadError, "axes on the sky.*X, Y"),
    "half a pair of axes on the sky": (
        {"CTYPE1": "PIXELS"}, {}, ReadError, "axes: .*Unmatched celestial axes"
    ),
    "velocities of no rest frequency": (
        {"RESTFRQ": None}, {}, ReadError, "rest frequency.*give the rest frequency"
    ),
    "no rest frequency": (
        cubes.spectral("FREQ") | {"RESTFRQ": None}, {}, ReadError, "rest frequency.*name the line"
    ),
    "a line that is not known": (
        {"RESTFRQ": 217.3e9}, {}, ConfigError, "217.3 GHz.*nearest SiO 5-4.*LAMDA"
    ),
    "a line that is not in the band": (
        {}, {"lines": ("SiO 5-4",)}, ConfigError, "SiO 5-4.*CO 2-1"
    ),
    "an unknown molecule": ({}, {"lines": ("XY 5-4",)}, ConfigError, "XY"),
    "no unit": ({"BUNIT": None}, {}, UnitsError, "unit of the pixels.*MJy/sr.*''"),
    "an unknown unit": ({"BUNIT": "counts"}, {}, UnitsError, "unit of the pixels.*count"),
    "an unreadable unit": ({"BUNIT": "blub/x"}, {}, UnitsError, "blub"),
    "a moment map's unit": ({"BUNIT": "Jy/beam km/s"}, {}, UnitsError, "unit of the pixels"),
    "Jy/beam without a beam": (
        {"BUNIT": "Jy/beam", "BMAJ": None}, {}, UnitsError, "beam.*give the beam"
    ),
    "a beam that is none": ({"BMAJ": 0.0}, {}, ReadError, "beam.*0 by.*--beam"),
    "a beam that is a word": ({"BMAJ": "none"}, {}, ReadError, "BMAJ.*number.*'none'"),
    "pixels that are not square": (
        {"CDELT1": -0.2 / 3600}, {}, ReadError, r"square.*0\.2 by 0\.1.*imregrid"
    ),
    "channels that are not even": (
        {"CTYPE3": "WAVE-LOG", "CRVAL3": 1.3e-3, "CDELT3": 1e-4, "CUNIT3": "m"},
        {"lines": ("CO 2-1",)}, ReadError, "channels.*equal steps",
    ),
    "a star beside the image": (
        {}, {"centre": (10.0, 10.0)}, ConfigError, "centre.*22 by 18.*from the middle"
    ),
    "a star on the other side": (
        {}, {"centre": (327.0, -11.0)}, ConfigError,
        "got RA 327 deg, Dec -11 deg, 180 deg from.*--center",
    ),
    "channels beside the band": (
        {}, {"velocity": (100.0, 120.0)}, ReadError, "velocity range.*-33 to -19"
    ),
    "too little memory": ({}, {"memory": 1e5}, ReadError, "size of the cube.*0.38 MB.*radius"),
    "a negative rms": ({}, {"rms": -1 * u.K}, ConfigError, "rms.*positive.*-1"),
    "an rms of zero": ({}, {"rms": 0 * u.K}, ConfigError, "rms.*positive.*0"),
    "an rms of another kind": ({}, {"rms": 1 * u.m}, UnitsError, "unit of the rms.*got m"),
    "an rms without a unit": (
        {}, {"rms": u.Quantity(3)}, UnitsError, "unit of the rms.*got 3 without a unit.*--rms"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cards", "options", "kind", "match"), REFUSED.values(), ids=REFUSED)
def test_a_header_or_an_option_that_cannot_be_used(tmp_path, cards, options, kind, match):
    path = cubes.write(tmp_path / "a.fits", **cards)
    with pytest.raises(kind, match=match):
        read_measurements(path, Reading(**options))


DATA = {
    "all NaN": (SKY * np.nan, ReadError, "NaN in all pixels"),
    "zero throughout": (SKY * 0, ConfigError, "noise.*above 0.*give the rms"),
    "no noise": (cubes.sky(rms=0), ConfigError, "noise|rms"),
    "no line": (cubes.sky() - cubes.sky(rms=0), ConfigError, "CO 2-1.*at most.*faint"),
    "one channel": (SKY[:1], ReadError, "two channels.*1 channels of 22 by 18"),
    "no third axis": (SKY[0], ReadError, "three axes.*2 axes"),
}


@pytest.mark.parametrize(("data", "kind", "match"), DATA.values(), ids=DATA)
def test_pixels_that_cannot_be_used(tmp_path, data, kind, match):
    with pytest.raises(kind, match=match):
        read_measurements(cubes.write(tmp_path / "a.fits", data), Reading())


def test_a_faint_line_can_be_read_for_an_upper_limit(tmp_path):
    path = cubes.write(tmp_path / "a.fits", cubes.sky() - cubes.sky(rms=0))
    (found,) = read_measurements(path, Reading(faint=True))
    assert understood(found)[-1].startswith("warning: no line stands out")


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_blank_channels_and_pixels_are_left_out_and_told(tmp_path, value):
    data = holed((2, EVERY, EVERY), value)
    data[:, 3, 4] = value
    (found,) = read_measurements(cubes.write(tmp_path / "a.fits", data), Reading())
    assert not found.seen[2].any()
    assert not found.seen[:, 3, 4].any()
    assert found.seen.sum() == 14 * (18 * 22 - 1)
    assert "warning: 1 of 15 channels are blank, and left out" in understood(found)
    told = any("values are infinite: taken for not measured" in text for text in found.remarks)
    assert told == np.isinf(value)
    rms = brightness_temperature(float(np.nanmedian(found.rms)), found.line.frequency)
    assert rms == pytest.approx(cubes.RMS, rel=0.1)


def test_a_map_of_the_noise_with_zeros_is_refused(tmp_path):
    path = cubes.write(tmp_path / "a.fits")
    noise = tmp_path / "noise.fits"
    rms = np.full(SKY.shape[1:], 0.02)
    rms[3, 4] = 0
    header = cubes.header()
    for key in [key for key in header if key.endswith("3")]:
        del header[key]
    fits.PrimaryHDU(rms, header).writeto(noise)
    with pytest.raises(ConfigError, match=r"rms.*0 in 1 of 396 places.*blank"):
        read_measurements(path, Reading(noise_map=noise))
    rms[3, 4] = np.nan
    fits.PrimaryHDU(rms, header).writeto(noise, overwrite=True)
    (found,) = read_measurements(path, Reading(noise_map=noise))
    assert (found.seen.sum(axis=0) == 0).sum() == 1
    header["CDELT1"] *= 1.1
    header["CDELT2"] *= 1.1
    fits.PrimaryHDU(rms, header).writeto(noise, overwrite=True)
    with pytest.raises(ReadError, match=r"map of the noise.*pixels of the cube"):
        read_measurements(path, Reading(noise_map=noise))


def test_a_continuum_is_told_and_taken_away_when_asked(tmp_path):
    data = cubes.sky() + 5 * cubes.sky(rms=0)[7]
    path = cubes.write(tmp_path / "a.fits", data)
    (found,) = read_measurements(path, Reading(rms=cubes.RMS * u.K))
    assert "warning: a continuum of 1" in " ".join(understood(found))
    with pytest.raises(ConfigError, match=r"noise: expected channels without emission.*--baseline"):
        read_measurements(path, Reading())
    (flat,) = read_measurements(path, Reading(baseline=True))
    assert np.abs(flat.intensity[:2] / flat.rms).max() < 5
    assert "continuum subtracted" in " ".join(flat.remarks)


def test_a_continuum_alone_is_no_line(tmp_path):
    data = cubes.sky() - cubes.sky(rms=0) + 5 * cubes.sky(rms=0)[7]
    path = cubes.write(tmp_path / "a.fits", data)
    with pytest.raises(ConfigError, match=r"line CO 2-1: expected a peak of .*at most"):
        read_measurements(path, Reading(rms=cubes.RMS * u.K))


def test_an_rms_that_is_too_small_is_doubted(tmp_path):
    path = cubes.write(tmp_path / "a.fits")
    (found,) = read_measurements(path, Reading(rms=cubes.RMS / 4 * u.K))
    said = "warning: no channel is without a line, or the rms is too small: the faintest scatter by"
    assert said in " ".join(understood(found))


def test_files_that_are_no_cubes(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("no cube\n" * 1000)
    with pytest.raises(ReadError, match=r"FITS file.*got one of another kind; check its name"):
        read_measurements(path, Reading())
    with pytest.raises(ReadError, match="expected a file, got none"):
        read_measurements(tmp_path / "none.fits", Reading())
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file.attrs["format"] = "atomium-model"
    with pytest.raises(ReadError, match=r"atomium-model.*lineform synthesise"):
        read_measurements(other, Reading())
    table = tmp_path / "table.fits"
    fits.HDUList([fits.PrimaryHDU(), cubes.beam_table([1.0], [1.0])]).writeto(table)
    with pytest.raises(ReadError, match="no pixels"):
        read_measurements(table, Reading())
    cut = cubes.write(tmp_path / "cut.fits")
    cut.write_bytes(cut.read_bytes()[:12000])
    with pytest.raises(ReadError, match=r"whole FITS file.*ends early, after 12000 of \d+ bytes"):
        read_measurements(cut, Reading())


def test_a_map_of_the_noise_that_is_cut_short(tmp_path):
    noise = tmp_path / "noise.fits"
    fits.PrimaryHDU(np.full((100, 100), 0.02)).writeto(noise)
    noise.write_bytes(noise.read_bytes()[:6000])
    with pytest.raises(ReadError, match=r"ends early, after 6000 of 82880 bytes"):
        read_measurements(cubes.write(tmp_path / "a.fits"), Reading(noise_map=noise))


@pytest.mark.parametrize("wrong", [np.nan, 0.0])
def test_channels_without_a_beam_in_the_table_are_left_out(tmp_path, wrong):
    major, minor = np.full(15, 1.2), np.full(15, 0.9)
    major[[0, 4]] = wrong
    for unit in ("K", "Jy/beam"):
        path = cubes.write(
            tmp_path / "a.fits", SKY, cubes.beam_table(major, minor), BUNIT=unit, BMAJ=None
        )
        (found,) = read_measurements(path, Reading())
        assert not found.seen[[0, 4]].any()
        assert found.seen.sum() == 13 * SKY[0].size
        assert {round(beam.major, 5) for beam in found.beams} == {1.2}
        assert "2 channels have no beam, and are left out" in understood(found)
    cubes.write(path, SKY, cubes.beam_table(major * np.nan, minor), BMAJ=None)
    with pytest.raises(ReadError, match=r"table BEAMS.*none in 15.*--beam"):
        read_measurements(path, Reading())
    cubes.write(path, SKY, cubes.beam_table(minor, minor + 1), BMAJ=None)
    with pytest.raises(ReadError, match=r"beam: expected.*0.9 by 1.9"):
        read_measurements(path, Reading())


def test_directions_are_not_mixed(tmp_path):
    path = tmp_path / "a.h5"
    seen = [dark((3, 8, 8)), dark((3, 8, 8), view=View(90, 0))]
    write_observations(path, HEADER, seen)
    with pytest.raises(ConfigError, match=r"one direction.*\(30, 40\) and \(90, 0\)"):
        read_measurements(path, Reading(rms=1 * u.K, faint=True))
    with pytest.raises(ConfigError, match=r"CO_2-1_d00, CO_2-1_d01.*CO_9"):
        read_measurements(path, Reading(groups=("CO_9",)))
    with pytest.raises(ConfigError, match=r"one of CO 2-1.*SiO 5-4"):
        read_measurements(path, Reading(lines=("SiO 5-4",)))
    options = Reading(groups=("CO_2-1_d01",), rms=1 * u.K)
    with pytest.raises(LineformError, match=r"CO 2-1.*at most 0"):
        read_measurements(path, options)
    (found,) = read_measurements(path, replace(options, faint=True))
    assert found.source == "a.h5, CO_2-1_d01"
