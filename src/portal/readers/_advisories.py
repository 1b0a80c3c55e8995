"""What is known to be wrong with the output of certain versions of an engine."""

import re
from dataclasses import dataclass

from portal.readers._findings import Findings

__all__ = ["advise"]

_NUMBERS = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class _Advisory:
    """Holds for versions from `first` to before `fixed` of `engine`."""

    engine: str
    first: tuple[int, int, int]
    fixed: tuple[int, int, int]
    code: str
    what: str
    way_out: str


_ADVISORIES = (
    _Advisory(
        "magritte",
        (0, 3, 0),
        (0, 4, 0),
        "velocity-reversed",
        "root: this version of Magritte wrote channel maps with the sign of the velocity reversed",
        "reverse the velocity axis before use, or make the observation again",
    ),
)


def advise(engine: str, version: str, findings: Findings) -> None:
    """Add a warning for each advisory that holds for `version` of `engine`."""
    match = _NUMBERS.match(version)
    if match is None:
        return
    number = (int(match[1]), int(match[2]), int(match[3] or 0))
    for advisory in _ADVISORIES:
        if engine.lower() == advisory.engine and advisory.first <= number < advisory.fixed:
            findings.add(
                advisory.code,
                advisory.what,
                f"{engine} {version}",
                f"a version before {_shown(advisory.first)}, or {_shown(advisory.fixed)} and later",
                advisory.way_out,
                "warning",
            )


def _shown(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
