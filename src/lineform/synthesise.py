"""From a model file to an observation file."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lineform.cube import Observation
from lineform.io import write_observations
from lineform.models import load_model
from lineform.outputs import Output, output_file
from lineform.setup import Observer, Setup

__all__ = ["synthesise"]

_log = logging.getLogger(__name__)


def synthesise(
    model: Path,
    output: Output,
    setup: Setup,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Path, list[Observation]]:
    """Observe a model and write the observations; the file appears only when complete.

    Parameters
    ----------
    model : Path
        A model file of ours or of Magritte.
    output : str or Path
        The file, or the folder for one named after the model.
    setup : Setup
    progress : callback (done, total)
        Counts cubes.

    Returns
    -------
    path, observations

    Raises
    ------
    LineformError
        If something cannot be read, observed or written.
    """
    observer = Observer(setup)
    header, state = load_model(model)
    path = output_file(output, header.name, model)
    for remark in observer.remarks(state):
        _log.warning("%s", remark)
    total = sum(len(lines) for lines in observer.lines_of(state).values()) * len(setup.views)
    observations = []
    for done, observation in enumerate(observer.observe(state), 1):
        observations.append(observation)
        progress(done, total)
    header = replace(header, kind="observation", attributes=observer.attributes)
    write_observations(path, header, observations)
    return path, observations
