"""Variational samples: exact where the posterior is Gaussian, wide enough where it is not."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.inference._lean import Cloud  # noqa: E402
from lineform.inference.base import Settings, State, Watch  # noqa: E402
from lineform.inference.geometric import INFERENCE, _weighed  # noqa: E402
from tests.lineform.inference.toys import linear  # noqa: E402


def test_small_linear_problem_is_exact() -> None:
    problem = linear(6, 30, 20.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=120), Watch())
    root = torch.linalg.cholesky(problem.metric())
    white = (draws.latent - problem.mean()) @ root
    assert white.mean(0).abs().max() < 0.02
    # 60 pairs are known to 8 % when all 6 directions are taken together.
    assert float((white**2).mean()) == pytest.approx(1, abs=0.15)
    assert draws.weight.max() < 1.01 / 120
    assert draws.evidence == pytest.approx(problem.log_evidence(), abs=1e-3)
    assert not draws.warnings


def test_large_linear_problem_is_exact() -> None:
    """Each sample is what follows from its random numbers, by equations solved directly."""
    problem = linear(100, 60, 50.0)
    pair = Cloud(problem, problem.mean()).pair(3, bent=True)
    generator = torch.Generator().manual_seed(3)
    one = torch.randn(60, generator=generator, dtype=torch.float64)
    other = torch.randn(100, generator=generator, dtype=torch.float64)
    sample = torch.linalg.solve(problem.metric(), problem.matrix.T @ one + other)
    root = torch.linalg.cholesky(problem.metric())
    apart = (pair.offsets - torch.stack([sample, -sample])) @ root
    assert apart.abs().max() < 0.1
    assert apart.pow(2).mean().sqrt() < 0.02


def test_evidence_of_a_large_linear_problem() -> None:
    problem = linear(80, 40, 50.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=12), Watch())
    error = draws.diagnostics["error of the evidence"]
    assert error < 20
    assert draws.evidence == pytest.approx(problem.log_evidence(), abs=3 * error)
    width = torch.linalg.inv(problem.metric()).diagonal().sqrt()
    assert ((draws.latent.mean(0) - problem.mean()) / width).abs().max() < 0.02


def test_seeds_are_reproducible() -> None:
    problem = linear(6, 30, 20.0, bend=0.3)
    one, same, other = (
        INFERENCE.draws(problem, problem.origin(), Settings(samples=2, seed=seed), Watch())
        for seed in (1, 1, 2)
    )
    assert torch.equal(one.latent, same.latent)
    assert not torch.equal(one.latent, other.latent)


@pytest.mark.parametrize(("size", "samples"), [(6, 3), (80, 6)])
def test_goes_on_exactly_where_it_was(size: int, samples: int) -> None:
    """Among the samples that are drawn beyond those that were asked for, too."""
    problem = linear(size, 30, 20.0, bend=0.3)
    states: list[State] = []
    watch = Watch(report=lambda done, total, state: states.append(state))
    settings = Settings(samples=samples)
    whole = INFERENCE.draws(problem, problem.origin(), settings, watch)
    for state in states[1::3]:
        rest = INFERENCE.draws(problem, problem.origin(), settings, Watch(state=state))
        assert torch.equal(whole.latent, rest.latent)
        assert rest.evidence == whole.evidence


def test_weights_bring_back_a_bent_posterior() -> None:
    """One number, so that the posterior can be summed up on a grid."""
    problem = linear(1, 3, 1.5, bend=0.8)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=400), Watch())
    x = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    energy = torch.func.vmap(problem.energy)(x[:, None])
    density = torch.exp(-energy) / (2 * np.pi) ** 0.5
    evidence = torch.trapezoid(density, x)
    mean = torch.trapezoid(density * x, x) / evidence
    width = (torch.trapezoid(density * x**2, x) / evidence - mean**2).sqrt()
    seen = draws.weight @ draws.latent[:, 0]
    scatter = (draws.weight @ draws.latent[:, 0] ** 2 - seen**2).sqrt()
    assert float((seen - mean) / width) == pytest.approx(0, abs=0.1)
    assert float(scatter / width) == pytest.approx(1, abs=0.1)
    assert draws.evidence == pytest.approx(float(evidence.log()), abs=0.1)


def test_more_samples_are_drawn_where_their_weights_are_uneven() -> None:
    problem = linear(3, 8, 2.0, bend=1.5)
    settings = Settings(samples=40)
    draws = INFERENCE.draws(problem, problem.origin(), settings, Watch())
    assert len(draws.weight) == 80
    assert draws.diagnostics["effective samples"] >= 24
    assert draws.doubts == ()


def test_widths_that_stay_wrong_are_not_vouched_for() -> None:
    problem = linear(3, 8, 2.0, bend=3.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=10), Watch())
    assert len(draws.weight) == 40
    assert "samples could not be made" in " ".join(draws.doubts)


def test_weights_that_say_little_are_told() -> None:
    latent, even = torch.zeros(40, 2), np.zeros(40)
    assert _weighed(latent, even).doubts == ()
    lost = even.copy()
    lost[:12] = -np.inf
    assert "12 of 40 samples could not be made" in " ".join(_weighed(latent, lost).doubts)
    steep = np.linspace(0, -60, 40)
    (said,) = [text for text in _weighed(latent, steep).doubts if "count as" in text]
    assert "the 40 samples count as 1, by their weights" in said
