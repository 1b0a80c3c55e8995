"""A method of inference is one file."""

import importlib
import sys

import pytest

from lineform.registry import members

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import lineform.inference  # noqa: E402
from lineform.inference.base import Settings, Watch  # noqa: E402
from lineform.inference.running import method_called, method_names  # noqa: E402
from tests.lineform.inference.toys import linear  # noqa: E402

TOY = '''
"""The method ``guess``: the start, whatever was measured."""

import torch

from lineform.inference.base import Draws


class _Guess:
    name = "guess"
    local = False

    def check(self, problem, settings):
        pass

    def work(self, problem, settings):
        return 0.0

    def draws(self, problem, start, settings, watch):
        number = settings.samples
        latent = start.repeat(number, 1)
        mode = torch.zeros(number, dtype=torch.int64)
        return Draws(latent, torch.full((number,), 1 / number, dtype=torch.float64), mode)


INFERENCE = _Guess()
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The package with one more file."""
    (tmp_path / "toy.py").write_text(TOY)
    package = lineform.inference
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    members.cache_clear()
    yield
    members.cache_clear()
    sys.modules.pop("lineform.inference.toy")
    del package.toy


def test_a_method_is_one_file(toy):
    assert "guess" in method_names()
    problem = linear(3, 5, 1.0)
    settings = Settings(samples=7, seed=2)
    draws = method_called("guess").draws(problem, problem.origin(), settings, Watch())
    assert draws.latent.shape == (7, 3)
    assert float(draws.weight.sum()) == pytest.approx(1)


def test_the_methods_of_the_pages_are_there():
    assert method_names() == ("hmc", "map", "npe", "smc", "vi")
