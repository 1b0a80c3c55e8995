import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.cube import Beam  # noqa: E402
from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.instrument import instrument_of  # noqa: E402
from lineform.measurement import Measurement  # noqa: E402
from lineform.units import factor  # noqa: E402
from tests.lineform.deprojection.winds import CO, clumpy_wind  # noqa: E402

GRID = Grid(12, 1000 * factor("au"))
DISTANCE = 100.0
LIKE = torch.zeros((), dtype=torch.float64)
BEAM = Beam(1.2, 0.9, 30.0)


def measured(pixels, pixel=0.5, beams=(BEAM,)):
    offsets = pixel * (np.arange(pixels) - (pixels - 1) / 2)
    return Measurement(
        line=CO.line("2-1"),
        velocity=np.linspace(-16.0, 18.0, 5),
        channel=8.5,
        x=offsets,
        y=offsets,
        intensity=np.zeros((5, pixels, pixels)),
        rms=np.array(0.1),
        beams=beams,
        correlated=bool(beams),
    )


def seen(measurement):
    telescope = instrument_of(measurement, CO, GRID, DISTANCE, LIKE)
    return telescope(clumpy_wind(GRID, names=("CO",))).numpy()


@pytest.mark.parametrize("pixel", [0.5, 0.8])
def test_a_part_of_a_map_has_the_light_that_the_beam_brings_in_from_beside_it(pixel):
    whole = seen(measured(24, pixel))
    part = seen(measured(8, pixel))
    assert np.abs(part - whole[:, 8:-8, 8:-8]).max() < 2e-3 * whole.max()


def test_no_rays_are_taken_beside_the_gas_or_without_a_beam():
    def rays(measurement):
        return instrument_of(measurement, CO, GRID, DISTANCE, LIKE).beyond

    assert rays(measured(8, beams=())) == 0
    assert rays(measured(20)) == 0
    assert rays(measured(20, 0.5 - 1e-12)) == 0
    assert rays(measured(18)) == 1
    assert rays(measured(8)) == 3
