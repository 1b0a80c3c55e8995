"""Which numbers are computed with, and where."""

import torch

from lineform.errors import ConfigError

__all__ = ["device_called", "numbers_of"]

_TYPES = {"double": torch.float64, "single": torch.float32}


def numbers_of(precision: str, *, cheap: bool) -> torch.dtype:
    """The type of numbers.

    Parameters
    ----------
    precision : str
        ``single``, ``double``, or ``auto``.
    cheap : bool
        Whether double precision costs nothing that matters, which ``auto`` then means.

    Raises
    ------
    ConfigError
        If it is none of them.
    """
    if precision == "auto":
        return torch.float64 if cheap else torch.float32
    if precision not in _TYPES:
        expected = f"one of auto, {', '.join(sorted(_TYPES))}"
        raise ConfigError("precision", expected=expected, seen=precision)
    return _TYPES[precision]


def device_called(name: str) -> str:
    """A device of PyTorch that is there; ``auto`` is a GPU if there is one.

    Raises
    ------
    ConfigError
        If it is not there.
    """
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=name)
    except (AssertionError, RuntimeError) as error:
        cause, _, _ = str(error).partition("\n")
        expected = "auto, cpu, or a device of PyTorch that is there"
        raise ConfigError("device", expected=expected, seen=f"{name} ({cause})") from error
    return name
