"""Signs that a posterior is not to be believed."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("numba", reason="Numba is not installed")

from lineform.constants import AU  # noqa: E402
from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402
from lineform.deprojection.free import free_model  # noqa: E402
from lineform.deprojection.instrument import problem_of  # noqa: E402
from lineform.deprojection.parametric import parametric_model  # noqa: E402
from lineform.deprojection.priors import Fixed  # noqa: E402
from lineform.func.radiation import brightness_temperature  # noqa: E402
from lineform.inference.base import Draws  # noqa: E402
from lineform.inference.sanity import coarse, strained  # noqa: E402
from lineform.measurement import Measurement  # noqa: E402
from lineform.species import linear_rotor  # noqa: E402

CO = linear_rotor("CO")
LINE = CO.line("2-1")
OFFSETS = 0.5 * (np.arange(6) - 2.5)


def problem(cells, rms):
    """A wind of 450 au across that was seen without noise; its rms [K] is what the fit assumes."""
    model = parametric_model("spherical", Grid(cells, 450 * AU), {"CO": None}, Frame(150.0))
    empty = Measurement(
        line=LINE,
        velocity=np.linspace(-15, 15, 9),
        channel=3.75,
        x=OFFSETS,
        y=OFFSETS,
        intensity=np.zeros((9, 6, 6)),
        rms=np.full((1, 1, 1), rms / float(brightness_temperature(1.0, LINE.frequency))),
    )
    made = problem_of(model, [(empty, CO)], 150.0, dtype=torch.float64)
    cube = made.cubes(made.origin())[0].numpy()
    kelvin = float(brightness_temperature(1.0, LINE.frequency))
    measurement = replace(empty, intensity=cube / kelvin)
    return problem_of(model, [(measurement, CO)], 150.0, dtype=torch.float64)


def draws(latent):
    return Draws(latent[None], torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.long))


def test_cells_matter_where_the_noise_is_weak():
    for rms, matters in ((0.02, True), (50.0, False)):
        coarser = problem(8, rms)
        model = parametric_model("spherical", Grid(16, 450 * AU), {"CO": None}, Frame(150.0))
        measurement = coarser.parts[0].measurement
        finer = problem_of(model, [(measurement, CO)], 150.0, dtype=torch.float64)
        found = coarse(coarser, finer, draws(coarser.origin()))
        assert bool(found) == matters
        assert not coarse(coarser, coarser, draws(coarser.origin()))


def test_numbers_far_from_their_priors_are_told():
    here = problem(8, 1.0)
    latent = here.origin()
    assert strained(here, draws(latent)) == []
    latent[1] = -5.5
    (said,) = strained(here, draws(latent))
    assert "5.5 standard deviations of its prior" in said


def test_fields_of_one_line_are_warned_of():
    measurement = problem(8, 1.0).parts[0].measurement
    other = replace(measurement, line=CO.line("3-2"))
    warm = {name: Fixed(1.0) for name in ("stellar_temperature", "temperature_exponent")}
    for lines, known, told in (
        ([measurement], {}, True),
        ([measurement, other], {}, False),
        ([measurement], warm, False),
    ):
        model = free_model(Grid(4, 450 * AU), {"CO": None}, Frame(150.0), known)
        fields = problem_of(model, [(each, CO) for each in lines], 150.0)
        found = strained(fields, draws(fields.origin()))
        assert [said.startswith("one line:") for said in found] == [True] * told
