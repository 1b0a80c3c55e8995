"""Reports of posteriors, which lie beside them in the store as pages of their own."""

from portal.catalog.paths import POSTERIOR, report_path
from portal.pages._batches import Batch
from portal.previews.reading import located_any

__all__ = ["reported"]


def reported(batch: Batch) -> list[bool]:
    """(model,) whether it is a posterior with a report in one of the stores at hand."""
    formats = batch.models["format"].to_pylist()
    if POSTERIOR not in formats:
        return [False] * len(formats)
    paths = batch.models["model_path"].to_pylist()
    return [
        form == POSTERIOR and path is not None and located_any(batch.stores, report_path(path))
        for form, path in zip(formats, paths, strict=True)
    ]
