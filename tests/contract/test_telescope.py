"""Observations that a telescope has seen are what the page specifies and the portal reads."""

import h5py
import numpy as np
import pytest

from lineform.cube import Beam, View
from lineform.instrument import Telescope, seen
from lineform.io import write_observations
from portal.readers import read_file
from tests.contract.test_layout import GROUP_ATTRIBUTES
from tests.lineform.skies import HEADER, point

EVERYTHING = Telescope(
    beam=Beam(0.4, 0.3, 30.0),
    taper=0.2,
    largest_scale=3.0,
    primary_beam=6.0,
    correct_primary_beam=True,
    channel_width=2.0,
    hanning=True,
    noise=1e-3,
    seed=0,
)
KINDS = {"f8": np.float64, "integer": np.integer, "text": str}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("seen") / "observations" / "wind-1.h5"
    views = View(0.0, 270.0), View(60.0, 20.0)
    skies = [point(7, 20, 25, view=view) for view in views]
    write_observations(path, HEADER, [seen(skies[0], EVERYTHING), skies[1]])
    return path


def test_the_portal_reads_it_without_a_complaint(path):
    record = read_file(path, "observations/wind-1.h5")
    assert record.problems == ()
    rows = {row["hdf5_group"]: row for row in record.observations}
    assert rows["CO_2-1_d00"]["beam_major"] == pytest.approx(0.4472, abs=1e-4)
    assert rows["CO_2-1_d00"]["s_resolution"] == rows["CO_2-1_d00"]["beam_major"]
    assert rows["CO_2-1_d00"]["n_channels"] == 8
    assert rows["CO_2-1_d01"]["n_channels"] == 15


def test_it_has_every_attribute_of_the_page_and_no_more(path):
    types = {
        row["attribute"].strip("`"): KINDS[row["type"]]
        for row in GROUP_ATTRIBUTES
        if not row["required"]
    }
    with h5py.File(path) as file:
        attributes, bare = file["CO_2-1_d00"].attrs, file["CO_2-1_d01"].attrs
        assert set(attributes) - set(bare) == set(types)
        for name, kind in types.items():
            assert isinstance(attributes[name], kind), name
        assert attributes["noise_seed"] == 0
