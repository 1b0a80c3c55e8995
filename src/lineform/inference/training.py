"""Trains a network on simulations: the amortised posterior of all cubes of one layout.

The loss is the mean of -ln q(latent | cube) over the prior and its cubes, whose minimum over all
densities q is the posterior (Papamakarios & Murray 2016, arXiv:1605.06376). Each time a
simulation is looked at, a telescope with another beam and other noise looks at it, so that the
network does not learn any one noise by heart.
"""

import hashlib
import io
import json
import logging
import math
import pickle
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from lineform.errors import ConfigError
from lineform.inference._looks import Looks, learn_components
from lineform.inference._network import Build, Network
from lineform.inference._telescopes import EXTRAS, observed
from lineform.inference.simulations import Simulations
from lineform.outputs import put

__all__ = ["Trained", "Training", "train"]

Progress = Callable[[int, int], None]

_log = logging.getLogger(__name__)

_GUESS = 1.0
"""Weight of the network's guesses in the loss."""

_STEEPEST = 5.0
"""Largest norm of a gradient; a few strange cubes would else throw the network off its way."""

_WARM = 0.05
"""Share of the steps in which the rate rises."""

_LOOKED_AT = 512
"""Simulations that are looked at together where nothing is learned."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a network is built and trained.

    Parameters
    ----------
    epochs : int
        Times that all simulations are looked at, at most.
    patience : int
        Epochs without a better loss on the simulations held out, after which training ends.
    held_out : float [1]
        Share of the simulations, by groups.
    batch : int
        Simulations in a step.
    rate : float [1]
        Highest of the learning rate, which rises, then falls like a cosine.
    seed : int
    components, width, blocks, context, splines, hidden : int
        See `lineform.inference._network.Build`.
    """

    epochs: int = 60
    patience: int = 12
    held_out: float = 0.1
    batch: int = 256
    rate: float = 3e-3
    seed: int = 0
    components: int = 160
    width: int = 256
    blocks: int = 2
    context: int = 64
    splines: int = 3
    hidden: int = 96

    def __post_init__(self) -> None:
        numbers = self.epochs, self.patience, self.batch, self.components, self.width, self.hidden
        if min(*numbers, self.context) < 1 or not 0 < self.held_out < 1 or not self.rate > 0:
            raise ConfigError(
                "training",
                expected="numbers above 0, and a share to hold out below 1",
                seen=", ".join(f"{name} {value:g}" for name, value in asdict(self).items()),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A network and how it came about.

    Parameters
    ----------
    network : Network
        As it was when the loss on what was held out was lowest.
    simulations : Simulations
    training : Training
    losses : list of (training, held out) [1]
        Mean of -ln q in each epoch.
    held_out : (simulation,) int
        Which were held out.
    """

    network: Network
    simulations: Simulations
    training: Training
    losses: list[tuple[float, float]]
    held_out: torch.Tensor


@dataclass(slots=True)
class _Course:
    """Where training is: what a checkpoint holds."""

    network: Network
    optimizer: torch.optim.Optimizer
    best: dict[str, torch.Tensor] = field(default_factory=dict)
    losses: list[tuple[float, float]] = field(default_factory=list)

    @property
    def since_best(self) -> int:
        """Epochs since the lowest loss on what was held out."""
        held = [loss for _, loss in self.losses]
        return len(held) - 1 - held.index(min(held)) if held else 0


def train(
    simulations: Simulations,
    training: Training,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress = lambda done, total: None,
) -> Trained:
    """Train a network; the same simulations and settings give the same one, interrupted or not.

    Parameters
    ----------
    simulations : Simulations
    training : Training
    checkpoint : Path, or None
        Written after each epoch, so that an interruption costs one at most.
    resume : bool
        Go on from the checkpoint, if there is one.
    progress : callback (done, total)
        In steps.

    Raises
    ------
    ConfigError
        If there are too few simulations, the checkpoint belongs to another training, or the loss
        is not finite.
    """
    learned, held_out = _split(simulations.group, training)
    seen = observed(simulations.sky[held_out], simulations.layout, _generator(training, -1))
    course = _begin(simulations, training, learned)
    parts = seen[0].split(_LOOKED_AT)
    components = torch.cat([course.network.compress(part) for part in parts])
    left = torch.cat([course.network.left_out(part) for part in parts])
    test = simulations.latent[held_out], components, seen[1]
    looks = Looks(course.network, simulations, learned, training.seed)
    latent = simulations.latent[learned]
    identity = _identity(simulations, training)
    if resume and checkpoint is not None and checkpoint.is_file():
        _restore(course, checkpoint, identity)
    steps = -(-len(learned) // training.batch)
    for epoch in range(len(course.losses), training.epochs):
        if course.since_best >= training.patience:
            break
        loss = _epoch(course, looks, latent, training, epoch, progress)
        course.losses.append((loss, _loss(course.network, *test)))
        if course.since_best == 0:
            course.best = {k: v.clone() for k, v in course.network.state_dict().items()}
        if checkpoint is not None:
            _keep(course, checkpoint, identity)
    progress(steps * training.epochs, steps * training.epochs)
    course.network.load_state_dict(course.best)
    with torch.no_grad():
        parts = zip(components.split(_LOOKED_AT), seen[1].split(_LOOKED_AT), strict=True)
        summary = torch.cat([course.network.digest(*part) for part in parts])
        course.network.learn_usual(summary, left)
    return Trained(course.network.eval(), simulations, training, course.losses, held_out)


def _split(group: torch.Tensor, training: Training) -> tuple[torch.Tensor, torch.Tensor]:
    """Simulations to train on and to hold out."""
    groups = group.unique()
    number = math.ceil(training.held_out * len(groups))
    if len(groups) - number < 1:
        raise ConfigError(
            "simulations",
            expected="at least two models: one to learn from, one to hold out",
            seen=f"{len(groups)}",
            way_out="make more",
        )
    order = torch.randperm(len(groups), generator=_generator(training, -2))
    held = torch.isin(group, groups[order[:number]])
    return (~held).nonzero().flatten(), held.nonzero().flatten()


def _generator(training: Training, number: int) -> torch.Generator:
    """Random numbers of an epoch, or of what has a negative number."""
    return torch.Generator().manual_seed((training.seed + 1) * 1_000_003 + number)


def _begin(simulations: Simulations, training: Training, learned: torch.Tensor) -> _Course:
    build = Build(
        shape=simulations.layout.shape,
        extras=EXTRAS,
        size=simulations.latent.shape[1],
        wrapped=simulations.wrapped,
        # No more than there can be.
        components=min(training.components, math.prod(simulations.layout.shape), len(learned)),
        width=training.width,
        blocks=training.blocks,
        context=training.context,
        splines=training.splines,
        hidden=training.hidden,
    )
    # Layers take their first weights from the generator of the process, which is left as it was.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = Network(build)
        learn_components(network, simulations, learned, _generator(training, -3))
    return _Course(network, torch.optim.AdamW(network.parameters(), lr=training.rate))


def _epoch(
    course: _Course,
    looks: Looks,
    latent: torch.Tensor,
    training: Training,
    epoch: int,
    progress: Progress,
) -> float:
    generator = _generator(training, epoch)
    batches = torch.randperm(len(latent), generator=generator).split(training.batch)
    looks.begin(epoch)
    course.network.train()
    total = 0.0
    for number, batch in enumerate(batches, epoch * len(batches)):
        share = (number + 1) / (len(batches) * training.epochs)
        for group in course.optimizer.param_groups:
            group["lr"] = training.rate * _rate(share)
        loss = _step(course, latent[batch], *looks.look(batch, generator))
        total += loss * len(batch)
        progress(number + 1, len(batches) * training.epochs)
    if not math.isfinite(total):
        raise ConfigError(
            "training",
            expected="a finite loss",
            seen=f"{total} in epoch {epoch + 1}",
            way_out="use a lower --rate or more simulations",
        )
    return total / len(latent)


def _rate(share: float) -> float:
    return min(share / _WARM, (1 + math.cos(math.pi * share)) / 2)


def _step(
    course: _Course, latent: torch.Tensor, components: torch.Tensor, extras: torch.Tensor
) -> float:  # fmt: skip
    network = course.network
    summary = network.digest(components, extras)
    loss = -network.log_density(latent, summary).mean()
    course.optimizer.zero_grad()
    (loss + _GUESS * network.misguess(latent, summary).mean()).backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), _STEEPEST)
    course.optimizer.step()
    return float(loss.detach())


def _loss(
    network: Network, latent: torch.Tensor, components: torch.Tensor, extras: torch.Tensor
) -> float:  # fmt: skip
    network.eval()
    total = 0.0
    with torch.no_grad():
        parts = (part.split(_LOOKED_AT) for part in (latent, components, extras))
        for some, *seen in zip(*parts, strict=True):
            total -= float(network.log_density(some, network.digest(*seen)).sum())
    return total / len(latent)


def _identity(simulations: Simulations, training: Training) -> str:
    """Of what a checkpoint belongs to."""
    settings = {
        "source": simulations.source,
        "layout": simulations.layout.settings(),
        "simulations": list(simulations.sky.shape),
        "training": asdict(training),
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def _keep(course: _Course, path: Path, identity: str) -> None:
    content = io.BytesIO()
    torch.save(
        {
            "identity": identity,
            "network": course.network.state_dict(),
            "optimizer": course.optimizer.state_dict(),
            "best": course.best,
            "losses": [list(pair) for pair in course.losses],
        },
        content,
    )
    put(path, content.getbuffer())


def _restore(course: _Course, path: Path, identity: str) -> None:
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
        same = state["identity"] == identity
    except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.UnpicklingError) as error:
        raise ConfigError(
            "checkpoint",
            expected="one that this command wrote",
            seen=type(error).__name__,
            way_out="remove it, and train from the beginning",
            where=str(path),
        ) from error
    if not same:
        raise ConfigError(
            "checkpoint",
            expected="one of the same simulations and settings",
            seen="another",
            way_out="leave out --resume, or use the options that it was begun with",
            where=str(path),
        )
    course.network.load_state_dict(state["network"])
    course.optimizer.load_state_dict(state["optimizer"])
    course.best = state["best"]
    course.losses = [(float(a), float(b)) for a, b in state["losses"]]
    _log.info("goes on after epoch %d", len(course.losses))
