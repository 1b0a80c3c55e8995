"""The quick way through a page finds what the thorough one finds, on sound pages and others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.check import skim as module
from portal.check.page import examine
from portal.check.skim import skim
from tests.portal.check.test_page import page

TAGS = [f"<{n}>" for n in ("div", "p", "li", "ul", "svg", "g", "title", "script", "style", "table")]
PIECES = [
    *TAGS,
    *(tag.replace("<", "</") for tag in TAGS),
    *("text", "a &amp; b", "&eacute;", "&#60;", " & ", "&parrot;", "&am", "<", ">", "\n", '"', "'"),
    *(
        "<!-- note -->",
        "<!--",
        "-->",
        "<br>",
        "<br/>",
        "<path d='M0 0'/>",
        "</br>",
        "<p/>",
        "<?x?>",
    ),
    *('<p id="a">', "<p id=a>", "<a name='a'>", '<p id="">', '<p ID="b">', '<p id="a" id="c">'),
    *('<a href="b.html">', "<a href=c#d>", '<img src="e.png" alt="">', "<img src='f.png'>"),
    *('<use xlink:href="#g"/>', '<p style="background: url(h.png)">', "<nav>", "</nav>", "<h2>"),
    *('<p title="<nav">', "<p title='a'b'>", '<p class="a" class="b">', '<P CLASS="a">', "</P >"),
    *(
        '<script type="application/ld+json">',
        "<p onclick=a()>",
        '{"@context": "x"}',
        "[1]",
        "url(i.png)",
        "@import 'j'",
    ),
    *("<textarea>", "</textarea>", "<![CDATA[x]]>", "<html lang=en>", "<!doctype html>", "</ p>"),
]


def said(facts):
    return facts.ids, facts.links, facts.faults


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=12))
@settings(max_examples=400, deadline=None)
def test_both_ways_agree(pieces):
    text = page("".join(pieces))
    assert said(skim(text)) == said(examine(text))


@given(text=st.text("<>/ap='\"&;!-\n ", max_size=30))
@settings(max_examples=300, deadline=None)
def test_both_ways_agree_on_any_characters(text):
    assert said(skim(page(text))) == said(examine(page(text)))


@pytest.mark.parametrize(
    "body",
    [
        '<nav><ul><li><a href="a.html">a</a><li>b</ul></nav>\n<p id="x">c &amp; d</p>',
        "<svg viewBox='0 0 1 1'><title>x</title><path d='M0 0'/></svg>",
        '<script type="application/ld+json">{"@context": "x"}</script><style>p { }</style>',
        '<table class="t"><tr><td>1<td>2</table><img src="a.png" alt="a">',
    ],
)
def test_sound_pages_take_the_quick_way(body, monkeypatch):
    monkeypatch.setattr(module, "examine", None)
    assert skim(page(body)).faults == []


def test_what_pages_share_is_read_once():
    shared = "<nav>" + '<a href="a.html">a</a>' * 50 + "</nav>"
    for number in range(20):
        skim(page(f"{shared}<main>{number}</main>"))
    before = module._part.cache_info()
    skim(page(f"{shared}<main>new</main>"))
    after = module._part.cache_info()
    assert after.hits > before.hits
    assert after.misses - before.misses == 1
