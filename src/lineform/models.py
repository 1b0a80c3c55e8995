"""Opens the models that can be observed, whatever program wrote them."""

from pathlib import Path

from lineform.errors import ReadError
from lineform.io import Header, format_of, read_header, read_model
from lineform.readers.magritte import read_magritte
from lineform.state import State

__all__ = ["load_model"]


def load_model(path: Path) -> tuple[Header, State]:
    """What is known of a model, and its gas.

    Parameters
    ----------
    path : Path
        A model file of ours or of Magritte.

    Raises
    ------
    ReadError
        If it is neither, or cannot be read.
    """
    form = format_of(path)
    if form == "atomium-model":
        return read_header(path), read_model(path)
    if form == "magritte":
        header = Header("model", path.stem, f"Magritte model {path.stem}", "Magritte", {})
        return header, read_magritte(path)
    raise ReadError(
        "model",
        expected="a model file of lineform or of Magritte",
        seen=f"the format {form}" if form else "another file",
        way_out="observe a model file" if form else "turn a snapshot into one: lineform convert",
        where=str(path),
    )
