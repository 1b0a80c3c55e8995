"""Reports of posteriors, which lie beside them in the store as pages of their own."""

from portal.pages._batches import Batch
from portal.previews.reading import located_any

__all__ = ["beside", "reported"]

_POSTERIOR = "atomium-posterior"


def beside(path: str) -> str:
    """The path or address of the report, from that of its posterior."""
    return f"{path.rpartition('.')[0]}.html"


def reported(batch: Batch) -> list[bool]:
    """(model,) whether it is a posterior with a report in one of the stores at hand."""
    formats = batch.models["format"].to_pylist()
    if _POSTERIOR not in formats:
        return [False] * len(formats)
    paths = batch.models["model_path"].to_pylist()
    return [
        form == _POSTERIOR and path is not None and located_any(batch.stores, beside(path))
        for form, path in zip(formats, paths, strict=True)
    ]
