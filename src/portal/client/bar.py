"""A progress bar in bytes, for scripts and notebooks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portal.client.remote import missing_package

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(label: str = "fetch") -> Iterator[Callable[[int, int], None]]:
    """A callback ``(done, total)`` [byte] that draws bytes, speed and time left with tqdm.

    >>> with progress_bar() as progress:  # doctest: +SKIP
    ...     catalog.fetch("mass_loss_rate > 1e-6", "winds", progress=progress)

    Raises
    ------
    DependencyError
        If tqdm is not installed.
    """
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise missing_package("a progress bar", error) from error
    with tqdm(desc=label, unit="B", unit_scale=True, mininterval=0.2) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report
