"""Several modes: all are found, and have the probability that they should have."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.base import Quantity  # noqa: E402
from lineform.inference.base import Draws, Settings, State, Watch  # noqa: E402
from lineform.inference.hmc import Hamiltonian  # noqa: E402
from lineform.inference.maximum import INFERENCE as MAXIMUM  # noqa: E402
from lineform.inference.modes import explored, likely_starts, work_of  # noqa: E402
from lineform.inference.search import modes_from  # noqa: E402

SHORT = Hamiltonian(chains=2, warmup=50, least=150)
BRIEF = Hamiltonian(chains=1, warmup=20, least=30)
FEW = Settings(samples=300)
FEWEST = Settings(samples=30)


@dataclass(frozen=True)
class Sides:
    """A model whose first number may have either sign."""

    known: bool = True
    quantities: tuple[Quantity, ...] = ()

    def mirrors(self, latent: torch.Tensor) -> Sequence[torch.Tensor]:
        flip = torch.ones_like(latent)
        flip[0] = -1
        return [flip * latent] if self.known else []


@dataclass(frozen=True)
class TwoSided:
    """The square of the first number is measured, and, weakly, the number itself.

    Parameters
    ----------
    tilt : float
        Logarithm of the odds of the right side is about 2 tilt.
    """

    tilt: float = 0.0
    noise: float = 0.25
    size: int = 3
    model: Sides = field(default_factory=Sides)
    dtype: torch.dtype = torch.float64
    device: str = "cpu"

    def residual(self, latent: torch.Tensor) -> torch.Tensor:
        first, rest = latent[:1], latent[1:]
        weakly = 0.5 * (first - 2 * self.tilt)
        return torch.cat([(first**2 - 1) / self.noise, weakly, 3 * rest - first])

    def energy(self, latent: torch.Tensor) -> torch.Tensor:
        residual = self.residual(latent)
        return (residual @ residual + latent @ latent) / 2

    def origin(self) -> torch.Tensor:
        return torch.zeros(self.size, dtype=self.dtype)

    def draw(self, seed: int) -> torch.Tensor:
        generator = torch.Generator().manual_seed(seed)
        return torch.randn(self.size, generator=generator, dtype=self.dtype)

    def exact(self) -> tuple[float, float]:
        """Probability that the first number is positive, and the evidence, on a fine grid."""
        first = torch.linspace(-4, 4, 200001, dtype=torch.float64)
        energy = (((first**2 - 1) / self.noise) ** 2 + (0.5 * (first - 2 * self.tilt)) ** 2) / 2
        # The other numbers are normal, with the precision 10 and a maximum at 3 first / 10.
        others = self.size - 1
        energy = energy + first**2 / 2 + others * first**2 * (1 - 9 / 10) / 2
        density = torch.exp(-energy)
        evidence = float(density.sum()) * 8e3 / 2e5 / 1e3 / math.sqrt(2 * math.pi)
        share = float(density[first > 0].sum() / density.sum())
        return share, math.log(evidence) - others * math.log(10) / 2


def right(draws: Draws) -> float:
    return float(draws.weight[draws.latent[:, 0] > 0].sum())


@pytest.mark.parametrize("tilt", [0.0, 0.85])
def test_sides_have_their_probability(tilt: float) -> None:
    problem = TwoSided(tilt)
    share, evidence = problem.exact()
    assert share == pytest.approx(0.5 if tilt == 0 else 0.70, abs=0.01)
    start = torch.tensor([1.5, 0.0, 0.0], dtype=torch.float64)
    draws = explored(problem, SHORT, FEW, Watch(), [start])
    assert right(draws) == pytest.approx(share, abs=0.06)
    assert draws.evidence == pytest.approx(evidence, abs=0.15)
    assert draws.weight.sum() == pytest.approx(1)
    assert set(draws.mode.tolist()) == {0, 1}
    sides = [draws.latent[draws.mode == mode, 0].sign().unique() for mode in (0, 1)]
    assert [len(side) for side in sides] == [1, 1]
    assert draws.diagnostics["modes"] == 2
    assert draws.warnings[0].startswith("the posterior has 2 modes, with")


@pytest.mark.slow
def test_samples_that_cross_are_not_counted_twice() -> None:
    """With a low wall between the modes, each run sees both sides."""
    problem = TwoSided(0.4, noise=0.7)
    share, evidence = problem.exact()
    starts = [torch.tensor([side, 0.0, 0.0], dtype=torch.float64) for side in (1.0, -1.0)]
    draws = explored(problem, SHORT, FEW, Watch(), starts)
    assert draws.diagnostics["modes"] == 2
    assert right(draws) == pytest.approx(share, abs=0.08)
    assert draws.evidence == pytest.approx(evidence, abs=0.2)


def test_modes_without_samples_of_their_own_are_not_counted() -> None:
    """The runs of all others take their numbers."""
    problem = TwoSided(0.3)
    starts = [torch.tensor([side, 0.0, 0.0], dtype=torch.float64) for side in (-1.0, 1.0)]
    modes = modes_from(problem, starts, FEWEST)
    assert [round(float(mode.latent[0])) for mode in modes] == [1, -1]

    @dataclass(frozen=True)
    class Astray:
        """Samples of the right side whatever the start, as of a run that left its mode."""

        name: str = "astray"
        local: bool = True

        def work(self, problem: TwoSided, settings: Settings) -> float:
            return 1.0

        def draws(
            self, problem: TwoSided, start: torch.Tensor, settings: Settings, watch: Watch
        ) -> Draws:
            latent = torch.tensor([[side, 0.3, 0.3] for side in (-0.9, -1.1)]).double()
            own = {"began": float(start[0])}
            none = torch.zeros(2, dtype=torch.int64)
            return Draws(latent, torch.full((2,), 0.5).double(), none, 0.0, "exact", own)

    draws = explored(problem, Astray(), FEWEST, Watch(), starts)
    assert set(draws.mode.tolist()) == {0}
    assert draws.diagnostics["modes"] == 1
    assert draws.diagnostics["mode 1: probability"] == 1
    assert draws.diagnostics["mode 1: began"] < 0
    assert "mode 2: began" not in draws.diagnostics
    assert draws.warnings[0].startswith("1 of 2 maxima found have no samples")


def test_modes_are_found_once_from_the_prior_without_mirrors() -> None:
    problem = TwoSided(0.3, model=Sides(known=False))
    modes = modes_from(problem, likely_starts(problem, 6, seed=1), FEW)
    assert sorted(round(float(mode.latent[0])) for mode in modes) == [-1, 1]
    assert modes[0].height > modes[1].height
    assert modes[0].latent[0] > 0


def test_modes_that_do_not_matter_are_left_out() -> None:
    problem = TwoSided(20.0)
    start = torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)
    draws = explored(problem, SHORT, FEW, Watch(), [start])
    assert right(draws) == 1
    assert not draws.warnings


def test_maximum_of_each_side_is_weighted_by_the_approximation_of_laplace() -> None:
    problem = TwoSided(0.85)
    start = torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)
    draws = explored(problem, MAXIMUM, FEW, Watch(), [start])
    assert len(draws.latent) == 2
    assert right(draws) == pytest.approx(problem.exact()[0], abs=0.05)
    assert draws.evidence_kind == "Laplace"


def test_turns_of_an_angle_are_one_mode() -> None:
    """The energy depends on an angle of which all turns are the same."""
    angle = Quantity("angle", "deg", "Of an axis.", "uniform", period=360.0)

    @dataclass(frozen=True)
    class Turned(TwoSided):
        model: Sides = field(default_factory=lambda: Sides(False, (angle,)))

        def residual(self, latent: torch.Tensor) -> torch.Tensor:
            phase = 2 * math.pi * latent[:1]
            return torch.cat([10 * torch.sin(phase), 10 * torch.cos(phase) - 10, 3 * latent[1:]])

    starts = [torch.tensor([turn, 0.5, 0.5], dtype=torch.float64) for turn in (-1.1, 0.1, 0.9)]
    (mode,) = modes_from(Turned(), starts, FEW)
    assert mode.latent.abs().max() < 0.01


def test_an_interrupted_run_goes_on_where_it_was() -> None:
    """In the search, in the first mode, and in the second."""
    problem = TwoSided(0.3)
    start = torch.tensor([1.8, 0.5, -0.5], dtype=torch.float64)
    whole = explored(problem, BRIEF, FEWEST, Watch(), [start])
    state: State = {}
    shares: list[float] = []
    for until in ("now numbers", "now record", "run 0 latent", "run 1 latent"):

        def report(done: float, total: float, inside: State, until: str = until) -> None:
            nonlocal state
            state = inside
            shares.append(done / total)
            if until in inside:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            explored(problem, BRIEF, FEWEST, Watch(report, state), [start])
    again = explored(problem, BRIEF, FEWEST, Watch(state=state), [start])
    assert torch.equal(whole.latent, again.latent)
    assert torch.equal(whole.weight, again.weight)
    assert whole.warnings == again.warnings
    assert min(shares) >= 0
    assert max(shares) == 1


def test_work_is_that_of_searches_and_of_one_mode() -> None:
    problem = TwoSided()
    once = work_of(problem, SHORT, FEW, 1)
    assert once == MAXIMUM.work(problem, FEW) + SHORT.work(problem, FEW)
    # A crowd is cooled for the starts, and again from the highest maximum.
    assert work_of(problem, SHORT, FEW, 6) > once + 5 * MAXIMUM.work(problem, FEW) + 1000


def test_starts_are_cooled_to_the_deepest_of_many_valleys() -> None:
    """Waves of the energy leave hundreds of local minima; the deepest is narrow."""
    truth = torch.tensor([1.3, -0.9, 0.7, 1.1], dtype=torch.float64)

    @dataclass(frozen=True)
    class Wavy(TwoSided):
        size: int = 4

        def residual(self, latent: torch.Tensor) -> torch.Tensor:
            apart = latent - truth
            return torch.cat([5 * torch.sin(4 * apart), 3 * apart])

    starts = likely_starts(Wavy(), 4, seed=3)
    assert torch.equal(starts[0], Wavy().origin())
    assert len(starts) == 4
    assert (starts[1] - truth).abs().max() < 0.3
    # None is another again.
    assert torch.pdist(torch.stack(starts[1:])).min() ** 2 > 0.03


def test_what_searches_disagree_on_is_searched_again() -> None:
    """The numbers that waves leave open, at the values of those that are sharply measured."""
    truth = torch.tensor([1.3, -0.9, 0.7, 0.4, -0.4, 0.2], dtype=torch.float64)

    @dataclass(frozen=True)
    class Wavy(TwoSided):
        size: int = 6

        def residual(self, latent: torch.Tensor) -> torch.Tensor:
            apart = latent - truth
            return torch.cat([8 * torch.sin(4 * apart[:2]), 3 * apart[:2], 100 * apart[2:]])

    generator = torch.Generator().manual_seed(1)
    starts = torch.randn((3, 6), generator=generator, dtype=torch.float64)
    mode, *_ = modes_from(Wavy(), list(starts), FEW)
    assert (mode.latent - truth).abs().max() < 0.05
