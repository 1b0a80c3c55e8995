"""The forward model in compiled loops, with derivatives that are written by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from lineform.deprojection.base import Gas, Grid
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.columns import Columns

__all__ = ["CompiledForward", "fields_of"]


def fields_of(gas: Gas, molecules: Sequence[str]) -> torch.Tensor:
    """The fields (field, x, y, z) of `lineform.synthesis.columns.Columns`.

    With the velocity of the star in that of the gas, and the scale of lengths in the densities:
    of both, only optical depths and velocities relative to the observer are seen.
    """
    longer = gas.scale.log()
    densities = [gas.density[name] + longer for name in molecules]
    recession = gas.systemic - gas.velocity[2]
    return torch.stack([recession, gas.temperature, gas.turbulence.exp(), *densities])


class CompiledForward:
    """The forward model of `lineform.deprojection.forward.forward_of`, on the CPU.

    Reverse mode (`torch.autograd`, `torch.func.vjp`) uses the adjoint of the transfer, which
    computes all intensities again instead of keeping them; forward mode
    (`torch.autograd.forward_ad`, `torch.func.jvp`) uses its tangent. There are no second
    derivatives. `torch.func.vmap` takes the members of a batch one by one.
    """

    def __init__(
        self,
        grid: Grid,
        lines: Sequence[tuple[Molecule, Line]],
        offsets: FloatArray,
        velocity: FloatArray,
        background: float,
    ) -> None:
        self._columns = Columns(grid.cells, grid.side, lines, offsets, velocity, background)

    def __call__(self, gas: Gas) -> torch.Tensor:
        """The cubes (line, channel, y, x) [K]; see `lineform.deprojection.forward.Forward`."""
        fields = fields_of(gas, self._columns.molecules)
        cubes: torch.Tensor = _Cubes.apply(fields, self._columns)
        return cubes


class _Cubes(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    """Cubes of fields."""

    @staticmethod
    def forward(fields: torch.Tensor, columns: Columns) -> torch.Tensor:
        return _through(columns.cubes, fields)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:  # noqa: ANN401
        fields, ctx.columns = inputs
        ctx.save_for_backward(fields)
        ctx.save_for_forward(fields)

    @staticmethod
    def backward(ctx: Any, seed: torch.Tensor) -> tuple[torch.Tensor, None]:  # noqa: ANN401
        (fields,) = ctx.saved_tensors
        return _Adjoint.apply(fields, seed, ctx.columns), None

    @staticmethod
    def jvp(ctx: Any, change: torch.Tensor, _: None) -> torch.Tensor:  # noqa: ANN401
        (fields,) = ctx.saved_tensors
        return _Tangent.apply(fields, change, ctx.columns)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *given: Any) -> tuple[torch.Tensor, int]:  # noqa: ANN401
        return _one_by_one(_Cubes, info, in_dims, given)


class _Adjoint(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    """Gradient by the fields, from that by the cubes."""

    @staticmethod
    def forward(fields: torch.Tensor, seed: torch.Tensor, columns: Columns) -> torch.Tensor:
        return _through(columns.adjoint, fields, seed)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:  # noqa: ANN401
        """Nothing is kept: there are no second derivatives."""

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *given: Any) -> tuple[torch.Tensor, int]:  # noqa: ANN401
        return _one_by_one(_Adjoint, info, in_dims, given)


class _Tangent(torch.autograd.Function):  # type: ignore[misc]  # PyTorch is not looked into
    """Change of the cubes, from that of the fields."""

    @staticmethod
    def forward(fields: torch.Tensor, change: torch.Tensor, columns: Columns) -> torch.Tensor:
        return _through(columns.tangent, fields, change)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: torch.Tensor) -> None:  # noqa: ANN401
        """Nothing is kept: there are no second derivatives."""

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *given: Any) -> tuple[torch.Tensor, int]:  # noqa: ANN401
        return _one_by_one(_Tangent, info, in_dims, given)


def _through(function: Callable[..., FloatArray], *tensors: torch.Tensor) -> torch.Tensor:
    """A function of arrays of one width, as one of tensors."""
    real = tensors[0].dtype
    arrays = (tensor.detach().to(real).contiguous().numpy() for tensor in tensors)
    return torch.from_numpy(function(*arrays))


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
