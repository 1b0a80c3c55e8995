"""Named numbers with priors: how they lie in the latent vector."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import torch

from lineform.deprojection.base import Quantity
from lineform.deprojection.priors import Prior
from lineform.errors import ConfigError
from lineform.parameters import Parameter
from lineform.units import factor

__all__ = ["Numbers", "check_positive", "overridden"]

_MANY = 6
"""Numbers above which a message does not list them."""
_ALIKE = 0.5
"""Share of letters that a name has in common with one that may have been meant."""


def overridden(priors: Mapping[str, Prior], given: Mapping[str, Prior]) -> dict[str, Prior]:
    """Priors by name, those that are given instead of the others.

    Raises
    ------
    ConfigError
        If one is given for a number that is not there.
    """
    _check_known(given, priors)
    return {**priors, **given}


def check_positive(priors: Mapping[str, Prior], names: Iterable[str]) -> None:
    """Of numbers that must be positive, check that their priors have no others.

    Raises
    ------
    ConfigError
        If one has.
    """
    for name in names:
        if not priors[name].positive:
            raise ConfigError(
                f"prior of {name}",
                expected="one of positive numbers",
                seen=priors[name].text,
                way_out="log-normal, log-uniform and uniform priors can be such",
            )


def _check_known(names: Iterable[str], priors: Mapping[str, Prior]) -> None:
    for name in names:
        if name not in priors:
            nearest = get_close_matches(name, priors, n=1, cutoff=_ALIKE)
            near = f"{nearest[0]}, or another" if nearest else "one"
            whole = f"{len(priors)} numbers" if len(priors) > _MANY else ", ".join(priors)
            raise ConfigError(
                "number of the model",
                expected=f"{near} of {whole}",
                seen=name,
                way_out="without this one, --dry-run lists them with their priors",
            )


@dataclass(frozen=True)
class Numbers:
    """Numbers whose latent numbers follow each other in the latent vector, in their order.

    Parameters
    ----------
    priors : name -> Prior [unit of each]
    described : name -> Parameter
        Unit and meaning of each.
    """

    priors: Mapping[str, Prior]
    described: Mapping[str, Parameter]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(prior.size for prior in self.priors.values()))

    @property
    def free(self) -> list[str]:
        """Names of those that are not fixed."""
        return [name for name, prior in self.priors.items() if prior.size]

    @property
    def quantities(self) -> Sequence[Quantity]:
        """What is known of those that are not fixed."""
        return [
            Quantity(
                name,
                self.described[name].unit,
                self.described[name].description,
                self.priors[name].words,
                self.priors[name].logarithmic,
                self.priors[name].period,
            )
            for name in self.free
        ]

    def __call__(self, latent: torch.Tensor) -> dict[str, torch.Tensor]:
        """All of them, each () [its unit], from a latent vector (size,)."""
        parts = latent.split([prior.size for prior in self.priors.values()])
        return {
            name: self.priors[name](part) for name, part in zip(self.priors, parts, strict=True)
        }

    def vector(self, latent: torch.Tensor) -> torch.Tensor:
        """All of them, (number,) [unit of each]."""
        return torch.stack(list(self(latent).values()))

    def si(self, latent: torch.Tensor) -> dict[str, torch.Tensor]:
        """All of them, each () [SI]."""
        units = [factor(self.described[name].unit) for name in self.priors]
        values = self.vector(latent) * torch.tensor(units, dtype=latent.dtype, device=latent.device)
        return dict(zip(self.priors, values.unbind(), strict=True))

    def stacked(self, latent: torch.Tensor) -> torch.Tensor:
        """Those that are not fixed, (quantity,) [unit of each]."""
        values = self(latent)
        free = [values[name] for name in self.free]
        return torch.stack(free) if free else latent.new_zeros(0)

    def inverse(self, values: Mapping[str, float]) -> torch.Tensor:
        """The latent vector (size,) of given values; 0 for those that are not given.

        Raises
        ------
        ConfigError
            If one is unknown, or cannot come from its prior.
        """
        return self.moved(torch.zeros(self.size, dtype=torch.float64), values)

    def moved(self, latent: torch.Tensor, values: Mapping[str, float]) -> torch.Tensor:
        """The latent vector (size,) with some numbers at other values.

        Raises
        ------
        ConfigError
            If one is unknown, or cannot come from its prior.
        """
        _check_known(values, self.priors)
        parts = latent.split([prior.size for prior in self.priors.values()])
        return torch.cat(
            [
                prior.inverse(values[name]).to(part) if name in values else part
                for (name, prior), part in zip(self.priors.items(), parts, strict=True)
            ]
        )

    def settings(self) -> dict[str, str]:
        """The prior of each, as `lineform.deprojection.priors.prior_from` reads it."""
        return {name: prior.text for name, prior in self.priors.items()}
