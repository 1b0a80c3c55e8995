"""The protocol of a reader: one file format, one module.

A module in ``portal.readers`` defines ``READER``. Readers are asked in the order of their
`priority`, lowest first, and the first that claims a header reads it.
"""

from typing import Protocol, runtime_checkable

from portal.model.header import Header
from portal.model.record import FileRecord

__all__ = ["Reader"]


@runtime_checkable
class Reader(Protocol):
    """Understands one file format."""

    @property
    def name(self) -> str:
        """Name of the format."""
        ...

    @property
    def priority(self) -> int:
        """Readers of lower priority are asked first."""
        ...

    def claims(self, header: Header) -> bool:
        """Whether `header` looks like this format. Must not raise."""
        ...

    def read(self, header: Header) -> FileRecord:
        """Rows and problems of the file.

        Raises
        ------
        ReadError
            If the file is of this format but cannot be used at all.
        """
        ...
