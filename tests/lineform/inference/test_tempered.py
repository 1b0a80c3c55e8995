"""Sequential Monte Carlo: exact where the problem is linear, and in all modes by their weight."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.errors import ConfigError  # noqa: E402
from lineform.inference._crowd import lasting  # noqa: E402
from lineform.inference._moves import Motion, Stride  # noqa: E402
from lineform.inference._reference import Reference, Slopes  # noqa: E402
from lineform.inference.base import Settings, State, Watch  # noqa: E402
from lineform.inference.tempered import INFERENCE  # noqa: E402
from tests.lineform.inference.toys import linear  # noqa: E402


def test_samples_and_evidence_of_a_linear_problem_are_exact() -> None:
    problem = linear(12, 30, 20.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=60), Watch())
    root = torch.linalg.cholesky(problem.metric())
    white = (draws.latent - problem.mean()) @ root
    # Each mean is known to 13 %, each variance to 18 %, and all of them together to 5 %.
    assert white.mean(0).abs().max() < 0.5
    assert white.var(0).min() > 0.45
    assert white.var(0).max() < 1.7
    assert float((white**2).mean()) == pytest.approx(1, abs=0.2)
    assert draws.evidence == pytest.approx(problem.log_evidence(), abs=2)
    assert draws.diagnostics["rhat"] < 1.3
    assert draws.warnings == ()


def _drawn(size: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(size, generator=generator, dtype=torch.float64)


def test_the_reference_of_a_linear_problem_is_its_posterior() -> None:
    problem = linear(9, 20, 5.0)
    slopes = Slopes.of(problem, [problem.origin()], 9, 1)
    torch.testing.assert_close(
        slopes.basis @ problem.metric(), (1 + slopes.curvature)[:, None] * slopes.basis
    )
    assert len(slopes.basis) == int((torch.linalg.eigvalsh(problem.metric()) > 3).sum()) > 0
    reference = Reference.of(slopes, 1.0, problem.mean())
    generator = torch.Generator().manual_seed(2)
    motion = Motion(problem, reference, 1.0, generator)
    at = motion.place(reference.coordinates(_drawn(9, 3)))
    torch.testing.assert_close(at.latent, _drawn(9, 3))
    # Directions that are hardly measured are left as they are: the rest is exact.
    assert motion.moved(at, Stride(1.0)).accepted == pytest.approx(1, abs=0.2)
    assert at.misfit == pytest.approx(float(problem.residual(at.latent).square().sum()) / 2)


def test_the_slope_is_that_of_the_height() -> None:
    problem = linear(7, 15, 4.0, bend=0.4)
    centre = _drawn(7, 1)
    reference = Reference.of(Slopes.of(problem, [centre], 7, 1), 0.3, centre)
    motion = Motion(problem, reference, 0.3, torch.Generator())
    at = motion.place(reference.coordinates(_drawn(7, 5)))
    step, tried = 1e-6, reference.split(_drawn(7, 6))
    ends = [motion.place(at.z.plus(sign * step, tried)).height for sign in (1, -1)]
    assert at.slope.dot(tried) == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6)


def test_many_directions_leave_many_ancestors() -> None:
    problem = linear(50, 70, 100.0)
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=24), Watch())
    root = torch.linalg.cholesky(problem.metric())
    white = (draws.latent - problem.mean()) @ root
    assert float((white**2).mean()) == pytest.approx(1, abs=0.1)
    assert draws.diagnostics["ancestors"] >= 8


def test_misfits_that_differ_by_chance_are_taken_as_equal() -> None:
    random = np.random.default_rng(1)
    falling = np.array([[30.0], [20.0], [10.0]])
    chance = random.normal(0, 5, (3, 24))
    assert np.ptp(lasting(falling + chance)) < 1
    lasts = np.linspace(0, 100, 24)
    np.testing.assert_allclose(
        lasting(falling + chance / 10 + lasts), 20 + lasts, atol=2 * 5 / 10 + 0.2
    )
    np.testing.assert_array_equal(lasting(lasts[None]), lasts)


class _Two:
    """The height of a number is measured, and roughly the number: the positive side is likelier."""

    size = 3
    dtype = torch.float64

    def residual(self, latent):
        return torch.stack([6 * (latent[0] ** 2 - 1), (latent[0] - 2) / 1.5, latent[1]])

    def traits(self, latent):
        return latent

    def energy(self, latent):
        return (self.residual(latent).square().sum() + latent.square().sum()) / 2

    def origin(self):
        return torch.zeros(3, dtype=torch.float64)


def test_two_modes_have_their_probabilities() -> None:
    problem = _Two()
    draws = INFERENCE.draws(problem, problem.origin(), Settings(samples=60), Watch())
    assert draws.latent[:, 0].abs().sub(1).abs().max() < 0.4
    # Misfits of 1 / 4.5 and 9 / 4.5 at the two ends; 60 samples scatter by 5 %, and the first draws
    # of each end by about as much.
    share = float((draws.latent[:, 0] > 0).double().mean())
    assert share == pytest.approx(1 / (1 + math.exp(-8 / 4.5)), abs=0.12)


class _Wall(_Two):
    """What has no energy anywhere."""

    def residual(self, latent):
        return latent / 0.0


def test_a_prior_without_energies_is_refused() -> None:
    with pytest.raises(ConfigError, match="no finite number in 384 draws from the prior"):
        INFERENCE.draws(_Wall(), _Wall().origin(), Settings(samples=4), Watch())


@pytest.mark.parametrize("kept", [1, -2])
def test_goes_on_exactly_where_it_was(kept: int) -> None:
    problem = linear(10, 30, 8.0, bend=0.3)
    states: list[State] = []
    watch = Watch(report=lambda done, total, state: states.append(state))
    settings = Settings(samples=4, seed=3)
    whole = INFERENCE.draws(problem, problem.origin(), settings, watch)
    state = Watch(state=states[kept])
    rest = INFERENCE.draws(problem, problem.origin(), settings, state)
    assert len(whole.latent) == 4
    assert torch.equal(whole.latent, rest.latent)
    assert rest.diagnostics == whole.diagnostics
    assert rest.evidence == whole.evidence


def test_a_more_precise_measurement_is_told_to_take_longer() -> None:
    expected, done = [], []
    for strength in (3.0, 300.0):
        problem = linear(12, 30, strength)
        expected.append(INFERENCE.work(problem, Settings(samples=24)))
        told: list[float] = []
        watch = Watch(report=lambda work, _total, _state, told=told: told.append(work))
        INFERENCE.draws(problem, problem.origin(), Settings(samples=24), watch)
        done.append(told[-1])
    assert expected[1] > 1.5 * expected[0]
    assert done[1] > 1.5 * done[0]
