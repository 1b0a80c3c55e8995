"""Neighbours in parameter space against a plain search of all pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.model.schema import PARAMETERS
from portal.pages import _neighbours as neighbours
from portal.pages._neighbours import COUNT, SHOWN, Neighbours, _nearest
from tests.portal.catalogs import model_row, written


@given(
    count=st.integers(2, 40),
    dimensions=st.integers(1, 4),
    seed=st.integers(0, 99),
    grid=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_nearest_are_those_of_all_pairs(count, dimensions, seed, grid):
    rng = np.random.default_rng(seed)
    space = rng.integers(0, 3, (count, dimensions)) if grid else rng.random((count, dimensions))
    near = _nearest(space.astype(float))
    distance = np.linalg.norm(space[:, None] - space[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    for row, chosen in enumerate(near):
        chosen = chosen[chosen >= 0]
        assert len(set(chosen.tolist())) == len(chosen) == min(6, count - 1)
        assert row not in chosen
        expected = np.sort(distance[row])[: len(chosen)]
        assert distance[row][chosen] == pytest.approx(expected, abs=1e-8)


def test_search_of_many_models_is_nearly_exact(monkeypatch):
    rng = np.random.default_rng(3)
    space = np.column_stack([rng.random((6000, 11)), np.eye(3)[rng.integers(0, 3, 6000)] / 2])
    fast = _nearest(space)
    assert (fast == _nearest(space)).all()
    monkeypatch.setattr(neighbours, "_EXACT", 6000)
    exact = _nearest(space)
    own = space[:200, None]
    far, near = (np.linalg.norm(space[rows[:200]] - own, axis=2).mean() for rows in (fast, exact))
    assert near <= far < 1.1 * near


def catalog(folder, rows):
    tables = {"observations": [], "files": [], "problems": []}
    return written(tables | {"models": [model_row(*row[:1], **row[1]) for row in rows]}, folder)


def near(found, row, ids):
    """Names of the neighbours of a row, and the words on each."""
    near = found.of(row, row + 1)
    told = np.array(near.differences).reshape(COUNT, SHOWN).tolist()
    places = range(near.count[0])
    return {ids[near.rows[0, k]]: told[k][: near.shown[0, k]] for k in places}


def test_logarithmic_parameters_and_what_differs(tmp_path):
    rates = [1e-8, 2e-8, 1e-7, 1e-6, 1e-5]
    rows = [
        (f"m{n}", {"mass_loss_rate": rate, "terminal_velocity": 10.0})
        for n, rate in enumerate(rates)
    ]
    found, ids = Neighbours(catalog(tmp_path, rows)), [row[0] for row in rows]
    assert list(near(found, 2, ids))[:2] == ["m1", "m0"]
    assert near(found, 0, ids)["m1"] == ["mass loss rate 2 × 10⁻⁸ M☉ yr⁻¹ (×2)"]
    assert near(found, 1, ids)["m0"] == ["mass loss rate 10⁻⁸ M☉ yr⁻¹ (×0.5)"]


def test_shape_counts_and_missing_is_told(tmp_path):
    rows = [
        ("a", {"morphology": "spiral", "terminal_velocity": 10.0}),
        ("b", {"morphology": "disk", "terminal_velocity": 10.0}),
        ("c", {"morphology": "spiral", "terminal_velocity": 12.0}),
        ("d", {"morphology": "spiral", "terminal_velocity": None}),
        ("e", {"morphology": "spiral", "terminal_velocity": 30.0}),
    ]
    told = near(Neighbours(catalog(tmp_path, rows)), 0, [row[0] for row in rows])
    assert next(iter(told)) == "c"
    assert told["c"] == ["terminal velocity 12 km s⁻¹ (+20%)"]
    assert told["b"] == ["morphology disk"]


@pytest.mark.parametrize("values", [{}, {"mass_loss_rate": 1e-6}])
def test_models_that_cannot_be_told_apart_have_none(tmp_path, values):
    found = Neighbours(catalog(tmp_path, [("a", values), ("b", values)]))
    assert found.of(0, 2).count.tolist() == [0, 0]
    alone = Neighbours(catalog(tmp_path / "one", [("a", values)]))
    assert alone.of(0, 1).count.tolist() == [0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sio_abundance", "SiO abundance"),
        ("co_abundance", "CO abundance"),
        ("mass_loss_rate", "mass loss rate"),
    ],
)
def test_formulae_keep_their_capitals(name, said):
    column = next(c for c in PARAMETERS if c.name == name)
    (told,) = neighbours._differences(column, np.array([1.0]), np.array([2.0]), [])
    assert told.startswith(f"{said} 2")
