"""From a model file to an observation file."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lineform.cube import Observation
from lineform.errors import WriteError
from lineform.io import write_observations
from lineform.models import load_model
from lineform.setup import Observer, Setup
from lineform.synthesis.checks import check_state

__all__ = ["synthesise"]

_log = logging.getLogger(__name__)


def synthesise(
    model: Path,
    output: Path,
    setup: Setup,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Path, list[Observation]]:
    """Observe a model and write the observations; the file appears only when complete.

    Parameters
    ----------
    model : Path
        A model file of ours or of Magritte.
    output : Path
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
    path = output / f"{header.name}.h5" if output.is_dir() else output
    if path.exists() and path.samefile(model):
        raise WriteError(
            "output", expected="another file than the model", seen=str(path), where=str(path)
        )
    check_state(state, sorted(molecule.name for molecule in observer.lines))
    if remark := observer.remark(state):
        _log.warning("%s", remark)
    total = len(setup.lines) * len(setup.views)
    observations = []
    for done, observation in enumerate(observer.observe(state), 1):
        observations.append(observation)
        progress(done, total)
    header = replace(header, kind="observation", attributes=observer.attributes)
    write_observations(path, header, observations)
    return path, observations
