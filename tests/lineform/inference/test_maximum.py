"""The maximum of the posterior: exact where it is known, robust where it is wild."""

import math

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.errors import ConfigError  # noqa: E402
from lineform.inference.base import Settings, State, Watch  # noqa: E402
from lineform.inference.maximum import INFERENCE  # noqa: E402
from tests.lineform.inference.toys import Steep, linear  # noqa: E402


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_mean_and_evidence_of_a_linear_problem(dtype: torch.dtype) -> None:
    problem = linear(20, 50, 30.0, dtype=dtype)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(), Watch())
    exact = linear(20, 50, 30.0)
    width = torch.linalg.inv(exact.metric()).diagonal().sqrt()
    apart = (draws.latent[0].to(torch.float64) - exact.mean()) / width
    assert apart.abs().max() < 0.02
    assert draws.evidence == pytest.approx(exact.log_evidence(), abs=0.01)
    assert draws.weight.sum() == 1
    assert not draws.warnings


def test_large_problem_without_matrices() -> None:
    problem = linear(300, 200, 100.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(), Watch())
    apart = draws.latent[0] - problem.mean()
    assert apart @ problem.metric() @ apart < 0.02
    assert math.isnan(draws.evidence)


@pytest.mark.parametrize("place", [-30.0, 4.0, 50.0])
def test_wild_start(place: float) -> None:
    """exp(8 * 50) is no number in single precision; at -30 the measurement says nothing."""
    problem = Steep()
    start = torch.full((3,), place)
    draws = INFERENCE.draws(problem, start, Settings(), Watch())
    # The slope of the energy, 80 (e^8x - 1) e^8x / 0.1 + x, vanishes at 0 alone.
    assert draws.latent.abs().max() < 1e-3


def test_no_energy_anywhere() -> None:
    class Nowhere(Steep):
        def residual(self, latent: torch.Tensor) -> torch.Tensor:
            return latent * math.nan

    with pytest.raises(ConfigError, match="no finite number"):
        INFERENCE.draws(Nowhere(), torch.ones(3), Settings(), Watch())


def test_goes_on_exactly_where_it_was() -> None:
    problem = linear(20, 50, 30.0, bend=0.5)
    states: list[State] = []
    watch = Watch(report=lambda done, total, state: states.append(state))
    whole = INFERENCE.draws(problem, problem.origin(), Settings(), watch)
    assert len(states) > 3
    rest = INFERENCE.draws(problem, problem.origin(), Settings(), Watch(state=states[1]))
    assert torch.equal(whole.latent, rest.latent)


def test_says_that_it_was_stopped() -> None:
    problem = linear(20, 50, 30.0, bend=0.5)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(iterations=1), Watch())
    assert "after 1 iterations" in draws.warnings[0]


def test_work_is_honest() -> None:
    problem = linear(10, 50, 30.0, bend=0.5)
    seen: list[float] = []
    watch = Watch(report=lambda done, total, state: seen.append(done))
    expected = INFERENCE.work(problem, Settings())
    INFERENCE.draws(problem, problem.origin(), Settings(), watch)
    assert expected / 3 < seen[-1] <= expected
