"""Formulas of the written pages become MathML; what is no formula stays as it is."""

import xml.etree.ElementTree as ET

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import BuildError
from portal.formulas import mathml


def rendered(text):
    return markdown.markdown(text, extensions=["portal.formulas", "tables", "attr_list"])


def test_a_formula_is_wellformed_mathml_without_styles_and_namespaces():
    written = mathml(r"\frac{dI_\nu}{ds} = \eta_\nu - \chi_\nu I_\nu", display=True)
    tree = ET.fromstring(written.replace(" data-search-exclude", ""))
    assert (tree.tag, tree.attrib) == ("math", {"display": "block"})
    assert len(list(tree.iter("mfrac"))) == 1
    assert "style" not in written


def test_markdown_does_not_look_into_a_formula():
    html = rendered("The sum $a_1*b_2 + a_2*b_1$ and *more*.")
    assert html.count("<msub>") == 4
    assert "<em>more</em>" in html
    assert html.count("<em>") == 1


def test_a_formula_that_stands_alone_can_be_scrolled_by_keyboard():
    html = rendered("Before\n\n$$\nx^2\n$$\n\nAfter")
    assert '<div class="portal-formula" tabindex="0"><math' in html
    assert 'display="block"' in html
    assert "<p>After</p>" in html


def test_a_formula_may_be_broken_where_it_says_so():
    html = rendered("$$\na = b, \\quad c = d\n$$")
    assert html.count('<div class="portal-formula"') == 1
    assert html.count("<math") == 2


def test_formulas_in_cells_of_tables():
    html = rendered("| what | how |\n|---|---|\n| $v^2$ | $T_\\text{ex}$ |")
    assert html.count("<td><math") == 2


@pytest.mark.parametrize("text", ["costs $5 and $6", "`$HOME` or `$PATH`", "a $ b $ c", r"\$x$"])
def test_other_dollars_are_left_alone(text):
    assert "<math" not in rendered(text)


@pytest.mark.parametrize("tex", [r"\foo x", r"\left( x", "a & b"])
def test_a_formula_that_is_not_understood_is_refused_with_its_text(tex):
    with pytest.raises(BuildError) as caught:
        rendered(f"so ${tex}$ it is")
    assert tex in str(caught.value)


@given(st.text(alphabet=st.characters(exclude_characters="$\\`"), max_size=80))
def test_text_without_dollars_is_what_markdown_makes_of_it(text):
    plain = markdown.markdown(text, extensions=["tables", "attr_list"])
    assert rendered(text) == plain
