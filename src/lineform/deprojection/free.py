"""Free-form winds: radial laws times smooth random fields in three dimensions.

The logarithm of each positive field is the sum of the law of a spherical wind, a smooth random
function of ln r, so that the law does not bind, and a random field, which holds arms, lobes and
clumps. Priors, options and reasons: `lineform.deprojection.freepriors`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch

from lineform.deprojection.base import Gas, Grid, Model, Quantity
from lineform.deprojection.families import Request
from lineform.deprojection.frame import Frame, Placement
from lineform.deprojection.freepriors import (
    described_free,
    free_options,
    free_priors,
    varying,
)
from lineform.deprojection.hydrodynamics import SteadyFlow
from lineform.deprojection.numbers import Numbers, overridden
from lineform.deprojection.priors import Prior
from lineform.deprojection.radial import no_less
from lineform.deprojection.variation import Variations, Varied
from lineform.deprojection.windpriors import abundance_name
from lineform.func.wind import beta_law, hydrogen_density
from lineform.units import factor
from lineform.winds import AMBIENT_DENSITY

__all__ = ["MODEL", "FreeModel", "free_model"]

_AU, _RATE = factor("au"), factor("solMass/yr")


def free_model(
    grid: Grid,
    species: Mapping[str, float | None],
    frame: Frame,
    priors: Mapping[str, Prior] | None = None,
    options: Mapping[str, str] | None = None,
) -> "FreeModel":
    """A free-form wind.

    Parameters
    ----------
    grid : Grid
    species : name -> abundance
        Molecules of the wind, and how many per H2; None for the usual number.
    frame : Frame
    priors : name -> Prior
        Instead of the usual ones.
    options : name -> text
        What `lineform.deprojection.freepriors.OPTIONS` lists.

    Raises
    ------
    ConfigError
        If a prior or an option is given that does not exist, or a molecule has no abundance.
    """
    chosen = free_options(options or {})
    usual = overridden(free_priors(chosen, species), priors or {})
    law = Numbers(usual, described_free(chosen, species))
    return FreeModel(grid, tuple(species), frame, law, tuple(chosen.items()))


@dataclass(frozen=True, eq=False)
class FreeModel:
    """Density, temperature and velocity of a wind in every cell of a grid.

    The latent vector holds the numbers of the frame, those of the laws, and the random fields of
    all that varies. It is as long on coarse grids as on fine ones, and means the same wind there.

    Parameters
    ----------
    grid : Grid
    species : tuple of str
    frame : Frame
    law : Numbers
    options : (name, text) of each
    """

    grid: Grid
    species: tuple[str, ...]
    frame: Frame
    law: Numbers
    options: tuple[tuple[str, str], ...]
    name: ClassVar[str] = "free"

    @cached_property
    def variations(self) -> Variations:
        """Of all that varies."""
        names = varying(dict(self.options), dict.fromkeys(self.species))
        return Variations(self.grid, tuple(names))

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return self.frame.size + self.law.size + self.variations.size

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The numbers that are not fixed."""
        return [*self.frame.quantities, *self.law.quantities]

    def gas(self, latent: torch.Tensor) -> Gas:
        """The gas for a latent vector (size,) [1]."""
        frame, own, rest = self._parts(latent)
        place, law = self.frame.place(frame, self.grid), self.law(own)
        radius, direction = self._radius(place)
        varied = self.variations(radius / (place.scale * self.grid.side), law, rest)
        mean = torch.exp(varied["speed"][0].curve) * beta_law(
            radius,
            _AU * law["stellar_radius"],
            1e3 * law["initial_velocity"],
            1e3 * law["terminal_velocity"],
            law["acceleration_exponent"],
        )
        turbulence = torch.log(1e3 * law["turbulent_velocity"]).expand(radius.shape)
        hydrogen = self._hydrogen(radius, mean, law, varied)
        return Gas(
            density=self._densities(hydrogen, law, varied),
            temperature=_temperature(radius, law, varied["temperature"][0]),
            velocity=mean * _flow(direction, varied),
            turbulence=turbulence + sum(map(sum, varied.get("turbulence", []))),
            systemic=place.systemic,
            scale=place.scale,
            hydrogen=hydrogen,
            star=place.star,
        )

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`."""
        frame, own, _ = self._parts(latent)
        return torch.cat([self.frame.numbers(frame), self.law.stacked(own)])

    def residual(self, gas: Gas) -> torch.Tensor:
        """How far the flow is from steady, (any,) [1]; nothing unless that is asked for."""
        if dict(self.options)["hydrodynamics"] == "none":
            return gas.temperature.new_zeros(0)
        return SteadyFlow(self.grid)(gas)

    def mirrors(self, latent: torch.Tensor) -> Sequence[torch.Tensor]:
        """None: what flows outwards and comes towards the observer is in front of the star.

        Front and back could only be exchanged together with the sense of the flow, which the law
        of the speed forbids.
        """
        return []

    def settings(self) -> Mapping[str, str | float]:
        """What makes the model again."""
        return {
            "model": self.name,
            "species": " ".join(self.species),
            **dict(self.options),
            **self.frame.settings(),
            **self.law.settings(),
        }

    def _parts(self, latent: torch.Tensor) -> Sequence[torch.Tensor]:
        sizes = [self.frame.size, self.law.size, self.variations.size]
        parts: Sequence[torch.Tensor] = latent.split(sizes)
        return parts

    def _radius(self, place: Placement) -> tuple[torch.Tensor, torch.Tensor]:
        """Distance (x, y, z) [m] and direction (3, x, y, z) [1] from the star."""
        # A star in the middle of a cell is no reason for infinities.
        least = 1e-4 * self.grid.side
        radius = torch.sqrt((place.position**2).sum(0) + least**2)
        return radius, place.position / radius

    def _hydrogen(
        self,
        radius: torch.Tensor,
        speed: torch.Tensor,
        law: Mapping[str, torch.Tensor],
        varied: Mapping[str, Sequence[Varied]],
    ) -> torch.Tensor:
        """Logarithm (x, y, z) [of m-3]; the mean speed keeps the mean mass flux."""
        smooth = hydrogen_density(_RATE * law["mass_loss_rate"], 1.0, radius, speed)
        hydrogen = torch.log(smooth) + sum(varied["density"][0])
        if dict(self.options)["edge"] == "none":
            return hydrogen
        # About the middle of the grid: the edge must not make steps where the star moves.
        inside = (self.grid.position(radius) ** 2).sum(0) <= (self.grid.side / 2) ** 2
        ambient = torch.full_like(hydrogen, math.log(AMBIENT_DENSITY))
        return torch.where(inside, torch.logaddexp(hydrogen, ambient), ambient)

    def _densities(
        self,
        hydrogen: torch.Tensor,
        law: Mapping[str, torch.Tensor],
        varied: Mapping[str, Sequence[Varied]],
    ) -> dict[str, torch.Tensor]:
        """Logarithms (x, y, z) [of m-3] by molecule."""
        found = {}
        for species in self.species:
            name = abundance_name(species)
            more = sum(map(sum, varied.get(name, [])))
            found[species] = hydrogen + torch.log(law[name]) + more
        return found


def _temperature(
    radius: torch.Tensor, law: Mapping[str, torch.Tensor], varied: Varied
) -> torch.Tensor:
    """Logarithm (x, y, z) [of K]."""
    distance = torch.log(radius / (_AU * law["stellar_radius"]))
    warm = torch.log(law["stellar_temperature"]) - law["temperature_exponent"] * distance
    return no_less(warm + sum(varied), torch.log(law["coldest"]))


def _flow(direction: torch.Tensor, varied: Mapping[str, Sequence[Varied]]) -> torch.Tensor:
    """Velocity over the mean speed (3, x, y, z) [1]."""
    flow = torch.exp(varied["speed"][0].structure) * direction
    if "velocity" not in varied:
        return flow
    turning = torch.stack([each.curve for each in varied["velocity"]])
    across = torch.linalg.cross(turning, direction, dim=0)
    return flow + across + torch.stack([each.structure for each in varied["velocity"]])


@dataclass(frozen=True)
class _Family:
    name: str = "free"
    models: tuple[str, ...] = ("free",)

    def make(self, request: Request) -> Model:
        options = {"deviations": "learned" if request.sampled else "fixed", **request.options}
        return free_model(request.grid, request.species, request.frame, request.priors, options)


MODEL = _Family()
