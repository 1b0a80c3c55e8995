"""The errors of the portal, one tree.

::

    PortalError
    ├── ConfigError      a collection file or an option that cannot be used
    ├── ReadError        a file of the store that cannot be read or understood
    ├── CatalogError     tables that are missing, mixed or of another schema
    ├── MappingError     a mapping file that cannot be used
    ├── QueryError       an expression that cannot be understood
    ├── BuildError       a site that cannot be built
    ├── FetchError       a download that failed
    └── DependencyError  an optional package that is not installed

Every error says what is wrong, what was seen, what was expected, and the way out.
"""

__all__ = [
    "BuildError",
    "CatalogError",
    "ConfigError",
    "DependencyError",
    "FetchError",
    "MappingError",
    "PortalError",
    "QueryError",
    "ReadError",
]


class PortalError(Exception):
    """Base of all errors raised by the portal.

    Parameters
    ----------
    what : str
        What is wrong, in a few words, beginning with the name of the thing.
    seen, expected, way_out, where : str
        The offending value, what would have been right, what to do, and the file
        (with line) concerned. Each may be empty.
    code : str
        A stable word for machines, such as ``truncated``.
    """

    def __init__(
        self,
        what: str,
        *,
        seen: str = "",
        expected: str = "",
        way_out: str = "",
        where: str = "",
        code: str = "",
    ) -> None:
        self.what = what
        self.seen = seen
        self.expected = expected
        self.way_out = way_out
        self.where = where
        self.code = code or type(self).__name__.removesuffix("Error").lower()
        super().__init__(str(self))

    def __str__(self) -> str:
        text = self.what
        if self.expected:
            text += f": expected {self.expected}"
        if self.seen:
            text += f"{',' if self.expected else ':'} got {self.seen}"
        if self.way_out:
            text += f"; {self.way_out}"
        return f"{text} [{self.where}]" if self.where else text

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword arguments do not survive the way back from a worker process.
        return (_rebuild, (type(self), dict(vars(self))))


def _rebuild(kind: type[PortalError], state: dict[str, str]) -> PortalError:
    return kind(
        state["what"],
        seen=state["seen"],
        expected=state["expected"],
        way_out=state["way_out"],
        where=state["where"],
        code=state["code"],
    )


class ConfigError(PortalError):
    """A collection file or an option cannot be used."""


class ReadError(PortalError):
    """A file of the store cannot be read or understood."""


class CatalogError(PortalError):
    """Catalogue tables are missing, mixed, or of another schema."""


class MappingError(PortalError):
    """A mapping file cannot be used."""


class QueryError(PortalError):
    """A query expression cannot be understood."""


class BuildError(PortalError):
    """The site cannot be built."""


class FetchError(PortalError):
    """A download failed or its content is not what was promised."""


class DependencyError(PortalError):
    """An optional package is not installed."""
