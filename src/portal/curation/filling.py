"""Fills what a product lacks, each value with the entry of the book that it is from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.curation.book import Answer, Book
from portal.curation.filters import Bands, Question
from portal.curation.names import Resolver, fixed_name
from portal.errors import FetchError
from portal.model.cell import CONVENTION, Cell, Origin
from portal.model.record import Problem

__all__ = ["Lacking", "curated"]

_POSITION = ("s_ra", "s_dec")
_BAND = ("em_min", "em_max")


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
        Filters that the light went through, by facility and instrument.
    position, band
        Whether it lacks them, and may have them.
    """

    path: str
    target: Cell | None
    filters: tuple[Question, ...]
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
        yield from _cells(
            _POSITION, "positions", name, answer, book, "the target's, not the field's"
        )


def _band(lacking: Lacking, book: Book, bands: Sequence[Bands]) -> Iterator[Cell]:
    for question in lacking.filters if lacking.band else ():
        if question.empty:
            continue
        words = question.words
        if ("bands", words) not in book:
            answers = (service.band(question) for service in bands)
            found = next((answer for answer in answers if answer is not None), None)
            if found is not None or len(bands) > 1:
                book.note("bands", words, found)
        if answer := book.answer("bands", words):
            yield from _cells(
                _BAND, "bands", words, answer, book, "of the filter, at 1 % of its peak"
            )
            return


def _cells(
    columns: Sequence[str], kind: str, question: str, answer: Answer, book: Book, note: str
) -> Iterator[Cell]:
    source = f"{answer.get('source', 'a person')}: {question} is {answer.get('name', question)}"
    origin = Origin("curation", source, CONVENTION, book.where(kind, question), note)
    for column in columns:
        yield Cell(column, float(answer[column]), origin)
