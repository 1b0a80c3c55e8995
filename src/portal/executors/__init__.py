"""Who does the work: each module is one way to have batches of items worked on."""

from collections.abc import Callable
from importlib import import_module

from portal.executors.base import Executor

__all__ = ["open_executor"]


def open_executor(workers: int | None = None, dask: str | None = None) -> Executor:
    """The executor that the options of a command ask for.

    Parameters
    ----------
    workers
        Number of processes; 0 for none but this, None for one per core.
    dask
        Address of a Dask scheduler, which goes before `workers`.

    Raises
    ------
    DependencyError
        If a package that it needs is not installed.
    """
    if dask is not None:
        return _made("dask", dask)
    if workers == 0:
        return _made("serial", "")
    return _made("process", "" if workers is None else str(workers))


def _made(name: str, text: str) -> Executor:
    make: Callable[[str], Executor] = import_module(f"portal.executors.{name}").EXECUTOR
    return make(text)
