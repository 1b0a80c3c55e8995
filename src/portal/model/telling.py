"""Problems as people read them: each fault once, and of one kind no more than a few."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from portal.model.record import Problem

__all__ = ["MOST_TOLD", "Tally", "told"]

MOST_TOLD = 20
"""Problems of one kind in one file that are listed; the rest is counted."""


class Tally:
    """Lets the first problems of each kind and file pass, and counts the others."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._last: dict[tuple[str, str, str], Problem] = {}

    def passes(self, problem: Problem, collection: str = "") -> bool:
        """Whether `problem` is to be listed."""
        key = collection, problem.path, problem.code
        self._counts[key] += 1
        if self._counts[key] <= MOST_TOLD:
            return True
        self._last.setdefault(key, problem)
        return False

    def rest(self) -> Iterator[tuple[str, Problem]]:
        """For each kind and file with more problems how many, with the collection."""
        for key, problem in self._last.items():
            yield (
                key[0],
                replace(
                    problem,
                    what="more problems of this kind in the file",
                    seen=f"{self._counts[key] - MOST_TOLD} more",
                    expected="as for those that are listed",
                    way_out="as for those that are listed",
                ),
            )


def told(problems: Iterable[Problem]) -> list[Problem]:
    """`problems` of one file, each fault once, and of no kind more than people read.

    Two readers of one part may meet the same fault: the row that saw more stays.
    """
    once: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        former = once.setdefault((problem.code, problem.what), problem)
        if len(problem.seen) > len(former.seen):
            once[problem.code, problem.what] = problem
    tally = Tally()
    shown = [problem for problem in once.values() if tally.passes(problem)]
    return [*shown, *(problem for _, problem in tally.rest())]
