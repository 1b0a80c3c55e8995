"""An observation as the attributes of its group, and back, as the data format page lists them.

Also the blocks that its cube is stored in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import prod
from typing import Any

from lineform.cube import Beam, Observation, Response, View
from lineform.species import Line
from lineform.state import FloatArray

__all__ = ["blocks_of", "observation_attributes", "observation_from", "page_of"]

_CHANNEL_BLOCKS = 6
_SIDES = (16, 24, 32, 40, 48, 64, 96, 128)
_MOST_BLOCKS = 3200
"""So many blocks have an index of two levels, of which a request fetches each."""

_NODE = 3136
_NODE_FILL = 48
"""Blocks in a node of the index at least, where blocks are written in their order."""

_GROUP = 8192
_ITEM = 4
_PAGE = 65536
_BLOCKS_IN_PAGE = 8


def observation_attributes(observation: Observation) -> dict[str, object]:
    """Attributes of the group of an observation."""
    return {
        "species": observation.line.species,
        "transition": observation.line.transition,
        "rest_frequency": float(observation.line.frequency),
        "direction": observation.view.basis()[2],
        "inclination": float(observation.view.inclination),
        "azimuth": float(observation.view.azimuth),
        "distance": float(observation.distance),
        "beam_major": float(observation.beam.major),
        "beam_minor": float(observation.beam.minor),
        "beam_pa": float(observation.beam.position_angle),
        "background_temperature": float(observation.background_temperature),
        "background_subtracted": 1,
        **_response_attributes(observation.response),
    }


def observation_from(
    attributes: Mapping[str, Any], datasets: Mapping[str, FloatArray]
) -> Observation:
    """The observation with these attributes and datasets.

    Parameters
    ----------
    attributes : name -> value
    datasets : name -> array
        As `Observation` has them.

    Raises
    ------
    KeyError
        If one is missing.
    """
    a = attributes
    line = Line(
        species=str(a["species"]),
        transition=str(a["transition"]),
        frequency=float(a["rest_frequency"]),
        einstein_a=float("nan"),
        upper=-1,
        lower=-1,
    )
    return Observation(
        line=line,
        view=View(float(a["inclination"]), float(a["azimuth"])),
        distance=float(a["distance"]),
        background_temperature=float(a["background_temperature"]),
        beam=Beam(float(a["beam_major"]), float(a["beam_minor"]), float(a["beam_pa"])),
        response=_response(a),
        **datasets,
    )


def _response_attributes(response: Response) -> dict[str, object]:
    # What was not done is not written: files without a telescope stay as they always were.
    given = {name: value for name, value in asdict(response).items() if value}
    if response.noise_rms:
        given["noise_seed"] = response.noise_seed
    return {name: int(value) if value is True else value for name, value in given.items()}


def _response(a: Mapping[str, Any]) -> Response:
    return Response(
        primary_beam=float(a.get("primary_beam", 0)),
        primary_beam_corrected=bool(a.get("primary_beam_corrected", 0)),
        largest_scale=float(a.get("largest_scale", 0)),
        taper=float(a.get("taper", 0)),
        channel_response=str(a.get("channel_response", "")),
        spectral_resolution=float(a.get("spectral_resolution", 0)),
        noise_rms=float(a.get("noise_rms", 0)),
        noise_unit=str(a.get("noise_unit", "")),
        noise_seed=int(a.get("noise_seed", 0)),
    )


def blocks_of(shape: Sequence[int]) -> tuple[int, int, int]:
    """Lengths of the blocks that a cube of (channel, y, x) pixels is stored in.

    A sixth of the channels, and the smallest squares that keep their index small: the spectrum
    of a pixel then lies in six blocks, and the map of a channel in a sixth of the file.
    """
    channels, *image = shape
    depth = -(-channels // _CHANNEL_BLOCKS)
    for side in _SIDES:
        if -(-channels // depth) * prod(-(-n // side) for n in image) <= _MOST_BLOCKS:
            break
    y, x = (min(side, length) for length in image)
    return depth, y, x


def page_of(shapes: Sequence[Sequence[int]]) -> int:
    """Size of the pages of a file of cubes of these shapes [byte].

    The first page holds all metadata and the index of every cube, so that neither is scattered
    over the file. No block lies in two pages, so that a page has room for several.
    """
    nodes = largest = 0
    for shape in shapes:
        block = blocks_of(shape)
        count = prod(-(-n // m) for n, m in zip(shape, block, strict=True))
        nodes += 1 + -(-count // _NODE_FILL)
        largest = max(largest, _ITEM * prod(block))
    needed = max(_GROUP * (1 + len(shapes)) + _NODE * nodes, _BLOCKS_IN_PAGE * largest)
    return -(-needed // _PAGE) * _PAGE
