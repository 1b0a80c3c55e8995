"""Simulations as a network in training looks at them: compressed, with noise that is always new.

Compression is linear. It is therefore done once for a sky and a beam, and once for some cubes of
noise of the same beam; each look puts a sky of any level and a mixture of two of these together,
which costs next to nothing. The beams change every few epochs.
"""

import math

import numpy as np
import torch

from lineform.inference._network import Network
from lineform.inference._telescopes import (
    SHARED,
    drawn_beam,
    drawn_noise,
    extras_of,
    through,
    unit_noise,
)
from lineform.inference.simulations import Simulations

__all__ = ["Looks", "learn_components"]

_LASTS = 6
"""Epochs for which simulations keep a beam."""

_SKIES = 8192
"""From which components are found, at most."""

_VOXELS = 2**27
"""In which they are found, at most: half a gigabyte."""

_NOISES = 8
"""Cubes of noise for each beam, from which the noise of components is found."""


class Looks:
    """Simulations, compressed.

    Parameters
    ----------
    network : Network
        That has learned its components.
    simulations : Simulations
    learned : (number,) int
        Those of them that are looked at.
    seed : int
    """

    def __init__(
        self, network: Network, simulations: Simulations, learned: torch.Tensor, seed: int
    ) -> None:
        self._network, self._seed, self._learned = network, seed, learned
        self._sky, self._layout = simulations.sky, simulations.layout
        order = torch.randperm(len(learned), generator=self._generator(0, 0))
        self._groups = order.split(SHARED)
        self._generation = [-1] * len(self._groups)
        components = network.build.components
        self._seen = torch.empty(len(learned), components)
        self._noise = torch.empty(len(self._groups), SHARED, components)
        self._extras = torch.empty(len(self._groups), network.build.extras)
        self._group = torch.empty(len(learned), dtype=torch.int64)
        for number, rows in enumerate(self._groups):
            self._group[rows] = number

    def begin(self, epoch: int) -> None:
        """Change the beams whose time has come: those of an epoch depend on nothing before it."""
        for number in range(len(self._groups)):
            generation = (epoch + number % _LASTS) // _LASTS
            if generation != self._generation[number]:
                self._renew(number, self._generator(1 + number, generation))
                self._generation[number] = generation

    def look(
        self, rows: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Components (row, component) and extras (row, extra) of those learned (row,)."""
        number = len(rows)
        group = self._group[rows]
        level = drawn_noise(number, self._layout, generator)
        one = torch.randint(SHARED, (number,), generator=generator)
        other = (one + torch.randint(1, SHARED, (number,), generator=generator)) % SHARED
        # Of independent normal numbers, such a sum has the same distribution.
        angle = 2 * math.pi * torch.rand(number, 1, generator=generator)
        noise = angle.cos() * self._noise[group, one] + angle.sin() * self._noise[group, other]
        extras = self._extras[group]
        extras[:, 0] = level.log()
        return self._seen[rows] / level[:, None] + noise, extras

    def _renew(self, number: int, generator: torch.Generator) -> None:
        rows, layout = self._groups[number], self._layout
        beam = drawn_beam(layout, generator)
        sky = through(self._sky[self._learned[rows]], beam, layout)
        self._seen[rows] = self._network.compress(sky)
        self._noise[number] = self._network.compress(unit_noise(SHARED, beam, layout, generator))
        self._extras[number] = torch.tensor(extras_of(1.0, beam))

    def _generator(self, *words: int) -> torch.Generator:
        state = np.random.SeedSequence([self._seed, *words]).generate_state(1, np.uint64)
        return torch.Generator().manual_seed(int(state[0]))


def learn_components(
    network: Network, simulations: Simulations, learned: torch.Tensor, generator: torch.Generator
) -> None:
    """Let a network find its components in the simulations (number,) that are learned."""
    skies, noises, extras = [], [], []
    layout = simulations.layout
    most = min(_SKIES, _VOXELS // math.prod(layout.shape))
    for rows in learned[:most].split(SHARED):
        part = simulations.sky[rows]
        beam = drawn_beam(layout, generator)
        levels = drawn_noise(len(part), layout, generator)
        skies.append(through(part, beam, layout) / levels[:, None, None, None])
        noises.append(unit_noise(_NOISES, beam, layout, generator))
        extras += [extras_of(float(level), beam) for level in levels]
    network.learn_components(torch.cat(skies), torch.cat(noises), torch.tensor(extras))
