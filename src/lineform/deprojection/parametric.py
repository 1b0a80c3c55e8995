"""Winds with few numbers: the laws of `lineform.func.wind`, turned to the observer.

The axis of a wind is that of its symmetry and of its rotation, which is counter-clockwise about it.
An arm trails the orbit that wound it up: one that winds the other way on the sky belongs to an axis
that points away, with an inclination above 90 degrees.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import torch

from lineform.deprojection.base import Gas, Grid, Model, Quantity
from lineform.deprojection.families import Request
from lineform.deprojection.frame import Frame
from lineform.deprojection.numbers import Numbers, check_positive, overridden
from lineform.deprojection.orientation import mirrored, sky_basis
from lineform.deprojection.priors import Prior
from lineform.deprojection.windpriors import (
    ANY_SIGN,
    MODELS,
    abundance_name,
    described,
    wind_priors,
)
from lineform.errors import ConfigError
from lineform.func import wind
from lineform.units import factor
from lineform.winds import AMBIENT_DENSITY

__all__ = ["MODEL", "ParametricModel", "parametric_model"]

_SI = Mapping[str, torch.Tensor]


def parametric_model(
    shape: str,
    grid: Grid,
    species: Mapping[str, float | None],
    frame: Frame,
    priors: Mapping[str, Prior] | None = None,
) -> "ParametricModel":
    """A wind, or a disk, with few numbers.

    Parameters
    ----------
    shape : str
        ``spherical``, ``spiral``, ``bipolar``, ``disk``, or ``rotating_disk``.
    grid : Grid
    species : name -> abundance
        Molecules of the gas, and how many per H2; None for the usual number.
    frame : Frame
    priors : name -> Prior
        Instead of the usual ones.

    Raises
    ------
    ConfigError
        If the shape is unknown, a molecule has no usual abundance, a prior is for a number that is
        not there, or gives values that a number cannot have.
    """
    if shape not in MODELS:
        raise ConfigError("shape of the wind", expected=f"one of {', '.join(MODELS)}", seen=shape)
    chosen = overridden(wind_priors(shape, species), priors or {})
    check_positive(chosen, [name for name in chosen if name not in ANY_SIGN])
    return ParametricModel(shape, grid, frame, tuple(species), Numbers(chosen, described(species)))


@dataclass(frozen=True, eq=False)
class ParametricModel:
    """The latent vector holds the numbers of the frame and then those of the wind.

    Parameters
    ----------
    name : str
        The shape.
    grid : Grid
    frame : Frame
    species : tuple of str
    law : Numbers
    """

    name: str
    grid: Grid
    frame: Frame
    species: tuple[str, ...]
    law: Numbers

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return self.frame.size + self.law.size

    @property
    def quantities(self) -> Sequence[Quantity]:
        """The numbers that are not fixed."""
        return [*self.frame.quantities, *self.law.quantities]

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`."""
        frame, own = self._parts(latent)
        return torch.cat([self.frame.numbers(frame), self.law.stacked(own)])

    def gas(self, latent: torch.Tensor) -> Gas:
        """The gas for a latent vector (size,) [1]."""
        frame, own = self._parts(latent)
        placed = self.frame.place(frame, self.grid)
        p = self.law.si(own)
        axes = sky_basis(p["inclination"], p["position_angle"]) if "inclination" in p else None
        position = placed.position if axes is None else _turned(axes, placed.position)
        x, y, z = position
        at = wind.place(x, y, z, p["stellar_radius"])
        flowing, velocity = (_outflow if "mass_loss_rate" in p else _disk_at_rest)(self.name, p, at)
        hydrogen = torch.log(flowing * _filled(self.grid, latent.device) + AMBIENT_DENSITY)
        temperature = wind.temperature_law(
            at.radius, p["stellar_radius"], p["stellar_temperature"], p["temperature_exponent"]
        )
        return Gas(
            density=self._densities(hydrogen, p, at),
            temperature=torch.log(temperature),
            velocity=velocity if axes is None else _turned(axes.T, velocity),
            turbulence=torch.log(p["turbulent_velocity"]).expand(hydrogen.shape),
            systemic=placed.systemic,
            scale=placed.scale,
            hydrogen=hydrogen,
            star=placed.star,
        )

    def residual(self, gas: Gas) -> torch.Tensor:
        """What the prior adds to the sum of squares: nothing, (0,) [1]."""
        return gas.temperature.new_zeros(0)

    def mirrors(self, latent: torch.Tensor) -> Sequence[torch.Tensor]:
        """Other latent vectors that an image may hardly tell from this one.

        See `lineform.deprojection.orientation.mirrored`; without those that the priors exclude.
        """
        frame, own = self._parts(latent)
        values = {name: float(value) for name, value in self.law(own).items()}
        found = []
        for angles in mirrored(values):
            # A prior that is fixed, or that excludes it, leaves no such counterpart.
            with suppress(ConfigError):
                found.append(torch.cat([frame, self.law.moved(own, angles)]))
        return found

    def settings(self) -> Mapping[str, str | float]:
        """What makes the model again."""
        return {
            "model": self.name,
            "species": " ".join(self.species),
            **self.frame.settings(),
            **self.law.settings(),
        }

    def latent(self, **values: float) -> torch.Tensor:
        """The latent vector (size,) with these numbers, and the others in the middle of theirs.

        Raises
        ------
        ConfigError
            If one is unknown, or cannot come from its prior.
        """
        of_frame = {
            name: value for name, value in values.items() if name in self.frame.block.priors
        }
        own = {name: value for name, value in values.items() if name not in of_frame}
        return torch.cat([self.frame.block.inverse(of_frame), self.law.inverse(own)])

    def _parts(self, latent: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        frame, own = latent.split([self.frame.size, self.law.size])
        return frame, own

    def _densities(self, hydrogen: torch.Tensor, p: _SI, at: wind.Place) -> _SI:
        found = {s: hydrogen + torch.log(p[abundance_name(s)]) for s in self.species}
        if "SiO" in found and "mass_loss_rate" in p:
            rate = p["mass_loss_rate"][None] / factor("solMass/yr")
            reach = wind.silicon_radius(rate, p["terminal_velocity"][None] / factor("km/s"))
            found["SiO"] = found["SiO"] - (at.radius / reach) ** 2
        return found


@cache
def _filled(grid: Grid, device: torch.device) -> torch.Tensor:
    """Which cells (x, y, z) have gas of the wind in them: those in the sphere that fits the grid.

    The sphere stays where it is when the star moves: the edge of a wind that takes in one cell
    after another would make steps in its likelihood.
    """
    with torch.inference_mode(False):
        position = grid.position(torch.zeros((), dtype=torch.float64, device=device))
        return (position**2).sum(0) <= (grid.side / 2) ** 2


def _outflow(shape: str, p: _SI, at: wind.Place) -> tuple[torch.Tensor, torch.Tensor]:
    """H2 (x, y, z) [m-3] and velocity (3, x, y, z) [m s-1]."""
    flux, boost = wind.SHAPES[shape](p, at)
    law = wind.beta_law(
        at.radius,
        p["stellar_radius"],
        p["initial_velocity"],
        p["terminal_velocity"],
        p["acceleration_exponent"],
    )
    speed = boost * law
    hydrogen = wind.hydrogen_density(p["mass_loss_rate"], flux, at.radius, speed)
    rate, turning = speed / at.radius, _angular_velocity(p, at)
    x, y = rate * at.x - turning * at.y, rate * at.y + turning * at.x
    return hydrogen, torch.stack([x, y, rate * at.z])


def _disk_at_rest(shape: str, p: _SI, at: wind.Place) -> tuple[torch.Tensor, torch.Tensor]:
    hydrogen = wind.flared_disk(
        at, p["disk_density"], p["rotation_radius"], p["density_exponent"], p["disk_height"]
    )
    turning = _angular_velocity(p, at)
    return hydrogen, torch.stack([-turning * at.y, turning * at.x, torch.zeros_like(turning)])


def _angular_velocity(p: _SI, at: wind.Place) -> torch.Tensor | float:
    if "rotation_velocity" not in p:
        return 0.0
    return wind.rotation(at, p["rotation_velocity"], p["rotation_radius"], p["rotation_exponent"])


def _turned(basis: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    return (basis @ vectors.reshape(3, -1)).reshape(vectors.shape)


@dataclass(frozen=True)
class _Parametric:
    name: str = "parametric"
    models: tuple[str, ...] = tuple(MODELS)

    def make(self, request: Request) -> Model:
        if request.options:
            raise ConfigError(
                "option of the model",
                expected="none, but priors of its numbers",
                seen=", ".join(sorted(request.options)),
            )
        return parametric_model(
            request.model, request.grid, request.species, request.frame, request.priors
        )


MODEL = _Parametric()
