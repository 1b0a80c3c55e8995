"""Samples in an order that a seed gives, dealt to processes and read ahead in threads."""

import sys
from collections import deque
from collections.abc import Iterator, MutableSequence, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing import Lock, RawArray
from typing import Any, Protocol

import numpy as np

from portal.errors import ConfigError, DependencyError

__all__ = ["Numbered", "Stream"]


class Numbered(Protocol):
    """Samples that are read several at a time, by their numbers."""

    def __len__(self) -> int: ...

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        """The samples of these numbers."""
        ...


class Stream:
    """Iterates over samples, each once an epoch; made by `Samples.stream`.

    The order of an epoch follows from the seed and the number of the epoch alone. The samples go
    to ranks and to the processes of a loader in turn, `batch` at a time; a loader with that size
    of batches therefore gives the same ones however many processes it has.

    Parameters
    ----------
    shuffle
        Whether each epoch has an order of its own; else it is that of the catalogue.
    seed
        Of the orders.
    batch
        Samples that are read, and dealt out, together; best that of the loader.
    ahead
        Batches that are read ahead, each in a thread of its own.
    rank, world
        Number of this process among all that train, and how many they are [default: 0 of 1, or
        what `torch.distributed` says when `torch` is called].
    even
        Leave out the last few samples, so that every rank has equally many.

    Raises
    ------
    ConfigError
        If a number is out of its range, or one of `rank` and `world` lacks the other.
    """

    def __init__(
        self,
        samples: Numbered,
        *,
        shuffle: bool = True,
        seed: int = 0,
        batch: int = 32,
        ahead: int = 2,
        rank: int | None = None,
        world: int | None = None,
        even: bool = False,
    ) -> None:
        _refuse_below(seed=(seed, 0), batch=(batch, 1), ahead=(ahead, 0))
        _refuse_rank(rank, world)
        self.samples = samples
        self.shuffle = shuffle
        self.seed = seed
        self.batch = batch
        self.ahead = ahead
        self.even = even
        self.rank, self.world = rank, world
        # Epoch, how many samples of it are passed over, and how many processes have done so.
        self._place: MutableSequence[int] = [0, 0, 0]
        self._lock: AbstractContextManager[object] = nullcontext()
        self._position = 0

    def __len__(self) -> int:
        return len(self._mine())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        number, of = _worker()
        epoch, start = self._begun(of)
        mine = self._mine(epoch)[start:]
        batches = [mine[at : at + self.batch] for at in range(0, len(mine), self.batch)]
        self._position = start
        for batch in self._read(batches[number::of]):
            for sample in batch:
                self._position += 1
                yield sample

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of the next iteration, which begins at its first sample."""
        _refuse_below(epoch=(epoch, 0))
        self._place[:] = [epoch, 0, 0]
        self._position = 0

    def state_dict(self) -> dict[str, int]:
        """Where this iteration stands: the epoch, and how many samples of it were given.

        A loader with processes of its own counts for itself: what it gave is the number of its
        batches times `batch`.
        """
        return {"epoch": int(self._place[0]), "position": self._position}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Go on where the state was taken: the next iteration gives the rest of the epoch.

        Those after it are whole again.

        Raises
        ------
        ConfigError
            If `state` is none of `state_dict`.
        """
        missing = {"epoch", "position"} - state.keys()
        if missing:
            raise ConfigError(
                "state of a stream: cannot be used",
                seen=", ".join(sorted(state)) or "nothing",
                expected="epoch and position",
                way_out="pass what state_dict gave",
            )
        _refuse_below(epoch=(state["epoch"], 0), position=(state["position"], 0))
        self._place[:] = [state["epoch"], state["position"], 0]
        self._position = state["position"]

    def _begun(self, of: int) -> tuple[int, int]:
        """Epoch and first sample of the iteration that one of `of` processes begins."""
        with self._lock:
            epoch, start, begun = self._place
            self._place[2] = begun + 1
        return epoch, start if begun < of else 0

    def torch(self) -> "Stream":
        """The stream as an ``IterableDataset`` of PyTorch, for its loaders.

        Raises
        ------
        DependencyError
            If PyTorch is not installed.
        """
        try:
            from torch import distributed
            from torch.utils.data import IterableDataset
        except ImportError as error:
            raise DependencyError(
                "training with PyTorch: it is not installed",
                seen=str(error),
                way_out="pip install 'atomium-portal[train]'",
            ) from error
        IterableDataset.register(Stream)
        if self.world is None and distributed.is_available() and distributed.is_initialized():
            self.rank, self.world = distributed.get_rank(), distributed.get_world_size()
        # Shared, so that workers that outlive an epoch hear of the next one.
        self._place, self._lock = RawArray("q", list(self._place)), Lock()
        return self

    def _mine(self, epoch: int = 0) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Numbers of the samples of this rank, in their order."""
        order = np.arange(len(self.samples))
        if self.shuffle:
            order = np.random.default_rng([self.seed, epoch]).permutation(order)
        rank, world = self.rank or 0, self.world or 1
        if self.even:
            order = order[: len(order) - len(order) % world]
        return order[rank::world]

    def _read(
        self, batches: Sequence[np.ndarray[Any, np.dtype[np.int64]]]
    ) -> Iterator[list[dict[str, Any]]]:
        """The samples of the batches in their order, some of them read ahead."""
        pool = ThreadPoolExecutor(self.ahead + 1)
        pending: deque[Future[list[dict[str, Any]]]] = deque()
        try:
            for batch in batches:
                pending.append(pool.submit(self.samples.__getitems__, batch.tolist()))
                if len(pending) > self.ahead:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _refuse_below(**numbers: tuple[int, int]) -> None:
    """Raise ConfigError for a number that is below its least."""
    for name, (number, least) in numbers.items():
        if number < least:
            raise ConfigError(
                f"{name}: out of range", seen=str(number), expected=f"{least} or more"
            )


def _refuse_rank(rank: int | None, world: int | None) -> None:
    if rank is None and world is None:
        return
    if rank is None or world is None or not 0 <= rank < world:
        raise ConfigError(
            "rank and world: do not fit",
            seen=f"rank {rank} of world {world}",
            expected="both or neither, with 0 <= rank < world",
        )


def _worker() -> tuple[int, int]:
    """Number of this process among those of a loader of PyTorch, and how many they are."""
    # Nobody can be a worker of a library that is not loaded.
    data = sys.modules.get("torch.utils.data")
    info = data.get_worker_info() if data is not None else None
    return (0, 1) if info is None else (info.id, info.num_workers)
