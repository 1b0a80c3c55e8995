"""The errors of lineform, one tree.

::

    LineformError
    ├── ConfigError     an option or parameter that cannot be used
    ├── ReadError       a file that cannot be read or understood
    ├── ShapeError      arrays that do not fit each other
    ├── UnitsError      a quantity without a unit, or of another kind
    └── WriteError      a file that cannot be written

Every error says what is wrong, what was seen, what was expected, and the way out.
"""

__all__ = ["ConfigError", "LineformError", "ReadError", "ShapeError", "UnitsError", "WriteError"]


class LineformError(Exception):
    """Base of all errors raised by lineform.

    Parameters
    ----------
    what : str
        What is wrong, in a few words, beginning with the name of the thing.
    seen, expected, way_out, where : str
        The offending value, what would have been right, what to do, and the file
        (with line) concerned. Each may be empty.
    """

    def __init__(
        self,
        what: str,
        *,
        seen: str = "",
        expected: str = "",
        way_out: str = "",
        where: str = "",
    ) -> None:
        self.what = what
        self.seen = seen
        self.expected = expected
        self.way_out = way_out
        self.where = where
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


def _rebuild(kind: type[LineformError], state: dict[str, str]) -> LineformError:
    return kind(**state)


class ConfigError(LineformError):
    """An option or a parameter cannot be used."""


class ReadError(LineformError):
    """A file cannot be read or understood."""


class ShapeError(LineformError):
    """Arrays do not fit each other."""


class UnitsError(LineformError):
    """A quantity has no unit, or one of another kind."""


class WriteError(LineformError):
    """A file cannot be written."""
