"""Hamiltonian Monte Carlo: samples of known posteriors, and a run that goes on where it was."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.errors import ConfigError  # noqa: E402
from lineform.inference.base import Draws, Settings, State, Watch  # noqa: E402
from lineform.inference.evidence import bridged  # noqa: E402
from lineform.inference.hmc import INFERENCE, Hamiltonian  # noqa: E402
from tests.lineform.inference.toys import Linear, linear  # noqa: E402

SHORT = Hamiltonian(chains=2, warmup=60)
MANY = Settings(samples=1000)


def started(problem: Linear) -> Draws:
    return SHORT.draws(problem, problem.origin(), MANY, Watch())


@pytest.fixture(scope="module")
def straight() -> tuple[Linear, Draws]:
    problem = linear(6, 12, 20.0)
    return problem, started(problem)


def test_samples_of_a_linear_problem(straight: tuple[Linear, Draws]) -> None:
    problem, draws = straight
    inverse = torch.linalg.inv(problem.metric())
    factor = torch.linalg.cholesky(inverse)
    white = torch.linalg.solve_triangular(factor, (draws.latent - problem.mean()).T, upper=False)
    assert white.mean(dim=1).abs().max() < 0.15
    assert (torch.cov(white) - torch.eye(6)).abs().max() < 0.2
    assert draws.evidence == pytest.approx(problem.log_evidence(), abs=0.1)
    assert draws.diagnostics["rhat"] < 1.05
    assert draws.diagnostics["effective samples"] > 100
    assert draws.diagnostics["divergences"] == 0
    assert not draws.warnings


def test_samples_of_a_bent_problem() -> None:
    """Against the integral over a fine grid; the maximum is elsewhere than the mean."""
    problem = linear(2, 3, 2.0, bend=0.8)
    side = torch.linspace(-6, 6, 301, dtype=torch.float64)
    points = torch.cartesian_prod(side, side)
    energy = torch.func.vmap(problem.energy)(points)
    density = torch.exp(energy.min() - energy)
    mass = density / density.sum()
    mean = mass @ points
    deviation = (mass @ (points - mean) ** 2).sqrt()
    draws = started(problem)
    assert ((draws.latent.mean(0) - mean) / deviation).abs().max() < 0.3
    assert (draws.latent.std(0) / deviation - 1).abs().max() < 0.2
    area = float((side[1] - side[0]) ** 2)
    evidence = float(torch.logsumexp(-energy, 0)) + math.log(area / (2 * math.pi))
    assert draws.evidence == pytest.approx(evidence, abs=0.15)


def test_an_interrupted_run_goes_on_to_the_same_samples(straight: tuple[Linear, Draws]) -> None:
    problem, whole = straight
    kept: list[State] = []

    def report(done: float, total: float, state: State) -> None:
        assert 0 <= done <= total
        kept.append(state)
        if len(state["record"]) > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SHORT.draws(problem, problem.origin(), MANY, Watch(report))
    again = SHORT.draws(problem, problem.origin(), MANY, Watch(state=kept[-1]))
    assert torch.equal(again.latent, whole.latent)
    assert again.evidence == whole.evidence


def test_single_precision() -> None:
    problem = linear(3, 5, 5.0, dtype=torch.float32)
    brief = Hamiltonian(chains=1, warmup=30, least=20)
    draws = brief.draws(problem, problem.origin(), Settings(samples=5), Watch())
    assert draws.latent.shape == (5, 3)
    assert draws.latent.dtype == torch.float32
    assert draws.weight.sum() == pytest.approx(1)
    assert any("independent samples" in text for text in draws.warnings)


def test_large_models_are_refused() -> None:
    problem = linear(61, 10, 1.0)
    with pytest.raises(ConfigError, match=r"at most 60, got 61 latent numbers.* vi"):
        INFERENCE.draws(problem, problem.origin(), Settings(), Watch())


def test_work_grows_with_the_samples() -> None:
    problem = linear(3, 5, 5.0)
    few = INFERENCE.work(problem, Settings(samples=40))
    assert few > INFERENCE.chains * (INFERENCE.warmup + INFERENCE.least)
    assert INFERENCE.work(problem, Settings(samples=4000)) > 4 * few


def test_a_density_that_fails_says_why() -> None:
    class Broken(Linear):
        def residual(self, latent: torch.Tensor) -> torch.Tensor:
            if bool(latent.norm() > 0):
                raise ConfigError("residual", seen="7")
            return super().residual(latent)

    sound = linear(2, 3, 1.0)
    with pytest.raises(ConfigError, match="residual: got 7"):
        SHORT.draws(Broken(sound.matrix, sound.data), sound.origin(), Settings(), Watch())


def test_bridge_of_a_skewed_density() -> None:
    """A density exp(x - exp(x)), whose integral is 1, times 20; the bridge is a Gaussian."""
    drawn = np.log(np.random.default_rng(1).exponential(size=(4000, 1)))
    found = bridged(
        drawn,
        (drawn - np.exp(drawn))[:, 0] + math.log(20),
        lambda x: float(x[0] - np.exp(x[0])) + math.log(20),
        4000,
        seed=2,
    )
    assert found.logarithm == pytest.approx(math.log(20), abs=4 * found.error)
    assert 0.005 < found.error < 0.05
