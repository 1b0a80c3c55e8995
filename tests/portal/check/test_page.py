"""What a page says of itself, and which faults are found in it."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.check.page import css_links, examine


def page(body: str, head: str = "<title>t</title>") -> str:
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def codes(text: str) -> list[str]:
    return [fault.code for fault in examine(text).faults]


@pytest.mark.parametrize(
    "body",
    [
        "<p>one<p>two<ul><li>a<li>b</ul>",
        "<table><tr><td>1<td>2<tr><th>3</table>",
        "<br><img src=a.png alt=''><hr>",
        "<svg><path d='M0 0'/><g><title>x</title></g></svg>",
        "<dl><dt>a<dd>b<dt>c<dd>d</dl>",
        "<p>a &amp; b &lt; c &#60; &eacute; R & D</p>",
        "<script type='application/json'>a < b && c</script><style>a > b { }</style>",
        "<script src=a.js></script>",
        '<script type="application/ld+json">{"@context": "x"}</script>',
        "<select><option>1<option>2</select>",
    ],
)
def test_correct_pages_have_no_faults(body):
    assert examine(page(body)).faults == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<div>", "unbalanced"),
        ("</div>", "stray-end-tag"),
        ("<b><i></b></i>", "unbalanced"),
        ("<p><div></div></p>", "stray-end-tag"),
        ("<div/></div>", "self-closing"),
        ("</br>", "stray-end-tag"),
        ('<p id="a"></p><p id="a"></p>', "duplicate-id"),
        ('<p id=""></p>', "bad-id"),
        ('<p class="a" class="b"></p>', "duplicate-attribute"),
        ("<p title='a'b'></p>", "broken-attribute"),
        ("a < b", "unescaped"),
        ("a &parrot; b", "unescaped"),
        ('<img src="a.png">', "no-alternative"),
        ('<script type="application/ld+json">{"@context": }</script>', "bad-json-ld"),
        ('<script type="application/ld+json">[1]</script>', "bad-json-ld"),
        ("<script>alert(1)</script>", "inline-script"),
        ('<script type="module">alert(1)</script>', "inline-script"),
        ('<p onclick="alert(1)"></p>', "inline-script"),
    ],
)
def test_each_fault_is_found(body, code):
    assert code in codes(page(body))


def test_a_page_that_breaks_off():
    assert codes('<html lang="en"><title>t</title><main><p>text') == ["unclosed"]


def test_a_page_needs_a_title_and_a_language():
    assert codes("<html><body></body></html>") == ["no-language", "no-title"]
    assert codes(page("", "<title> </title>")) == ["no-title"]


def test_the_line_of_a_fault():
    fault = examine(page("<p>\n\n</b>")).faults[0]
    assert (fault.line, fault.seen) == (3, "</b>")


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs", "Cc"])))
def test_escaped_text_is_never_a_fault(text):
    safe = html.escape(text)
    assert examine(page(f'<p title="{safe}">{safe}</p>')).faults == []


@given(st.text())
def test_no_text_stops_the_examination(text):
    examine(text)


def test_links_of_every_kind():
    facts = examine(
        page(
            '<a href="a.html#x">a</a><a name="old"></a><img src="b.png" alt="" '
            'srcset="c.png 1x, d.png 2x"><svg><image href="e.webp"/><use xlink:href="#f"/></svg>'
            '<div style="background: url(\'g.png\')"></div><form action="h"></form>',
            '<title>t</title><link rel="stylesheet" href="i.css"><style>@import "j.css";</style>'
            '<link rel="preconnect" href="https://elsewhere">',
        )
    )
    assert {link.url for link in facts.links} == {
        *("a.html#x", "b.png", "c.png", "d.png", "e.webp", "#f", "g.png", "h", "i.css", "j.css")
    }
    assert facts.ids == {"old"}


def test_addresses_in_a_style_sheet():
    text = "/* url(no.png) */ a { b: url( \"one.png\" ) } @import 'two.css'; c { d: url(three) }"
    assert css_links(text) == ["one.png", "two.css", "three"]
