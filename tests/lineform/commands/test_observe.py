"""The commands ``observe`` and ``export-fits`` as users call them, within one process."""

import json

import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from lineform.cube import Beam, Response, View
from lineform.errors import LineformError
from lineform.io import read_header, read_observation, read_observations, write_observations
from lineform.species import linear_rotor
from tests.docs.reference import programs
from tests.lineform.skies import HEADER, point

CO = linear_rotor("CO")


@pytest.fixture
def sky(tmp_path):
    path = tmp_path / "wind.h5"
    skies = [
        point(7, 20, 25, shape=(15, 40, 40), pixel=0.1, view=view, line=CO.line(line))
        for view in (View(0.0, 270.0), View(60.0, 20.0))
        for line in ("2-1", "3-2")
    ]
    write_observations(path, HEADER, skies)
    return path


def lineform(*words):
    done = CliRunner().invoke(
        programs()["lineform"], [str(word) for word in words], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def observe(sky, *words):
    lineform("observe", sky, "-o", sky.with_name("seen.h5"), *words)
    return read_observations(sky.with_name("seen.h5"))


def test_every_cube_is_seen_and_the_header_kept(sky):
    found = observe(sky, "--beam", "500,400 mas", "--position-angle", "-30 deg")
    assert {(o.line.name, o.view) for o in found} == {
        (o.line.name, o.view) for o in read_observations(sky)
    }
    for o in found:
        assert o.beam == Beam(pytest.approx(0.5), pytest.approx(0.4), -30.0)
    assert read_header(sky.with_name("seen.h5")) == read_header(sky)


def test_groups_keep_their_names(tmp_path):
    """Also where a direction is missing, or there are more than a hundred."""
    sky = tmp_path / "wind.h5"
    skies = [point(1, 9, 9, shape=(3, 20, 20), view=View(i, 0)) for i in (10.0, 20.0, 30.0)]
    names = ["CO_2-1_d100", "CO_2-1_d11", "CO_2-1_d03"]
    write_observations(sky, HEADER, skies, names)
    observe(sky, "--beam", "0.2 arcsec")
    for name, o in zip(names, skies, strict=True):
        assert read_observation(sky.with_name("seen.h5"), name).view == o.view


@pytest.mark.parametrize(
    ("options", "beam"),
    [
        (["--beam", "0.5 arcsec"], Beam(0.5, 0.5)),
        (["--beam", "0.5 arcsec, 400 mas"], Beam(0.5, 0.4)),
        (["--beam", "0.4,0.3 arcsec", "--taper", "0.3 arcsec"], Beam(0.5, 0.3 * 2**0.5)),
    ],
)
def test_beams(sky, options, beam):
    for o in observe(sky, *options):
        assert (o.beam.major, o.beam.minor) == pytest.approx((beam.major, beam.minor))


@pytest.mark.parametrize(
    ("noise", "expected"),
    [
        ("3 mJy/beam", (3e-3, "Jy/beam")),
        ("3e-3 Jy beam-1", (3e-3, "Jy/beam")),
        ("100 mK", (0.1, "K")),
    ],
)
def test_noise(sky, noise, expected):
    for o in observe(sky, "--beam", "0.5 arcsec", "--noise", noise, "--seed", 9):
        assert (o.response.noise_rms, o.response.noise_unit) == (
            pytest.approx(expected[0]),
            expected[1],
        )
        assert o.response.noise_seed == 9


def test_a_seen_file_may_get_its_noise_later(sky):
    observe(sky, "--beam", "0.5 arcsec")
    later, once = sky.with_name("later.h5"), sky.with_name("once.h5")
    lineform("observe", sky.with_name("seen.h5"), "-o", later, "--noise", "1 K")
    lineform("observe", sky, "-o", once, "--noise", "1 K", "--beam", "0.5 arcsec")
    assert later.read_bytes() == once.read_bytes()


def test_channels_and_primary_beam(sky):
    words = ("--channel-width", "2000 m/s", "--hanning", "--primary-beam", "12 m")
    for o in observe(sky, *words):
        assert o.response == Response(
            primary_beam=pytest.approx(1.13 * 299792458 / o.line.frequency / 12 * 206264.806),
            channel_response="hanning",
            spectral_resolution=4.0,
        )


def test_the_report(sky):
    out = sky.with_name("seen.h5")
    report = json.loads(lineform("observe", sky, "-o", out, "--beam", "0.5 arcsec", "--json"))
    names = [row["name"] for row in report["observations"]]
    assert names == ["CO_2-1_d00", "CO_2-1_d01", "CO_3-2_d00", "CO_3-2_d01"]
    assert {row["beam_major_arcsec"] for row in report["observations"]} == {0.5}
    assert report["path"] == str(out)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "telescope: expected something that it does, got no option"),
        (["--beam", "0.1 arcsec"], "beam: expected 0.2 to 4 arcsec, two pixels .* got 0.1 by 0.1"),
        (["--beam", "3 km/s"], r"beam: expected one number in arcsec, got 3.0 km / s"),
        (["--beam", "0.5"], r"beam: expected one number in arcsec, got 0.5"),
        (["--beam", "0.3,0.5 arcsec"], "beam: expected the larger width first, .* '0.3,0.5 arc"),
        (["--beam", "1,1,1 arcsec"], "beam: expected one or two widths, got '1,1,1 arcsec'"),
        (["--beam", "1 arcsec", "--position-angle", "3"], "position angle: .* in deg, got 3.0"),
        (["--noise", "1 K"], "noise: expected an observation with a beam, got none; give a beam"),
        (["--beam", "1 arcsec", "--noise", "3 km"], "noise: .* of Jy/beam or K, got '3 km'"),
        (["--beam", "1 arcsec", "--noise", "0 K"], "noise: expected a positive number, got '0 K'"),
        (["--taper", "1 arcsec"], "taper: expected a beam that it makes broader, got none"),
        (["--beam", "1 arcsec", "--taper", "3 K"], "taper: expected an angle .* got '3 K'"),
        (["--primary-beam", "-3 m"], "primary beam: expected a positive width, got '-3 m'"),
        (["--channel-width", "0.1 km/s"], "channel width: expected 1 to 7.5 km/s, .* got 0.1"),
        (["--largest-scale", "90 arcsec"], "largest scale: expected 0.2 to 8 arcsec.* got 90"),
        (["--correct-primary-beam"], "correction of the primary beam: .* got none"),
    ],
)
def test_telescopes_that_cannot_be_leave_no_file(sky, options, message):
    with pytest.raises(LineformError, match=message):
        observe(sky, *options)
    assert [path.name for path in sky.parent.iterdir()] == ["wind.h5"]


def test_observations_are_not_overwritten(sky):
    before = sky.read_bytes()
    for output in (sky, sky.parent / ".." / sky.parent.name / "wind.h5"):
        with pytest.raises(LineformError, match=r"another file than wind\.h5, which is read"):
            lineform("observe", sky, "-o", output, "--beam", "0.5 arcsec")
    assert sky.read_bytes() == before
    assert [path.name for path in sky.parent.iterdir()] == ["wind.h5"]


@pytest.mark.parametrize("folder", ["seen", "new/seen.h5/", "."])
def test_a_folder_gets_a_file_named_after_the_model(sky, folder):
    done = lineform("observe", sky, "-o", f"{sky.parent}/{folder}", "--beam", "0.5 arcsec")
    path = sky.parent / folder / f"{HEADER.name}.h5"
    assert done == f"{path}: 4 observations\n"
    assert read_header(path) == read_header(sky)


def cubes(sky, *words):
    out = sky.parent / "cubes"
    lineform("export-fits", sky, "-o", out, *words)
    return sorted(path.name for path in out.iterdir())


@pytest.mark.parametrize(
    ("options", "groups"),
    [
        ([], ["CO_2-1_d00", "CO_2-1_d01", "CO_3-2_d00", "CO_3-2_d01"]),
        (["--line", "CO 3-2"], ["CO_3-2_d00", "CO_3-2_d01"]),
        (["--direction", 1], ["CO_2-1_d01", "CO_3-2_d01"]),
        (["--line", "CO 2-1", "--direction", 0], ["CO_2-1_d00"]),
    ],
)
def test_cubes_are_chosen_by_line_and_direction(sky, options, groups):
    assert cubes(sky, *options) == [f"wind-1_{group}.fits" for group in groups]


def test_one_cube_goes_into_one_file_with_its_place(sky):
    out = sky.with_name("one.fits")
    words = ("--line", "CO 2-1", "--direction", 1, "--center", "12h23m +10d30m")
    report = json.loads(lineform("export-fits", sky, "-o", out, *words, "--json"))
    assert report == {"cubes": [{"name": "CO_2-1_d01", "path": str(out)}]}
    cards = fits.getheader(out)
    assert (cards["CRVAL1"], cards["CRVAL2"]) == pytest.approx((185.75, 10.5))
    assert (cards["BUNIT"], cards["INCLINAT"]) == ("K", 60.0)
    assert cards["CTYPE3"] == "VRAD"


def test_a_beam_makes_jansky_in_a_beam(sky):
    observe(sky, "--beam", "0.5 arcsec")
    seen = sky.with_name("seen.h5")
    (name, *_) = cubes(seen, "--systemic-velocity", "-26 km/s", "--frequency")
    cards = fits.getheader(sky.parent / "cubes" / name)
    assert (cards["BUNIT"], cards["CTYPE3"]) == ("Jy/beam", "FREQ")
    velocity = 299792.458 * (1 - cards["CRVAL3"] / cards["RESTFRQ"])
    assert velocity == pytest.approx(-7 - 26, abs=1e-6)
    assert np.sign(cards["CDELT3"]) == -1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--line", "CO 9-8"], "line: expected one of CO 2-1, CO 3-2, got CO 9-8"),
        (["--direction", 2], "direction: expected one of 0, 1, got 2"),
        (["--unit", "Jy/beam"], "unit: expected an observation with a beam for Jy/beam, got none"),
        (["--center", "there"], "center: expected a position such as .*, got 'there'"),
        (["--systemic-velocity", "3 pc"], "systemic velocity: .* in km/s, got 3.0 pc"),
    ],
)
def test_exports_that_cannot_be(sky, options, message):
    with pytest.raises(LineformError, match=message):
        cubes(sky, *options)


def test_a_folder_may_be_called_like_a_cube(sky):
    out = f"{sky.parent}/all.fits/"
    lineform("export-fits", sky, "-o", out)
    assert len(list((sky.parent / "all.fits").iterdir())) == 4


def test_one_file_cannot_hold_several_cubes(sky):
    with pytest.raises(LineformError, match=r"output: expected a folder .*, got one.fits for 4"):
        lineform("export-fits", sky, "-o", sky.with_name("one.fits"))


def test_a_model_is_no_observation(tmp_path, example_store):
    model = next((example_store / "models").iterdir())
    with pytest.raises(LineformError, match="atomium-observation, got atomium-model; make obs"):
        lineform("export-fits", model, "-o", tmp_path / "cubes")
