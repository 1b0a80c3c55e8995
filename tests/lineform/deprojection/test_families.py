"""A family of models is one file, and each model has one name."""

import importlib
import sys

import pytest

from lineform.errors import ConfigError
from lineform.registry import members
from tests.lineform.gas import AU

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import lineform.deprojection  # noqa: E402
from lineform.deprojection.base import Grid  # noqa: E402
from lineform.deprojection.families import Request, make_model, model_names  # noqa: E402
from lineform.deprojection.frame import Frame  # noqa: E402

TOY = '''
"""Gas of one density everywhere, at rest."""

from dataclasses import dataclass

import torch

from lineform.deprojection.base import Gas


@dataclass(frozen=True)
class _Still:
    name = "still"
    size = 1
    quantities = ()
    grid: object
    species: tuple

    def gas(self, latent):
        field = latent.expand((self.grid.cells,) * 3)
        zero = torch.zeros(())
        velocity = torch.zeros((3, *field.shape))
        return Gas(dict.fromkeys(self.species, field), field, velocity, field, zero, zero + 1)


class _Family:
    name = "toy"
    models = ("still",)

    def make(self, request):
        return _Still(request.grid, tuple(request.species))


MODEL = _Family()
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The package with one more file."""
    (tmp_path / "toy.py").write_text(TOY)
    package = lineform.deprojection
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    members.cache_clear()
    yield
    members.cache_clear()
    sys.modules.pop("lineform.deprojection.toy")
    del package.toy


def test_a_model_is_one_file(toy):
    assert "still" in model_names()
    model = make_model(Request("still", Grid(3, AU), {"HCN": 1e-6}, Frame(100.0)))
    assert model.gas(torch.ones(1)).density["HCN"].shape == (3, 3, 3)


def test_models_of_all_families_are_listed():
    assert {"disk", "free", "rotating_disk", "spiral"} <= set(model_names())
    assert list(model_names()) == sorted(set(model_names()))
    listed = [
        model for family in members("lineform.deprojection", "MODEL") for model in family.models
    ]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("name", ["torus", ""])
def test_unknown_models(name):
    with pytest.raises(ConfigError, match=rf"model: expected one of bipolar, .*, got {name}"):
        make_model(Request(name, Grid(3, AU), {}, Frame(100.0)))
