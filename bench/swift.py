"""A problem of few numbers of which derivatives cost little, for runs over hundreds of winds.

What takes the time of a small wind is not numbers but the calls of PyTorch. The gas of many
latent vectors at once costs hardly more than that of one, so that its derivative is taken by
differences on both sides, in double precision; what follows it, from gas to residual, by its own
derivative in single precision. Energies are those of the model itself.
"""

from dataclasses import dataclass, replace
from typing import Any, cast

import torch

from lineform.deprojection.instrument import Instrument
from lineform.deprojection.operator import OperatorForward, fields_of
from lineform.deprojection.problem import Part, Problem

__all__ = ["Swift"]

_STEP = 2e-5
"""Half the way between two latent vectors whose gas is compared [1]: errors are about 1e-8."""


@dataclass(frozen=True, slots=True, eq=False)
class Swift(Problem):
    """As a `Problem`, with latent vectors in double precision and parts in single precision.

    Its model has no residual of its own, and its forward model is compiled.
    """

    def residual(self, latent: torch.Tensor) -> torch.Tensor:
        """Whitened differences of model and measurement (any,) [1]."""
        if torch.is_grad_enabled() and latent.requires_grad:
            found: torch.Tensor = _Residual.apply(latent, self)
            return found
        return self._seen(latent)

    def _seen(self, latent: torch.Tensor) -> torch.Tensor:
        gas = self.model.gas(latent)
        single = type(gas)({k: v.float() for k, v in gas.density.items()}, *_single(gas[1:]))
        whitened = [part.likelihood.residual(part.telescope(single)) for part in self.parts]
        return torch.cat(whitened).to(latent)

    def jacobian(self, latent: torch.Tensor) -> torch.Tensor:
        """Derivative of the residual, transposed (size, residual) [1]."""
        with torch.no_grad():
            columns = [self._columns(part, latent) for part in self.parts]
            return torch.cat(columns, dim=1).to(latent)

    def _columns(self, part: Part, latent: torch.Tensor) -> torch.Tensor:
        telescope = cast(Instrument, part.telescope)
        operator = cast(OperatorForward, telescope.forward).operator

        def fields(latent: torch.Tensor) -> torch.Tensor:
            return fields_of(self.model.gas(latent), operator.molecules)

        aside = _STEP * torch.eye(len(latent)).to(latent)
        ahead, behind = torch.func.vmap(fields)(torch.cat([latent + aside, latent - aside])).chunk(
            2
        )
        # In the middle they are their mean, but for the square of the step.
        here = ((ahead[0] + behind[0]) / 2).float()
        changes = ((ahead - behind) / (2 * _STEP)).float()
        cubes = torch.stack([operator.tangent(here, change)[0] for change in changes])
        # All that follows the cubes is linear.
        after = replace(telescope, forward=lambda cube: cube[None])

        def seen(cube: torch.Tensor) -> torch.Tensor:
            return part.likelihood.residual(after(cube))

        return torch.func.vmap(seen)(cubes) - seen(torch.zeros_like(cubes[0]))


def _single(tensors: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
    return [each.float() for each in tensors]


class _Residual(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    @staticmethod
    def forward(ctx: Any, latent: torch.Tensor, problem: Swift) -> torch.Tensor:  # noqa: ANN401
        ctx.matrix = problem.jacobian(latent)
        return problem.residual(latent)

    @staticmethod
    def backward(ctx: Any, seed: torch.Tensor) -> tuple[torch.Tensor, None]:  # noqa: ANN401
        return ctx.matrix @ seed, None
