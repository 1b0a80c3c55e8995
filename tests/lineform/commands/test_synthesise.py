"""The command ``synthesise``: from a model file to an observation file, and what it refuses."""

import hashlib
import json
from re import search

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from lineform.commands.synthesise import COMMAND
from lineform.errors import LineformError
from lineform.func import planck
from lineform.io import Header, read_header, read_observations, write_model
from lineform.parameters import Parameter
from tests.lineform.gas import AU, grid_state

NAME = "model-1"
SMALL = ["--pixels", "6", "--channels", "5", "--engine", "array"]


@pytest.fixture
def model(tmp_path):
    """A uniform cube of CO, 200 au wide, with a parameter that the data format does not know."""
    header = Header(
        "model",
        NAME,
        "Test",
        "test 1",
        {"mass_loss_rate": 1e-6, "pulsation_period": 400.0},
        {"pulsation_period": Parameter("d", "Of the star.")},
        {"source": "elsewhere"},
    )
    path = tmp_path / f"{NAME}.h5"
    write_model(path, header, grid_state(6))
    return path


def _run(*arguments):
    return CliRunner().invoke(COMMAND, [str(a) for a in arguments])


def _refused(*arguments):
    done = _run(*arguments)
    assert isinstance(done.exception, LineformError), done.output
    return str(done.exception)


def test_every_line_from_every_direction(model, tmp_path):
    done = _run(
        model, "-o", tmp_path / "observations.h5", "--line", "CO 3-2", "--line", "CO 2-1",
        "--direction", "0,0,1", "--direction", "1,-1,0", "--velocity-range", "-30", "30",
        "--fov", "1 arcsec", "--distance", "300 pc", "--background", "5 K", *SMALL,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == f"{tmp_path / 'observations.h5'}: 4 cubes"
    found = read_observations(tmp_path / "observations.h5")
    assert {(o.line.transition, tuple(np.round(o.view.basis()[2], 6))) for o in found} == {
        (line, direction)
        for line in ("2-1", "3-2")
        for direction in ((0.0, 0.0, 1.0), (0.707107, -0.707107, 0.0))
    }
    for o in found:
        assert o.velocity == pytest.approx(np.linspace(-30, 30, 5))
        assert o.x[-1] - o.x[0] == pytest.approx(5 / 6)
        assert (o.distance, o.background_temperature) == (300, 5)


def test_the_file_says_all_of_the_model_and_of_the_synthesis(model, tmp_path):
    folder = tmp_path / "observations"
    folder.mkdir()
    star = ["--star", "1.5 au,2500 K", "--star-position", "0,3,0 au", "--dust", "0.002 m2/kg"]
    assert _run(model, "-o", folder, "--line", "CO 3-2", *star, *SMALL).exit_code == 0
    path = folder / f"{NAME}.h5"
    header = read_header(path)
    assert header.name == NAME
    assert header.parameters == {"mass_loss_rate": 1e-6, "pulsation_period": 400.0}
    with h5py.File(path) as file:
        said = dict(file.attrs)
        assert file["parameters"].attrs["pulsation_period_unit"] == "d"
    assert said["format"] == "atomium-observation"
    assert (said["engine"], said["solver"], said["excitation"]) == ("lineform", "array", "lte")
    assert said["engine_version"]
    assert said["molecular_data"].startswith("CO: linear rotor of lineform ")
    assert said["dust"] == "0.002 m2 per kg of gas at 230 GHz, slope 1"
    assert said["star"] == f"radius {1.5 * AU:g} m, 2500 K, at (0, {3 * AU:g}, 0) m"
    assert "source" not in said


def test_the_report_as_json(model, tmp_path):
    done = _run(model, "-o", tmp_path / "o.h5", "--line", "CO 2-1", *SMALL, "--json")
    report = json.loads(done.output)
    assert report["path"] == str(tmp_path / "o.h5")
    assert [o["direction"] for o in report["observations"]] == [
        "0,0,1", "0,-0.766,0.6428", "0,-1,0"
    ]  # fmt: skip
    first = read_observations(tmp_path / "o.h5")[0]
    flux = first.spectrum.sum() * (first.velocity[1] - first.velocity[0])
    assert report["observations"][0]["flux_jy_km_s"] == pytest.approx(float(flux))


def test_lines_of_the_species_that_the_model_has_are_the_default(model, tmp_path):
    assert _run(model, "-o", tmp_path / "o.h5", "--direction", "0,0,1", *SMALL).exit_code == 0
    found = read_observations(tmp_path / "o.h5")
    assert [(o.line.species, o.line.transition) for o in found] == [("CO", "2-1"), ("CO", "3-2")]
    with h5py.File(model, "r+") as file:
        file["chemistry/species/species"][:] = [b"XO", b"H2"]
    message = _refused(model, "-o", tmp_path / "p.h5", *SMALL)
    assert "line: expected one of H2, XO, which the model has, got none; name one" in message


def test_pixels_too_coarse_for_the_gas_are_told(model, tmp_path, caplog):
    coarse = ["--direction", "0,0,1", "--line", "CO 2-1", "--channels", "21", "--pixels", "3"]
    assert _run(model, "-o", tmp_path / "o.h5", *coarse).exit_code == 0
    assert (
        "100% of the molecules are in cells narrower than the distance of the rays" in caplog.text
    )
    caplog.clear()
    assert _run(model, "-o", tmp_path / "o.h5", *coarse, "--rays-per-pixel", "2").exit_code == 0
    assert caplog.text == ""


def test_the_middle_of_the_image_is_where_it_is_put(model, tmp_path):
    view = ["--direction", "0,-1,0", "--line", "CO 2-1", "--fov", "600 au", "--pixels", "12"]
    for name, center in (("a.h5", "0,0,0 au"), ("b.h5", "-150,0,100 au")):
        options = ["--center", center, "--channels", "3", "--engine", "array"]
        assert _run(model, "-o", tmp_path / name, *view, *options).exit_code == 0
    a, b = (read_observations(tmp_path / name)[0].moment0 for name in ("a.h5", "b.h5"))
    # x points right: what was in the middle lies 150 au = 3 pixels right and 2 down.
    assert b[2:6, 7:11] == pytest.approx(a[4:8, 4:8], rel=1e-4)


def test_interpolation_is_chosen_and_said(model, tmp_path):
    _broken(model, "chemistry/species/abundance", (slice(None), 0), 1.0)
    _broken(model, "chemistry/species/abundance", (86, 0), 1e6)
    flux = {}
    for how in ("log", "linear", "auto"):
        out, view = tmp_path / f"{how}.h5", ["--direction", "0,0,1", "--line", "CO 2-1"]
        many = ["--rays-per-pixel", "4", *SMALL[:2], "--channels", "41", "--engine", "array"]
        assert _run(model, "-o", out, *view, *many, "--interpolation", how).exit_code == 0
        assert read_header(out).attributes["interpolation"] == how
        flux[how] = float(read_observations(out)[0].spectrum.sum())
    # One dense cell: in the logarithm most of it is lost.
    assert flux["log"] < 0.1 * flux["linear"]
    assert flux["auto"] == flux["linear"]


def test_maps_of_the_optical_depth(model, tmp_path):
    out, view = tmp_path / "o.h5", ["--direction", "0,0,1", "--line", "CO 3-2"]
    _broken(model, "chemistry/species/abundance", (slice(None), 0), 3e6)
    channels = ["--pixels", "6", "--channels", "61", "--engine", "array"]
    assert _run(model, "-o", out, *view, *channels, "--optical-depth").exit_code == 0
    (o,) = read_observations(out)
    # Uniform gas: the depth also follows from the intensity, T is 50 K.
    own, behind = planck(o.line.frequency, np.array([50.0, o.background_temperature]))
    depth = -np.log1p(-o.intensity.astype(float).max(axis=0) / (own - behind))
    assert o.optical_depth == pytest.approx(depth, rel=1e-3)
    assert 0.1 < depth.max() < 10
    with h5py.File(out) as file:
        assert file["CO_3-2_d00/optical_depth"].attrs["unit"] == ""


def test_channels_too_wide_for_the_line_are_told(model, tmp_path, caplog):
    wide = ["--velocity-range", "-30", "30", "--line", "CO 2-1", "--direction", "0,0,1", *SMALL]
    assert _run(model, "-o", tmp_path / "o.h5", *wide).exit_code == 0
    # 50 K and 1 km/s: the line is 1.69 km/s wide.
    said = "channels are sampled every 15 km/s, and lines of CO are down to 1.69 km/s wide"
    assert said in caplog.text
    caplog.clear()
    assert _run(model, "-o", tmp_path / "o.h5", *wide, "--samples-per-channel", "9").exit_code == 0
    assert caplog.text == ""


def test_the_same_call_gives_the_same_bytes(model, tmp_path):
    for name in ("a.h5", "b.h5"):
        assert _run(model, "-o", tmp_path / name, *SMALL, "--line", "CO 1-0").exit_code == 0
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_a_lamda_file_takes_the_place_of_the_rotor(model, tmp_path, atomium_data):
    lamda = atomium_data / "lamda" / "co.dat"
    for option in (lamda, f"CO={lamda}"):
        out = tmp_path / "o.h5"
        assert _run(model, "-o", out, "--lamda", option, "--line", "CO 2-1", *SMALL).exit_code == 0
        assert read_observations(out)[0].line.frequency == 230.538e9
        digest = hashlib.sha256(lamda.read_bytes()).hexdigest()
        assert read_header(out).attributes["molecular_data"] == f"CO: co.dat, SHA-256 {digest}"


def test_models_of_magritte(tmp_path, atomium_data):
    model = atomium_data / "magritte" / "wind_cart16_co21.hdf5"
    lamda = ["--lamda", atomium_data / "lamda" / "co.dat"]
    done = _run(model, "-o", tmp_path, "--line", "CO 2-1", "--direction", "0,0,1", *lamda, *SMALL)
    assert done.exit_code == 0, done.output
    (o,) = read_observations(tmp_path / "wind_cart16_co21.h5")
    assert o.spectrum.max() > 0


def test_populations_of_the_model(tmp_path, atomium_data):
    # Magritte's own populations of this model are those of equilibrium.
    model = atomium_data / "magritte" / "wind_cart16_co21_pops.hdf5"
    lamda = ["--lamda", atomium_data / "lamda" / "co.dat", "--line", "CO 2-1"]
    view = ["--direction", "0,0,1"]
    spectra = []
    for excitation in ("lte", "model"):
        out = tmp_path / f"{excitation}.h5"
        done = _run(model, "-o", out, "--excitation", excitation, *lamda, *view, *SMALL)
        assert done.exit_code == 0, done.output
        spectra.append(read_observations(out)[0].spectrum)
    assert spectra[1] == pytest.approx(spectra[0], rel=0.01)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--direction", "0,0,0"], "direction: expected three numbers, not all of them 0, got 0,0"),
        (["--direction", "nan,0,1"], "direction: expected three numbers, not all of them 0, got n"),
        (["--direction", "0,1"], "direction: expected three numbers, such as 0,0,1, got '0,1'"),
        (
            ["--direction", "0,0,1", "--direction", "0,0,1"],
            "direction: expected 0,0,1 once, got it twice",
        ),
        (["--line", "XeF 2-1"], "species: expected one of CO, HCN, SiO, got XeF"),
        (["--line", "SiO 5-4"], "species: expected one that the model has: CO, H2, got SiO"),
        (["--line", "CO 2-0"], "transition of CO: expected .*, got 2-0"),
        (["--line", "CO"], "line: expected species and transition, such as 'CO 2-1', got CO"),
        (["--line", "CO 2-1", "--line", "CO 2-1"], "line: expected CO 2-1 once, got it twice"),
        (
            ["--velocity-range", "5", "-5"],
            "velocity range: expected two numbers, the lower velocity first, got 5 to -5",
        ),
        (
            ["--velocity-range", "0", "inf"],
            "velocity range: expected two numbers, .*, got 0 to inf",
        ),
        (["--velocity-range", "nan", "3"], "velocity range: expected two numbers, .*, got nan to"),
        (["--channels", "2"], "channels: expected at least 3, got 2"),
        (["--channels", "1000000000"], "channels: expected at most 1000000, got 1000000000"),
        (["--pixels", "0"], "pixels: expected at least 2, got 0"),
        (["--distance", "150"], "distance: .* in pc, got 150.0; give a unit, such as '150.0 pc'"),
        (["--distance", "150 parsnip"], "distance: expected a number and a unit"),
        (["--fov", "10 K"], "field of view: expected one number in m, got 10.0 K"),
        (["--background", "0 K"], "background: expected more than 0 K, got 0"),
        (["--engine", "warp"], "engine: expected one of auto, array.*, got warp"),
        (["--excitation", "wishful"], "excitation: expected one of .*, got wishful"),
        (["--excitation", "model"], "populations of CO: expected some in the model, got those of"),
        (["--star", "1.5 au"], "star: expected a radius and a temperature, got '1.5 au'"),
        (["--star", "-1 au,2500 K"], "star: expected a positive radius and temperature"),
        (["--star-position", "0,0,0 au"], "star position: expected --star beside it, got none"),
        (["--dust", "-1 m2/kg"], "dust: expected an opacity of 0 or more and a slope, got -1 m"),
        (["--dust", "1 m2/kg", "--dust-slope", "nan"], "dust: .* got 1 m2 per kg, slope nan"),
        (
            ["--dust", "1e300 m2/kg"],
            "cube of CO_2-1: expected finite intensities, got [0-9]+ of 180",
        ),
        (["--center", "1,1 au"], "center: expected three numbers, such as 0,0,1, got '1,1'"),
        (["--dust", "3 kg"], "dust: expected one number in m2 kg-1, got 3.0 kg"),
        (["--lamda", "/nowhere/co.dat"], "LAMDA file: .*nowhere"),
    ],
)
def test_options_that_cannot_be_used(model, tmp_path, options, said):
    line = [] if "--line" in options else ["--line", "CO 2-1"]
    message = _refused(model, "-o", tmp_path / "o.h5", *SMALL, *line, *options)
    assert search(said, message), message
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NAME}.h5"]


def _broken(model, dataset, index, value):
    with h5py.File(model, "r+") as file:
        file[dataset][index] = value


@pytest.mark.parametrize(
    ("dataset", "index", "value", "said"),
    [
        ("thermodynamics/temperature/gas", 3, 0.0, "temperature of the model: .* got 0.0 K at poi"),
        ("thermodynamics/temperature/gas", 3, np.nan, "temperature of the model: .* got nan K at"),
        ("chemistry/species/abundance", (3, 0), -1.0, "density of CO of the model: .* got -1.0"),
        ("geometry/points/velocity", (3, 1), np.inf, "velocity of the model: expected finite"),
    ],
)
def test_models_that_are_not_physical(model, tmp_path, dataset, index, value, said):
    _broken(model, dataset, index, value)
    message = _refused(model, "-o", tmp_path / "o.h5", "--line", "CO 2-1", *SMALL)
    assert search(said, message), message
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.h5"]


def test_files_that_are_no_models(model, tmp_path):
    observations = tmp_path / "o.h5"
    assert _run(model, "-o", observations, "--line", "CO 2-1", *SMALL).exit_code == 0
    text = tmp_path / "text.h5"
    text.write_text("a text")
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["a"] = 1
    for path, said in (
        (observations, "got the format atomium-observation; observe a model file"),
        (text, "got another file; turn a snapshot into one: lineform convert"),
        (other, "got another file; turn a snapshot into one: lineform convert"),
        (tmp_path / "none.h5", "expected a file, got none"),
    ):
        assert said in _refused(path, "-o", tmp_path / "out.h5", *SMALL)


def test_the_model_is_not_overwritten(model, tmp_path):
    before = model.read_bytes()
    assert "another file than model-1.h5" in _refused(model, "-o", model, "--line", "CO 2-1")
    assert "another file than model-1.h5" in _refused(model, "-o", tmp_path, "--line", "CO 2-1")
    assert model.read_bytes() == before


@pytest.mark.parametrize("folder", ["observations", "new/wind.h5/"])
def test_an_output_that_is_no_file_is_a_folder(model, tmp_path, folder):
    done = _run(model, "-o", f"{tmp_path}/{folder}", "--line", "CO 2-1", *SMALL)
    assert done.exit_code == 0, done.output
    path = tmp_path / folder / f"{NAME}.h5"
    assert done.output.splitlines()[-1].startswith(f"{path}: ")
    assert read_header(path).name == NAME


def test_a_model_cut_short(model, tmp_path):
    model.write_bytes(model.read_bytes()[:3000])
    assert "file" in _refused(model, "-o", tmp_path / "o.h5", *SMALL)
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.h5"]
