"""Smooth random functions of radius, and floors, for free-form winds."""

import math
from dataclasses import dataclass, field

import torch

__all__ = ["RadialCurve", "no_less"]

_SHARPNESS = 6.0
"""Of the transition from the temperature law to its floor: 12 % above both where they meet."""

_INNERMOST = 1 / 128
"""Least radius that curves are made for, over the side of the grid; 1 is beyond the corners."""


def no_less(value: torch.Tensor, least: torch.Tensor) -> torch.Tensor:
    """The greater of two logarithms, with a smooth transition: log of (a^p + b^p)^(1/p).

    A hard floor would hide from the data which way out of it leads up.
    """
    return torch.logaddexp(_SHARPNESS * value, _SHARPNESS * least) / _SHARPNESS


@dataclass(frozen=True)
class RadialCurve:
    """A normal random function of ln r, of standard deviation 1.

    As in `lineform.deprojection.spectra`, normal numbers on evenly spaced knots are smoothed by
    a Gaussian, which gives a covariance exp(-s^2 / 2 l^2) for two radii whose ln differ by s.

    Parameters
    ----------
    length : float [1]
        Correlation length l.
    """

    length: float
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(_knots(self.length)))

    def basis(self, log_fraction: torch.Tensor) -> torch.Tensor:
        """What each knot adds, (any, size) [1]: a curve is this times its latent vector (size,).

        Parameters
        ----------
        log_fraction : (any) [1]
            ln of the radius over the side of the grid.
        """
        knots = torch.tensor(_knots(self.length)).to(log_fraction)
        away = (log_fraction[..., None] - knots) / self.length
        # Squares of these sum to 1 over knots that are the length over the root of 2 apart.
        return torch.exp(-(away**2)) / math.pi**0.25


def _knots(length: float) -> list[float]:
    spacing = length / math.sqrt(2)
    first, last = math.log(_INNERMOST) - 2 * length, 2 * length
    return [first + spacing * k for k in range(math.ceil((last - first) / spacing) + 1)]
