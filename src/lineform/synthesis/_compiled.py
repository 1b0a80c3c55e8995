"""Compiles functions with Numba, which only this module and the kernels import."""

from collections.abc import Callable
from typing import TypeVar

from numba import njit

__all__ = ["FREEDOM", "compiled", "inlined"]

_Function = TypeVar("_Function", bound=Callable[..., object])

FREEDOM = {"arcp", "contract", "nsz"}
"""What the compiler may change: x / y may be x (1 / y), x y + z one step, and 0 have any sign.
Sums keep their order, and what is not a number stays so."""


def inlined(function: _Function) -> _Function:
    """`function`, compiled as a part of the kernels that call it.

    A loop with a call in it gets no vector instructions.
    """
    made: _Function = njit(function, error_model="numpy", fastmath=FREEDOM, forceinline=True)
    return made


def compiled(function: _Function) -> _Function:
    """`function`, compiled when it is first called and kept on disk for the next time.

    It lets other threads run. Where neither the folder of its source nor the user's cache can be
    written, it is compiled again in each process.
    """
    try:
        made: _Function = njit(
            function, cache=True, error_model="numpy", fastmath=FREEDOM, nogil=True
        )
    except RuntimeError:
        made = njit(function, error_model="numpy", fastmath=FREEDOM, nogil=True)
    return made
