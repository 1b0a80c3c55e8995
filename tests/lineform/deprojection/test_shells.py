"""Random fields of what flows outwards have the covariance that is stated."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.shells import ShellField  # noqa: E402

LENGTHS, DEVIATIONS = (1 / 4, 1 / 10), (0.8, 0.6)


ONE = torch.ones(2, dtype=torch.float64)


def drawn(field, seed, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(field.size, generator=generator, dtype=torch.float64).to(dtype)


@pytest.fixture(scope="module", params=[4, 5])
def cells(request):
    return request.param


@pytest.fixture(scope="module")
def covariance(cells):
    field = ShellField(Grid(cells, 2e14), LENGTHS)
    latent = torch.zeros(field.size, dtype=torch.float64, requires_grad=True)
    cells = field(latent, torch.tensor(DEVIATIONS, dtype=torch.float64)).flatten()
    rows = [torch.autograd.grad(cell, latent, retain_graph=True)[0] for cell in cells]
    jacobian = torch.stack(rows)
    return (jacobian @ jacobian.T).numpy()


def test_the_variance_is_the_same_everywhere(covariance):
    np.testing.assert_allclose(np.diag(covariance), 1, atol=1e-12)


def test_the_covariance_is_that_of_radii_times_that_of_angles(cells, covariance):
    place = Grid(cells, 1.0).position(torch.zeros((), dtype=torch.float64)).reshape(3, -1).T.numpy()
    radius = np.linalg.norm(place, axis=1)
    outside = radius > 0
    place, radius = place[outside], radius[outside]
    cosine = (place @ place.T) / np.outer(radius, radius)
    degree = np.arange(11)
    power = (2 * degree + 1) * (1 + (0.4 * degree) ** 2) ** -2.0
    # The addition theorem: harmonics of a degree sum to its Legendre polynomial.
    angular = np.polynomial.legendre.legval(np.clip(cosine, -1, 1), power / power.sum())
    apart = radius[:, None] - radius
    parts = [np.exp(-(apart**2) / (2 * length**2)) for length in LENGTHS]
    along = sum(s**2 * part for s, part in zip(DEVIATIONS, parts, strict=True))
    found = covariance[np.ix_(outside, outside)]
    np.testing.assert_allclose(found, along * angular, atol=2e-4)


def test_a_latent_vector_is_the_same_field_on_every_grid():
    coarse, fine = (ShellField(Grid(cells, 1.0), LENGTHS) for cells in (5, 15))
    latent = drawn(coarse, 3)
    seen = fine(latent, ONE)[1::3, 1::3, 1::3]
    assert torch.allclose(coarse(latent, ONE), seen, atol=1e-12)


def test_transposed_and_forward_derivatives_agree():
    field = ShellField(Grid(6, 1.0), LENGTHS)
    latent, step = drawn(field, 0), drawn(field, 1)
    weight = torch.linspace(-1, 1, 216).double().reshape(6, 6, 6)
    point, change = (latent, ONE), (step, torch.tensor([0.3, -0.2]).double())
    _, forth = torch.func.jvp(field, point, change)
    _, back = torch.func.vjp(field, *point)
    along = sum(one @ other for one, other in zip(back(weight), change, strict=True))
    assert (forth * weight).sum() == pytest.approx(float(along))


def test_single_precision():
    field = ShellField(Grid(12, 1e15), LENGTHS)
    single = field(drawn(field, 5, torch.float32), ONE.float())
    assert single.dtype == torch.float32
    assert (single - field(drawn(field, 5), ONE)).abs().max() < 1e-5
