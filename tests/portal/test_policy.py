"""The content-security policy of the pages, and the scripts moved out of them."""

import re

import pytest

from portal.errors import BuildError
from portal.policy import origins, policy, secure

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>T</title>
<script>first=1</script></head><body>
<script type="module">second</script>
<script type="application/json" id="data">{"kept": 1}</script>
<script src="../assets/javascripts/bundle.abc.min.js"></script></body></html>"""


def test_origins_are_those_of_absolute_addresses():
    addresses = [
        "data/",
        "https://Data.example.org/a/b/",
        "https://data.example.org/c",
        "http://h:8",
    ]
    assert origins(addresses) == ["http://h:8", "https://data.example.org"]


@pytest.mark.parametrize(
    "address", ["https://a;script-src *", 'https://a" x="', "ftp://host/", "//*/"]
)
def test_an_address_cannot_widen_the_policy(address):
    with pytest.raises(BuildError, match="no origin"):
        origins([address])


def test_no_exception_is_made_for_scripts():
    rules = dict(rule.split(" ", 1) for rule in policy(["https://data.example.org"]).split("; "))
    assert rules["default-src"] == rules["object-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["worker-src"] == "'self'"
    assert rules["connect-src"] == "'self' https://data.example.org"
    assert "unsafe" not in policy()


def test_scripts_become_files_where_they_stood(tmp_path):
    page = tmp_path / "sub" / "page.html"
    page.parent.mkdir()
    page.write_text(PAGE, "utf-8")
    secure(tmp_path)
    html = page.read_text("utf-8")
    assert (
        html.index('charset="utf-8"')
        < html.index("Content-Security-Policy")
        < html.index("<title>")
    )
    sources = re.findall(r'<script(?: type="module")? src="([^"]+)"', html)
    codes = [(page.parent / source).read_text("utf-8") for source in sources[:2]]
    assert codes == ["first=1", "second"]
    assert '{"kept": 1}' in html
    assert "first=1" not in html


@pytest.mark.parametrize("attribute", ["onclick", "style"])
def test_what_the_policy_forbids_is_refused(tmp_path, attribute):
    (tmp_path / "page.html").write_text(
        PAGE.replace("<body>", f'<body><p {attribute}="x">'), "utf-8"
    )
    with pytest.raises(BuildError, match=attribute):
        secure(tmp_path)


def test_a_page_without_a_place_for_the_policy_is_refused(tmp_path):
    (tmp_path / "page.html").write_text("<p>", "utf-8")
    with pytest.raises(BuildError, match="no place"):
        secure(tmp_path)
