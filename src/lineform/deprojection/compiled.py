"""The forward model in compiled loops, on the CPU."""

from collections.abc import Callable, Sequence

import torch

from lineform.deprojection.base import Grid
from lineform.species import Line, Molecule
from lineform.state import FloatArray
from lineform.synthesis.columns import Columns

__all__ = ["CompiledOperator"]


class CompiledOperator:
    """An operator whose derivatives are written by hand: see `lineform.synthesis.columns`.

    The adjoint computes all intensities again instead of keeping them. Sums are the same however
    many threads there are.
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

    @property
    def molecules(self) -> Sequence[str]:
        """Names of the molecules whose densities the fields hold, in their order."""
        return self._columns.molecules

    def cubes(self, fields: torch.Tensor) -> torch.Tensor:
        """Brightness (line, channel, y, x) [K] less that of the background."""
        return _through(self._columns.cubes, fields)

    def adjoint(self, fields: torch.Tensor, seed: torch.Tensor) -> torch.Tensor:
        """Gradient of a scalar by the fields (field, x, y, z), from that by the cubes."""
        return _through(self._columns.adjoint, fields, seed)

    def tangent(self, fields: torch.Tensor, change: torch.Tensor) -> torch.Tensor:
        """Change of the cubes (line, channel, y, x) [K] with that of the fields."""
        return _through(self._columns.tangent, fields, change)


def _through(function: Callable[..., FloatArray], *tensors: torch.Tensor) -> torch.Tensor:
    """A function of arrays of one width, as one of tensors."""
    real = tensors[0].dtype
    arrays = (tensor.detach().to(real).contiguous().numpy() for tensor in tensors)
    return torch.from_numpy(function(*arrays))
