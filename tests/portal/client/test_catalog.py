"""A catalogue opened by address and by folder; arrays by range requests."""

import os
import shutil
import sys
from dataclasses import replace

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest

from portal.catalog.table import Catalog
from portal.client import OpenedCatalog, open_catalog
from portal.client.arrays import Piece, read_pieces, stacked
from portal.client.remote import open_hdf5
from portal.errors import CatalogError, DependencyError, FetchError, PortalError, QueryError
from portal.server import Faults, serving
from portal.stores.http import HttpStore


@pytest.fixture
def opened(server, tmp_path):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        yield catalog


def test_address_and_folder_give_the_same_tables(opened, example_catalog):
    with open_catalog(example_catalog) as local:
        for name in ("models", "observations", "files"):
            assert getattr(opened, name).equals(getattr(local, name))
    assert len(opened.models) == 4


@pytest.mark.parametrize("ending", ["", "catalog", "catalog/"])
def test_the_folder_of_the_tables_is_an_address_too(server, tmp_path, ending):
    with open_catalog(server.url + ending, cache=tmp_path / "cache") as catalog:
        assert len(catalog.models) == 4


def test_only_needed_tables_move_and_none_twice(server, tmp_path):
    for _ in range(2):
        with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
            assert len(catalog.query("mass_loss_rate > 1e-7")) == 3
            assert len(catalog.models) == 4
    moved = [(served.path, served.status) for served in server.requests]
    assert moved == [("/catalog/models.parquet", 200), ("/catalog/models.parquet", 304)]


def test_a_changed_table_is_fetched_again(server, site, tmp_path):
    for _ in range(2):
        with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
            assert len(catalog.models) == 4
        os.utime(site / "catalog" / "models.parquet", ns=(1, 1))
    assert [served.status for served in server.requests] == [200, 200]


def test_observations_by_parameters_of_models(opened):
    rows = opened.query(
        'terminal_velocity > 7 km/s and line == "CO 2-1"',
        observations=True,
        columns=["model_id", "terminal_velocity", "line"],
    )
    assert set(rows["model_id"]) == {"test-003"}
    assert set(rows["terminal_velocity"]) == {8.0}
    assert len(rows) == 3


def test_an_unknown_column_is_said(opened):
    with pytest.raises(QueryError, match="got parrot"):
        opened.query("", columns=["parrot"])


def test_a_spectrum_is_that_of_h5py_by_two_requests_at_most(opened, server, example_store):
    rows = opened.observations
    server.requests.clear()
    for _, row in rows.iterrows():
        velocity, flux = opened.spectrum(row)
        with h5py.File(example_store / row["path"]) as file:
            group = file[row["hdf5_group"]]
            for ours, theirs in ((velocity, group["velocity"]), (flux, group["spectrum"])):
                assert ours.dtype == theirs.dtype
                assert ours.tobytes() == theirs[()].tobytes()
    # Some velocities lie close enough to come along.
    moved = [served for served in server.requests if served.path.startswith("/data/")]
    assert len(rows) <= len(moved) < 2 * len(rows)
    assert {served.status for served in moved} == {206}


def test_many_spectra_come_by_fewer_requests(opened, server):
    rows = opened.observations.iloc[:10]
    alone = [opened.spectrum(row) for _, row in rows.iterrows()]
    server.requests.clear()
    velocities, fluxes = opened.spectra(rows)
    assert rows["path"].nunique() <= len(server.requests) < len(rows)
    assert velocities.shape == fluxes.shape == (10, 21)
    for velocity, flux, (one, other) in zip(velocities, fluxes, alone, strict=True):
        assert (velocity.tobytes(), flux.tobytes()) == (one.tobytes(), other.tobytes())


def test_another_file_under_the_name_is_refused(site, example_catalog, example_store, tmp_path):
    row = pq.read_table(example_catalog / "observations.parquet").to_pylist()[0]
    store = shutil.copytree(example_store, tmp_path / "store")
    path = store / row["path"]
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(bytes(100))
    told = rf"has another size than in the catalogue: expected {size} bytes, got {size + 100} bytes"
    with (
        serving(site, store) as server,
        open_catalog(server.url, cache=tmp_path / "cache") as published,
        open_catalog(example_catalog, data=store) as local,
    ):
        for catalog in (published, local):
            for read in (
                lambda here: here.spectrum(row),
                lambda here: here.spectra(here.observations),
                lambda here: here.dataset(row, "moment0"),
                lambda here: here.cube(row),
                lambda here: here.open(row["path"]),
                lambda here: here.samples(("cube",))[0],
                lambda here: here.save_spectra("", tmp_path / "spectra.parquet"),
            ):
                with pytest.raises(PortalError, match=told):
                    read(catalog)
    assert not (tmp_path / "spectra.parquet").exists()


def test_no_spectra_are_no_requests(opened, server):
    rows = opened.observations.iloc[:0]
    server.requests.clear()
    velocities, fluxes = opened.spectra(rows)
    assert velocities.shape == fluxes.shape == (0, 0)
    assert server.requests == []


def test_shorter_spectra_end_in_nothing():
    together = stacked([np.array([1.0, 2.0]), np.array([3.0])])
    np.testing.assert_array_equal(together, [[1.0, 2.0], [3.0, np.nan]])


def test_what_lies_far_apart_is_asked_for_apart(example_store):
    path = example_store / "observations" / "test-000.h5"
    size = path.stat().st_size
    asked = []

    class Store:
        def read(self, path, offset, length, total=None):
            asked.append((offset, length))
            return (example_store / path).read_bytes()[offset : offset + length]

    name = "observations/test-000.h5"
    pieces = [Piece("c", name, offset, 4, "<i4", (1,)) for offset in (size - 4, 0, 100)]
    read = read_pieces(pieces, {"c": Store()})
    assert sorted(asked) == [(0, 104), (size - 4, 4)]
    data = path.read_bytes()
    assert [a.tobytes() for a in read] == [data[p.offset :][:4] for p in pieces]


def test_a_map_has_its_shape(opened, example_store):
    row = opened.observations.iloc[0]
    with h5py.File(example_store / row["path"]) as file:
        expected = file[row["hdf5_group"]]["moment1"][()]
    np.testing.assert_array_equal(opened.moment(row, 1), expected)


def test_a_local_store_gives_the_same_spectrum(opened, example_catalog, example_store):
    with open_catalog(example_catalog, data=example_store) as local:
        row = local.observations.iloc[-1]
        for here, there in zip(local.spectrum(row), opened.spectrum(row), strict=True):
            assert here.tobytes() == there.tobytes()


def test_a_dataset_in_pieces_is_refused(opened):
    row = dict(opened.observations.iloc[0])
    with pytest.raises(FetchError, match="not stored in one raw piece: got gzip; open the file"):
        opened.dataset(row | {"spectrum_filters": "gzip"}, "spectrum")
    with pytest.raises(FetchError, match="got no offset"):
        opened.dataset(row | {"spectrum_offset": float("nan")}, "spectrum")


def test_a_host_without_ranges_never_sends_the_whole_file(site, example_store, tmp_path):
    with serving(site, example_store, faults=Faults(ranges=False, only="/data/")) as server:
        with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
            row = catalog.observations.iloc[0]
            with pytest.raises(
                FetchError, match=r"read in parts: expected status 206, got status 200"
            ):
                catalog.spectrum(row)


def test_a_file_opens_over_http_with_few_requests(opened, server, example_store):
    row = opened.observations.iloc[0]
    server.requests.clear()
    with opened.open(row["path"]) as remote:
        cube = remote[row["hdf5_group"]]["intensity"][()]
    with h5py.File(example_store / row["path"]) as file:
        np.testing.assert_array_equal(cube, file[row["hdf5_group"]]["intensity"][()])
    head, *reads = [served for served in server.requests if served.path.startswith("/data/")]
    assert head.method == "HEAD"
    assert 1 <= len(reads) <= 4


def test_a_cube_is_read_when_it_is_used(opened, server, example_store):
    row = opened.observations.iloc[0]
    with opened.cube(row) as cube, h5py.File(example_store / row["path"]) as file:
        group = file[row["hdf5_group"]]
        assert cube["intensity"].dims == ("velocity", "y", "x")
        assert cube["intensity"].attrs["units"] == "W m-2 Hz-1 sr-1"
        assert cube["velocity"].attrs["units"] == "km/s"
        assert cube.attrs["rest_frequency"] == group.attrs["rest_frequency"]
        for name in ("velocity", "y", "x"):
            np.testing.assert_array_equal(cube[name], group[name][()])
        middle = cube["intensity"].sel(velocity=0, method="nearest")
        np.testing.assert_array_equal(middle, group["intensity"][10])
        picked = cube["intensity"][::-2, 3, [5, 1]]
        np.testing.assert_array_equal(picked, group["intensity"][()][::-2, 3][:, [5, 1]])
        np.testing.assert_array_equal(cube["moment0"], group["moment0"][()])
        whole = cube.load()
    assert float(whole["intensity"].max()) > 0


def test_what_is_not_looked_at_is_not_moved(tmp_path):
    (tmp_path / "store").mkdir()
    with h5py.File(tmp_path / "store" / "far.h5", "w") as file:
        file.create_dataset("far", data=np.zeros(1 << 21, "u1"))
        file.create_dataset("near", data=np.arange(4))
    with serving(tmp_path / "store") as server:
        with open_hdf5(HttpStore(server.url), "far.h5") as file:
            assert file["near"][()].tolist() == [0, 1, 2, 3]
        assert sum(served.bytes for served in server.requests) < 1 << 20


def test_a_file_is_read_on_after_a_busy_answer(site, example_store, tmp_path):
    with serving(site, example_store, faults=Faults(unavailable=2, only="/data/")) as server:
        with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
            with catalog.open("models/test-000.h5") as file:
                assert file.attrs["name"] == "test-000"


def test_a_local_file_opens_without_a_host(example_catalog, example_store):
    with open_catalog(example_catalog, data=example_store) as local:
        with local.open("models/test-000.h5") as file:
            assert file.attrs["name"] == "test-000"


def test_a_missing_package_is_said(opened, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.caching", None)
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(DependencyError, match=r"fsspec.*pip install 'atomium-portal\[remote\]'"):
        opened.open("models/test-000.h5")
    monkeypatch.delitem(sys.modules, "fsspec.caching")
    with pytest.raises(DependencyError, match=r"xarray.*pip install 'atomium-portal\[remote\]'"):
        opened.cube(opened.observations.iloc[0])


def test_two_collections_have_each_their_own_address(example_catalog, tmp_path):
    catalog = Catalog.open(example_catalog)
    one, other = (
        replace(catalog.collections[0], id=name, data_url=f"https://{name}.example.org/")
        for name in ("default", "other")
    )
    with OpenedCatalog(catalog, (one, other), None, None) as opened:
        assert {file.url[:28] for file in opened.plan()} == {"https://default.example.org/"}
        with pytest.raises(CatalogError, match=r"no such file.*got none\.h5"):
            opened.open("none.h5")


def test_a_catalogue_cannot_name_files_of_this_machine(example_catalog):
    catalog = Catalog.open(example_catalog)
    evil = replace(catalog.collections[0], data_url="file:///etc/")
    with pytest.raises(CatalogError, match="got file:///etc/"):
        OpenedCatalog(catalog, (evil,), None, None)


def test_data_may_lie_elsewhere(site, example_store, tmp_path):
    with serving(site) as tables, serving(example_store) as data:
        with open_catalog(tables.url, data=data.url, cache=tmp_path / "cache") as catalog:
            catalog.spectrum(catalog.observations.iloc[0])
        assert {served.path[:14] for served in data.requests} == {"/observations/"}


def test_no_catalogue_at_the_address(tmp_path):
    (tmp_path / "empty").mkdir()
    with serving(tmp_path / "empty") as server:
        with pytest.raises(CatalogError, match=r"no catalogue there.*got status 404"):
            open_catalog(server.url, cache=tmp_path / "cache")


def test_a_web_page_is_no_table(site, tmp_path):
    with serving(site, faults=Faults(html=1)) as server:
        with pytest.raises(CatalogError, match=r"models\.parquet: is no table"):
            open_catalog(server.url, cache=tmp_path / "cache")
        with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
            assert len(catalog.models) == 4


def test_tables_of_two_scans_are_not_mixed(server, site, example_catalog, tmp_path):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        other = tmp_path / "other"
        shutil.copytree(example_catalog, other)
        _rescanned(other / "files.parquet", site / "catalog" / "files.parquet")
        with pytest.raises(CatalogError, match=r"files\.parquet: was published after"):
            catalog.plan()


def _rescanned(source, target):
    import pyarrow.parquet as pq

    table = pq.read_table(source)
    metadata = {**table.schema.metadata, b"scan_id": b"another"}
    pq.write_table(table.replace_schema_metadata(metadata), target)


def test_a_busy_host_is_asked_again(site, example_store, tmp_path):
    with serving(site, example_store, faults=Faults(unavailable=2)) as server:
        with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
            assert len(catalog.models) == 4
        assert [served.status for served in server.requests] == [503, 503, 200]


def test_what_is_no_selection_is_said(server, tmp_path):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        wrong = {
            r"2 of 3 names are not in the catalogue.*got none, nope": ["nope", "test-000", "none"],
            r"7 of 7 .*got n0, n1, n2, n3, n4, …": [f"n{n}" for n in range(7)],
            r"the name of a model.*got test-000; \['test-000'\]": "test-000",
            r"expected a column .*model_id, got columns bytes;": catalog.models[["bytes"]],
            r"selection: cannot be used: expected an expression.*, got int": 5,
        }
        for said, selection in wrong.items():
            for use in (catalog.plan, catalog.previews, lambda where: catalog.samples(where=where)):
                with pytest.raises(CatalogError, match=said):
                    use(selection)
        with pytest.raises(CatalogError, match="got nope"):
            catalog.fetch(["nope"], tmp_path / "to")
        with pytest.raises(QueryError, match=r"expression: .*a text such as.* got 5"):
            catalog.query(5)


def test_what_is_no_observation_is_said(server, tmp_path):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        row, model = catalog.observations.iloc[0], catalog.models.iloc[0]
        with pytest.raises(
            CatalogError, match="order: no such moment: expected 0 or 1 or 2, got 9"
        ):
            catalog.moment(row, 9)
        for use in (catalog.spectrum, catalog.cube, lambda row: catalog.moment(row, 1)):
            for wrong in (model, row[["model_id"]], "parrot"):
                with pytest.raises(CatalogError, match=r"row: has no column .*observations=True"):
                    use(wrong)


def test_an_unreachable_host_is_said(tmp_path):
    with pytest.raises(FetchError, match=r"127.0.0.1:9/: cannot be reached.*refused"):
        open_catalog("http://127.0.0.1:9/", cache=tmp_path)
