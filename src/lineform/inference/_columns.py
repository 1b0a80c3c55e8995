"""The derivative of a residual of few latent numbers, column by column, at little cost.

What takes the time of a small problem is not arithmetic but the calls of PyTorch. The gas of many
latent vectors at once costs hardly more than that of one, so that its derivative is taken by
differences on both sides, in double precision. What follows the gas has a tangent of its own, and
what follows the cube is linear.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch

from lineform.deprojection.instrument import Instrument
from lineform.deprojection.operator import OperatorForward, fields_of
from lineform.deprojection.problem import Part

__all__ = ["batched", "columns"]

_STEP = 2e-5
"""Half the way between two latent vectors whose gas is compared [1]: errors are about 1e-8."""

_CELLS = 2**18
"""Cells, of all gas together, that are made at a time."""


def batched(function: Callable[[torch.Tensor], Any], latents: torch.Tensor) -> Any:  # noqa: ANN401
    """A function of a latent vector (size,) for each of several (any, size), in one go."""
    with warnings.catch_warnings():
        # PyTorch tells which of its functions take the members of a batch one by one.
        warnings.filterwarnings("ignore", "There is a performance drop")
        return torch.func.vmap(function)(latents)


def columns(problem: Any, latent: torch.Tensor) -> torch.Tensor | None:  # noqa: ANN401
    """J^T (size, residual) [1]; None for what is more than cubes of gas, or something else.

    Parameters
    ----------
    problem : lineform.deprojection.problem.Problem, or any other
    latent : (size,) [1]
    """
    parts: Sequence[Part] = getattr(problem, "parts", ())
    if not parts or not all(map(_known, parts)):
        return None
    with torch.no_grad():
        if problem.model.residual(problem.model.gas(latent)).numel():
            return None
        middle = latent.to(torch.float64)
        size, number = len(middle), max(1, _CELLS // (2 * problem.model.grid.cells**3))
        asides = (_STEP * torch.eye(size).to(middle)).split(number)
        return torch.cat([_some(problem, middle, aside, latent) for aside in asides])


def _known(part: Part) -> bool:
    telescope = part.telescope
    return isinstance(telescope, Instrument) and isinstance(telescope.forward, OperatorForward)


def _some(
    problem: Any,  # noqa: ANN401
    middle: torch.Tensor,
    aside: torch.Tensor,
    like: torch.Tensor,
) -> torch.Tensor:
    """Columns for steps (some, size) from the middle, as (some, residual)."""
    operators = [part.telescope.forward.operator for part in problem.parts]

    def fields(latent: torch.Tensor) -> tuple[torch.Tensor, ...]:
        gas = problem.model.gas(latent)
        return tuple(fields_of(gas, operator.molecules) for operator in operators)

    around = batched(fields, torch.cat([middle + aside, middle - aside]))
    found = []
    for part, each in zip(problem.parts, around, strict=True):
        ahead, behind = each.chunk(2)
        # In the middle they are their mean, but for the square of the step.
        here = ((ahead[0] + behind[0]) / 2).to(like)
        found.append(_seen(part, here, ((ahead - behind) / (2 * _STEP)).to(like)))
    return torch.cat(found, dim=1)


def _seen(part: Part, here: torch.Tensor, changes: torch.Tensor) -> torch.Tensor:
    """Changes of the residual (some, residual) with those of the fields (some, ...)."""
    telescope = cast(Instrument, part.telescope)
    operator = cast(OperatorForward, telescope.forward).operator

    def residual(cube: torch.Tensor) -> torch.Tensor:
        return part.likelihood.residual(telescope.seen(cube))

    cubes = torch.stack([operator.tangent(here, change)[0] for change in changes])
    return batched(residual, cubes) - residual(torch.zeros_like(cubes[0]))
