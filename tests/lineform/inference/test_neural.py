"""Networks: right where the posterior is known, honest about cubes that they do not know."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("zuko", reason="zuko is not installed")

from lineform.cube import Beam  # noqa: E402
from lineform.errors import ConfigError, ReadError  # noqa: E402
from lineform.inference._looks import Looks, learn_components  # noqa: E402
from lineform.inference._network import Build, Network  # noqa: E402
from lineform.inference._telescopes import extras_of, observed  # noqa: E402
from lineform.inference.base import Settings, State, Watch  # noqa: E402
from lineform.inference.estimate import quantiles  # noqa: E402
from lineform.inference.layout import Layout, on_layout  # noqa: E402
from lineform.inference.networkfile import read_network, write_network  # noqa: E402
from lineform.inference.neural import INFERENCE  # noqa: E402
from lineform.inference.simulations import Simulations, simulate, wrapped_numbers  # noqa: E402
from lineform.inference.training import Training, train  # noqa: E402
from lineform.inference.trial import tried  # noqa: E402
from tests.lineform.inference.amortised import (  # noqa: E402
    LAYOUT,
    PatternModel,
    Patterns,
    exact,
    measured,
    problem,
)

pytestmark = pytest.mark.slow
"""Nothing here goes without a trained network."""

TRAINING = Training(
    epochs=14, components=8, width=16, blocks=1, context=8, hidden=16, splines=1, batch=64,
    rate=7e-3, seed=1,
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Tiny layers only wait for a second thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("network")


@pytest.fixture(scope="module")
def simulations(folder):
    return simulate(Patterns(), 1920, 1, folder / "cache")


@pytest.fixture(scope="module")
def few(simulations):
    part = {name: getattr(simulations, name)[:320] for name in ("latent", "sky", "group")}
    return replace(simulations, **part)


@pytest.fixture(scope="module")
def trained(simulations):
    return train(simulations, TRAINING)


@pytest.fixture(scope="module")
def path(trained, folder):
    file = folder / "network.pt"
    write_network(file, trained, tried(trained, 1))
    return file


def draws(path, measurement, watch=None, **settings):
    given = Settings(**{"samples": 200, "network": path, "seed": 2, **settings})
    return INFERENCE.draws(problem(measurement), torch.zeros(2), given, watch or Watch())


def test_samples_have_mean_and_width_of_the_posterior(path) -> None:
    """Over several cubes: the network is a little wrong for each."""
    shifts, widths = [], []
    for seed in range(8):
        truth = torch.randn(2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        measurement = measured(truth, seed)
        mean, covariance, _ = exact(measurement)
        samples = draws(path, measurement, samples=1000).latent
        deviation = covariance.diag().sqrt()
        shifts.append((samples.mean(0) - mean) / deviation)
        widths.append(samples.std(0) / deviation)
    assert torch.stack(shifts).square().mean().sqrt() < 0.5
    # What is trained for seconds is rather too wide; it must not be too narrow.
    assert 0.95 < torch.stack(widths).mean() < 1.3


def test_what_was_held_out_is_covered(path) -> None:
    calibration = read_network(path).calibration
    assert calibration["simulations"] == 192
    for covered in calibration["coverage"]:
        for share, probability in zip(covered, calibration["intervals"], strict=True):
            # Four standard deviations of a share of 192.
            assert share > probability - 4 * (probability * (1 - probability) / 192) ** 0.5
    assert np.all(np.array(calibration["width"]) < 0.5)


def test_weights_make_the_samples_exact(path) -> None:
    measurement = measured(torch.tensor([0.7, -1.2], dtype=torch.float64))
    mean, covariance, evidence = exact(measurement)
    found = draws(path, measurement, refine="weights")
    deviation = covariance.diag().sqrt()
    assert ((found.latent.mean(0) - mean).abs() < 0.2 * deviation).all()
    assert (found.latent.std(0) / deviation - 1).abs().max() < 0.15
    assert found.evidence == pytest.approx(evidence, abs=0.05)
    assert found.diagnostics["pareto shape"] < 0.7
    assert found.diagnostics["effective samples"] > 250
    assert found.warnings == ()


def test_weighting_goes_on_where_it_was(path) -> None:
    measurement = measured(torch.tensor([0.1, 0.2], dtype=torch.float64))
    kept: list[State] = []
    whole = draws(path, measurement, Watch(lambda done, total, state: kept.append(state)),
                  refine="weights")  # fmt: skip
    calls: list[float] = []
    watch = Watch(lambda done, total, state: calls.append(done), kept[-10])
    rest = draws(path, measurement, watch, refine="weights")
    assert len(calls) == 9
    assert torch.equal(whole.latent, rest.latent)


def test_monte_carlo_starts_from_the_network(path) -> None:
    pytest.importorskip("nutpie", reason="nutpie is not installed")
    measurement = measured(torch.tensor([-0.4, 1.0], dtype=torch.float64))
    mean, covariance, _ = exact(measurement)
    found = draws(path, measurement, refine="hmc")
    assert ((found.latent.mean(0) - mean).abs() < 0.3 * covariance.diag().sqrt()).all()
    assert "strangeness" in found.diagnostics


def test_model_that_cannot_make_the_cube_is_noticed(path) -> None:
    """A star that is not in the model: neither the network nor the fit finds it familiar."""
    measurement = measured(torch.zeros(2, dtype=torch.float64))
    cube = measurement.intensity.copy()
    cube[:, 1, 1] += 30 * measurement.rms[0, 0, 0]
    found = draws(path, replace(measurement, intensity=cube))
    assert any("worse than noise" in warning for warning in found.warnings)
    assert any("unlike all" in warning for warning in found.warnings)
    assert found.diagnostics["median chi2"] > 10


def test_star_that_moves_moves_the_cube(path) -> None:
    measurement = measured(torch.tensor([0.7, -1.2], dtype=torch.float64))
    moved = replace(measurement, velocity=measurement.velocity + 25.0)
    given = Settings(samples=50, network=path)
    ours, theirs = (
        INFERENCE.draws(case, torch.zeros(2), given, Watch()).latent
        for case in (problem(measurement), problem(moved, PatternModel(25.0)))
    )
    assert torch.equal(ours, theirs)


def test_file_gives_back_what_was_written(path, trained) -> None:
    file = read_network(path)
    cube = torch.randn(3, *LAYOUT.shape, generator=torch.Generator().manual_seed(1))
    extras = torch.zeros(3, 4)
    with torch.no_grad():
        summary = file.network.summarise(cube, extras)
        assert torch.equal(summary, trained.network.summarise(cube, extras))
    assert file.layout == LAYOUT
    assert [quantity.unit for quantity in file.quantities] == ["K", ""]
    assert file.training["simulations"] == 1920
    assert file.losses == [list(pair) for pair in trained.losses]
    assert set(file.versions) == {"lineform", "numpy", "python", "torch", "zuko"}


def test_same_seed_gives_the_same_file_and_samples(path, few, folder) -> None:
    short = replace(TRAINING, epochs=2)
    for name in ("one.pt", "two.pt"):
        done = train(few, short)
        write_network(folder / name, done, {})
    assert (folder / "one.pt").read_bytes() == (folder / "two.pt").read_bytes()
    measurement = measured(torch.zeros(2, dtype=torch.float64))
    assert torch.equal(draws(path, measurement).latent, draws(path, measurement).latent)


class _Interrupted(Exception):
    pass


def test_interrupted_training_ends_as_one_that_was_not(few, folder) -> None:
    short = replace(TRAINING, epochs=3)
    whole = train(few, short)
    checkpoint = folder / "checkpoint"

    def stop(done: int, total: int) -> None:
        if done > total // 2:
            raise _Interrupted

    with pytest.raises(_Interrupted):
        train(few, short, checkpoint=checkpoint, progress=stop)
    rest = train(few, short, checkpoint=checkpoint, resume=True)
    assert rest.losses == whole.losses
    with pytest.raises(ConfigError, match="same simulations and settings"):
        train(few, replace(short, seed=9), checkpoint=checkpoint, resume=True)
    checkpoint.write_bytes(b"nothing")
    with pytest.raises(ConfigError, match="one that this command wrote"):
        train(few, short, checkpoint=checkpoint, resume=True)


def test_training_ends_when_nothing_gets_better(few) -> None:
    hopeless = replace(TRAINING, epochs=9, patience=2, rate=1e-12, held_out=0.5)
    assert len(train(few, hopeless).losses) < 9


def test_simulations_are_taken_from_the_disk(simulations, folder) -> None:
    class Broken(Patterns):
        def sky(self, latent: torch.Tensor) -> torch.Tensor:
            raise AssertionError

    again = simulate(Broken(), 1920, 1, folder / "cache")
    assert torch.equal(again.sky, simulations.sky)
    (damaged,) = folder.glob("cache/*/00003.npz")
    damaged.write_bytes(damaged.read_bytes()[:1000])
    again = simulate(Patterns(), 1920, 1, folder / "cache")
    assert torch.equal(again.sky, simulations.sky)


def test_simulation_that_fails_says_so(tmp_path) -> None:
    class Endless(Patterns):
        def sky(self, latent: torch.Tensor) -> torch.Tensor:
            return super().sky(latent) / 0

    with pytest.raises(ConfigError, match="NaN or infinite"):
        simulate(Endless(), 10, 1, tmp_path)


def _changed(path: Path, folder: Path, change) -> Path:
    held = torch.load(path, weights_only=True)
    change(held)
    torch.save(held, folder / "changed.pt")
    return folder / "changed.pt"


def test_files_that_are_no_networks_are_refused(path, tmp_path) -> None:
    with pytest.raises(ReadError, match="got none"):
        read_network(tmp_path / "nothing.pt")
    cut = tmp_path / "cut.pt"
    cut.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ReadError, match="no file that PyTorch can read"):
        read_network(cut)
    torch.save({"some": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(ReadError, match="without a format"):
        read_network(tmp_path / "other.pt")
    # An object of a class: what would be code on loading.
    torch.save({"format": Path("x")}, tmp_path / "code.pt")
    with pytest.raises(ReadError, match="something else than tensors, numbers and words"):
        read_network(tmp_path / "code.pt")

    def flip(held: dict) -> None:
        held["weights"]["summary.first.bias"][0] += 1

    with pytest.raises(ReadError, match="weights that differ from those written"):
        read_network(_changed(path, tmp_path, flip))
    with pytest.raises(ReadError, match="layout"):
        read_network(_changed(path, tmp_path, lambda held: held.pop("layout")))
    with pytest.raises(ReadError, match=r"expected 1\.0, got 2\.0"):
        read_network(_changed(path, tmp_path, lambda held: held.update(format_version="2.0")))


CASES = {
    "another line": (lambda m: {"line": replace(m.line, frequency=345.8e9)}, "345796000000|3.458e"),
    "too narrow a band": (lambda m: {"velocity": m.velocity + 2}, "velocity of the cube"),
    "too small a field": (lambda m: {"x": m.x / 2, "y": m.y / 2}, "x of the cube"),
    "too coarse": (lambda m: {"channel": 1.5}, "steps of at most 1"),
    "a beam": (lambda m: {"beams": (Beam(0.3, 0.2, 0.0),)}, "got 0.3 by 0.2 arcsec"),
    "too much noise": (lambda m: {"rms": 3 * m.rms}, "got 3 K"),
    "gaps": (lambda m: {"intensity": np.where(m.x > 0, np.nan, m.intensity)}, "50 % of it blank"),
}


@pytest.mark.parametrize("case", CASES)
def test_cubes_that_do_not_fit_are_refused(case, path) -> None:
    change, message = CASES[case]
    measurement = measured(torch.zeros(2, dtype=torch.float64))
    with pytest.raises(ConfigError, match=message.split("|")[-1]):
        on_layout(replace(measurement, **change(measurement)), LAYOUT)


def test_problems_that_do_not_fit_are_refused(path) -> None:
    case = problem(measured(torch.zeros(2, dtype=torch.float64)))

    def refused(case, match, **settings):
        given = Settings(**{"network": path, **settings})
        with pytest.raises(ConfigError, match=match):
            INFERENCE.draws(case, torch.zeros(2), given, Watch())

    refused(case, "a file that lineform train wrote, got none", network=None)
    refused(case, "one of hmc, weights, got magic", refine="magic")
    refused(replace(case, parts=[*case.parts, *case.parts]), "cubes: expected one, got 2")

    class Other(PatternModel):
        def settings(self) -> dict:
            return {**super().settings(), "distance": "fixed 100"}

    refused(replace(case, model=Other()), "got distance: fixed 100")


def test_finer_cubes_are_averaged_with_their_noise() -> None:
    """The rms left in a pixel, by theory and of many maps of correlated noise."""
    from lineform.func.convolve import beam_margin, correlated_noise

    layout = replace(LAYOUT, beam=(0.4, 0.5), pixels=8, pixel=0.2, noise=(0.1, 1.0))
    channels, pixels, step = 16, 64, 0.025
    widths = 0.4 / step, 0.4 / step, 0.0
    side = pixels + beam_margin(widths[0])
    white = np.random.default_rng(1).standard_normal((channels, side, side))
    noise = correlated_noise(white, *widths)
    measurement = replace(
        measured(torch.zeros(2, dtype=torch.float64)),
        intensity=noise * float(measured(torch.zeros(2, dtype=torch.float64)).rms.squeeze()),
        velocity=-1.875 + 0.25 * np.arange(channels),
        channel=0.25,
        x=(np.arange(pixels) - 31.5) * step,
        y=(np.arange(pixels) - 31.5) * step,
        beams=(Beam(0.4, 0.4, 0.0),),
        correlated=True,
    )
    seen = on_layout(measurement, replace(layout, channel_response="boxcar"))
    assert seen.warnings == ()
    assert seen.noise == pytest.approx(seen.cube.std(), rel=0.15)
    # Four channels are averaged, and the pixels see nearly the same noise.
    assert 0.4 < seen.noise < 0.5


def test_telescopes_make_noise_of_variance_one() -> None:
    layout = replace(LAYOUT, pixels=16, beam=(0.3, 0.5), elongation=1.3, noise=(0.5, 2.0))
    generator = torch.Generator().manual_seed(1)
    cube, extras = observed(torch.zeros(320, 4, 16, 16), layout, generator)
    assert float(cube.std()) == pytest.approx(1.0, abs=0.02)
    noise = extras[:, 0].exp()
    assert 0.5 <= float(noise.min()) < 0.52
    assert 1.9 < float(noise.max()) <= 2.0
    assert extras_of(1.0, Beam(0.4, 0.3, 0.0)) == pytest.approx(
        extras_of(1.0, Beam(0.4, 0.3, 180.0))
    )


def _looking(layout: Layout, sky: torch.Tensor) -> tuple[Network, Looks]:
    """A network that has learned some components of skies, and how it looks at them."""
    rows = torch.arange(len(sky))
    seen = Simulations(layout, torch.zeros(len(sky), 1), sky, rows, (), (), {})
    network = Network(Build(layout.shape, 4, 1, components=6, width=8, context=8, hidden=8))
    with torch.random.fork_rng():
        torch.manual_seed(1)
        learn_components(network, seen, rows, torch.Generator().manual_seed(1))
    looks = Looks(network, seen, rows, seed=2)
    looks.begin(0)
    return network, looks


def test_looks_have_the_noise_of_telescopes() -> None:
    layout = replace(LAYOUT, pixels=8, beam=(0.3, 0.4), elongation=1.3)
    generator = torch.Generator().manual_seed(3)
    network, looks = _looking(layout, torch.randn(4800, 4, 8, 8, generator=generator))
    sky = looks._seen
    found = torch.cat([looks.look(torch.arange(4800), generator)[0] - sky for _ in range(2)])
    cube, _ = observed(torch.zeros(9600, 4, 8, 8), layout, generator)
    seen = network.compress(cube)
    # Some four standard deviations, of 4800 cubes of noise.
    assert torch.allclose(torch.cov(found.T), torch.cov(seen.T), atol=0.1)
    assert (found.mean(0).abs() < 0.1).all()


def test_looks_have_the_signal_and_change_their_beams() -> None:
    layout = replace(LAYOUT, pixels=8, noise=(1e-4, 1e-3))
    sky = torch.randn(64, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    rows = torch.tensor([60, 3, 3])
    network, looks = _looking(layout, sky)
    components, extras = looks.look(rows, torch.Generator().manual_seed(3))
    kelvin = components * extras[:, :1].exp()
    assert torch.allclose(kelvin, network.compress(sky[rows]), atol=0.01)
    wide = replace(layout, beam=(0.3, 0.5), noise=(1.0, 1.0))
    _, turning = _looking(wide, sky)
    first = turning.look(torch.arange(64), torch.Generator())[1]
    for epoch in range(1, 7):
        turning.begin(epoch)
    assert (turning.look(torch.arange(64), torch.Generator())[1][:, 1] != first[:, 1]).all()
    # What an epoch looks at depends on nothing before it.
    _, late = _looking(wide, sky)
    late.begin(6)
    one, other = (each.look(rows, torch.Generator().manual_seed(1)) for each in (turning, late))
    assert torch.equal(one[0], other[0])


def test_density_of_angles_is_that_of_the_samples() -> None:
    """Weighted by their density, samples of any network are those of a normal distribution."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        small = {"components": 8, "width": 8, "context": 8, "hidden": 16}
        network = Network(Build((4, 4, 4), 4, 2, wrapped=(1,), **small))
        cube = torch.randn(1, 4, 4, 4)
        network.learn_components(*torch.randn(2, 32, 4, 4, 4), torch.zeros(32, 4))
    with torch.no_grad():
        summary = network.summarise(cube, torch.zeros(1, 4))
        drawn, density = network.draw(summary, 8000, torch.Generator().manual_seed(1))
    latent, normal = drawn[0], torch.distributions.Normal(0.0, 1.0)
    weight = (normal.log_prob(latent).sum(-1) - density[0]).exp()
    assert float(weight.mean()) == pytest.approx(1.0, abs=0.05)
    assert ((weight[:, None] * latent).mean(0).abs() < 0.05).all()
    assert ((weight[:, None] * latent**2).mean(0) - 1).abs().max() < 0.1
    turned = torch.exp(2j * torch.pi * latent[:, 1])
    # The network prefers some angles, the normal distribution none.
    assert float(turned.mean().abs()) > 0.1
    assert float((weight * turned).mean().abs()) < 0.05


def test_angles_are_found_and_summarised_over_the_seam() -> None:
    from lineform.deprojection.base import Quantity

    quantities = [Quantity("speed", "km/s", "", ""), Quantity("turn", "deg", "", "", period=360.0)]

    def numbers(latent: torch.Tensor) -> torch.Tensor:
        return torch.stack([latent[0].exp(), (360 * latent[1]).remainder(360.0)])

    assert wrapped_numbers(numbers, quantities, 2) == (1,)
    samples = np.stack([np.linspace(1, 2, 101), np.linspace(-20, 20, 101) % 360], axis=1)
    low, middle, high, unit = quantiles(quantities, samples)["turn"]
    assert (middle, high - low, unit) == (pytest.approx(0, abs=1e-9), pytest.approx(27.2), "deg")


def test_training_that_makes_no_sense_is_refused(simulations) -> None:
    with pytest.raises(ConfigError, match="epochs 0"):
        Training(epochs=0)
    with pytest.raises(ConfigError, match=r"two pixels of 0\.1 arcsec"):
        replace(LAYOUT, beam=(0.1, 0.2))
    with pytest.raises(ConfigError, match="2 to 1 K"):
        Layout(**{**LAYOUT.settings(), "noise": (2.0, 1.0)})
    alone = replace(simulations, group=torch.zeros(1920, dtype=torch.int64))
    with pytest.raises(ConfigError, match="at least two models"):
        train(alone, TRAINING)
