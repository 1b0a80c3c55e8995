"""Writes and reads networks: one file with all that is needed to use them.

The file is one of PyTorch that holds tensors, numbers and words and no code; it is read so that
nothing else can come out of it.
"""

import hashlib
import io
import pickle
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lineform import __version__
from lineform.deprojection.base import Quantity
from lineform.errors import ReadError
from lineform.inference._network import Build, Network
from lineform.inference.layout import Layout
from lineform.inference.training import Trained
from lineform.outputs import put

__all__ = ["NetworkFile", "read_network", "write_network"]

_FORMAT = "atomium-network"
_VERSION = "1.0"


@dataclass(frozen=True, slots=True, eq=False)
class NetworkFile:
    """A network with what it was trained on.

    Parameters
    ----------
    network : Network
    layout : Layout
        Of the cubes that it knows.
    quantities : tuple of Quantity
        Numbers of the model, with their priors.
    source : name -> value
        What made the simulations: ``kind`` is ``prior`` or ``store``.
    training : name -> value
        Settings, and how many simulations and epochs there were.
    losses : list of [training, held out]
        Mean of -ln q in each epoch.
    calibration : name -> value
        Of simulations that were held out.
    versions : program -> version
    """

    network: Network
    layout: Layout
    quantities: tuple[Quantity, ...]
    source: dict[str, Any]
    training: dict[str, Any]
    losses: list[list[float]]
    calibration: dict[str, Any]
    versions: dict[str, str]


def write_network(path: Path, trained: Trained, calibration: dict[str, Any]) -> None:
    """Write a trained network; the file appears under `path` only when whole.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    simulations = trained.simulations
    weights = {name: tensor.cpu() for name, tensor in trained.network.state_dict().items()}
    build = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(trained.network.build).items()
    }
    content = io.BytesIO()
    torch.save(
        {
            "format": _FORMAT,
            "format_version": _VERSION,
            "build": build,
            "weights": weights,
            "digest": _digest(weights),
            "layout": simulations.layout.settings(),
            "quantities": [asdict(quantity) for quantity in simulations.quantities],
            "source": simulations.source,
            "training": {
                **asdict(trained.training),
                "simulations": len(simulations.sky),
                "epochs_done": len(trained.losses),
            },
            "losses": [list(pair) for pair in trained.losses],
            "calibration": calibration,
            "versions": {
                "lineform": __version__,
                "numpy": np.__version__,
                "python": platform.python_version(),
                # Not a subclass of str, which a file without code cannot hold.
                "torch": str(torch.__version__),
                "zuko": version("zuko"),
            },
        },
        content,
    )
    put(path, content.getbuffer())


def read_network(path: Path) -> NetworkFile:
    """The network in a file.

    Raises
    ------
    ReadError
        If there is no file, it is another one, or it is damaged.
    """
    if not path.is_file():
        raise ReadError(
            "network",
            expected="a file that lineform train wrote",
            seen="none",
            way_out="check its name, or train one",
            where=str(path),
        )
    held = _held(path)
    if held.get("format") != _FORMAT:
        raise _foreign(path, str(held.get("format", "a file of PyTorch without a format")))
    if str(held["format_version"]).split(".")[0] != _VERSION.split(".")[0]:
        raise ReadError(
            "version of the network's format",
            expected=_VERSION,
            seen=str(held["format_version"]),
            way_out="use the lineform that wrote it, or train again",
            where=str(path),
        )
    try:
        return _file_of(held)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise _damaged(path, str(error).strip("\"'").splitlines()[0]) from error


def _held(path: Path) -> dict[str, Any]:
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # Code in it is refused, whatever it would have done.
        raise _foreign(path, "something else than tensors, numbers and words") from error
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        raise _damaged(path, "no file that PyTorch can read") from error
    if not isinstance(held, dict):
        raise _foreign(path, type(held).__name__)
    return held


def _file_of(held: dict[str, Any]) -> NetworkFile:
    if _digest(held["weights"]) != held["digest"]:
        raise ValueError("weights that differ from those written")
    build: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in held["build"].items()
    }
    # Its first weights are thrown away; the random numbers of the process stay as they were.
    with torch.random.fork_rng(devices=[]):
        network = Network(Build(**build))
    network.load_state_dict(held["weights"])
    return NetworkFile(
        network=network.eval(),
        layout=Layout.of(held["layout"]),
        quantities=tuple(Quantity(**quantity) for quantity in held["quantities"]),
        source=held["source"],
        training=held["training"],
        losses=held["losses"],
        calibration=held["calibration"],
        versions=held["versions"],
    )


def _digest(weights: dict[str, torch.Tensor]) -> str:
    found = hashlib.sha256()
    for name in sorted(weights):
        found.update(name.encode())
        found.update(weights[name].contiguous().numpy().tobytes())
    return found.hexdigest()


def _foreign(path: Path, seen: str) -> ReadError:
    return ReadError(
        "network",
        expected="a file that lineform train wrote",
        seen=seen,
        way_out="check its name, or train one",
        where=str(path),
    )


def _damaged(path: Path, seen: str) -> ReadError:
    return ReadError(
        "network",
        expected="a whole file",
        seen=seen,
        way_out="copy it again, or train again",
        where=str(path),
    )
