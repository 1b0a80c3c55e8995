"""Posterior files: what is written is read, the same bytes each time, and errors that help."""

from dataclasses import fields, is_dataclass, replace

import h5py
import numpy as np
import pytest

from lineform.errors import ReadError
from lineform.posterior import Posterior, read_posterior, write_posterior
from tests.lineform.posteriors import made_posterior


@pytest.fixture(scope="module")
def posterior():
    return made_posterior()


@pytest.fixture(scope="module")
def path(posterior, tmp_path_factory):
    path = tmp_path_factory.mktemp("posterior") / "spiral.h5"
    write_posterior(path, posterior)
    return path


def same(a, b):
    """Whether two parts of a posterior say the same, to the digits of float32."""
    if is_dataclass(a):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a)
        )
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-6, atol=1e-6, equal_nan=True)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (a != a and b != b)


@pytest.mark.parametrize("part", [f.name for f in fields(Posterior)])
def test_what_is_written_is_read(posterior, path, part):
    assert same(getattr(posterior, part), getattr(read_posterior(path), part))


def test_the_bytes_depend_on_nothing_else(posterior, path, tmp_path):
    again = tmp_path / "spiral.h5"
    write_posterior(again, posterior)
    assert again.read_bytes() == path.read_bytes()


def test_every_dataset_says_its_unit_and_meaning(path):
    bare = []

    def look(name, item):
        if isinstance(item, h5py.Dataset) and not {"unit", "description"} <= set(item.attrs):
            bare.append(name)

    with h5py.File(path) as file:
        file.visititems(look)
        assert file.attrs["license"] == "CC-BY-SA-4.0"
        assert file["parameters"].attrs["mass_loss_rate_unit"] == "solMass/yr"
    assert bare == []


def test_a_single_sample_has_no_interval(tmp_path):
    path = tmp_path / "maximum.h5"
    write_posterior(path, made_posterior(cells=4, samples=1, channels=3, pixels=4))
    with h5py.File(path) as file:
        assert "mass_loss_rate" in file["parameters"].attrs
        assert not [name for name in file["parameters"].attrs if "_p16" in name or "_p84" in name]
        assert np.isnan(file["fields/temperature/width_ratio"]).all()


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["format"] = "atomium-model"
    with pytest.raises(ReadError, match="expected atomium-posterior, got atomium-model"):
        read_posterior(path)


def test_a_damaged_file_is_refused(path, tmp_path):
    damaged = tmp_path / "spiral.h5"
    damaged.write_bytes(path.read_bytes())
    with h5py.File(damaged, "a") as file:
        del file["fields/temperature/mean"]
    with pytest.raises(ReadError, match=r"a posterior file.*copy or make it again"):
        read_posterior(damaged)


def test_intervals_that_are_not_to_be_trusted_are_not_searched_for(posterior, path, tmp_path):
    doubted = tmp_path / "spiral.h5"
    write_posterior(doubted, replace(posterior, doubts=("one", "another")))
    assert read_posterior(doubted).doubts == ("one", "another")
    with h5py.File(path) as sure, h5py.File(doubted) as unsure:
        assert "mass_loss_rate_p16" in sure["parameters"].attrs
        assert "mass_loss_rate_p16" not in unsure["parameters"].attrs
        assert "mass_loss_rate" in unsure["parameters"].attrs
