"""What asking a service of others has in common: its client may lack, and it may fail."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from portal.errors import DependencyError, FetchError

__all__ = ["asked", "no_client"]


def no_client() -> DependencyError:
    """The error that astroquery is not installed."""
    return DependencyError(
        "astroquery is not installed",
        expected="it, to ask for positions and filters",
        way_out="pip install 'atomium-portal[curate]', or curate offline",
    )


@contextmanager
def asked(service: str, known: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Without warnings; whatever fails within is one `FetchError`, but for `known` errors.

    Raises
    ------
    FetchError
        If `service` cannot be asked.
    """
    try:
        with warnings.catch_warnings():
            # Of objects that are not known, and of units that VOUnits has left.
            warnings.simplefilter("ignore")
            yield
    except known:
        raise
    # The edge to a service: its client fails in as many ways as there are.
    except Exception as error:
        raise FetchError(
            f"{service} cannot be asked",
            seen=f"{type(error).__name__}: {error}"[:160],
            expected="an answer",
            way_out="try again later, or curate offline",
        ) from error
