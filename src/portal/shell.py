"""Turns a page of mkdocs into the frame of generated pages: a template with blocks."""

import re
from collections.abc import Sequence

from portal.errors import BuildError

__all__ = ["WITHOUT", "shell_template"]

_SLOTS = {
    "title": re.compile(r"(<title>).*?(</title>)", re.S),
    "description": re.compile(r'(<meta name="description" content=").*?(">)', re.S),
    "canonical": re.compile(r'(<link rel="canonical" href=").*?(">)', re.S),
    "head": re.compile(r"(\n\s*)(</head>)"),
    "skip": re.compile(r'(<a href=")#[^"]*(" class="md-skip">)'),
    "topic": re.compile(
        r'(<div class="md-header__topic" data-md-component="header-topic">\s*'
        r'<span class="md-ellipsis">).*?(</span>)',
        re.S,
    ),
    "content": re.compile(r'(<article class="md-content__inner md-typeset">).*?(</article>)', re.S),
}
_BLOCKS = {
    "title": "{{ title }}",
    "description": "{{ description }}",
    "canonical": "{{ canonical }}",
    "head": "",
    "skip": "#content",
    "topic": "{{ topic }}",
    "content": "",
}


_SHORTER = (
    (">\n<", "><"),
    # HTML knows where an svg element belongs.
    (' xmlns="http://www.w3.org/2000/svg"', ""),
)
"""What every page of the theme says at greater length than it has to."""

WITHOUT = {"404.html": ("canonical", "skip")}
"""Slots that a page of mkdocs does not have: an error page has no address of its own."""


def shell_template(html: str, where: str = "", without: Sequence[str] = ()) -> str:
    """Jinja2 source made from a page of mkdocs: a block for each slot, all else kept as it is.

    `without` names slots that this page is known not to have.

    Raises
    ------
    BuildError
        If a slot does not occur exactly once.
    """
    if "{% endraw" in html:
        raise BuildError("shell: holds template syntax", seen="{% endraw", where=where)
    cuts = []
    for name, pattern in _SLOTS.items():
        found = list(pattern.finditer(html))
        if name in without and not found:
            continue
        if len(found) != 1:
            raise BuildError(
                f"shell: slot '{name}'",
                seen=f"{len(found)} of them",
                expected="exactly one",
                way_out="compare the theme's version with the patterns of portal.render",
                where=where,
            )
        cuts.append((found[0].end(1), found[0].start(2), name))
    parts, position = [], 0
    for start, end, name in sorted(cuts):
        block = f"{{% block {name} %}}{_BLOCKS[name]}{{% endblock %}}"
        parts += [_raw(html[position:start]), block]
        position = end
    return "".join([*parts, _raw(html[position:])])


def _raw(html: str) -> str:
    # The theme leaves an empty line for every tag of its own; a page is a third smaller without.
    html = re.sub(r"\s*\n\s*", "\n", html)
    for long, short in _SHORTER:
        html = html.replace(long, short)
    return "{% raw %}" + html + "{% endraw %}"
