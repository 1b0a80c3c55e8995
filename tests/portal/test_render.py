"""A skeleton filled gives what plain Jinja2 gives, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.columns import Column
from portal.errors import BuildError
from portal.render import Renderer, flatten, pick
from portal.shell import shell_template

TEMPLATE = """<h1 id="{{ title }}">{{ title }}</h1>
{% if note is not none %}<p>{{ note }}</p>{% endif %}
{{ html }}
{% for row in rows %}
<tr title='{{ row.name }}'>{% for cell in row.cells %}<td>{{ cell }}</td>{% endfor %}</tr>
{% else %}
<p>none</p>
{% endfor %}
{% if extra is not none %}{{ extra.text }}{{ title }}{% endif %}
"""
HOSTILE = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "\0",
            "a\0b",
            "</script>",
            "<!--",
            "{{ 7*7 }}",
            "{% raw %}",
            "&amp;",
            "'\"",
            "\ue000text0\ue001",
            "\\",
        ]
    ),
)
PAGES = 3
TEXT = HOSTILE.map(lambda text: text.replace("\0", " "))
LEAF = TEXT | st.lists(TEXT, min_size=PAGES, max_size=PAGES).map(Column)
TRUSTED = st.lists(TEXT.map(lambda text: str(Markup("<b>%s</b>") % text)), min_size=3, max_size=3)
ROW = st.fixed_dictionaries({"name": LEAF, "cells": st.lists(LEAF, max_size=3)})
CONTEXT = st.fixed_dictionaries(
    {
        "title": LEAF,
        "note": st.none() | LEAF,
        "html": LEAF | TRUSTED.map(lambda texts: Column(texts, markup=True)),
        "rows": st.lists(ROW, max_size=3),
        "extra": st.none() | st.fixed_dictionaries({"text": LEAF}),
    }
)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    (folder / "page.html").write_text(TEMPLATE)
    return Renderer(folder / "prose", folder)


@given(contexts=st.lists(CONTEXT, min_size=1, max_size=4))
def test_skeleton_equals_jinja(renderer, contexts):
    for context in contexts:
        pages = list(renderer.fill("page.html", context).pages(range(PAGES)))
        for number, page in enumerate(pages):
            truth = renderer.plain("page.html", pick(context, number))
            assert page == truth.encode("utf-8", "replace")


@given(context=CONTEXT, chosen=st.lists(st.integers(0, PAGES - 1)))
def test_pages_come_alone_as_together(renderer, context, chosen):
    filled = renderer.fill("page.html", context)
    together = list(filled.pages(range(PAGES)))
    assert list(filled.pages(chosen)) == [together[number] for number in chosen]


@given(context=CONTEXT)
def test_text_of_a_leaf_never_becomes_markup(renderer, context):
    marked = context | {"title": Column(["<i>&\"'"]), "note": Column(["<script>"])}
    html = next(renderer.fill("page.html", marked).pages([0])).decode()
    assert '<h1 id="&lt;i&gt;&amp;&#34;&#39;">' in html
    assert "<p>&lt;script&gt;</p>" in html


@given(one=CONTEXT, other=CONTEXT)
def test_shape_is_structure_and_what_pages_share(one, other):
    def structure(node):
        if isinstance(node, dict):
            return [(key, structure(value)) for key, value in node.items()], dict
        if isinstance(node, list):
            return [structure(value) for value in node]
        return (Column, node.markup) if isinstance(node, Column) else node

    assert (flatten(one)[0] == flatten(other)[0]) == (structure(one) == structure(other))


@given(context=CONTEXT)
def test_key_changes_with_any_text(renderer, context):
    filled = renderer.fill("page.html", context | {"note": Column(["one", "two", "three"])})
    keys, pages = filled.keys((), "1"), list(filled.pages(range(PAGES)))
    assert len(set(keys)) == len(set(pages)) == PAGES
    assert keys == filled.keys((), "1")
    assert not set(keys) & set(filled.keys((), "2"))
    assert not set(keys) & set(filled.keys(["more"] * PAGES, "1"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% if leaf == 'red' %}stop{% else %}go{% endif %}", "red"),
        ("{{ leaf | upper }}", "abc"),
        ("{% if leaf %}some{% else %}none{% endif %}", ""),
        ("{{ leaf | length }}", "four"),
    ],
)
def test_template_that_reads_text_is_refused(tmp_path, source, text):
    (tmp_path / "page.html").write_text(source)
    with pytest.raises(BuildError, match=r"page\.html: branches on the text of a value"):
        Renderer(tmp_path, tmp_path).fill("page.html", {"leaf": Column([text])})


@pytest.mark.parametrize("leaf", [7, 1.5, True, b"x", ("a",)])
def test_leaf_that_is_not_text_is_named(renderer, leaf):
    with pytest.raises(BuildError) as caught:
        renderer.fill("page.html", {"title": leaf})
    assert type(leaf).__name__ in str(caught.value)
    assert repr(leaf) in str(caught.value)


def test_missing_template_is_named(renderer):
    for call in (lambda: renderer.plain("gone.html", {}), lambda: renderer.version("gone.html")):
        with pytest.raises(BuildError, match=r"gone\.html"):
            call()


def test_missing_value_is_an_error(renderer):
    with pytest.raises(BuildError, match="'title' is undefined"):
        renderer.plain("page.html", {})


def test_version_follows_the_templates_and_the_shell(tmp_path):
    (tmp_path / "page.html").write_text('{% extends "base.html" %}')
    (tmp_path / "base.html").write_text("one")
    first = Renderer(tmp_path, tmp_path).version("page.html")
    assert Renderer(tmp_path, tmp_path).version("page.html") == first
    (tmp_path / "base.html").write_text("two")
    assert Renderer(tmp_path, tmp_path).version("page.html") != first


SHELL = """<html><head>
<title>T</title><meta name="description" content="D"><link rel="canonical" href="C">
</head><body><a href="#x" class="md-skip">skip</a>
<div class="md-header__topic" data-md-component="header-topic">
<span class="md-ellipsis"> T </span></div>
<script>var a = {{b: 1}, c: {% d %}}</script>
<article class="md-content__inner md-typeset">old</article></body></html>"""


def test_shell_keeps_all_but_its_slots(tmp_path):
    (tmp_path / "shell.html").write_text(SHELL)
    (tmp_path / "page.html").write_text(
        '{% extends "site:shell.html" %}{% block head %}<meta>{% endblock %}'
        "{% block content %}new{% endblock %}"
    )
    context = {"title": "a<b", "topic": "t", "description": '"q"', "canonical": "http://x/"}
    html = Renderer(tmp_path, tmp_path).plain("page.html", context)
    assert "<title>a&lt;b</title>" in html
    assert 'content="&#34;q&#34;"' in html
    assert 'href="http://x/"' in html
    assert 'href="#content" class="md-skip"' in html
    assert "var a = {{b: 1}, c: {% d %}}" in html
    assert '<article class="md-content__inner md-typeset">new</article>' in html
    assert "<meta>" in html
    assert "old" not in html


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda html: html.replace("<title>T</title>", ""), "'title': expected exactly one, got 0"),
        (lambda html: html + "<title>U</title>", "'title': expected exactly one, got 2"),
        (lambda html: html.replace('rel="canonical"', ""), "'canonical': expected exactly one"),
        (lambda html: html + "{% endraw %}", "endraw"),
    ],
)
def test_shell_of_another_theme_is_refused(change, seen):
    with pytest.raises(BuildError) as caught:
        shell_template(change(SHELL), "shell.html")
    assert seen in str(caught.value)
    assert "shell.html" in str(caught.value)
