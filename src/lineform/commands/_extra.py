"""Commands that need more packages than the others."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["needing_torch"]


@contextmanager
def needing_torch(command: str) -> Iterator[None]:
    """Say what to install if an import within fails for want of a package of others.

    Parameters
    ----------
    command : str
        That imports.

    Raises
    ------
    ConfigError
        If a package is missing.
    """
    from lineform.errors import ConfigError

    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("lineform"):
            raise
        raise ConfigError(
            f"{command}: {error.name}",
            expected="an installed package",
            seen="none",
            way_out="pip install 'atomium-portal[deproject]'",
        ) from error
