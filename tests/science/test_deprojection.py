"""What an image cannot tell shows in the posterior, and what a second line tells does too."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("numba", reason="the compiled engine needs Numba")

from bench.truths_honesty import CO, DISK, SIO, WIND, seen  # noqa: E402

from lineform.inference._linear import Tangent  # noqa: E402
from lineform.inference.base import Settings  # noqa: E402
from lineform.inference.search import modes_from  # noqa: E402

KNOWN = {
    "mass_loss_rate": 1e-6,
    "terminal_velocity": 10.0,
    "stellar_temperature": 2300.0,
    "temperature_exponent": 0.65,
}
CHANNELS = np.linspace(-14, 14, 11)


def disk(inclination):
    truth = {"inclination": inclination, "position_angle": 30.0, "disk_density": 3e4}
    speed = {"rotation_velocity": 9.0}
    problem = seen("rotating_disk", DISK, truth | speed, [(CO, "2-1")], np.linspace(-7, 7, 9), 8)
    return problem, problem.model.latent(**truth, **speed)


def width_of_temperature(lines, priors=WIND):
    """Of its logarithm at 100 au, by the metric at the truth."""
    problem = seen("spherical", priors, KNOWN, lines, CHANNELS, 8)
    latent = problem.model.latent(**KNOWN)
    names = [quantity.name for quantity in problem.model.quantities]
    back = Tangent(problem, latent).matrix()
    covariance = torch.linalg.inv(back @ back.T + torch.eye(problem.size, dtype=latent.dtype))

    def warm(latent):
        numbers = problem.model.numbers(latent)
        star = torch.log(numbers[names.index("stellar_temperature")])
        return star - numbers[names.index("temperature_exponent")] * np.log(100 / 1.5)

    slope = torch.func.grad(warm)(latent)
    return float(torch.sqrt(slope @ covariance @ slope))


def test_a_thin_disk_that_rotates_has_two_sides():
    """Front and back are as likely as each other, though the search begins at one of them."""
    problem, truth = disk(50.0)
    modes = modes_from(problem, [truth], Settings())
    assert len(modes) == 2
    names = [quantity.name for quantity in problem.model.quantities]
    for mode, side in zip(
        sorted(modes, key=lambda mode: tilt(problem, names, mode)), (50, 130), strict=True
    ):
        assert tilt(problem, names, mode) == pytest.approx(side, abs=6)
    share = 1 / (1 + np.exp(modes[1].height - modes[0].height))
    assert 0.3 < share < 0.7


def tilt(problem, names, mode):
    return float(problem.model.numbers(mode.latent)[names.index("inclination")])


@pytest.mark.parametrize("second", [(CO, "3-2"), (SIO, "5-4")], ids=["CO 3-2", "SiO 5-4"])
def test_a_second_line_narrows_the_temperature(second):
    one = width_of_temperature([(CO, "2-1")])
    assert width_of_temperature([(CO, "2-1"), second]) < 0.7 * one
