"""How well a cube fits a measurement: differences whitened by the noise.

The noise of a map has the correlation of its beam. Its power at each spatial frequency is then
that of the beam squared, and the differences are divided by the root of that, with a floor: at
frequencies that the beam does not pass there is neither signal nor noise but rounding, which
would otherwise be blown up.
"""

import math
from dataclasses import dataclass

import torch

from lineform.cube import Beam
from lineform.func.convolve import beam_margin
from lineform.func.radiation import brightness_temperature
from lineform.measurement import Measurement

__all__ = ["Likelihood", "likelihood_of"]

_FLOOR = 1e-3
"""Share of the noise that is taken to be white [1]."""


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """Gaussian noise, independent in each channel.

    Parameters
    ----------
    data : (channel, y, x) [K]
        0 where nothing was measured.
    weight : (channel, y, x) [K-1]
        Over the standard deviation; 0 where nothing was measured.
    whitening : (1 or channel, ky, kx) [1], or None
        By which the transform of weighted differences is multiplied; None for white noise.
    dof : float
        Expected sum of squares of the residual at the truth.
    """

    data: torch.Tensor
    weight: torch.Tensor
    whitening: torch.Tensor | None
    dof: float

    def residual(self, cube: torch.Tensor) -> torch.Tensor:
        """Differences from a cube (channel, y, x) [K], whitened: (any,) [1]."""
        difference = (cube - self.data) * self.weight
        if self.whitening is None:
            return difference[self.weight > 0]
        shape = self.whitening.shape[-2], 2 * (self.whitening.shape[-1] - 1)
        # A whitened map is as large as its margin, for the noise of one pixel spreads.
        transform = torch.fft.rfft2(difference, s=shape) * self.whitening
        return torch.fft.irfft2(transform, s=shape).flatten()
