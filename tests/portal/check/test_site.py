"""Each planted defect of a site is found, and a clean site is clean."""

from dataclasses import replace

import pytest

from portal.check import SiteFiles, check_site, list_site, published_url

SITE = "https://portal.example.org/sub/"
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def html(body: str) -> str:
    return f'<!doctype html><html lang="en"><title>t</title><body>{body}</body></html>'


@pytest.fixture
def root(tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "assets").mkdir()
    links = '<a href="m/a.html#size">a</a><a href="m/">m</a><a href="data/models/a%20b.h5">f</a>'
    (tmp_path / "index.html").write_text(html(links))
    (tmp_path / "m" / "index.html").write_text(html('<a href="..">up</a>'))
    (tmp_path / "m" / "a.html").write_text(html('<h2 id="size">x</h2><a href="#size">s</a>'))
    (tmp_path / "assets" / "a.css").write_text("a { background: url(b.png) }")
    (tmp_path / "assets" / "b.png").write_bytes(b"png")
    (tmp_path / "sitemap.xml").write_text(SITEMAP.format(f"<url><loc>{SITE}m/a.html</loc></url>"))
    (tmp_path / "search.json").write_text("{}")
    (tmp_path / "robots.txt").write_text(f"User-agent: *\nSitemap: {SITE}sitemap.xml\n")
    return tmp_path


def problems(root, **options):
    stored = frozenset({"data/models/a b.h5"})
    files = SiteFiles(root, list_site(root), published_url(root), stored)
    return list(check_site(files, **options))


def codes(root):
    return [problem.code for problem in problems(root)]


def test_a_clean_site_is_clean(root):
    assert problems(root) == []


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("index.html", html('<a href="m/b.html">b</a>'), "broken-link"),
        ("index.html", html('<a href="data/models/c.h5">c</a>'), "broken-link"),
        ("index.html", html('<img src="none.png" alt="">'), "broken-link"),
        ("index.html", html('<a href="assets/">no index</a>'), "broken-link"),
        ("index.html", html('<a href="m/a.html#none">a</a>'), "broken-fragment"),
        ("index.html", html('<a href="#none">a</a>'), "broken-fragment"),
        ("index.html", html('<a href="/m/a.html">a</a>'), "absolute-path"),
        ("index.html", html(f'<a href="{SITE}none.html">a</a>'), "broken-link"),
        ("index.html", html("<div>"), "unbalanced"),
        ("assets/a.css", "a { background: url(c.png) }", "broken-link"),
        ("search.json", "{", "bad-json"),
        ("releases.atom", "<feed>", "bad-xml"),
        ("sitemap.xml", SITEMAP.format(f"<url><loc>{SITE}x.html</loc></url>"), "bad-sitemap"),
        ("sitemap.xml", SITEMAP.format("<url><loc>https://else/</loc></url>"), "bad-sitemap"),
    ],
)
def test_each_defect_is_found_once(root, path, text, code):
    (root / path).write_text(text)
    assert codes(root) == [code]


def test_a_page_that_is_not_text(root):
    (root / "index.html").write_bytes(b"\xff\xfe")
    assert codes(root) == ["unreadable"]


def test_a_target_missed_by_many_pages_is_one_problem(root):
    for number in range(5):
        (root / f"p{number}.html").write_text(html('<a href="none.html">x</a>'))
    (problem,) = problems(root)
    assert problem.path == "p0.html:1"
    assert problem.seen == "none.html"
    assert "4 more links" in problem.what


def test_processes_find_what_one_process_finds(root):
    for number in range(450):
        body = f'<p id="a"></p><a href="p{number + 1}.html#a">next</a>'
        (root / f"p{number}.html").write_text(html(body))
    alone = problems(root)
    assert [problem.code for problem in alone] == ["broken-link"]
    assert problems(root, workers=2) == alone


def test_a_sample_reads_fewer_pages(root):
    for number in range(100):
        (root / f"p{number:02d}.html").write_text(html("</b>"))
    seen = []
    found = problems(root, sample=10, progress=lambda done, total: seen.append(total))
    assert 5 <= len(found) <= 12
    assert seen[-1] <= 12


def test_a_site_without_an_address(root):
    (root / "robots.txt").unlink()
    (root / "sitemap.xml").unlink()
    assert published_url(root) == ""
    files = replace(SiteFiles(root, list_site(root)), stored=frozenset())
    assert [p.code for p in check_site(files)] == ["broken-link"]
