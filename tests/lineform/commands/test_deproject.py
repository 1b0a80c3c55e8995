"""The command ``deproject`` as users call it, within one process."""

import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import fields, replace

import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits
from click.testing import CliRunner

from lineform.errors import ConfigError, LineformError, ReadError, UnitsError
from lineform.io import Header, write_model
from lineform.posterior import read_posterior
from lineform.winds import wind_on_grid
from tests.docs.reference import programs

pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("numba", reason="Numba is not installed")

from lineform.deproject import Plan, prepare
from lineform.deprojection.arrangement import Wishes
from lineform.inference.base import Settings
from lineform.measurement import Reading

TRUTH = {
    "morphology": "spherical",
    "mass_loss_rate": 2e-6,
    "initial_velocity": 3.0,
    "terminal_velocity": 12.0,
    "acceleration_exponent": 1.0,
    "stellar_radius": 1.5,
    "stellar_temperature": 2300.0,
    "temperature_exponent": 0.65,
    "turbulent_velocity": 1.0,
    "outer_radius": 400.0,
    "co_abundance": 3e-4,
}
FEW = ("--fix", "acceleration_exponent=1", "--fix", "initial_velocity=3", "--starts", "1")
FEW += ("--model-error", "0")
"""What keeps runs short."""


def invoke(*words):
    return CliRunner().invoke(
        programs()["lineform"], [str(word) for word in words], catch_exceptions=False
    )


def lineform(*words):
    done = invoke(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A spherical wind seen by a telescope, as an observation file and as a FITS cube."""
    folder = tmp_path_factory.mktemp("deproject")
    header = Header("model", "wind", "A wind", "lineform", TRUTH)
    write_model(folder / "model.h5", header, wind_on_grid(TRUTH, 8))
    sky = ("--line", "CO 2-1", "--direction", "0,0,1", "--pixels", 8, "--channels", 13)
    sky += ("--interpolation", "log")
    lineform("synthesise", folder / "model.h5", "-o", folder / "sky.h5", *sky)
    telescope = ("--beam", "1.5 arcsec", "--noise", "0.1 K", "--seed", 3)
    lineform("observe", folder / "sky.h5", "-o", folder / "seen.h5", *telescope)
    axes = ("--systemic-velocity", "-26 km/s", "--frequency", "--unit", "Jy/beam")
    lineform("export-fits", folder / "seen.h5", "-o", folder / "seen.fits", *axes)
    return folder


def deproject(folder, cube, *words, method="vi"):
    path = folder / f"{method}-{abs(hash(words))}.h5"
    wind = ("--model", "spherical", "--method", method, "--cells", 8, *FEW)
    lineform("deproject", folder / cube, "-o", path, *wind, *words)
    return read_posterior(path)


@pytest.fixture(scope="module")
def posterior(folder):
    """Samples; the tests that use them are slow."""
    return deproject(folder, "seen.h5", "--samples", 60)


@pytest.mark.slow
def test_what_the_cube_tells_is_found(posterior):
    for number in posterior.numbers:
        # Ten standard deviations would be needed for a wrong result to pass, three for chance.
        assert abs(number.mean - TRUTH[number.name]) < 4 * number.deviation, number.name
    found = {number.name: number for number in posterior.numbers}
    assert found["terminal_velocity"].deviation < 1.0
    (fit,) = posterior.fits
    assert fit.chi2.sum() / fit.dof.sum() == pytest.approx(1, abs=0.2)


@pytest.mark.slow
def test_the_file_holds_what_repeats_the_run(posterior):
    run = posterior.settings["run"]
    assert (run["model"], run["method"], run["seed"]) == ("spherical", "vi", 0)
    assert posterior.settings["inputs"]["seen.h5"].startswith("SHA-256 ")
    assert posterior.settings["model"]["acceleration_exponent"] == "fixed 1"
    assert {"lineform", "numpy", "torch"} <= set(posterior.settings["versions"])


def test_a_fits_cube_in_other_units_says_the_same(folder):
    """Jy/beam over frequency, with a moving star."""
    known = ("--systemic-velocity", "-26 km/s", "--rms", "0.1 K")
    ours = deproject(folder, "seen.h5", method="map")
    theirs = deproject(folder, "seen.fits", *known, method="map")
    assert theirs.latent == pytest.approx(ours.latent, abs=1e-3)


@pytest.mark.slow
def test_velocity_and_distance_can_be_fitted(folder):
    fitted = ("--distance", "150 pc", "--distance-error", "15 pc", "--systemic-error", "1 km/s")
    fitted += ("--fix", "temperature_exponent=0.65", "--fix", "turbulent_velocity=1")
    found = deproject(folder, "seen.fits", *fitted, method="map")
    numbers = {number.name: number for number in found.numbers}
    assert numbers["systemic_velocity"].mean == pytest.approx(-26, abs=0.3)
    assert 100 < numbers["distance"].mean < 200


def test_a_dry_run_tells_all_and_writes_nothing(folder):
    wind = ("--model", "spherical", "--cells", 8, "--dry-run")
    said = lineform("deproject", folder / "seen.h5", "-o", folder / "none.h5", *wind)
    for part in ("CO 2-1", "230.538", "beam", "150 pc", "8^3 cells", "mass_loss_rate", "about"):
        assert part in said
    assert not (folder / "none.h5").exists()


def test_the_time_of_further_modes_is_told(folder):
    """A spiral has three mirror images."""
    dry = ("--cells", 8, "--dry-run")
    arguments = ("deproject", folder / "seen.h5", "-o", folder / "none.h5", *dry)
    said = lineform(*arguments, "--model", "spiral")
    assert re.search(r"vi: about \S+ \w+ if there is one mode, and .* further one: .* 4 that", said)
    told = json.loads(lineform(*arguments, "--model", "spherical", "--json"))
    assert 0 < told["expected_seconds_of_further_modes"] <= told["expected_seconds"]


CHANGES = {
    "model": "bipolar",
    "method": "vi",
    "reading": Reading(velocity=(-10.0, 10.0)),
    "wishes": Wishes(cells=8, radius=1.9),
    "settings": Settings(seed=1),
    "abundances": {"CO": 1e-4},
    "priors": {"turbulent_velocity": "fixed 1"},
    "model_error": 0.1,
    "bin_channels": 2,
    "background": 3.0,
    "starts": 2,
    "precision": "single",
}
"""For each field of a plan, another value."""


def test_a_checkpoint_is_of_one_plan_alone(folder):
    plan = Plan((folder / "seen.h5",), "spherical", "map", wishes=Wishes(cells=8), device="cpu")
    first = prepare(plan).fingerprint()
    assert prepare(plan).fingerprint() == first
    # Files are told by their digests; a model without options refuses them.
    assert {*CHANGES, "cubes", "options", "device"} == {each.name for each in fields(Plan)}
    for name, value in CHANGES.items():
        assert prepare(replace(plan, **{name: value})).fingerprint() != first, name
    reading = Reading(groups=("CO_2-1_d00",), rms=0.2 * u.K)
    assert prepare(replace(plan, reading=reading)).fingerprint() != first


def test_a_cube_too_large_for_memory_is_refused_before_anything_is_made_of_it(folder):
    plan = Plan((folder / "seen.h5",), "spherical", "map", reading=Reading(memory=1e4))
    with pytest.raises(ConfigError, match=r"size of CO_2-1: expected what 0.01 MB .*are free"):
        prepare(plan)


def test_a_report_for_machines(folder):
    wind = ("--model", "spherical", "--method", "map", "--cells", 8, *FEW, "--json")
    done = invoke("deproject", folder / "seen.h5", "-o", folder / "j.h5", *wind)
    report = json.loads(done.stdout)
    assert report["samples"] == 1
    assert report["chi2"]["CO_2-1"] == pytest.approx(1, abs=0.2)
    assert "grid:" in done.stderr


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_was(folder, monkeypatch, posterior):
    import lineform.commands._progress as progress

    calls = []

    @contextmanager
    def impatient(label):
        def report(done, total):
            calls.append(done)
            if len(calls) == 4:
                raise KeyboardInterrupt

        yield report

    path = folder / "broken.h5"
    words = ("--model", "spherical", "--method", "vi", "--cells", 8, *FEW, "--samples", 60)
    words = ("deproject", folder / "seen.h5", "-o", path, *words)
    with monkeypatch.context() as patched:
        patched.setattr(progress, "progress_bar", impatient)
        stopped = invoke(*words)
    assert stopped.exit_code == 1
    assert "give the same command with --resume" in stopped.stderr
    assert not path.exists()
    with pytest.raises(ReadError, match="got one with others; give the same options"):
        invoke(*words, "--seed", 5, "--resume")
    left = re.search(r"vi: about (\d+) s for what is left", lineform(*words, "--resume"))
    assert left
    assert read_posterior(path).latent == pytest.approx(posterior.latent)
    assert not path.with_name("broken.h5.checkpoint").exists()


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (("--model", "cube"), ConfigError, r"model: expected one of .*free.*spiral.*, got cube"),
        (
            ("--method", "guess"),
            ConfigError,
            r"method: expected one of hmc, map, npe, smc, vi",
        ),
        (("--prior", "mass_loss_rate=1e-6"), ConfigError, r"1e-6"),
        (
            ("--prior", "mass_loss_rat=fixed 1"),
            ConfigError,
            r"expected mass_loss_rate, or another of \d+ numbers, got mass_loss_rat; .*--dry-run",
        ),
        (("--fix", "xyz=1"), ConfigError, r"expected one of \d+ numbers, got xyz;"),
        (("--fix", "mass_loss_rate"), ConfigError, r"fixed: expected NAME=VALUE"),
        (("--abundance", "SiO=1e-5"), ConfigError, r"abundance: expected that of CO.*got SiO"),
        (("--abundance", "CO=many"), ConfigError, r"expected SPECIES=NUMBER, got many"),
        (("--center", "here"), ConfigError, r"center: expected right ascension.*got 'here'"),
        (("--distance", "150"), UnitsError, r"distance: .*pc"),
        (("--distance", "0 pc"), ConfigError, r"distance: expected a positive one"),
        (("--device", "abacus"), ConfigError, r"device: expected auto, cpu.*got abacus"),
        (("--method", "npe"), ConfigError, r"network"),
        (("--background", "-1 K"), ConfigError, r"background: expected above 0 K, got -1 K"),
        (("--rms", "-1 K"), ConfigError, r"rms: expected a positive one, got -1"),
        (("--line", "HCN 1-0"), ConfigError, r"HCN 1-0"),
        (("--method", "hmc", "--model", "free"), ConfigError, r"hmc: size of the model"),
        (("--resume",), ReadError, r"got no checkpoint"),
        (
            ("--systemic-velocity", "500 km/s"),
            ConfigError,
            r"systemic velocity: expected one in or beside the channels, from -\d.* got 500 km/s",
        ),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_starts(folder, words, kind, said):
    wind = () if "--model" in words else ("--model", "spherical")
    with pytest.raises(kind, match=said):
        invoke("deproject", folder / "seen.h5", "-o", folder / "no.h5", "--cells", 8, *wind, *words)
    assert not (folder / "no.h5").exists()


def test_a_cube_is_not_counted_twice(folder):
    shutil.copy(folder / "seen.h5", folder / "copy.h5")
    plan = Plan((folder / "seen.h5", folder / "copy.h5"), "spherical", "map")
    with pytest.raises(ConfigError, match=r"cubes: expected each once, got seen.h5 and copy.h5"):
        prepare(plan)


def test_velocities_may_be_given_in_either_order(folder):
    dry = ("deproject", folder / "seen.h5", "-o", folder / "no.h5", "--dry-run", "--cells", 4)
    wind = (*dry, "--model", "spherical", "--velocity-range")
    told = [lineform(*wind, *ends).splitlines()[:4] for ends in (("-10", "8"), ("8", "-10"))]
    assert told[0] == told[1]


def test_a_fits_cube_needs_a_distance(folder):
    silent = folder / "silent.fits"
    shutil.copy(folder / "seen.fits", silent)
    fits.delval(silent, "DISTANCE")
    with pytest.raises(ConfigError, match=r"distance: expected that of the star.*--distance"):
        invoke("deproject", silent, "-o", folder / "no.h5", "--rms", "0.1 K")


def test_a_model_file_is_no_cube(folder):
    with pytest.raises(LineformError, match="atomium-model"):
        invoke("deproject", folder / "model.h5", "-o", folder / "no.h5")


def test_a_free_wind_is_gas(folder):
    words = ("--model", "free", "--method", "map", "--cells", 8, "--iterations", 2)
    path = folder / "free.h5"
    lineform("deproject", folder / "seen.h5", "-o", path, *words)
    found = read_posterior(path)
    density = found.field("density_CO")
    assert density.samples.shape == (1, 8, 8, 8)
    assert np.all(density.samples > 0)
    assert np.all(found.field("temperature").samples > 2)
    place = np.stack(np.meshgrid(*found.axes, indexing="ij"))
    parts = np.stack([found.field(f"velocity_{axis}").samples[0] for axis in "xyz"])
    radial = found.field("velocity_radial")
    outwards = (place * parts).sum(axis=0) / np.linalg.norm(place, axis=0)
    assert radial.samples[0] == pytest.approx(outwards, rel=1e-5)
    # The prior knows that the gas flows outwards, which its components by themselves do not say.
    assert radial.prior.min() > 0
