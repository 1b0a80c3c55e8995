"""Names of pages."""

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from portal.catalog.paths import product_page

NAMES = {
    ("stars", "alma/rdor.fits", "0"): "o/96/stars~alma~rdor.fits~0.html",
    ("stars", "sky/cube & co.fits", "4[2]"): "o/15/stars~sky~cube=20=26=20co.fits~4=5B2=5D.html",
    ("stars", "é~=.fits", "1"): "o/c4/stars~=C3=A9=7E=3D.fits~1.html",
    ("stars", "x/" + "y" * 300 + ".fits", "12"): "o/21/stars~x~"
    + "y" * 112
    + "~~6e32ba6c~~"
    + "y" * 52
    + ".fits~12.html",
}
"""The browser makes the same: tests/browser/unit/links.test.js."""


def test_pages_of_products_have_known_names():
    assert {key: product_page(*key) for key in NAMES} == NAMES


@given(st.tuples(st.text(max_size=5), st.text(max_size=7), st.text(max_size=3)))
def test_names_tell_what_they_are_of_and_suit_file_systems(key):
    name = product_page(*key).split("/", 2)[2].removesuffix(".html")
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>| \n')
    assert unquote(name.replace("~", "/").replace("=", "%")) == "/".join(key)
