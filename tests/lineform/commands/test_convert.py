"""The command ``lineform convert`` as users call it, within one process."""

import json

import h5py
import pytest
from click.testing import CliRunner

from lineform.commands._options import abundances, parameters_from
from lineform.commands.convert import COMMAND
from lineform.errors import ConfigError, LineformError, UnitsError
from lineform.io import read_header
from tests.lineform.dumps import amrvac_bytes, header, phantom_bytes, tree, uniform, wind

OPTIONS = (
    "--unit-length", "1.496e13 cm", "--unit-number-density", "1e9 cm-3",
    "--unit-velocity", "1e6 cm/s",
)  # fmt: skip
PAR = "&usr_list\n unit_length=1.496d13\n unit_numberdensity=1d9\n unit_velocity=1d6\n/\n"


def _run(*arguments):
    done = CliRunner().invoke(COMMAND, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, LineformError | SystemExit):
        raise done.exception
    return done


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "run0001.dat"
    leaves = tree(1, 3)
    path.write_bytes(amrvac_bytes("Cartesian", (-1, -1, -1), (1, 1, 1), leaves, 1, uniform()))
    return path


@pytest.fixture
def phantom(tmp_path):
    path = tmp_path / "wind_00010"
    path.write_bytes(phantom_bytes(*wind(20), header(20)))
    return path


def test_options_and_parameter_file_give_the_same_units(snapshot, tmp_path):
    par = tmp_path / "run.par"
    par.write_text(PAR + "&savelist\n dtsave_log=1d-3\n/\n")
    one = _run(snapshot, "-o", tmp_path / "one" / "w.h5", *OPTIONS)
    two = _run(snapshot, "-o", tmp_path / "two" / "w.h5", "--parfile", par)
    assert one.exit_code == two.exit_code == 0, one.output + two.output
    with h5py.File(tmp_path / "one/w.h5") as a, h5py.File(tmp_path / "two/w.h5") as b:
        for name in ("geometry/points/position", "thermodynamics/temperature/gas"):
            assert a[name][:] == pytest.approx(b[name][:], rel=1e-14)
        assert "units from options" in a.attrs["recipe"]
        assert "units from run.par" in b.attrs["recipe"]
        assert b.attrs["not_converted"] == "run.par: dtsave_log"
    said = "64 points, 1.25441e+23 kg of gas, from MPI-AMRVAC (hd)"
    assert one.stdout == f"{tmp_path}/one/w.h5: {said}\n"
    assert "lineform: not converted: run.par: dtsave_log" in two.stderr


def test_phantom_with_its_options_file(phantom, tmp_path):
    infile = tmp_path / "wind.in"
    infile.write_text(" mu = 2.0 ! weight\n wind_mass_rate = 1e-6 ! Msun/yr\n tolh = 1e-4 !\n")
    path = tmp_path / "w.h5"
    done = _run(
        phantom, "-o", path, "--parfile", infile, "--abundance", "CO=1e-4", "--abundance",
        "13CO=1e-5", "--turbulence", "500 m/s", "--parameter", "terminal_velocity=14500 m/s",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    parameters = read_header(path).parameters
    assert parameters["mass_loss_rate"] == 1e-6
    assert parameters["terminal_velocity"] == pytest.approx(14.5)
    assert parameters["turbulent_velocity"] == 0.5
    assert parameters["13co_abundance"] == 1e-5
    assert "mu 2, from the parameter file" in done.stderr
    assert "not converted: iorig; divv; sinks/h; header values umagfd; wind.in: tolh" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "units of the dump"),
        (("--unit-length", "1.496e13 parsnip"), r"unit of length: .*got '1.496e13 parsnip'"),
        (("--unit-length", "1.496e13"), r"unit of length: expected one number in m"),
        (("--unit-length", "3 kg"), r"unit of length: expected one number in m, got 3.0 kg"),
        (("--unit-length", "1 au"), r"exactly one of --unit-density"),
        ((*OPTIONS, "--abundance", "Foo=1"), r"species: .*got 'Foo'"),
        ((*OPTIONS, "--turbulence", "fast"), r"turbulence: .*got 'fast'"),
        ((*OPTIONS, "--temperature", "nan K"), r"temperature: expected a finite number"),
        ((*OPTIONS, "--name", "other"), r"name of the model"),
    ],
)
def test_errors_leave_nothing_behind(snapshot, tmp_path, arguments, error):
    folder = tmp_path / "models"
    done = _run(snapshot, "-o", folder / "w.h5", *arguments)
    with pytest.raises(LineformError, match=error):
        raise done.exception
    assert not folder.exists()


@pytest.mark.parametrize("folder", ["models", "new/w.h5/"])
def test_an_output_that_is_no_file_is_a_folder(phantom, tmp_path, folder):
    done = _run(phantom, "-o", f"{tmp_path}/{folder}")
    assert done.exit_code == 0, done.output
    (path,) = (tmp_path / folder).iterdir()
    assert done.stdout.startswith(f"{path}: 20 points")
    assert read_header(path).name == path.stem


def test_a_snapshot_is_not_overwritten(phantom, tmp_path):
    snapshot = phantom.rename(tmp_path / "w.h5")
    before = snapshot.read_bytes()
    with pytest.raises(LineformError, match=r"another file than w\.h5, which is read"):
        raise _run(snapshot, "-o", snapshot).exception
    assert snapshot.read_bytes() == before


def test_the_report_as_json(phantom, tmp_path):
    done = _run(phantom, "-o", tmp_path / "w.h5", "--temperature", "70 K", "--json")
    report = json.loads(done.stdout)
    assert report["points"] == 20
    assert report["path"] == str(tmp_path / "w.h5")
    assert "temperature 70 K everywhere, as given" in report["notes"]
    assert "divv" in report["not_converted"]


def test_a_stretched_grid_is_refused(snapshot, tmp_path):
    par = tmp_path / "run.par"
    par.write_text(PAR + "&meshlist\n stretch_dim(1)='uni'\n/\n")
    with pytest.raises(ConfigError, match=r"grid of the run: expected cells of one size"):
        raise _run(snapshot, "-o", tmp_path / "w.h5", "--parfile", par).exception


def test_abundances():
    assert abundances(["CO=3e-4", "SiO=field:trp1"]) == {"CO": 3e-4, "SiO": "field:trp1"}
    assert abundances([]) == {"CO": 3e-4}
    for wrong in ("CO", "CO=much", "CO=1e-4 m"):
        with pytest.raises(ConfigError, match=rf"SPECIES=NUMBER .*got '{wrong}'"):
            abundances([wrong])
    with pytest.raises(ConfigError, match="CO once"):
        abundances(["CO=1", "CO=2"])


def test_parameters():
    found = parameters_from(
        ["morphology=2spiral", "mass_loss_rate=1e-6 solMass/yr", "eccentricity=0.3",
         "orbital_separation=1.496e13 cm", "note=by hand", "shift=3 km/s"]
    )  # fmt: skip
    assert found["morphology"] == ("2spiral", "")
    assert found["mass_loss_rate"] == (1e-6, "solMass/yr")
    assert found["orbital_separation"] == (pytest.approx(1, rel=1e-4), "au")
    assert found["eccentricity"] == (0.3, "")
    assert found["note"] == ("by hand", "")
    assert found["shift"] == (3.0, "km/s")


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("mass_loss_rate=1e-6", UnitsError, "parameter mass_loss_rate: .*solMass/yr"),
        ("mass_loss_rate=much", UnitsError, "parameter mass_loss_rate: .*got 'much'"),
        ("shift=3 kmps", UnitsError, "parameter shift: .*got '3 kmps'"),
        ("Shift=3", ConfigError, "NAME=VALUE"),
        ("a_unit=3", ConfigError, "NAME=VALUE"),
        ("shift", ConfigError, "got 'shift'"),
    ],
)
def test_parameters_that_are_refused(text, kind, message):
    with pytest.raises(kind, match=message):
        parameters_from([text])
