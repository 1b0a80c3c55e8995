"""How a wind depends on radius alone: laws with a few numbers, and smooth deviations from them."""

import math
from dataclasses import dataclass, field

import torch

from lineform.units import factor
from lineform.winds import H2_MASS

__all__ = ["RadialCurve", "beta_law", "log_hydrogen", "log_temperature", "no_less"]

_REFERENCE = 100 * factor("au")
"""Radius at which the temperature is given [m]."""

_SHARPNESS = 6.0
"""Of the transition from the temperature law to its floor: 12 % above both where they meet."""

_INNERMOST = 1 / 128
"""Least radius that curves are made for, over the side of the grid; 1 is beyond the corners."""


def beta_law(
    log_radius: torch.Tensor,
    initial: torch.Tensor,
    terminal: torch.Tensor,
    exponent: torch.Tensor,
    inner: torch.Tensor,
) -> torch.Tensor:
    """Natural logarithm of the speed of a wind, v0 + (vinf - v0) (1 - R / r)^beta.

    Parameters
    ----------
    log_radius : (any) [of m]
        Natural logarithm.
    initial, terminal : scalar [m s-1]
        v0, also the speed within R, and vinf.
    exponent : scalar [1]
        beta.
    inner : scalar [m]
        R.

    Notes
    -----
    Lamers & Cassinelli 1999, Introduction to Stellar Winds, sec. 2.1.
    """
    gained = -torch.expm1(torch.log(inner) - log_radius)
    # Powers of 0 have no derivative.
    rise = gained.clamp_min(1e-6) ** exponent
    return torch.log(initial + (terminal - initial) * rise)


def log_hydrogen(
    log_radius: torch.Tensor, log_speed: torch.Tensor, rate: torch.Tensor
) -> torch.Tensor:
    """Natural logarithm of the density of H2 in a steady wind, dM/dt / (4 pi r^2 v m).

    Parameters
    ----------
    log_radius : (any) [of m]
    log_speed : (any) [of m s-1]
    rate : scalar [solMass/yr]

    Returns
    -------
    (any) [of m-3]
    """
    # Logarithms of each: the product would not fit in single precision.
    unit = math.log(factor("solMass")) - math.log(factor("yr"))
    per_molecule = unit - math.log(4 * math.pi * H2_MASS)
    return torch.log(rate) + per_molecule - 2 * log_radius - log_speed


def log_temperature(
    log_radius: torch.Tensor, reference: torch.Tensor, exponent: torch.Tensor
) -> torch.Tensor:
    """Natural logarithm of T(100 au) (r / 100 au)^-q.

    Parameters
    ----------
    log_radius : (any) [of m]
    reference : scalar [K]
        T(100 au).
    exponent : scalar [1]
        q.
    """
    return torch.log(reference) - exponent * (log_radius - math.log(_REFERENCE))


def no_less(value: torch.Tensor, least: torch.Tensor) -> torch.Tensor:
    """The greater of two logarithms, with a smooth transition: log of (a^p + b^p)^(1/p)."""
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
