"""HDF5 of no known format: says what it holds and how it can be read all the same.

It is asked last. A mapping file (portal.mapping) reads such files and is asked before.
"""

from portal.model.header import Header
from portal.model.record import FileRecord
from portal.readers._findings import Findings

__all__ = ["READER"]

_MOST_NAMED = 8


class Hdf5Reader:
    """Claims every header and gives no rows."""

    name = "unknown"
    priority = 90

    def claims(self, header: Header) -> bool:
        """Always: no other reader is asked after it."""
        return True

    def read(self, header: Header) -> FileRecord:
        """One problem that says what the file holds."""
        findings = Findings(header.path)
        stated = header.groups.get("", {}).get("format")
        findings.add(
            "unknown-format",
            "a format that no reader knows",
            (f"format {stated}, " if isinstance(stated, str) else "") + _contents(header),
            "a model or observation of the page on the data format, a Magritte model, "
            "a Phantom dump, or a file that a mapping matches",
            "write a mapping file for this format into the folder mappings of the catalogue, or "
            "into catalog/mappings if it has none, or name its folder with --mappings",
        )
        return FileRecord("other", self.name, problems=tuple(findings.problems))


def _contents(header: Header) -> str:
    names = sorted(header.datasets)
    if not names:
        return "no datasets"
    more = len(names) - _MOST_NAMED
    listed = ", ".join(names[:_MOST_NAMED])
    return f"datasets {listed}" + (f" and {more} more" if more > 0 else "")


READER = Hdf5Reader()
