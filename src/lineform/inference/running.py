"""Runs a method so that nothing is lost when it is interrupted, and tells how long it takes."""

import io
import math
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from lineform.deprojection.problem import Problem
from lineform.errors import ConfigError, ReadError
from lineform.inference.base import Inference, State, Watch
from lineform.outputs import put
from lineform.registry import members

__all__ = ["Checkpoint", "method_called", "method_names", "seconds_of_gradient", "watched"]

_EVERY = 20.0
"""Time between two writings of a checkpoint [s]."""

_FINGERPRINT, _LEFT = "fingerprint", "work left"


def method_names() -> tuple[str, ...]:
    """The methods, in alphabetical order."""
    return tuple(method.name for method in _methods())


def method_called(name: str) -> Inference:
    """The method with a name.

    Raises
    ------
    ConfigError
        If there is none.
    """
    for method in _methods():
        if method.name == name:
            return method
    raise ConfigError("method", expected=f"one of {', '.join(method_names())}", seen=name)


def _methods() -> tuple[Inference, ...]:
    return members("lineform.inference", "INFERENCE")


def seconds_of_gradient(problem: Problem) -> float:
    """How long the energy and its gradient take [s]."""
    latent = problem.origin().requires_grad_()
    times = []
    # The first is not counted: kernels are compiled or loaded meanwhile.
    for _ in range(3):
        start = time.perf_counter()
        torch.autograd.grad(problem.energy(latent), latent)
        times.append(time.perf_counter() - start)
    return min(times[1:])


@dataclass(slots=True)
class Checkpoint:
    """Where a run can go on from, in a file.

    Parameters
    ----------
    path : Path
    fingerprint : str
        Of all that the result depends on; a run only goes on with what is its own.
    state : State
    left : float
        Work that the run still has to do, in gradients of the energy; NaN if it is not known.
    """

    path: Path
    fingerprint: str
    state: State = field(default_factory=dict)
    left: float = math.nan
    _written: float = -math.inf

    def load(self) -> None:
        """Take the state from the file.

        Raises
        ------
        ReadError
            If the file is missing, damaged, or of a run with other settings or data.
        """
        if not self.path.is_file():
            raise self._wrong(
                "an interrupted run", "no checkpoint", "start it anew, without --resume"
            )
        try:
            kept = torch.load(self.path, weights_only=True)
            seen, left, state = kept.pop(_FINGERPRINT), kept.pop(_LEFT), kept
        except (AttributeError, EOFError, KeyError, RuntimeError, pickle.UnpicklingError) as error:
            way_out = "remove it and start anew, without --resume"
            cause, _, _ = str(error).partition("\n")
            raise self._wrong("a checkpoint", cause or "an empty file", way_out) from error
        if seen != self.fingerprint:
            way_out = "give the same options and cube again, or start anew, without --resume"
            raise self._wrong("a run with these options and this cube", "one with others", way_out)
        self.state, self.left = state, float(left)

    def _wrong(self, expected: str, seen: str, way_out: str) -> ReadError:
        return ReadError(
            "checkpoint", expected=expected, seen=seen, way_out=way_out, where=str(self.path)
        )

    def keep(self, state: State, left: float) -> None:
        """Remember a state and the work left, and write them if the last time is long ago."""
        self.state, self.left = state, left
        if time.monotonic() - self._written > _EVERY:
            self.write()

    def write(self) -> None:
        """Write what is remembered; the file is whole at any time.

        Raises
        ------
        WriteError
            If it cannot be written.
        """
        if not self.state:
            return
        content = io.BytesIO()
        torch.save({**self.state, _FINGERPRINT: self.fingerprint, _LEFT: self.left}, content)
        put(self.path, content.getbuffer())
        self._written = time.monotonic()

    def remove(self) -> None:
        """Remove the file, once the run is done."""
        self.path.unlink(missing_ok=True)


def watched(checkpoint: Checkpoint | None, progress: Callable[[float, float], None]) -> Watch:
    """What a method reports to: a progress bar, and a checkpoint if there is one."""

    def report(done: float, total: float, state: State) -> None:
        if checkpoint is not None:
            checkpoint.keep(state, max(total - done, 0.0))
        progress(done, total)

    return Watch(report, {} if checkpoint is None else dict(checkpoint.state))
