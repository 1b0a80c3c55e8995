"""The network: a summary of a cube, and a flow of latent vectors given it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from lineform.errors import ConfigError

_SPREAD = 5.0
"""Half of the interval in which splines bend the flow, in standard deviations [1]."""

_EDGE = 1e-6
"""Smallest probability that is told from 0 where an angle is cut open, in single precision."""

_ROUNDING = 1e-2
"""Less is not told from nothing, in standard deviations of the noise."""

_TURNS = 6
"""So many whole turns to either side a standard normal number is looked for."""

_PART = 8192
"""Samples that are drawn at once, which bounds the memory."""


@dataclass(frozen=True, slots=True)
class Build:
    """What a network is built of.

    Parameters
    ----------
    shape : channels, y, x
        Of the cubes.
    extras : int
        Numbers about a cube beside it.
    size : int
        Of the latent vector.
    wrapped : tuple of int
        Latent numbers of angles: 1 more is the same angle.
    components : int
        Weighted sums of voxels that are looked at.
    width : int
        Of the layers that summarise them.
    blocks : int
        Of two layers each.
    context : int
        Numbers that a cube is summarised in, at least as many as latent numbers.
    splines : int
        Transformations of the flow by splines, after one that is affine.
    hidden : int
        Width of the layers of the flow.
    """

    shape: tuple[int, int, int]
    extras: int
    size: int
    wrapped: tuple[int, ...] = ()
    components: int = 160
    width: int = 256
    blocks: int = 2
    context: int = 64
    splines: int = 3
    hidden: int = 96


class Network(nn.Module):  # type: ignore[misc]  # torch has no types here
    """The posterior density of latent vectors given cubes.

    Angles are turned by a direction that the summary gives, cut open opposite to it, and spread
    out to a standard normal number, so that the flow sees neither a seam nor several modes where
    there is one direction. Of the latent numbers that mean the same angle, the one is drawn with
    the probability that it has under the prior, which is exact.
    """

    def __init__(self, build: Build) -> None:
        super().__init__()
        self.build = build
        self.summary = _Summary(build)
        self.flow = _flow(build)
        voxels = math.prod(build.shape)
        self.register_buffer("basis", torch.zeros(voxels, build.components))
        self.register_buffer("mean", torch.zeros(build.components))
        self.register_buffer("deviation", torch.ones(build.components))
        self.register_buffer("extras_mean", torch.zeros(build.extras))
        self.register_buffer("extras_deviation", torch.ones(build.extras))
        self.register_buffer("usual", torch.zeros(build.context))
        self.register_buffer("spread", torch.ones(build.context))
        self.register_buffer("limit", torch.full((), torch.inf))
        self.register_buffer("most_left", torch.full((), torch.inf))

    def learn_components(
        self, sky: torch.Tensor, noise: torch.Tensor, extras: torch.Tensor
    ) -> None:
        """Choose what is looked at: the principal components of cubes without noise.

        What no cube of the model has is left out, so that little of the noise and all of the
        signal are kept. Each component gets noise of variance 1.

        Parameters
        ----------
        sky : (batch, channel, y, x) [1]
            Seen by telescopes, in units of their noise, without it.
        noise : (any, channel, y, x) [1]
        extras : (batch, extra) [1]
        """
        flat = sky.flatten(1)
        _, _, basis = torch.svd_lowrank(flat, self.build.components, niter=2)
        self.basis.copy_(basis / (noise.flatten(1) @ basis).std(0))
        components = self.compress(sky)
        self.mean.copy_(components.mean(0))
        self.deviation.copy_((components.var(0) + 1).sqrt())
        self.extras_mean.copy_(extras.mean(0))
        # Numbers that are always the same stay 0.
        self.extras_deviation.copy_(extras.std(0, correction=0).clamp_min(1e-3))

    def compress(self, cube: torch.Tensor) -> torch.Tensor:
        """Components (batch, component) of cubes (batch, channel, y, x); linear."""
        return cube.flatten(1) @ self.basis

    def digest(self, components: torch.Tensor, extras: torch.Tensor) -> torch.Tensor:
        """Summaries (batch, any) of components (batch, component) and extras (batch, extra)."""
        scaled = (components - self.mean) / self.deviation
        extras = (extras - self.extras_mean) / self.extras_deviation
        return self.summary(components, scaled, extras)

    def summarise(self, cube: torch.Tensor, extras: torch.Tensor) -> torch.Tensor:
        """Summaries (batch, any) of cubes (batch, channel, y, x) in units of their noise."""
        return self.digest(self.compress(cube), extras)

    def left_out(self, cube: torch.Tensor) -> torch.Tensor:
        """What components do not show of cubes (batch, channel, y, x): its rms (batch,) [1]."""
        directions = self.basis / self.basis.norm(dim=0)
        flat = cube.flatten(1)
        return (flat - flat @ directions @ directions.T).square().mean(1).sqrt()

    def learn_usual(self, summary: torch.Tensor, left: torch.Tensor) -> None:
        """Take from many summaries (batch, any), and what they left out, what is usual."""
        context = self._context(summary)
        self.usual.copy_(context.mean(0))
        self.spread.copy_(context.std(0).clamp_min(1e-6))
        self.limit.copy_(self._distance(summary).max())
        # Where all is shown, rounding is left.
        self.most_left.copy_(left.max().clamp_min(_ROUNDING))

    def strange(self, summary: torch.Tensor, left: torch.Tensor) -> float:
        """How unlike all that were usual a summary (1, any) is, with what it left out (1,).

        1 for the farthest of the usual ones from their mean, or those that left out most.
        """
        far = self._distance(summary).max() / self.limit
        return float(torch.maximum(far, left.max() / self.most_left))

    def _distance(self, summary: torch.Tensor) -> torch.Tensor:
        scaled = (self._context(summary) - self.usual) / self.spread
        return scaled.square().mean(-1).sqrt()

    def log_density(self, latent: torch.Tensor, summary: torch.Tensor) -> torch.Tensor:
        """Logarithm of the density (batch,) of latent vectors (batch, size)."""
        flat, gained = self._opened(latent, summary)
        return self.flow(self._context(summary)).log_prob(flat) + gained

    def misguess(self, latent: torch.Tensor, summary: torch.Tensor) -> torch.Tensor:
        """How far the guesses that are part of the summary are from the truth, (batch,) [1].

        The sum over latent numbers of squared differences, and for angles of 1 - cos of them. To
        learn these as well keeps what is hard to see from being lost behind what is easy: the
        density rewards another digit of a number that is known more than the first of one that
        is not.
        """
        plain, wrapped = self._plain(), list(self.build.wrapped)
        guessed = (summary[:, : len(plain)] - latent[:, plain]).square().sum(-1)
        turns = latent[:, wrapped] - self._directions(summary)
        return guessed + (1 - torch.cos(2 * torch.pi * turns)).sum(-1)

    def draw(
        self, summary: torch.Tensor, samples: int, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Latent vectors (batch, sample, size) for summaries (batch, any), and their density."""
        rows = summary.repeat_interleave(samples, dim=0)
        drawn = [self._drawn(part, generator) for part in rows.split(_PART)]
        latent = torch.cat([latent for latent, _ in drawn])
        density = torch.cat([density for _, density in drawn])
        shape = len(summary), samples
        return latent.reshape(*shape, -1), density.reshape(shape)

    def _drawn(
        self, summary: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        normal = torch.randn(len(summary), self.build.size, generator=generator)
        transform = self.flow.transform(self._context(summary))
        latent = transform.inv(normal.to(summary))
        if self.build.wrapped:
            latent = self._closed(latent, summary, generator)
        return latent, self.log_density(latent, summary)

    def _context(self, summary: torch.Tensor) -> torch.Tensor:
        return summary[:, : self.build.context]

    def _plain(self) -> list[int]:
        return [number for number in range(self.build.size) if number not in self.build.wrapped]

    def _directions(self, summary: torch.Tensor) -> torch.Tensor:
        """In turns (batch, angle), -1/2 to 1/2."""
        pairs = summary[:, self.build.context :].unflatten(-1, (-1, 2))
        return torch.atan2(pairs[..., 1], pairs[..., 0]) / (2 * torch.pi)

    def _opened(
        self, latent: torch.Tensor, summary: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What the flow sees, and the logarithm of the densities' ratio (batch,)."""
        if not self.build.wrapped:
            return latent, latent.new_zeros(len(latent))
        wrapped = list(self.build.wrapped)
        angle = latent[:, wrapped]
        turns = (angle - self._directions(summary) + 0.5).remainder(1.0)
        spread = torch.special.ndtri(turns.clamp(_EDGE, 1 - _EDGE))
        flat = latent.clone()
        flat[:, wrapped] = spread
        return flat, (same_angle(angle) + spread**2 / 2 + _HALF_LOG_TWO_PI).sum(-1)

    def _closed(
        self, flat: torch.Tensor, summary: torch.Tensor, generator: torch.Generator
    ) -> torch.Tensor:
        """The latent vectors for what the flow gives."""
        wrapped = list(self.build.wrapped)
        angle = torch.special.ndtr(flat[:, wrapped]) - 0.5 + self._directions(summary)
        angle = angle - angle.round()
        weights = torch.exp(-((angle[..., None] + _whole(angle)) ** 2) / 2)
        chosen = torch.multinomial(weights.flatten(0, 1).cpu(), 1, generator=generator)
        latent = flat.clone()
        latent[:, wrapped] = angle + (chosen.to(angle).reshape(angle.shape) - _TURNS)
        return latent


_HALF_LOG_TWO_PI = 0.9189385332046727


def _whole(like: torch.Tensor) -> torch.Tensor:
    return torch.arange(-_TURNS, _TURNS + 1, dtype=like.dtype, device=like.device)


def same_angle(angle: torch.Tensor) -> torch.Tensor:
    """Logarithm of the probability of a latent number among those of the same angle."""
    others = -((angle - angle.round())[..., None] + _whole(angle)).square() / 2
    return -angle.square() / 2 - others.logsumexp(-1)


class _Summary(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Residual layers, fed with three views of the components.

    They are as they are, compressed, so that faint and bright ones matter alike, and in units of
    their common brightness, which leaves the shape of the cube.
    """

    def __init__(self, build: Build) -> None:
        super().__init__()
        self.first = nn.Linear(3 * build.components + 1 + build.extras, build.width)
        self.blocks = nn.Sequential(*(_Block(build.width) for _ in range(build.blocks)))
        self.last = nn.Sequential(
            nn.LayerNorm(build.width),
            nn.Linear(build.width, build.context + 2 * len(build.wrapped)),
        )

    def forward(
        self, components: torch.Tensor, scaled: torch.Tensor, extras: torch.Tensor
    ) -> torch.Tensor:
        """Of components (batch, component), as they are and scaled, and extras (batch, any)."""
        level = (components.square().mean(1, keepdim=True) + 1).sqrt()
        views = scaled, torch.asinh(components) / 2, components / level, level.log(), extras
        return self.last(self.blocks(self.first(torch.cat(views, dim=1))))


class _Block(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Adds something to its input: nothing at first, so that deep networks learn at once."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.change = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        nn.init.zeros_(self.change[-1].weight)
        nn.init.zeros_(self.change[-1].bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of anything (batch, width)."""
        return x + self.change(x)


def _flow(build: Build) -> Any:  # noqa: ANN401 (zuko has no types here)
    try:
        from zuko.distributions import DiagNormal
        from zuko.flows import Flow, UnconditionalDistribution
    except ImportError as error:
        raise ConfigError(
            "zuko",
            expected="an installed package",
            way_out="pip install 'atomium-portal[deproject]'",
        ) from error
    base = UnconditionalDistribution(
        DiagNormal, torch.zeros(build.size), torch.ones(build.size), buffer=True
    )
    return Flow(_transforms(build), base)


def _transforms(build: Build) -> Sequence[Any]:
    """An affine one, which finds place, width and correlations, and splines for the rest."""
    from functools import partial

    from zuko.flows import MaskedAutoregressiveTransform
    from zuko.transforms import MonotonicRQSTransform

    common = {
        "features": build.size,
        "context": build.context,
        "hidden_features": (build.hidden, build.hidden),
    }
    made = [MaskedAutoregressiveTransform(**common)]
    spline = partial(MonotonicRQSTransform, bound=_SPREAD)
    for number in range(build.splines):
        order = torch.arange(build.size)
        made.append(
            MaskedAutoregressiveTransform(
                **common,
                order=order if number % 2 else order.flip(0),
                univariate=spline,
                shapes=[(8,), (8,), (7,)],
            )
        )
    return made
