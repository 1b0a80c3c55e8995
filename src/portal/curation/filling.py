"""Fills what a product lacks, each value with the entry of the book that it is from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.curation.book import Answer, Book
from portal.curation.filters import Bands, Question
from portal.curation.names import Resolver, fixed_name
from portal.errors import FetchError
from portal.model.cell import CONVENTION, Cell, Origin
from portal.model.record import Problem

__all__ = ["Lacking", "curated"]


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is known of a product that lacks a position or a band.

    Parameters
    ----------
    path
        Of its file.
    target
        Cell of ``target_name``, if there is one.
    filters
        Each tells the filters that the light went through, one after the other.
    position, band
        Whether it lacks them, and may have them.
    """

    path: str
    target: Cell | None
    filters: tuple[tuple[Question, ...], ...]
    position: bool
    band: bool


def curated(
    lacking: Lacking, book: Book, resolver: Resolver | None, bands: Sequence[Bands]
) -> tuple[tuple[Cell, ...], tuple[Problem, ...]]:
    """Cells that fill it, and what could not be asked.

    Parameters
    ----------
    lacking
        The product.
    book
        Where answers are looked up and written down.
    resolver
        Asked for positions that the book does not have; None asks nobody.
    bands
        Asked for bands, in their order.
    """
    cells: list[Cell] = []
    problems: list[Problem] = []
    for found in (_position(lacking, book, resolver), _band(lacking, book, bands)):
        try:
            cells += found
        except FetchError as error:
            problems.append(_unasked(lacking.path, error))
    return tuple(cells), tuple(problems)


def _unasked(path: str, error: FetchError) -> Problem:
    return Problem(
        path,
        "not-curated",
        error.what,
        error.seen,
        error.expected,
        error.way_out,
        "warning",
    )


def _position(lacking: Lacking, book: Book, resolver: Resolver | None) -> Iterator[Cell]:
    cell = lacking.target
    # A name that was only inferred, or of a field, or of a body that moves, names no place.
    if not lacking.position or cell is None or cell.origin.confidence < CONVENTION:
        return
    if "moving" in cell.origin.note or not fixed_name(str(cell.value)):
        return
    name = " ".join(str(cell.value).split())
    if ("positions", name) not in book and resolver is not None:
        book.note("positions", name, resolver.position(name))
    if answer := book.answer("positions", name):
        origin = _origin("positions", {name: answer}, book, "the target's, not the field's")
        for column in ("s_ra", "s_dec"):
            yield Cell(column, float(answer[column]), origin)


def _band(lacking: Lacking, book: Book, bands: Sequence[Bands]) -> Iterator[Cell]:
    passed = _passed(lacking, book, bands) if lacking.band else {}
    if not passed:
        return
    shortest = max(float(answer["em_min"]) for answer in passed.values())
    longest = min(float(answer["em_max"]) for answer in passed.values())
    if shortest >= longest:
        return
    note = "of the filter, at 1 % of its peak"
    if len(passed) > 1:
        note = "what all of the filters pass, each at 1 % of its peak"
    origin = _origin("bands", passed, book, note)
    yield Cell("em_min", shortest, origin)
    yield Cell("em_max", longest, origin)


def _passed(lacking: Lacking, book: Book, bands: Sequence[Bands]) -> dict[str, Answer]:
    """Bands of all filters that the light went through; none if that of one is not known."""
    passed: dict[str, Answer] = {}
    for told in lacking.filters:
        lit = [question for question in told if not question.clear]
        found = {question.words: _asked(question, book, bands) for question in lit}
        known = {words: answer for words, answer in found.items() if answer}
        if len(known) == len(found):
            passed |= known
        # Places on wheels tell nothing, nor does another name of a filter that is known.
        elif not all(question.number for question in lit) and not (passed and len(lit) == 1):
            return {}
    return passed


def _asked(question: Question, book: Book, bands: Sequence[Bands]) -> Answer | None:
    words = question.words
    if ("bands", words) not in book:
        answers = (service.band(question) for service in bands)
        found = next((answer for answer in answers if answer is not None), None)
        if found is not None or len(bands) > 1:
            book.note("bands", words, found)
    return book.answer("bands", words)


def _origin(kind: str, answers: Mapping[str, Answer], book: Book, note: str) -> Origin:
    told = (
        f"{answer.get('source', 'a person')}: {question} is {answer.get('name', question)}"
        for question, answer in answers.items()
    )
    where = ", ".join(book.where(kind, question) for question in answers)
    return Origin("curation", "; ".join(told), CONVENTION, where, note)
