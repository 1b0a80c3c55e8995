"""Observations for training: what they hold, what is cached, and in which order they come."""

import pickle
from collections import Counter

import h5py
import numpy as np
import pytest

from portal.client import Stream, open_catalog
from portal.client.records import RecordCache
from portal.errors import CatalogError, ConfigError, DependencyError

# A loader's processes are forked from a test that serves in a thread.
forks = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture
def opened(server, tmp_path):
    with open_catalog(server.url, cache=tmp_path / "cache") as catalog:
        yield catalog


def test_a_sample_is_what_the_file_and_the_catalogue_hold(opened, example_store):
    what = ("spectrum", "velocity", "moment0", "cube")
    samples = opened.samples(what, 'line == "CO 2-1"')
    rows = opened.query('line == "CO 2-1"', observations=True)
    assert len(samples) == len(rows) == 12
    assert samples.parameters == ("mass_loss_rate", "terminal_velocity", "temperature_exponent")
    for sample, row in zip(samples, rows.to_dict("records"), strict=True):
        assert sample["model_id"] == row["model_id"]
        model = opened.models.set_index("model_id").loc[row["model_id"]]
        expected = model[list(samples.parameters)].astype("f4")
        np.testing.assert_array_equal(sample["parameters"], expected)
        with h5py.File(example_store / row["path"]) as file:
            group = file[row["hdf5_group"]]
            for name in what:
                stored = group["intensity" if name == "cube" else name]
                assert sample[name].dtype == stored.dtype
                np.testing.assert_array_equal(sample[name], stored[()])


def test_samples_are_a_sequence(opened):
    samples = opened.samples(parameters=["inclination", "mass_loss_rate"])
    assert samples[-1]["index"] == len(samples) - 1
    assert [sample["index"] for sample in samples[4:10:3]] == [4, 7]
    assert samples[0]["parameters"].shape == (2,)
    with pytest.raises(IndexError):
        samples[len(samples)]


def test_what_cannot_be_sampled_is_said(opened):
    with pytest.raises(CatalogError, match=r"no such part.*got parrot"):
        opened.samples("parrot")
    with pytest.raises(CatalogError, match=r"no such number.*got morphology"):
        opened.samples(parameters=["morphology"])


def test_a_batch_reads_close_datasets_together(opened, server):
    samples = opened.samples(("spectrum", "moment0"))
    server.requests.clear()
    batch = samples.__getitems__([0, 1, 2, 2])
    assert [sample["index"] for sample in batch] == [0, 1, 2, 2]
    assert len(server.requests) < 6


def test_a_second_epoch_comes_from_the_cache(opened, server, tmp_path):
    def epoch():
        server.requests.clear()
        samples = opened.samples(("spectrum", "cube"), cache=tmp_path / "kept")
        seen = {s["index"]: s for s in samples.stream(batch=4)}
        # Tables are copied once; what moves is below data/.
        return seen, [r for r in server.requests if r.path.startswith("/data/")]

    first, asked = epoch()
    assert asked
    second, asked = epoch()
    assert asked == []
    for index, sample in first.items():
        for name in ("spectrum", "cube", "parameters"):
            np.testing.assert_array_equal(second[index][name], sample[name])


def test_a_small_cache_keeps_some(opened, server, tmp_path):
    samples = opened.samples(cache=tmp_path / "kept", limit=10 * (21 * 4 + 4))
    for _ in range(2):
        server.requests.clear()
        list(samples.stream(shuffle=False, batch=1))
    assert len(server.requests) == len(samples) - 10
    (file,) = (tmp_path / "kept").iterdir()
    assert file.stat().st_size <= 10 * (21 * 4 + 4)


def test_another_store_has_another_cache(opened, example_catalog, example_store, tmp_path):
    for where in ("", 'line == "CO 2-1"'):
        list(opened.samples(where=where, cache=tmp_path / "kept").stream())
    with open_catalog(example_catalog, data=example_store) as local:
        list(local.samples(cache=tmp_path / "kept").stream())
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_a_record_that_is_torn_is_none(tmp_path):
    cache = RecordCache(tmp_path / "records", 8, 1000)
    cache.put(3, b"12345678")
    cache.put(1, b"123")
    cache.put(5, b"too long to fit")
    assert [cache.get(n, 8) for n in (0, 2, 3, 5, 10_000)] == [None, None, b"12345678", None, None]
    assert cache.get(1, 3) == b"123"
    cache.put(10_000, b"12345678")
    assert (tmp_path / "records").stat().st_size == 4 * 12
    data = bytearray((tmp_path / "records").read_bytes())
    data[-1] ^= 1
    (tmp_path / "records").write_bytes(data)
    assert cache.get(3, 8) is None
    assert pickle.loads(pickle.dumps(cache)).get(1, 3) == b"123"
    cache.close()


class Numbers:
    """Samples that are their numbers."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitems__(self, indices):
        return [{"index": n} for n in indices]


def order(stream):
    return [sample["index"] for sample in stream]


def test_the_order_follows_from_seed_and_epoch():
    stream = Stream(Numbers(100), seed=5, batch=7)
    first = order(stream)
    assert sorted(first) == list(range(100)) != first
    assert order(Stream(Numbers(100), seed=5, batch=50)) == first
    assert order(Stream(Numbers(100), seed=6)) != first
    stream.set_epoch(1)
    assert sorted(order(stream)) == list(range(100))
    assert order(stream) != first
    assert order(Stream(Numbers(5), shuffle=False)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("even", [True, False])
def test_ranks_share_the_samples(even):
    ranks = [Stream(Numbers(101), rank=n, world=4, even=even) for n in range(4)]
    seen = [order(stream) for stream in ranks]
    assert [len(one) for one in seen] == [len(stream) for stream in ranks]
    assert {len(one) for one in seen} == ({25} if even else {25, 26})
    assert max(Counter(n for one in seen for n in one).values()) == 1
    assert sum(map(len, seen)) == (100 if even else 101)


def test_an_epoch_goes_on_where_it_stopped():
    stream = Stream(Numbers(50), seed=1, batch=8)
    stream.set_epoch(3)
    whole = order(stream)
    walk = iter(stream)
    begin = [next(walk)["index"] for _ in range(13)]
    state = stream.state_dict()
    walk.close()
    assert state == {"epoch": 3, "position": 13}
    other = Stream(Numbers(50), seed=1, batch=8)
    other.load_state_dict(state)
    assert begin + order(other) == whole
    assert order(other) == whole
    other.load_state_dict(state)
    other.set_epoch(3)
    assert order(other) == whole


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rank": 1}, "got rank 1 of world None"),
        ({"world": 2}, "got rank None of world 2"),
        ({"rank": 2, "world": 2}, "0 <= rank < world, got rank 2 of world 2"),
        ({"rank": -1, "world": 2}, "got rank -1 of world 2"),
        ({"batch": 0}, "batch: out of range: expected 1 or more, got 0"),
        ({"ahead": -1}, "ahead: out of range: expected 0 or more, got -1"),
        ({"seed": -1}, "seed: out of range: expected 0 or more, got -1"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(options, said):
    with pytest.raises(ConfigError, match=said):
        Stream(Numbers(9), **options)


def test_a_state_of_something_else_is_refused():
    stream = Stream(Numbers(9))
    with pytest.raises(ConfigError, match="expected epoch and position, got nothing"):
        stream.load_state_dict({})
    with pytest.raises(ConfigError, match="position: out of range"):
        stream.load_state_dict({"epoch": 0, "position": -1})
    with pytest.raises(ConfigError, match="epoch: out of range"):
        stream.set_epoch(-1)


def test_reading_ahead_is_bounded_and_errors_arrive():
    asked = []

    class Failing(Numbers):
        def __getitems__(self, indices):
            asked.append(indices)
            if 20 in indices:
                raise CatalogError("gone")
            return super().__getitems__(indices)

    walk = iter(Stream(Failing(1000), shuffle=False, batch=5, ahead=3))
    assert next(walk)["index"] == 0
    assert len(asked) <= 4
    with pytest.raises(CatalogError, match="gone"):
        list(walk)


def test_without_pytorch_it_says_so(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(DependencyError, match=r"pip install 'atomium-portal\[train\]'"):
        Stream(Numbers(3)).torch()


@forks
def test_loaders_of_pytorch_take_the_samples(opened, server, tmp_path):
    data = pytest.importorskip("torch.utils.data")
    samples = opened.samples(("spectrum", "moment0"), cache=tmp_path / "kept")
    loader = data.DataLoader(samples, batch_size=5, shuffle=True, num_workers=2)
    batches = list(loader)
    assert batches[0]["spectrum"].shape == (5, 21)
    assert batches[0]["moment0"].shape == (5, 16, 16)
    assert batches[0]["parameters"].shape == (5, 3)
    seen = [n for batch in batches for n in batch["index"].tolist()]
    assert sorted(seen) == list(range(len(samples)))
    for batch in batches:
        for n, spectrum in zip(batch["index"].tolist(), batch["spectrum"], strict=True):
            np.testing.assert_array_equal(spectrum, samples[n]["spectrum"])
    server.requests.clear()
    assert len(list(loader)) == len(batches)
    assert server.requests == []


@forks
def test_a_loader_gives_the_same_batches_with_any_number_of_workers(opened, tmp_path):
    data = pytest.importorskip("torch.utils.data")
    samples = opened.samples(cache=tmp_path / "kept")
    loaders = {
        workers: data.DataLoader(
            samples.stream(seed=3, batch=5).torch(),
            batch_size=5,
            num_workers=workers,
            persistent_workers=workers > 0,
        )
        for workers in (0, 2)
    }

    def epoch(workers, number=0, start=0):
        loaders[workers].dataset.load_state_dict({"epoch": number, "position": start})
        return [batch["index"].tolist() for batch in loaders[workers]]

    alone = epoch(0)
    assert sorted(n for batch in alone for n in batch) == list(range(len(samples)))
    assert epoch(2) == alone
    # The workers live on, and hear of the next epoch.
    assert epoch(2, 1) == epoch(0, 1) != alone
    assert epoch(2, 0, 10) == alone[2:]
    # Only the pass that was resumed is short.
    assert [batch["index"].tolist() for batch in loaders[2]] == alone


def test_a_stream_learns_its_rank_from_pytorch():
    distributed = pytest.importorskip("torch.distributed")
    fake = pytest.importorskip("torch.testing._internal.distributed.fake_pg")
    distributed.init_process_group("fake", store=fake.FakeStore(), rank=1, world_size=3)
    try:
        stream = Stream(Numbers(9), shuffle=False).torch()
    finally:
        distributed.destroy_process_group()
    assert order(stream) == [1, 4, 7]
