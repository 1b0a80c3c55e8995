"""Distance, systemic velocity and place of a star, and where they are in the latent vector."""

import numpy as np
import pytest

from lineform.errors import ConfigError
from tests.lineform.gas import AU

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402
from lineform.deprojection.priors import LogNormal, Normal, Uniform  # noqa: E402

GRID = Grid(5, 100 * AU)
FREE = Frame(100.0, LogNormal(120.0, 1.5), Normal(-20.0, 2.0), Uniform(-1.0, 1.0), Normal(0.0, 0.1))


def test_a_known_star_is_in_the_middle_at_rest():
    frame = Frame(100.0)
    placed = frame.place(torch.zeros(0, dtype=torch.float64), GRID)
    assert (frame.size, list(frame.quantities)) == (0, [])
    assert (float(placed.scale), float(placed.systemic)) == (1.0, 0.0)
    assert torch.equal(placed.position, GRID.position(placed.scale))


def test_lengths_grow_with_distance_and_angles_stay():
    latent = FREE.block.inverse(
        {"distance": 150.0, "systemic_velocity": -18.0, "offset_x": 0.1, "offset_y": -0.05}
    )
    placed = FREE.place(latent, GRID)
    assert float(placed.scale) == pytest.approx(1.5)
    assert float(placed.systemic) == pytest.approx(-18e3)
    # At 100 pc an arcsecond is 100 au on the grid, which is 150 au at 150 pc.
    x, y, z = placed.position[:, 0, 1, 2].numpy() / AU
    assert (x, y, z) == pytest.approx((1.5 * (-40 - 10), 1.5 * (-20 + 5), 0.0))


def test_numbers_are_in_the_order_of_the_quantities():
    names = [quantity.name for quantity in FREE.quantities]
    assert names == ["distance", "systemic_velocity", "offset_x", "offset_y"]
    assert [q.unit for q in FREE.quantities] == ["pc", "km/s", "arcsec", "arcsec"]
    assert [q.logarithmic for q in FREE.quantities] == [True, False, False, False]
    numbers = FREE.numbers(torch.tensor([0.0, 1.0, 0.0, -1.0], dtype=torch.float64))
    assert numbers.numpy() == pytest.approx(np.array([120.0, -18.0, 0.0, -0.1]))


def test_derivatives_of_the_placement():
    latent = torch.tensor([0.3, -0.2, 0.5, 0.1], dtype=torch.float64, requires_grad=True)

    def placement(latent):
        placed = FREE.place(latent, GRID)
        return placed.position / AU, placed.systemic / 1e3, placed.scale

    assert torch.autograd.gradcheck(placement, latent, check_forward_ad=True)


def test_a_placement_under_a_transformation_leaves_no_trace():
    grid = Grid(4, 80 * AU)
    latent = torch.zeros(4, dtype=torch.float32)
    with torch.inference_mode():
        FREE.place(latent, grid)
    torch.func.jacfwd(lambda x: FREE.place(x, grid).position)(latent)
    latent.requires_grad_()
    FREE.place(latent, grid).position.sum().backward()
    assert torch.isfinite(latent.grad).all()


def test_settings_hold_all_priors():
    assert FREE.settings() == {
        "laid_out": 100.0,
        "distance": "log-normal 120 1.5",
        "systemic_velocity": "normal -20 2",
        "offset_x": "uniform -1 1",
        "offset_y": "normal 0 0.1",
    }


def test_unknown_numbers():
    with pytest.raises(ConfigError, match=r"one of distance, systemic_.*, got parallax"):
        FREE.block.inverse({"parallax": 10.0})


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"laid_out": 0.0}, "prior of laid_out: .* got fixed 0"),
        ({"laid_out": 100.0, "distance": Normal(100.0, 9.0)}, "prior of distance: .* normal 100 9"),
    ],
)
def test_distances_are_positive(frame, message):
    with pytest.raises(ConfigError, match=message):
        Frame(**frame)
