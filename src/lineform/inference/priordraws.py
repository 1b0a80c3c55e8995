"""Cubes of a model drawn from its prior, as a telescope without beam and noise sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lineform.constants import CMB_TEMPERATURE
from lineform.deprojection.base import Grid, Model, Quantity
from lineform.deprojection.families import Request, make_model
from lineform.deprojection.frame import Frame
from lineform.deprojection.instrument import Instrument, instrument_of
from lineform.deprojection.priors import prior_from
from lineform.inference.layout import Layout
from lineform.linelist import line_list
from lineform.measurement import Measurement
from lineform.species import Line, Molecule

__all__ = ["PriorDraws", "molecule_of", "template"]

_FRAME = ("distance", "systemic_velocity", "offset_x", "offset_y")
"""Numbers that belong to the frame and not to the wind."""

Items = tuple[tuple[str, str], ...]
"""Names and texts; hashable."""


@dataclass(frozen=True)
class PriorDraws:
    """A simulator of the model that ``deproject`` makes from the same options.

    Parameters
    ----------
    model : str
        Such as ``spiral``.
    layout : Layout
    cells : int
        Along a side of the grid.
    side : float [m]
        Of the grid.
    distance : float [pc]
        For which the grid is laid out.
    priors : tuple of (name, text)
        As `lineform.deprojection.priors.prior_from` reads them; others are those of the model.
    options : tuple of (name, text)
        Of the model.
    abundance : float, or None
        Molecules per H2, if the model does not know them itself.
    lamda : str
        File with the molecule; empty for the linear rotor.
    """

    model: str
    layout: Layout
    cells: int
    side: float
    distance: float
    priors: Items = ()
    options: Items = ()
    abundance: float | None = None
    lamda: str = ""

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        return _model(self).size

    @property
    def quantities(self) -> Sequence[Quantity]:
        """Numbers that it has."""
        return _model(self).quantities

    @property
    def molecule(self) -> Molecule:
        """That has the line."""
        return molecule_of(self.layout.line, self.lamda)

    def made(self) -> Model:
        """The model."""
        return _model(self)

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`."""
        return _model(self).numbers(latent)

    def sky(self, latent: torch.Tensor) -> torch.Tensor:
        """The cube (channel, y, x) [K] before beam and noise."""
        # In single precision, as the problems that are solved.
        return _instrument(self)(_model(self).gas(latent.to(torch.float32)))

    def settings(self) -> dict[str, Any]:
        """All that is needed to make it again, but for the layout."""
        return {
            "model": self.model,
            "cells": self.cells,
            "side": self.side,
            "distance": self.distance,
            "priors": [list(item) for item in self.priors],
            "options": [list(item) for item in self.options],
            "abundance": self.abundance,
            "lamda": self.lamda,
            "made": {name: value for name, value in sorted(_model(self).settings().items())},
        }

    @classmethod
    def of(cls, settings: Mapping[str, Any], layout: Layout) -> "PriorDraws":
        """From what `settings` gave."""
        plain = {k: v for k, v in settings.items() if k not in ("kind", "made")}
        for name in ("priors", "options"):
            plain[name] = tuple((key, value) for key, value in plain[name])
        return cls(layout=layout, **plain)


def molecule_of(line: str, lamda: str = "") -> Molecule:
    """The molecule of a line such as ``CO 2-1``, from a file or a linear rotor.

    Raises
    ------
    ConfigError
        If there is none, or it has no such line.
    ReadError
        If the file cannot be read.
    """
    files = [("", Path(lamda))] if lamda else []
    (molecule,) = line_list([line], files).lines
    return molecule


def template(layout: Layout, line: Line) -> Measurement:
    """A measurement of nothing, in the layout and without a beam."""
    return Measurement(
        line=line,
        velocity=layout.velocity,
        channel=layout.channel,
        x=layout.offsets,
        y=layout.offsets,
        intensity=np.zeros(layout.shape),
        rms=np.ones(layout.shape),
        channel_response=layout.channel_response,
    )


@cache
def _model(draws: PriorDraws) -> Model:
    given = {name: prior_from(text) for name, text in draws.priors}
    frame = Frame(draws.distance, **{name: given.pop(name) for name in _FRAME if name in given})
    request = Request(
        model=draws.model,
        grid=Grid(draws.cells, draws.side),
        species={draws.layout.line.split()[0]: draws.abundance},
        frame=frame,
        priors=given,
        options=dict(draws.options),
        sampled=True,
    )
    return make_model(request)


@cache
def _instrument(draws: PriorDraws) -> Instrument:
    molecule = draws.molecule
    line = molecule.line(draws.layout.line.split()[1])
    return instrument_of(
        template(draws.layout, line),
        molecule,
        _model(draws).grid,
        draws.distance,
        torch.zeros((), dtype=torch.float32),
        CMB_TEMPERATURE,
    )
