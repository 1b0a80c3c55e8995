"""Families of models; one file of this package each, found by the attribute ``MODEL``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lineform.deprojection.base import Grid, Model
from lineform.deprojection.frame import Frame
from lineform.deprojection.priors import Prior
from lineform.errors import ConfigError
from lineform.registry import members

__all__ = ["Family", "Request", "check_model", "make_model", "model_names"]


@dataclass(frozen=True)
class Request:
    """What a model is to be made for.

    Parameters
    ----------
    model : str
        One of the models of the family.
    grid : Grid
    species : name -> abundance
        Molecules that the gas must hold, and how many per H2; None for what the family takes.
    frame : Frame
    priors : name -> Prior
        Instead of those of the family.
    options : name -> text
        Whatever else the family understands.
    sampled : bool
        Whether a method will draw from the posterior as a whole, not about its maxima: numbers
        that say how much fields deviate can then be learned.
    """

    model: str
    grid: Grid
    species: Mapping[str, float | None]
    frame: Frame
    priors: Mapping[str, Prior] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    sampled: bool = False


class Family(Protocol):
    """Makes models of one kind."""

    @property
    def name(self) -> str:
        """Such as ``parametric``."""
        ...

    @property
    def models(self) -> Sequence[str]:
        """Names of the models that it makes, such as ``spiral``; no other family has them."""
        ...

    def make(self, request: Request) -> Model:
        """The model that is asked for.

        Raises
        ------
        ConfigError
            If it cannot be made with these species, priors or options.
        """
        ...


def model_names() -> tuple[str, ...]:
    """The models of all families, in alphabetical order."""
    return tuple(sorted(_families()))


def make_model(request: Request) -> Model:
    """The model that is asked for, by whatever family makes it.

    Raises
    ------
    ConfigError
        If no family does, or it cannot be made so.
    """
    check_model(request.model)
    return _families()[request.model].make(request)


def check_model(name: str) -> None:
    """Look whether a family makes a model of that name.

    Raises
    ------
    ConfigError
        If none does.
    """
    if name not in model_names():
        raise ConfigError(
            "model", expected=f"one of {', '.join(model_names())}", seen=name or "none"
        )


def _families() -> dict[str, Family]:
    found: tuple[Family, ...] = members("lineform.deprojection", "MODEL")
    return {model: family for family in found for model in family.models}
