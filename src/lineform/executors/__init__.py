"""Who does the work: each module is one way to have items worked on."""

from lineform.executors.base import Executor
from lineform.executors.dask import DaskExecutor
from lineform.executors.process import ProcessExecutor
from lineform.executors.serial import SerialExecutor

__all__ = ["open_executor"]


def open_executor(workers: int = 1, dask: str | None = None) -> Executor:
    """The executor that the options of a command ask for.

    Parameters
    ----------
    workers : int
        Processes; with 1, everything happens in this one.
    dask : str, or None
        Address of a Dask scheduler, which goes before `workers`.

    Raises
    ------
    ConfigError
        If the cluster cannot be reached, or Dask is not installed.
    """
    if dask is not None:
        return DaskExecutor(dask)
    return SerialExecutor() if workers == 1 else ProcessExecutor(workers)
