"""Cubes with the latent vectors that made them, to train networks on; kept on disk."""

import hashlib
import io
import json
import multiprocessing
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from lineform.deprojection.base import Quantity
from lineform.errors import ConfigError, LineformError
from lineform.executors import open_executor
from lineform.inference.layout import Layout
from lineform.outputs import put
from lineform.state import FloatArray

__all__ = ["Simulations", "Simulator", "simulate", "wrapped_numbers"]

Progress = Callable[[int, int], None]

_CHUNK = 128
"""Simulations in a file: some seconds of work, which is all that an interruption can cost."""


class Simulator(Protocol):
    """Turns latent vectors into cubes; picklable."""

    @property
    def layout(self) -> Layout:
        """Of its cubes."""
        ...

    @property
    def size(self) -> int:
        """Length of the latent vector."""
        ...

    @property
    def quantities(self) -> Sequence[Quantity]:
        """Numbers that it has."""
        ...

    def numbers(self, latent: torch.Tensor) -> torch.Tensor:
        """The values (quantity,) [unit of each] of `quantities`."""
        ...

    def sky(self, latent: torch.Tensor) -> torch.Tensor:
        """The cube (channel, y, x) [K] before beam and noise."""
        ...

    def settings(self) -> dict[str, Any]:
        """All that is needed to make it again, in plain words and numbers."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Simulations:
    """What a network is trained on.

    Parameters
    ----------
    layout : Layout
    latent : (simulation, size) [1]
    sky : (simulation, channel, y, x) [K]
        Before beam and noise.
    group : (simulation,) int
        Those of one group are either all trained on or all held out: views of one model.
    wrapped : tuple of int
        Latent numbers of angles, to which 1 may be added.
    quantities : sequence of Quantity
    source : name -> value
        What made them, in plain words, numbers and lists.
    """

    layout: Layout
    latent: torch.Tensor
    sky: torch.Tensor
    group: torch.Tensor
    wrapped: tuple[int, ...]
    quantities: Sequence[Quantity]
    source: dict[str, Any]


def simulate(
    simulator: Simulator,
    number: int,
    seed: int,
    folder: Path,
    *,
    workers: int = 1,
    progress: Progress = lambda done, total: None,
) -> Simulations:
    """Draw latent vectors from the prior and make their cubes, or take those made before.

    Parameters
    ----------
    simulator : Simulator
    number : int
    seed : int
        Of the latent vectors.
    folder : Path
        Where they are kept, under a name that tells all that made them.
    workers : int
        Processes.
    progress : callback (done, total)

    Raises
    ------
    ConfigError
        If a simulation fails.
    WriteError
        If the folder cannot be written.
    """
    made = {**simulator.settings(), "layout": simulator.layout.settings(), "seed": seed}
    home = folder / hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]
    paths = [home / f"{chunk:05d}.npz" for chunk in range(-(-number // _CHUNK))]
    todo = [chunk for chunk, path in enumerate(paths) if _content(path) is None]
    progress(len(paths) - len(todo), len(paths))
    executor = open_executor(workers)
    try:
        job = partial(_make, simulator, seed, home)
        results = executor.map(job, todo, lost=lambda chunk, happened: happened)
        for done, problem in enumerate(results, len(paths) - len(todo) + 1):
            if problem:
                raise ConfigError("simulation", expected="a cube of numbers", seen=problem)
            progress(done, len(paths))
    finally:
        executor.close()
    latent, sky = (
        torch.from_numpy(np.concatenate([_content(path)[k] for path in paths])[:number])  # type: ignore[index]  # all are there now
        for k in range(2)
    )
    return Simulations(
        layout=simulator.layout,
        latent=latent,
        sky=sky,
        group=torch.arange(number),
        wrapped=wrapped_numbers(simulator.numbers, simulator.quantities, simulator.size),
        quantities=simulator.quantities,
        source={"kind": "prior", **simulator.settings()},
    )


def wrapped_numbers(
    numbers: Callable[[torch.Tensor], torch.Tensor], quantities: Sequence[Quantity], size: int
) -> tuple[int, ...]:
    """Latent numbers to which 1 may be added: those of angles.

    Parameters
    ----------
    numbers : function from (size,) to (quantity,) [unit of each]
    quantities : sequence of Quantity
    size : int
    """
    generator = torch.Generator().manual_seed(0)
    latent = torch.randn(3, size, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        before = torch.stack([numbers(vector) for vector in latent])
        found = []
        for number in range(size):
            step = torch.zeros(size, dtype=torch.float64)
            step[number] = 1.0
            after = torch.stack([numbers(vector + step) for vector in latent])
            if _same(before, after, quantities):
                found.append(number)
    return tuple(found)


def _same(before: torch.Tensor, after: torch.Tensor, quantities: Sequence[Quantity]) -> bool:
    change = after - before
    for column, quantity in enumerate(quantities):
        if quantity.period:
            change[:, column] -= quantity.period * (change[:, column] / quantity.period).round()
    return bool((change.abs() <= 1e-6 * before.abs().clamp_min(1e-12)).all())


def _make(simulator: Simulator, seed: int, home: Path, chunk: int) -> str:
    """Make one file, in a worker; what went wrong, or nothing."""
    if multiprocessing.parent_process() is not None:
        # One process for each core: more threads would be in each other's way.
        torch.set_num_threads(1)
    normal = np.random.default_rng([seed, chunk]).standard_normal((_CHUNK, simulator.size))
    latent = torch.from_numpy(normal)
    try:
        with torch.no_grad():
            sky = np.stack([simulator.sky(vector).numpy() for vector in latent])
    except LineformError as error:
        return str(error)
    if not np.isfinite(sky).all():
        return "NaN or infinite"
    content = io.BytesIO()
    np.savez(content, latent=normal.astype(np.float32), sky=sky.astype(np.float32))
    put(home / f"{chunk:05d}.npz", content.getbuffer())
    return ""


def _content(path: Path) -> tuple[FloatArray, FloatArray] | None:
    """Latent vectors and cubes in a file, or nothing if there is none that is whole."""
    try:
        # Opened here: NumPy leaves a file open that it cannot read.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return file["latent"], file["sky"]
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
