"""Prior distributions of single numbers, each made from standard normal numbers.

A prior turns its part of the latent vector into the number that it describes, so that the number
has that distribution when the part is standard normal.
"""

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import ClassVar, Protocol

import torch

from lineform.errors import ConfigError

__all__ = [
    "PRIORS",
    "Angle",
    "Fixed",
    "Inclination",
    "LogNormal",
    "LogUniform",
    "Normal",
    "Prior",
    "Uniform",
    "prior_from",
]


class Prior(Protocol):
    """The distribution of one number."""

    @property
    def size(self) -> int:
        """Length of its part of the latent vector."""
        ...

    @property
    def text(self) -> str:
        """As `prior_from` reads it, such as ``log-normal 1e-06 10``."""
        ...

    @property
    def words(self) -> str:
        """Such as ``log-normal, median 1e-06, factor 10``."""
        ...

    @property
    def logarithmic(self) -> bool:
        """Whether the number is best shown on a logarithmic axis."""
        ...

    @property
    def positive(self) -> bool:
        """Whether the number is above 0 for sure."""
        ...

    @property
    def period(self) -> float:
        """Of an angle [as the number]; 0 for all else."""
        ...

    def __call__(self, latent: torch.Tensor) -> torch.Tensor:
        """The number, (), for its part (size,) of the latent vector; differentiable."""
        ...

    def inverse(self, value: float) -> torch.Tensor:
        """The part (size,) of the latent vector for a number; the one nearest 0 of several.

        Raises
        ------
        ConfigError
            If the number cannot come from this prior.
        """
        ...


@dataclass(frozen=True)
class _Distribution:
    """What all priors have in common; the numbers of each are its fields."""

    name: ClassVar[str]
    size: ClassVar[int] = 1
    logarithmic: ClassVar[bool] = False

    @property
    def positive(self) -> bool:
        """Whether the number is above 0 for sure."""
        return self.logarithmic

    @property
    def period(self) -> float:
        """Of an angle [as the number]; 0 for all else."""
        return 0.0

    @property
    def text(self) -> str:
        """As `prior_from` reads it."""
        return " ".join([self.name, *self._written().values()])

    @property
    def words(self) -> str:
        """With the names of its numbers."""
        return ", ".join([self.name, *map(" ".join, self._written().items())])

    def __call__(self, latent: torch.Tensor) -> torch.Tensor:
        """The number, (), for its part (size,) of the latent vector."""
        # Not of latent[0]: torch.func.jvp makes tangents of numbers times Python floats double.
        return self._value(latent)[0]

    def inverse(self, value: float) -> torch.Tensor:
        """The part (size,) of the latent vector for a number; the one nearest 0 of several.

        Raises
        ------
        ConfigError
            If the number cannot come from this prior.
        """
        if not self._possible(value):
            raise ConfigError("value", expected=f"one of the prior {self.words}", seen=f"{value}")
        return torch.tensor([self._latent(value)], dtype=torch.float64)

    def __post_init__(self) -> None:
        expected = self._expected()
        if expected or not all(math.isfinite(getattr(self, f.name)) for f in fields(self)):
            raise ConfigError("prior", expected=expected or "finite numbers", seen=self.text)

    def _written(self) -> Mapping[str, str]:
        return {f.name: f"{getattr(self, f.name):.12g}" for f in fields(self)}

    def _expected(self) -> str:
        """What would be right, if its numbers are not; else nothing."""
        return ""

    def _possible(self, value: float) -> bool:
        return math.isfinite(value)

    @abstractmethod
    def _value(self, latent: torch.Tensor) -> torch.Tensor: ...

    @abstractmethod
    def _latent(self, value: float) -> float: ...


@dataclass(frozen=True)
class Normal(_Distribution):
    """The normal distribution."""

    name: ClassVar[str] = "normal"
    mean: float
    deviation: float

    def _expected(self) -> str:
        return "" if self.deviation > 0 else "a deviation above 0"

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        return self.mean + self.deviation * latent

    def _latent(self, value: float) -> float:
        return (value - self.mean) / self.deviation


@dataclass(frozen=True)
class LogNormal(_Distribution):
    """A positive number whose logarithm is normal; 68 % lie within a `factor` of the `median`."""

    name: ClassVar[str] = "log-normal"
    logarithmic: ClassVar[bool] = True
    median: float
    factor: float

    def _expected(self) -> str:
        right = self.median > 0 and self.factor > 1
        return "" if right else "a median above 0 and a factor above 1"

    def _possible(self, value: float) -> bool:
        return 0 < value < math.inf

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        return torch.exp(math.log(self.median) + math.log(self.factor) * latent)

    def _latent(self, value: float) -> float:
        return math.log(value / self.median) / math.log(self.factor)


@dataclass(frozen=True)
class Uniform(_Distribution):
    """Every number between `low` and `high` is as probable."""

    name: ClassVar[str] = "uniform"
    low: float
    high: float

    @property
    def positive(self) -> bool:
        """Whether all of the range is above 0."""
        return self.low >= 0

    def _expected(self) -> str:
        return "" if self.low < self.high else "the lower end before the upper one"

    def _possible(self, value: float) -> bool:
        return self.low < value < self.high

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        return self.low + (self.high - self.low) * torch.special.ndtr(latent)

    def _latent(self, value: float) -> float:
        return _quantile((value - self.low) / (self.high - self.low))


@dataclass(frozen=True)
class LogUniform(_Distribution):
    """Every factor between `low` and `high` is as probable."""

    name: ClassVar[str] = "log-uniform"
    logarithmic: ClassVar[bool] = True
    low: float
    high: float

    def _expected(self) -> str:
        return "" if 0 < self.low < self.high else "two ends above 0, the lower one first"

    def _possible(self, value: float) -> bool:
        return self.low < value < self.high

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        return self.low * torch.exp(math.log(self.high / self.low) * torch.special.ndtr(latent))

    def _latent(self, value: float) -> float:
        return _quantile(math.log(value / self.low) / math.log(self.high / self.low))


@dataclass(frozen=True)
class Fixed(_Distribution):
    """A number that is known."""

    name: ClassVar[str] = "fixed"
    size: ClassVar[int] = 0
    value: float

    @property
    def positive(self) -> bool:
        """Whether it is above 0."""
        return self.value > 0

    def __call__(self, latent: torch.Tensor) -> torch.Tensor:
        """The number, ()."""
        return self._value(latent.new_zeros(1))[0]

    def inverse(self, value: float) -> torch.Tensor:
        """Nothing, (0,); see the other priors."""
        return super().inverse(value)[:0]

    def _possible(self, value: float) -> bool:
        return math.isclose(value, self.value, rel_tol=1e-6, abs_tol=1e-12)

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        return torch.full_like(latent, self.value)

    def _latent(self, value: float) -> float:
        return 0.0


@dataclass(frozen=True)
class Inclination(_Distribution):
    """The angle [deg] from the line of sight of an axis that points anywhere, 0 to 180.

    Its cosine is uniform: i = 2 atan(sqrt(p / (1 - p))) for the probability p of smaller ones.
    """

    name: ClassVar[str] = "inclination"

    def _possible(self, value: float) -> bool:
        return 0 < value < 180

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        # Roots of probabilities by their logarithms: both ends have finite derivatives.
        below = torch.exp(torch.special.log_ndtr(latent) / 2)
        above = torch.exp(torch.special.log_ndtr(-latent) / 2)
        return torch.rad2deg(2 * torch.atan2(below, above))

    def _latent(self, value: float) -> float:
        return _quantile(math.sin(math.radians(value) / 2) ** 2)


@dataclass(frozen=True)
class Angle(_Distribution):
    """An angle of which all values are as probable, and that comes back after a `turn`.

    The angle is the turn times a standard normal number, less whole turns. That normal
    distribution, wrapped, is uniform within 6e-9. A latent number and the next ones up and down,
    1 away, are the same angle.

    Notes
    -----
    Any continuous function of latent numbers that covers the circle must wrap in this way. The
    others have a seam or a singular point: the direction of a pair of normal numbers, for one, has
    the greatest posterior density where both are 0 and the direction is lost.
    """

    name: ClassVar[str] = "angle"
    turn: float = 360.0

    @property
    def period(self) -> float:
        """The turn."""
        return self.turn

    def _expected(self) -> str:
        return "" if self.turn > 0 else "a turn above 0"

    def _value(self, latent: torch.Tensor) -> torch.Tensor:
        return torch.remainder(self.turn * latent, self.turn)

    def _latent(self, value: float) -> float:
        return math.remainder(value, self.turn) / self.turn


def _quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


PRIORS: Mapping[str, type[_Distribution]] = {
    prior.name: prior
    for prior in (Angle, Fixed, Inclination, LogNormal, LogUniform, Normal, Uniform)
}
"""All priors by name."""


def prior_from(text: str) -> Prior:
    """The prior that a text describes: its name and its numbers, such as ``uniform 0 90``.

    Raises
    ------
    ConfigError
        If the name is unknown, or the numbers are not what that prior needs.
    """
    name, *words = text.split() or [""]
    if name not in PRIORS:
        raise ConfigError("prior", expected=f"one of {', '.join(sorted(PRIORS))}", seen=repr(text))
    kind = PRIORS[name]
    needed = [f.name for f in fields(kind)]
    try:
        return kind(*_numbers(words, len(needed)))
    except ValueError as error:
        expected = " ".join([name, *(f"<{n}>" for n in needed)])
        raise ConfigError("prior", expected=expected, seen=repr(text)) from error


def _numbers(words: list[str], count: int) -> list[float]:
    if len(words) != count:
        raise ValueError(len(words))
    return [float(word) for word in words]
