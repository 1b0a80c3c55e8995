"""The derivative by differences of the gas is that of PyTorch."""

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.cube import Beam  # noqa: E402
from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.families import Request, make_model  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402
from lineform.deprojection.instrument import problem_of  # noqa: E402
from lineform.deprojection.priors import Normal, prior_from  # noqa: E402
from lineform.deprojection.problem import Problem  # noqa: E402
from lineform.inference import _columns  # noqa: E402
from lineform.inference._columns import columns  # noqa: E402
from lineform.inference._linear import Tangent  # noqa: E402
from lineform.measurement import Measurement  # noqa: E402
from lineform.species import linear_rotor  # noqa: E402
from lineform.units import factor  # noqa: E402
from tests.lineform.inference.toys import linear  # noqa: E402

_SIDE, _DISTANCE = 480.0, 200.0


def _problem(dtype: "torch.dtype") -> Problem:
    """A spiral in lines of two molecules, with a star that is not quite in the middle."""
    place = (np.arange(5) - 2) * _SIDE / _DISTANCE / 5
    pixel = float(place[1] - place[0])
    seen = []
    for name, transition in (("CO", "2-1"), ("SiO", "5-4")):
        molecule = linear_rotor(name)
        dark = Measurement(
            line=molecule.line(transition),
            velocity=np.arange(-12.0, 13.0, 4.0),
            channel=4.0,
            x=place,
            y=place,
            intensity=np.zeros((7, 5, 5)),
            rms=np.array(0.1),
            beams=(Beam(2.5 * pixel, 2.5 * pixel, 0.0),),
            correlated=True,
        )
        seen.append((dark, molecule))
    offset = prior_from("normal 0 0.1")
    frame = Frame(_DISTANCE, systemic_velocity=Normal(0.0, 1.0), offset_x=offset)
    grid = Grid(6, _SIDE * factor("au"))
    model = make_model(Request("spiral", grid, {"CO": None, "SiO": None}, frame))
    return problem_of(model, seen, _DISTANCE, dtype=dtype)


@pytest.mark.parametrize(("dtype", "apart"), [(torch.float64, 1e-6), (torch.float32, 2e-5)])
def test_columns_are_those_of_reverse_mode_in_double_precision(
    dtype: "torch.dtype", apart: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = _problem(dtype)
    latent = problem.draw(3).float().to(dtype)
    # In portions, as those of a large grid are.
    monkeypatch.setattr(_columns, "_CELLS", 10 * 6**3)
    found = Tangent(problem, latent).matrix()
    # In double precision: sums over all cells cancel in the reverse mode of angles.
    exact = _problem(torch.float64)
    expected = torch.autograd.functional.jacobian(exact.residual, latent.double()).T
    assert found.dtype == dtype
    # Each number has its own scale.
    error = (found - expected).norm(dim=1) / expected.norm(dim=1)
    assert float(error.max()) < apart


def test_nothing_is_claimed_of_what_is_not_known() -> None:
    problem = _problem(torch.float64)
    latent = problem.origin()
    assert columns(linear(4, 9, 2.0), torch.zeros(4, dtype=torch.float64)) is None
    part = problem.parts[0]
    other = dataclasses.replace(part, telescope=lambda gas: part.telescope(gas))
    assert columns(dataclasses.replace(problem, parts=[other]), latent) is None
