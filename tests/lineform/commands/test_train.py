"""The commands ``train`` and ``estimate``, on a small store and on a model."""

import json

import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("zuko", reason="zuko is not installed")

from lineform.commands.deproject import COMMAND as DEPROJECT  # noqa: E402
from lineform.commands.estimate import COMMAND as ESTIMATE  # noqa: E402
from lineform.commands.make_store import COMMAND as MAKE_STORE  # noqa: E402
from lineform.commands.observe import COMMAND as OBSERVE  # noqa: E402
from lineform.commands.train import COMMAND as TRAIN  # noqa: E402
from lineform.errors import ConfigError  # noqa: E402
from lineform.inference.networkfile import read_network  # noqa: E402

pytestmark = pytest.mark.slow
"""Networks are trained."""

SMALL = ("--epochs", "3", "--batch", "8", "--width", "16", "--rate", "0.003", "--held-out", "0.3")
CUBES = ("--pixels", "8", "--channels", "8")


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def run(command, *arguments):
    done = CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Six winds, each from two sides."""
    folder = tmp_path_factory.mktemp("train") / "store"
    run(
        MAKE_STORE, folder, "--models", 6, "--workers", 1, "--grid", 8, *CUBES,
        "--line", "CO 2-1", "--direction", "0,0,1", "--direction", "1,0,0.5",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def of_store(store):
    """A network of the store, and what was said of it."""
    path = store.parent / "store.pt"
    telescope = ("--beam", 1.5, 2.5, "--noise", 0.5, 5)
    said = run(TRAIN, store, "-o", path, *telescope, *SMALL, *CUBES, "--json")
    return path, json.loads(said)


def test_store_gives_parameters_and_orientation(of_store) -> None:
    path, report = of_store
    file = read_network(path)
    names = [quantity.name for quantity in file.quantities]
    assert report["numbers"] == names
    assert {"mass_loss_rate", "terminal_velocity", "inclination"} <= set(names)
    # Of one shape of wind only.
    assert not {"arm_spacing", "density_contrast"} & set(names)
    units = {quantity.name: quantity.unit for quantity in file.quantities}
    assert (units["mass_loss_rate"], units["inclination"]) == ("solMass/yr", "deg")
    assert (file.source["kind"], file.source["models"], report["cubes"]) == ("store", 6, 12)
    # Views of one model are held out together: two of six models.
    assert file.calibration["simulations"] == 4
    assert file.layout.shape == (8, 8, 8)
    assert not path.with_name("store.pt.checkpoint").exists()


def test_cube_is_estimated_within_the_store(of_store, store) -> None:
    path, _ = of_store
    cube = min((store / "observations").rglob("*.h5"))
    seen = store.parent / "seen.h5"
    run(OBSERVE, cube, "-o", seen, "--beam", "2,2 arcsec", "--noise", "0.5 K")
    common = (seen, "--network", path, "--group", "CO_2-1_d01")
    found = json.loads(run(ESTIMATE, *common, "--json"))
    assert [source.rpartition(" ")[2] for source in found] == ["CO_2-1_d01"]
    values = read_network(path).source["values"]
    for said in found.values():
        for name, (low, middle, high, _) in said["numbers"].items():
            assert min(values[name]) <= low <= middle <= high <= max(values[name])
    text = run(ESTIMATE, *common)
    assert "mass_loss_rate: " in text
    assert " solMass/yr" in text


def test_network_of_a_store_makes_no_gas(of_store, store) -> None:
    path, _ = of_store
    cube = min((store / "observations").rglob("*.h5"))
    with pytest.raises(ConfigError, match="trained on a store, which gives numbers and no gas"):
        run(
            DEPROJECT, cube, "-o", store.parent / "no.h5", "--method", "npe", "--network", path,
            "--model", "spherical", "--rms", "0.05 K", "--group", "CO_2-1_d00",
        )  # fmt: skip


@pytest.fixture(scope="module")
def of_model(store):
    """A network for spherical winds as large as the one that is looked at."""
    path, wind = store.parent / "model.pt", store.parent / "wind"
    run(
        MAKE_STORE, wind, "--models", 1, "--workers", 1, "--grid", 8, *CUBES, "--line", "CO 2-1",
        "--direction", "0,0,1", "--velocity-range", -20, 20, "--fov", "800 au",
    )  # fmt: skip
    (cube,) = (wind / "observations").rglob("*.h5")
    seen = store.parent / "wind.h5"
    run(OBSERVE, cube, "-o", seen, "--beam", "2,2 arcsec", "--noise", "0.5 K")
    said = run(
        TRAIN, "spherical", "-o", path, "--beam", 1.9, 2.1, "--noise", 0.4, 0.6, *SMALL, *CUBES,
        "--simulations", 128, "--workers", 1, "--cells", 8, "--fov", "5.3333333333 arcsec",
        "--velocity-range", -20, 20, "--prior", "turbulent_velocity=fixed 1",
    )  # fmt: skip
    assert "6 numbers from 128 cubes, 3 epochs" in said
    return path, seen


def test_model_is_deprojected_through_its_network(of_model) -> None:
    path, seen = of_model
    common = (
        seen, "-o", seen.with_name("posterior.h5"), "--model", "spherical", "--method", "npe",
        "--network", path, "--cells", 8, "--samples", 20, "--json",
    )  # fmt: skip
    found = json.loads(run(DEPROJECT, *common, "--fix", "turbulent_velocity=1"))
    assert found["samples"] == 20
    assert "mass_loss_rate" in found["numbers"]
    with pytest.raises(ConfigError, match="got turbulent_velocity: log-normal"):
        run(DEPROJECT, *common)


def test_interrupted_training_tells_how_to_go_on(store, tmp_path, monkeypatch) -> None:
    from lineform.inference import training

    step, done = training._step, []

    def until_the_second_epoch(*arguments):
        done.append(1)
        # Eight cubes to learn from: one step is an epoch.
        if len(done) == 2:
            raise KeyboardInterrupt
        return step(*arguments)

    monkeypatch.setattr(training, "_step", until_the_second_epoch)
    words = [str(store), "-o", str(tmp_path / "n.pt"), "--noise", "0.5", "5", *SMALL, *CUBES]
    stopped = CliRunner().invoke(TRAIN, words)
    assert (stopped.exit_code, "with --resume" in stopped.stderr) == (1, True)
    monkeypatch.undo()
    assert "3 epochs" in run(TRAIN, *words, "--resume")


def test_simulations_stay_beside_the_network(of_model) -> None:
    path, _ = of_model
    assert len(list(path.with_name("model.simulations").rglob("*.npz"))) == 1


def test_errors_tell_the_way_out(store, tmp_path) -> None:
    output = ("-o", tmp_path / "no.pt", "--noise", 1, 2)
    with pytest.raises(ConfigError, match="--fov: expected a value, for cubes of the model spiral"):
        run(TRAIN, "spiral", *output)
    with pytest.raises(ConfigError, match="one of bipolar, disk, free"):
        run(TRAIN, "sprial", *output, "--fov", "5 arcsec", "--velocity-range", -20, 20)
    with pytest.raises(ConfigError, match="at least two models with CO 3-2, got 0"):
        run(TRAIN, store, *output, "--line", "CO 3-2")
    with pytest.raises(ConfigError, match="at least two models with CO 2-1, got 1"):
        run(TRAIN, store, *output, "--where", "morphology=bipolar")
    with pytest.raises(ConfigError, match="NAME=VALUE, got 'spiral'"):
        run(TRAIN, store, *output, "--where", "spiral")
    with pytest.raises(ConfigError, match="two pixels of"):
        run(TRAIN, store, *output, "--beam", 0.001, 1)
