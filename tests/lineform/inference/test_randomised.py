"""Fits of changed measurements: exact where the problem is linear, wide in a long valley."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.inference.base import Settings, State, Watch  # noqa: E402
from lineform.inference.randomised import INFERENCE  # noqa: E402
from tests.lineform.inference.toys import linear  # noqa: E402


def test_samples_of_a_linear_problem_have_its_posterior() -> None:
    problem = linear(12, 30, 20.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=150), Watch())
    root = torch.linalg.cholesky(problem.metric())
    white = (draws.latent - problem.mean()) @ root
    # Each mean is known to 8 %, each variance to 12 %, and all of them together to 3.3 %.
    assert white.mean(0).abs().max() < 0.25
    assert white.var(0).min() > 0.65
    assert white.var(0).max() < 1.45
    assert float((white**2).mean()) == pytest.approx(1, abs=0.12)
    assert draws.diagnostics["failed"] == 0
    assert draws.warnings == ()


class _Ring:
    """The square of the distance from the origin is measured: a ring, all of which is alike."""

    size = 2
    dtype = torch.float64

    def residual(self, latent):
        return 20 * (latent.square().sum() - 2.0).reshape(1)

    def energy(self, latent):
        return (self.residual(latent).square().sum() + latent.square().sum()) / 2

    def origin(self):
        return torch.zeros(2, dtype=torch.float64)


def test_samples_come_to_all_sides_of_a_ring() -> None:
    start = torch.tensor([1.0, 0.2], dtype=torch.float64)
    draws = INFERENCE.draws(_Ring(), start, Settings(samples=80), Watch())
    assert draws.latent.square().sum(1).sub(2).abs().max() < 0.25
    sides = (draws.latent > 0).double() @ torch.tensor([2.0, 1.0], dtype=torch.float64)
    assert torch.bincount(sides.long(), minlength=4).min() >= 8


class _Wall(_Ring):
    """What no latent vector explains but those near the start."""

    def residual(self, latent):
        return 100 * torch.tanh(4 * (latent - 5.0))


def test_fits_that_fail_are_told() -> None:
    start = torch.full((2,), 5.0, dtype=torch.float64)
    draws = INFERENCE.draws(_Wall(), start, Settings(samples=4), Watch())
    assert draws.diagnostics["failed"] == 4
    assert "4 of 4 samples" in draws.warnings[0]


def test_goes_on_exactly_where_it_was() -> None:
    problem = linear(20, 30, 20.0, bend=0.3)
    states: list[State] = []
    watch = Watch(report=lambda done, total, state: states.append(state))
    whole = INFERENCE.draws(problem, problem.origin(), Settings(samples=5), watch)
    rest = INFERENCE.draws(problem, problem.origin(), Settings(samples=5), Watch(state=states[2]))
    assert torch.equal(whole.latent, rest.latent)
    assert rest.diagnostics == whole.diagnostics
