"""One chain of the no-U-turn sampler of nutpie, which can be interrupted and taken up again."""

import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lineform.errors import ConfigError
from lineform.state import FloatArray

__all__ = ["Chain", "Density", "sampled"]

_LOWEST = -1e30
"""Logarithm of a density that is not a number, from which the sampler turns back."""

_LOOK = 0.2
"""Time between two reports [s]."""

_DEPTH = 8
"""Of the tree of a draw at most: 2^8 - 1 steps."""


@dataclass(slots=True, eq=False)
class Density:
    """The logarithm of a density and its gradient, with a record of all that was computed.

    A sampler with the same seed asks for the same points in the same order. With the record of
    an interrupted run it therefore comes at once to where it was.

    Parameters
    ----------
    function : position (size,) -> logarithm, gradient (size,)
    record : list of (2 size + 1,)
        Position, logarithm, and gradient.
    """

    function: Callable[[FloatArray], tuple[float, FloatArray]]
    record: list[FloatArray] = field(default_factory=list)
    used: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None

    def __call__(self, position: FloatArray) -> tuple[float, FloatArray]:
        """The logarithm, and its gradient (size,), at a position (size,)."""
        if self.stopped.is_set():
            return _any(position)
        size = len(position)
        row = self.record[self.used] if self.used < len(self.record) else None
        if row is None or not np.array_equal(row[:size], position):
            try:
                value, gradient = self.function(position)
            except Exception as error:
                self.failure = error
                self.stopped.set()
                return _any(position)
            if not (np.isfinite(value) and np.isfinite(gradient).all()):
                value, gradient = _LOWEST, -position
            row = np.concatenate([position, [value], gradient])
            self.record[self.used :] = [row]
        self.used += 1
        return float(row[size]), row[size + 1 :].copy()


def _any(position: FloatArray) -> tuple[float, FloatArray]:
    """Logarithm of a normal density, and its gradient.

    The sampler can only be told between two draws to end, and dies of errors on the way.
    """
    return -float(position @ position) / 2, -position


class Chain(NamedTuple):
    """Draws of one chain."""

    position: FloatArray
    """(draw, size)."""
    logarithm: FloatArray
    """Of the density at the draws (draw,)."""
    diverged: int
    """Draws whose path left the level of its energy."""
    cut: int
    """Draws whose path was as long as allowed, and had not turned back."""


def sampled(
    density: Density,
    start: FloatArray,
    draws: int,
    warmup: int,
    seed: int,
    report: Callable[[int], None],
) -> Chain:
    """A chain of draws from a density.

    Parameters
    ----------
    density : Density
        Best of unit width about zero.
    start : (size,)
    draws, warmup : int
        The steps are adapted in the `warmup` draws, which are not kept.
    seed : int
    report : function of the number of draws made
        Called a few times a second in the thread of the caller.

    Notes
    -----
    Hoffman & Gelman (2014); the adaptation is that of Seyboldt et al., in nuts-rs.
    """
    nutpie, from_pyfunc = _nutpie()
    done = [0]

    def expanded(*_: int) -> Callable[[FloatArray], dict[str, FloatArray]]:
        def one(position: FloatArray) -> dict[str, FloatArray]:
            done[0] += 1
            return {"position": position.copy()}

        return one

    size = len(start)
    kind = [np.dtype("float64")]
    model = from_pyfunc(
        size,
        lambda: density,
        expanded,
        kind,
        [(size,)],
        ["position"],
        make_initial_point_fn=lambda _: start.copy(),
    )
    sampler = nutpie.sample(
        model,
        draws=draws,
        tune=warmup,
        chains=1,
        cores=1,
        seed=seed,
        maxdepth=_DEPTH,
        progress_bar=False,
        blocking=False,
    )
    return _chain(_finished(sampler, density, lambda: report(done[0])))


def _finished(sampler: Any, density: Density, report: Callable[[], None]) -> Any:  # noqa: ANN401
    """The trace of a sampler, when it is complete."""
    trace = None
    try:
        while trace is None:
            with suppress(TimeoutError):
                trace = sampler.wait(timeout=_LOOK)
            if density.failure is not None:
                raise density.failure
            report()
        return trace
    finally:
        if trace is None:
            density.stopped.set()
            sampler.cancel()


def _chain(trace: Any) -> Chain:  # noqa: ANN401
    stats = trace.sample_stats
    return Chain(
        position=np.asarray(trace.posterior.position.values[0]),
        logarithm=np.asarray(stats.logp.values[0]),
        diverged=int(stats.diverging.values[0].sum()),
        cut=int(stats.maxdepth_reached.values[0].sum()),
    )


def _nutpie() -> tuple[Any, Any]:
    """The package, and its function that takes a density in Python."""
    try:
        with warnings.catch_warnings():
            # It imports ArviZ, which announces its next version to whoever imports it.
            warnings.simplefilter("ignore")
            import nutpie
            from nutpie.compiled_pyfunc import from_pyfunc
    except ImportError as error:
        raise ConfigError(
            "hmc: nutpie is not installed", way_out="pip install 'atomium-portal[deproject]'"
        ) from error
    return nutpie, from_pyfunc
