"""The network: a convolutional summary of a cube, and a flow of latent vectors given it."""

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
    width : int
        Maps in the first layer; the others follow it.
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
    width: int = 32
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
        views = 2 * build.shape[0], *build.shape[1:]
        self.register_buffer("cube_mean", torch.zeros(views))
        self.register_buffer("cube_deviation", torch.ones(views))
        self.register_buffer("extras_mean", torch.zeros(build.extras))
        self.register_buffer("extras_deviation", torch.ones(build.extras))
        self.register_buffer("usual", torch.zeros(build.context))
        self.register_buffer("spread", torch.ones(build.context))
        self.register_buffer("limit", torch.full((), torch.inf))

    def normalise(self, cube: torch.Tensor, extras: torch.Tensor) -> None:
        """Take mean and deviation of cubes (batch, channel, y, x) and extras (batch, extra)."""
        views = _views(cube)
        self.cube_mean.copy_(views.mean(0))
        # Voxels that are always dark do not become bright.
        self.cube_deviation.copy_(views.std(0) + 0.1 * views.std())
        self.extras_mean.copy_(extras.mean(0))
        # Numbers that are always the same stay 0.
        self.extras_deviation.copy_(extras.std(0, correction=0).clamp_min(1e-3))

    def summarise(self, cube: torch.Tensor, extras: torch.Tensor) -> torch.Tensor:
        """Summaries (batch, any) of cubes (batch, channel, y, x) in units of their noise."""
        scaled = (_views(cube) - self.cube_mean) / self.cube_deviation
        return self.summary(scaled, (extras - self.extras_mean) / self.extras_deviation)

    def learn_usual(self, summary: torch.Tensor) -> None:
        """Take from many summaries (batch, any) what is usual, for `strange`."""
        context = self._context(summary)
        self.usual.copy_(context.mean(0))
        self.spread.copy_(context.std(0).clamp_min(1e-6))
        self.limit.copy_(self._distance(summary).max())

    def strange(self, summary: torch.Tensor) -> float:
        """How far a summary (1, any) is from all that were usual, 1 for the farthest of them."""
        return float(self._distance(summary).max() / self.limit)

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
        return flat, (_same_angle(angle) + spread**2 / 2 + _HALF_LOG_TWO_PI).sum(-1)

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


def _views(cube: torch.Tensor) -> torch.Tensor:
    """Compressed cubes, and cubes of the same brightness (batch, 2 channel, y, x)."""
    level = (cube.square().mean((1, 2, 3), keepdim=True) + 1).sqrt()
    return torch.cat([torch.asinh(cube), cube / level], dim=1)


_HALF_LOG_TWO_PI = 0.9189385332046727


def _whole(like: torch.Tensor) -> torch.Tensor:
    return torch.arange(-_TURNS, _TURNS + 1, dtype=like.dtype, device=like.device)


def _same_angle(angle: torch.Tensor) -> torch.Tensor:
    """Logarithm of the probability of a latent number among those of the same angle."""
    others = -((angle - angle.round())[..., None] + _whole(angle)).square() / 2
    return -angle.square() / 2 - others.logsumexp(-1)


class _Summary(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Channels as maps of a two-dimensional convolution, which halves the image twice.

    Beside it stand weighted sums of all voxels, which learn large features in a few steps.
    """

    def __init__(self, build: Build) -> None:
        super().__init__()
        channels, ny, nx = 2 * build.shape[0], *build.shape[1:]
        maps = build.width, 2 * build.width, 3 * build.width
        last = maps[2] * -(-ny // 4) * -(-nx // 4)
        self.maps = nn.Sequential(
            nn.Conv2d(channels, maps[0], 3, padding=1),
            nn.GELU(),
            nn.Conv2d(maps[0], maps[1], 3, stride=2, padding=1),
            nn.GELU(),
            nn.Conv2d(maps[1], maps[2], 3, stride=2, padding=1),
            nn.GELU(),
            nn.Flatten(),
        )
        wide = 4 * build.context
        self.sums = nn.Linear(channels * ny * nx, wide)
        self.first = nn.Linear(last + build.extras, wide)
        self.rest = nn.Sequential(
            nn.GELU(),
            nn.Linear(wide, wide),
            nn.GELU(),
            nn.Linear(wide, build.context + 2 * len(build.wrapped)),
        )

    def forward(self, cube: torch.Tensor, extras: torch.Tensor) -> torch.Tensor:
        """Of scaled cubes (batch, channel, y, x) and numbers (batch, extra)."""
        found = self.first(torch.cat([self.maps(cube), extras], dim=-1))
        return self.rest(found + self.sums(cube.flatten(1)))


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
