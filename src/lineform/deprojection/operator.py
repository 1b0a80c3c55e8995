"""A forward model as PyTorch sees it: three functions of tensors that are each other's derivative.

What makes cubes need not be written in PyTorch, nor let it keep what it needs to go back.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch

from lineform.deprojection.base import Gas

__all__ = ["Operator", "OperatorForward", "fields_of"]


class Operator(Protocol):
    """Makes cubes from fields; one for each layout of grid, image, channels and lines.

    Fields (field, x, y, z) are those of `lineform.synthesis.columns.Columns`. None of the
    functions is looked into by PyTorch.
    """

    @property
    def molecules(self) -> Sequence[str]:
        """Names of the molecules whose densities the fields hold, in their order."""
        ...

    def cubes(self, fields: torch.Tensor) -> torch.Tensor:
        """Brightness (line, channel, y, x) [K] less that of the background."""
        ...

    def adjoint(self, fields: torch.Tensor, seed: torch.Tensor) -> torch.Tensor:
        """Gradient of a scalar by the fields (field, x, y, z), from that by the cubes."""
        ...

    def tangent(self, fields: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """Change of the cubes (line, channel, y, x) [K] with that of the fields."""
        ...


def fields_of(gas: Gas, molecules: Sequence[str]) -> torch.Tensor:
    """The fields (field, x, y, z) of `lineform.synthesis.columns.Columns`.

    With the velocity of the star in that of the gas, and the scale of lengths in the densities:
    only velocities relative to the observer, and optical depths, are seen.
    """
    longer = gas.scale.log()
    densities = [gas.density[name] + longer for name in molecules]
    recession = gas.systemic - gas.velocity[2]
    return torch.stack([recession, gas.temperature, gas.turbulence.exp(), *densities])


class OperatorForward:
    """The forward model of an operator; see `lineform.deprojection.forward.Forward`.

    Reverse mode (`torch.autograd`, `torch.func.vjp`) uses its adjoint, and forward mode
    (`torch.autograd.forward_ad`, `torch.func.jvp`) its tangent, as does the reverse mode of the
    gradient by its seed. Second derivatives by the gas are not there, and NaN.
    `torch.func.vmap` takes the members of a batch one by one.
    """

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def __call__(self, gas: Gas) -> torch.Tensor:
        """The cubes (line, channel, y, x) [K]; see `lineform.deprojection.forward.Forward`."""
        fields = fields_of(gas, self.operator.molecules)
        cubes: torch.Tensor = _Cubes.apply(fields, self.operator)
        return cubes


class _Cubes(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    """Cubes of fields."""

    @staticmethod
    def forward(fields: torch.Tensor, operator: Operator) -> torch.Tensor:
        return operator.cubes(fields)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:  # noqa: ANN401
        fields, ctx.operator = inputs
        ctx.save_for_backward(fields)
        ctx.save_for_forward(fields)

    @staticmethod
    def backward(ctx: Any, seed: torch.Tensor) -> tuple[torch.Tensor, None]:  # noqa: ANN401
        (fields,) = ctx.saved_tensors
        return _Adjoint.apply(fields, seed, ctx.operator), None

    @staticmethod
    def jvp(ctx: Any, change: torch.Tensor, _: None) -> torch.Tensor:  # noqa: ANN401
        (fields,) = ctx.saved_tensors
        moved: torch.Tensor = _Tangent.apply(fields, change, ctx.operator)
        return moved

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *given: Any) -> tuple[torch.Tensor, int]:  # noqa: ANN401
        return _one_by_one(_Cubes, info, in_dims, given)


class _Adjoint(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    """Gradient by the fields, from that by the cubes."""

    @staticmethod
    def forward(fields: torch.Tensor, seed: torch.Tensor, operator: Operator) -> torch.Tensor:
        return operator.adjoint(fields, seed)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:  # noqa: ANN401
        fields, _, ctx.operator = inputs
        ctx.save_for_backward(fields)

    @staticmethod
    def backward(ctx: Any, change: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:  # noqa: ANN401
        (fields,) = ctx.saved_tensors
        # Linear in the seed, so that its own adjoint is the tangent. Whoever asks for the second
        # derivative by the fields is to see that there is none.
        unknown = fields.new_full((), torch.nan).expand_as(fields)
        return unknown, _Tangent.apply(fields, change, ctx.operator), None

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *given: Any) -> tuple[torch.Tensor, int]:  # noqa: ANN401
        return _one_by_one(_Adjoint, info, in_dims, given)


class _Tangent(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    """Change of the cubes, from that of the fields."""

    @staticmethod
    def forward(fields: torch.Tensor, change: torch.Tensor, operator: Operator) -> torch.Tensor:
        return operator.tangent(fields, change)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:  # noqa: ANN401
        """Nothing is kept: there are no second derivatives."""

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *given: Any) -> tuple[torch.Tensor, int]:  # noqa: ANN401
        return _one_by_one(_Tangent, info, in_dims, given)


def _one_by_one(
    function: Any,  # noqa: ANN401
    info: Any,  # noqa: ANN401
    in_dims: tuple[int | None, ...],
    given: tuple[Any, ...],
) -> tuple[torch.Tensor, int]:
    """Apply a function to each member of a batch, for `torch.func.vmap`."""
    members = [
        function.apply(
            *(
                each if axis is None else each.select(axis, k)
                for each, axis in zip(given, in_dims, strict=True)
            )
        )
        for k in range(info.batch_size)
    ]
    return torch.stack(members), 0
