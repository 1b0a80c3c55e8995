"""Settings of the property tests of lineform, and a cluster."""

import pytest
from hypothesis import settings

# Deterministic, and without a deadline: how long an example takes says nothing about it.
settings.register_profile("lineform", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("lineform")


@pytest.fixture(scope="session")
def cluster():
    """A real Dask cluster: a scheduler and two workers, each a process."""
    distributed = pytest.importorskip("distributed")
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as made,
    ):
        yield made
