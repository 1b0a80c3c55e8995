"""What a method of inference is given, and what it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch

from lineform.deprojection.problem import Problem

__all__ = ["Draws", "Inference", "Settings", "State", "Watch"]

State = dict[str, torch.Tensor]
"""What a method needs to go on from where it was; names are its own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What all methods are told.

    Parameters
    ----------
    samples : int
        Of the posterior.
    iterations : int
        Of the search for the maximum, or 0 for as many as it takes.
    seed : int
    network : Path or None
        Of a method that was trained.
    refine : str
        What is done with the samples of a method that was trained: nothing if empty, ``weights``
        (importance sampling) or ``hmc``.
    """

    samples: int = 40
    iterations: int = 0
    seed: int = 0
    network: Path | None = None
    refine: str = ""


@dataclass(slots=True)
class Watch:
    """How a method tells how far it is, and where it goes on after an interruption.

    Parameters
    ----------
    report : function of done, total [units of work] and a State
        Called after each step; the state is kept, so that nothing is lost when the method is
        interrupted.
    state : State
        Of an interrupted run; empty at the beginning.
    """

    report: Callable[[float, float, State], None] = lambda done, total, state: None
    state: State = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Samples of a posterior.

    Parameters
    ----------
    latent : (sample, size) [1]
    weight : (sample,) [1]
        Their sum is 1.
    mode : (sample,) int
        Which of several modes each belongs to.
    evidence : float [1]
        Natural logarithm, or a bound or an approximation of it; NaN if the method has none.
    evidence_kind : str
        Such as ``lower bound``.
    diagnostics : name -> number
        Such as ``divergences``, or ``rhat`` of the worst number.
    warnings : tuple of str
        What the user should know.
    doubts : tuple of str
        Why widths are not to be trusted; none where they may be.
    """

    latent: torch.Tensor
    weight: torch.Tensor
    mode: torch.Tensor
    evidence: float = float("nan")
    evidence_kind: str = ""
    diagnostics: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Inference(Protocol):
    """A method; one file of this package, as ``INFERENCE``."""

    @property
    def name(self) -> str:
        """Such as ``map``, as the command line has it."""
        ...

    @property
    def local(self) -> bool:
        """Whether it samples the neighbourhood of a start, so that modes have to be found."""
        ...

    def check(self, problem: Problem, settings: Settings) -> None:
        """Look, before anything takes time, whether it can do with the problem.

        Raises
        ------
        ConfigError
            If it cannot.
        ReadError
            If a file that it needs cannot be read.
        """
        ...

    def work(self, problem: Problem, settings: Settings) -> float:
        """Expected work, in gradients of the energy, each once forth and back."""
        ...

    def draws(
        self, problem: Problem, start: torch.Tensor, settings: Settings, watch: Watch
    ) -> Draws:
        """Samples of the posterior from the neighbourhood of a latent vector (size,).

        Raises
        ------
        ConfigError
            If the method cannot do with this problem.
        """
        ...
