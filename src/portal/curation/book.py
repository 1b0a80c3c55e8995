"""The book of a curation: every question that was asked, and what was answered.

It is a JSON file that a person may read and correct. What it holds is not asked again; an entry
whose answer is null was asked, and nothing was found. Taking an entry out takes its values out.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias, cast

from portal.errors import ConfigError

__all__ = ["Answer", "Book"]

Answer: TypeAlias = Mapping[str, str | float]

_KINDS = ("bands", "positions")
_WORDS = {"bands": ("em_min", "em_max"), "positions": ("s_ra", "s_dec")}


class Book:
    """Answers by kind and question.

    Parameters
    ----------
    path
        The file; None keeps the book in memory.

    Raises
    ------
    ConfigError
        If the file cannot be read.
    """

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = None if path is None else Path(path)
        self._pages: dict[str, dict[str, Answer | None]] = {kind: {} for kind in _KINDS}
        if self.path is not None and self.path.exists():
            self._pages |= _read(self.path)
        self._changed = False

    def __contains__(self, question: tuple[str, str]) -> bool:
        kind, name = question
        return name in self._pages[kind]

    def answer(self, kind: str, name: str) -> Answer | None:
        """What was answered; None for nothing."""
        return self._pages[kind].get(name)

    def note(self, kind: str, name: str, answer: Answer | None) -> None:
        """Write an answer down."""
        self._pages[kind][name] = answer
        self._changed = True

    def where(self, kind: str, name: str) -> str:
        """Where an answer stands."""
        return f"{self.path.name if self.path else 'memory'}:{kind}/{name}"

    def save(self) -> None:
        """Write the file, if anything is new.

        Raises
        ------
        ConfigError
            If it cannot be written.
        """
        if self.path is None or not self._changed:
            return
        part = self.path.with_name(f".{self.path.name}.part")
        try:
            text = json.dumps(self._pages, indent=1, sort_keys=True, ensure_ascii=False)
            part.write_text(text + "\n", "utf-8")
            part.replace(self.path)
        except OSError as error:
            raise ConfigError(
                f"{self.path}: the book of the curation cannot be written",
                seen=error.strerror or type(error).__name__,
                way_out="name a file in a folder that can be written to",
            ) from error
        finally:
            part.unlink(missing_ok=True)
        self._changed = False


def _read(path: Path) -> dict[str, dict[str, Answer | None]]:
    try:
        said = json.loads(path.read_text("utf-8"))
        return {kind: dict(said.get(kind, {})) for kind in _KINDS if _check(kind, said)}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ConfigError(
            f"{path}: the book of the curation cannot be read",
            seen=str(error)[:120],
            expected='JSON such as {"positions": {"MIRA": {"s_ra": 34.8, "s_dec": -3.0}}}',
            way_out="correct it, or take it away and ask again",
        ) from error


def _check(kind: str, said: object) -> bool:
    pages = cast(Mapping[str, Mapping[str, Answer | None]], said).get(kind, {})
    for name, answer in pages.items():
        missing = [w for w in _WORDS[kind] if answer is not None and not _is_number(answer.get(w))]
        if missing:
            raise ValueError(f"{kind}/{name} has no number {missing[0]}")
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
