"""Random fields have the covariance that is stated, on every grid."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.spectra import SmoothField  # noqa: E402

LENGTHS = (0.5, 0.2)
DEVIATIONS = torch.tensor([0.7, 0.3], dtype=torch.float64)


def drawn(field, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(field.size, generator=generator, dtype=torch.float64).to(dtype)


def covariance(field):
    """Of all pairs of cells: J J^T for the linear map J from latent numbers to cells."""
    latent = torch.zeros(field.size, dtype=torch.float64, requires_grad=True)
    cells = field(latent, DEVIATIONS).flatten()
    rows = [torch.autograd.grad(cell, latent, retain_graph=True)[0] for cell in cells]
    jacobian = torch.stack(rows)
    return (jacobian @ jacobian.T).numpy()


def test_the_covariance_is_the_sum_of_the_stated_gaussians():
    grid = Grid(5, 1.0)
    place = grid.position(DEVIATIONS).reshape(3, -1).T.numpy()
    squared = ((place[:, None] - place) ** 2).sum(-1)
    expected = sum(
        float(d) ** 2 * np.exp(-squared / (2 * length**2))
        for d, length in zip(DEVIATIONS, LENGTHS, strict=True)
    )
    np.testing.assert_allclose(covariance(SmoothField(grid, LENGTHS)), expected, atol=2e-4)


def test_draws_have_that_covariance():
    field = SmoothField(Grid(6, 3e14), LENGTHS)
    draws = torch.stack([field(drawn(field, seed), DEVIATIONS) for seed in range(150)])
    assert draws.mean().abs() < 0.1
    assert draws.std() == pytest.approx(0.58**0.5, rel=0.08)
    along = (draws[:, 1:] * draws[:, :-1]).mean()
    lag = 1 / 6
    expected = 0.49 * np.exp(-(lag**2) / 0.5) + 0.09 * np.exp(-(lag**2) / 0.08)
    assert along == pytest.approx(expected, rel=0.12)


def test_transposed_and_forward_derivatives_agree():
    field = SmoothField(Grid(7, 1.0), LENGTHS)
    latent, step, weight = drawn(field, 0), drawn(field, 1), torch.linspace(-1, 1, 343).double()
    weight = weight.reshape(7, 7, 7)

    def made(latent, deviations):
        return field(latent, deviations**2)

    _, forth = torch.func.jvp(made, (latent, DEVIATIONS), (step, DEVIATIONS))
    _, back = torch.func.vjp(made, latent, DEVIATIONS)
    there, here = back(weight)
    assert (forth * weight).sum() == pytest.approx(float(there @ step + here @ DEVIATIONS))


def test_a_latent_vector_is_the_same_field_on_every_grid():
    coarse, fine = (SmoothField(Grid(cells, 1.0), LENGTHS) for cells in (9, 27))
    latent = drawn(coarse, 3)
    everywhere = fine(latent, DEVIATIONS)
    at_centres = everywhere[1::3, 1::3, 1::3]
    assert torch.allclose(coarse(latent, DEVIATIONS), at_centres, atol=1e-12)


def test_single_precision():
    field = SmoothField(Grid(16, 1e15), LENGTHS)
    exact = field(drawn(field, 5), DEVIATIONS)
    single = field(drawn(field, 5, torch.float32), DEVIATIONS.float())
    assert single.dtype == torch.float32
    assert (single - exact).abs().max() < 1e-5
