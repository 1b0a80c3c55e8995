"""Free-form winds: radial laws times smooth random fields in three dimensions.

The logarithm of each positive field is the sum of a law with a few numbers, a smooth random
function of ln r, so that the law does not bind, and a smooth random field, which holds arms,
clumps and lobes. All are normal in the latent vector, and positive by their logarithm.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import torch

from lineform.deprojection.base import Gas, Grid, Model, Quantity
from lineform.deprojection.families import Request
from lineform.deprojection.frame import Frame, Placement
from lineform.deprojection.numbers import Numbers, overridden
from lineform.deprojection.priors import Fixed, LogNormal, Normal, Prior
from lineform.deprojection.radial import RadialCurve, log_temperature, no_less
from lineform.deprojection.shells import ShellField
from lineform.deprojection.spectra import SmoothField
from lineform.func.wind import beta_law, hydrogen_density
from lineform.parameters import PARAMETERS, Parameter
from lineform.units import factor

__all__ = ["MODEL", "FreeModel", "free_model"]

_CLUMPS = (3, 8, 16)
"""Side of the grid over the correlation lengths of what is alike everywhere."""

_ARCS = (6, 16, 32)
"""Side of the grid over the correlation lengths, along the radius, of what flows outwards."""

_FIELDS = ("density", "temperature", "speed")

_PRIORS: Mapping[str, Prior] = {
    "mass_loss_rate": LogNormal(1e-6, 10.0),
    "initial_velocity": LogNormal(3.0, 1.5),
    "terminal_velocity": LogNormal(12.0, 1.6),
    "acceleration_exponent": LogNormal(1.0, 1.5),
    "inner_radius": LogNormal(2.0, 2.0),
    "temperature_100au": LogNormal(120.0, 2.0),
    "temperature_exponent": Normal(0.65, 0.2),
    "coldest": Fixed(10.0),
    "turbulent_velocity": LogNormal(1.0, 1.5),
    "density_curve": Fixed(0.4),
    "temperature_curve": Fixed(0.25),
    "speed_curve": Fixed(0.15),
    "density_arcs": Fixed(0.5),
    "temperature_arcs": Fixed(0.12),
    "speed_arcs": Fixed(0.06),
    **{f"density_clumps_{scale}": Fixed(0.15) for scale in _CLUMPS},
    **{f"temperature_clumps_{scale}": Fixed(0.04) for scale in _CLUMPS},
    **{f"speed_clumps_{scale}": Fixed(0.02) for scale in _CLUMPS},
}

_MEANING = {
    "curve": "radial dependence about the law",
    "arcs": "arcs, arms and lobes",
    **{f"clumps_{scale}": f"clumps of 1/{scale} of the side of the grid" for scale in _CLUMPS},
}

_DESCRIBED: Mapping[str, Parameter] = {
    **PARAMETERS,
    "inner_radius": Parameter("au", "Radius at which the wind begins to be accelerated."),
    "temperature_100au": Parameter("K", "Temperature of the radial law at 100 au."),
    "coldest": Parameter("K", "Temperature below which heating by starlight keeps no gas."),
    **{
        f"{name}_{kind}": Parameter("", f"Standard deviation of ln {name}: {meaning}.")
        for name in _FIELDS
        for kind, meaning in _MEANING.items()
    },
}

_ABUNDANCES: Mapping[str, float] = {"CO": 3e-4, "SiO": 3e-5, "HCN": 3e-6}


def free_model(
    grid: Grid,
    species: Mapping[str, float | None],
    frame: Frame,
    priors: Mapping[str, Prior] | None = None,
) -> "FreeModel":
    """A free-form wind.

    Parameters
    ----------
    grid : Grid
    species : name -> abundance
        Molecules of the wind, and how many per H2; None for the usual one.
    frame : Frame
    priors : name -> Prior
        Instead of the usual ones.

    Raises
    ------
    ConfigError
        If a prior is given for a number that is not there.
    """
    usual = {**_PRIORS, **{_abundance(s): Fixed(_given(s, a)) for s, a in species.items()}}
    described = {
        **_DESCRIBED,
        **{_abundance(s): Parameter("", f"Number of {s} molecules per H2.") for s in species},
    }
    numbers = Numbers(overridden(usual, priors or {}), described)
    return FreeModel(grid, tuple(species), frame, numbers)


def _abundance(species: str) -> str:
    return f"{species.lower()}_abundance"


def _given(species: str, abundance: float | None) -> float:
    return _ABUNDANCES.get(species, 1e-6) if abundance is None else abundance


@dataclass(frozen=True)
class FreeModel:
    """Density, temperature and speed of a wind in every cell of a grid.

    The latent vector holds the numbers of the frame, those of the laws, the knots of the radial
    curves and the nodes of the random fields, the last two for density, temperature and speed.
    """

    grid: Grid
    species: tuple[str, ...]
    frame: Frame
    law: Numbers
    name: ClassVar[str] = "free"
    curve: RadialCurve = field(default_factory=lambda: RadialCurve(0.7))

    @cached_property
    def arcs(self) -> ShellField:
        """The random field of each quantity that flows outwards."""
        return ShellField(self.grid, tuple(1 / scale for scale in _ARCS))

    @cached_property
    def clumps(self) -> SmoothField:
        """The random field of each quantity that looks the same everywhere."""
        return SmoothField(self.grid, tuple(1 / scale for scale in _CLUMPS))

    @property
    def _sizes(self) -> list[int]:
        fields = len(_FIELDS)
        return [
            self.frame.size,
            self.law.size,
            *[self.curve.size] * fields,
            *[self.arcs.size] * fields,
            *[self.clumps.size] * fields,
        ]

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return sum(self._sizes)

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The numbers that are not fixed."""
        return [*self.frame.quantities, *self.law.quantities]

    def gas(self, latent: torch.Tensor) -> Gas:
        """The gas for a latent vector (size,) [1]."""
        parts = latent.split(self._sizes)
        place, law = self.frame.place(parts[0], self.grid), self.law(parts[1])
        log_radius, direction = self._radius(place)
        density, temperature, speed = self._deviations(log_radius, place, law, parts[2:])
        mean_speed, more_speed = speed
        radius = torch.exp(log_radius)
        law_speed = beta_law(
            radius,
            factor("au") * law["inner_radius"],
            1e3 * law["initial_velocity"],
            1e3 * law["terminal_velocity"],
            law["acceleration_exponent"],
        )
        mean = law_speed * torch.exp(mean_speed)
        rate = factor("solMass") / factor("yr") * law["mass_loss_rate"]
        hydrogen = torch.log(hydrogen_density(rate, 1.0, radius, mean)) + sum(density)
        warm = log_temperature(log_radius, law["temperature_100au"], law["temperature_exponent"])
        return Gas(
            density={s: hydrogen + torch.log(law[_abundance(s)]) for s in self.species},
            temperature=no_less(warm + sum(temperature), torch.log(law["coldest"])),
            velocity=mean * torch.exp(more_speed) * direction,
            turbulence=torch.log(1e3 * law["turbulent_velocity"]).expand(log_radius.shape),
            systemic=place.systemic,
            scale=place.scale,
        )

    def _radius(self, place: Placement) -> tuple[torch.Tensor, torch.Tensor]:
        """Logarithm of the radius (x, y, z) [of m], and the direction (3, x, y, z) from the star.

        In units of the side: squares of metres would overflow half of single precision's range.
        """
        side = place.scale * self.grid.side
        fraction = place.position / side
        # A star in the middle of a cell is no reason for infinities.
        radius = torch.sqrt((fraction**2).sum(0) + (1e-2 / self.grid.cells) ** 2)
        return torch.log(radius) + torch.log(side), fraction / radius

    def _deviations(
        self,
        log_radius: torch.Tensor,
        place: Placement,
        law: Mapping[str, torch.Tensor],
        parts: Sequence[torch.Tensor],
    ) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Of the radial curve and of the random field (x, y, z) of each quantity."""
        basis = self.curve.basis(log_radius - torch.log(place.scale) - math.log(self.grid.side))
        pairs = []
        for k, name in enumerate(_FIELDS):
            knots, arcs, clumps = parts[k :: len(_FIELDS)]
            scales = torch.stack([law[f"{name}_clumps_{scale}"] for scale in _CLUMPS])
            field = law[f"{name}_arcs"] * self.arcs(arcs) + self.clumps(clumps, scales)
            pairs.append((basis @ (law[f"{name}_curve"] * knots), field))
        return pairs

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`."""
        frame, law, *_ = latent.split(self._sizes)
        return torch.cat([self.frame.numbers(frame), self.law.stacked(law)])

    def residual(self, gas: Gas) -> torch.Tensor:
        """What the prior adds to the sum of squares: nothing, (0,) [1]."""
        return gas.temperature.new_zeros(0)

    def mirrors(self, latent: torch.Tensor) -> Sequence[torch.Tensor]:
        """The wind with its random fields the other way round along the line of sight."""
        fields = len(_FIELDS)
        parts = list(latent.split(self._sizes))
        arcs = [self.arcs.flipped(part) for part in parts[-2 * fields : -fields]]
        clumps = [self.clumps.flipped(part) for part in parts[-fields:]]
        return [torch.cat([*parts[: -2 * fields], *arcs, *clumps])]

    def settings(self) -> Mapping[str, str | float]:
        """What makes the model again."""
        return {"model": self.name, **self.frame.settings(), **self.law.settings()}


@dataclass(frozen=True)
class _Family:
    name: str = "free"
    models: tuple[str, ...] = ("free",)

    def make(self, request: Request) -> Model:
        return free_model(request.grid, request.species, request.frame, request.priors)


MODEL = _Family()
