"""Mends the theme's frame: for a keyboard, a screen reader, and a slow line."""

from pathlib import Path

from portal.errors import BuildError

__all__ = ["mend"]

_PAGES = (
    # A dialogue and two searches on one page are told apart by their names.
    (
        'data-md-component="search" role="dialog">',
        'data-md-component="search" role="dialog" aria-label="Search">',
    ),
    (
        '<div class="md-search__inner" role="search">',
        '<div class="md-search__inner" role="search" aria-label="Search in the written pages">',
    ),
)
_SCRIPT = "assets/javascripts/bundle.*.min.js"
_SCRIPTS = (
    # Buttons beside a code block are no place that one navigates to.
    ('"nav",{class:"md-code__nav"}', '"div",{class:"md-code__nav"}'),
    # What scrolls sideways is scrolled with the arrow keys, once it has the focus.
    ('"div",{class:"md-typeset__scrollwrap"}', '"div",{class:"md-typeset__scrollwrap",tabindex:0}'),
    # The index of the search, some hundred kB, is fetched once somebody turns to the search.
    (
        'ze(new URL("search/search_index.json",Or.base))',
        "(index=>new(index.constructor)(seen=>{"
        'let form=document.forms.namedItem("search"),'
        'fetched=()=>{form.removeEventListener("focusin",fetched);index.subscribe(seen)};'
        'new URLSearchParams(location.search).has("q")?fetched():'
        'form.addEventListener("focusin",fetched)}))'
        '(ze(new URL("search/search_index.json",Or.base)))',
    ),
)


def mend(folder: Path) -> None:
    """Mend all pages of mkdocs below `folder`, and the script of the theme.

    Raises
    ------
    BuildError
        If the theme is not written as this module knows it.
    """
    pages = sorted(folder.rglob("*.html"))
    for path in pages:
        _replace(path, _PAGES)
    scripts = sorted(folder.glob(_SCRIPT))
    if len(scripts) != 1:
        raise BuildError(
            "theme: its script", seen=f"{len(scripts)} files {_SCRIPT}", expected="one"
        )
    _replace(scripts[0], _SCRIPTS)


def _replace(path: Path, changes: tuple[tuple[str, str], ...]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        if text.count(old) != 1:
            raise BuildError(
                "theme: not written as expected",
                seen=f"{text.count(old)} times {old}",
                expected="once",
                way_out="compare the theme's version with portal.frame",
                where=path.name,
            )
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
