"""The page stands alone, is the same each time, keeps its size, and trusts no text."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from click.testing import CliRunner

from lineform.commands.report import COMMAND
from lineform.posterior import write_posterior
from lineform.report import report_of
from lineform.report.script import script
from lineform.report.viewdata import view_data
from tests.lineform.posteriors import made_posterior

TRAP = "</script><img src=x onerror=alert(1)>{{ 7*7 }}"


@pytest.fixture(scope="module")
def posterior():
    return made_posterior(8, 12, 5, 10)


@pytest.fixture(scope="module")
def page(posterior):
    return report_of(posterior, "spiral.h5")


def test_the_same_posterior_gives_the_same_page(posterior, page):
    assert report_of(posterior, "spiral.h5") == page


def test_the_page_loads_nothing(page):
    links = re.findall(r'(?:src|href|action)="([^"#]+)', page)
    assert links == ["https://creativecommons.org/licenses/by-sa/4.0/", "data:,"]
    assert "fetch(" not in page
    assert "url(" not in page


def test_the_policy_allows_what_is_on_the_page_and_no_more(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    for kind, pattern in {
        "script": r'<script type="module">(.*?)</script>',
        "style": r"<style>(.*?)</style>",
    }.items():
        (content,) = re.findall(pattern, page, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.search(r"<[a-z][^<>]*\s(on[a-z]+|style)=", page)


def test_widths_that_are_not_to_be_trusted_are_shown_as_such(posterior, page):
    fits = tuple(replace(fit, chi2=fit.dof) for fit in posterior.fits)
    sure = report_of(replace(posterior, fits=fits))
    assert "not to be trusted" not in sure
    doubted = report_of(replace(posterior, fits=fits, doubts=("the samples count as 3",)))
    assert "<strong>Do not trust the widths:</strong> the samples count as 3" in doubted
    assert '<th scope="col" class="num">68 % ?</th>' in doubted
    assert "Intervals with a question mark are not to be trusted" in doubted


def test_the_corner_plot_becomes_as_narrow_as_can_be_read(page):
    width = float(re.search(r'width="([\d.]+)"[^>]* aria-label="Corner plot', page)[1])
    least = float(re.search(r"\.corner \.chart \{ max-width: 100%; min-width: (\d+)px", page)[1])
    assert least == pytest.approx(0.75 * width, abs=1)


def test_text_of_the_file_stays_text(posterior):
    (fit,) = posterior.fits
    number = replace(posterior.numbers[0], name=TRAP, unit=TRAP, prior=TRAP, description=TRAP)
    field = replace(posterior.fields[1], name=TRAP, unit=TRAP)
    hostile = replace(
        posterior,
        title=TRAP,
        warnings=(TRAP,),
        evidence_kind=TRAP,
        fits=(replace(fit, line=replace(fit.line, species=TRAP), source=TRAP, remarks=(TRAP,)),),
        numbers=(number, *posterior.numbers[1:]),
        fields=(posterior.fields[0], field),
        correlations={},
        settings={TRAP: {TRAP: TRAP}},
    )
    page = report_of(hostile, TRAP)
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert "49" not in re.findall(r"<title>(.*?)</title>", page)[0]


@pytest.mark.parametrize(("cells", "shown", "of_samples"), [(64, 64, 32), (66, 33, 22)])
def test_what_a_page_of_a_large_posterior_holds_is_made_small(posterior, cells, shown, of_samples):
    large = enlarged(posterior, cells, 120)
    data = view_data(large)
    (field,), (fit,) = data["fields"], data["fits"]
    assert field["median"]["shape"] == [shown] * 3
    assert field["samples"]["shape"] == [8] + [of_samples] * 3
    assert max(fit["data"]["shape"][1:]) <= 96
    said = "; ".join(data["reduced"])
    assert ("maps are means over blocks of cells, 64 a side at most" in said) == (cells > 64)
    assert "channel maps of CO 2-1 are means over blocks" in said
    # Noise cannot be deflated: this is the most that six fields and two cubes can take.
    assert 6 * len(json.dumps(field)) + 2 * len(json.dumps(fit)) < 15e6


def enlarged(posterior, cells, pixels):
    """One field and a cube of noise in place of those of a posterior."""
    generator = np.random.default_rng(0)

    def noise(*shape):
        return generator.lognormal(0, 1, shape).astype(np.float32)

    grid = (cells, cells, cells)
    quantiles = np.sort(noise(5, *grid), axis=0)
    field = replace(
        posterior.field("temperature"),
        samples=noise(len(posterior.weight), *grid),
        quantiles=quantiles,
        width_ratio=noise(*grid),
    )
    (fit,) = posterior.fits
    cube = (50, pixels, pixels)
    fit = replace(
        fit,
        velocity=np.arange(50.0),
        x=np.arange(pixels),
        y=np.arange(pixels),
        chi2=np.ones(50),
        dof=np.ones(50),
        **{name: noise(*cube) for name in ("data", "model", "residual", "rms")},
    )
    axis = np.linspace(-1e13, 1e13, cells)
    return replace(posterior, axes=(axis, axis, axis), fields=(field,), fits=(fit,))


def test_modules_of_the_viewer_share_no_name():
    folder = files("lineform.report") / "viewer"
    text = script()
    assert "import {" not in text
    assert not re.search(r"^export ", text, re.M)
    names = re.findall(r"^(?:async )?(?:const|function|class|let) (\w+)", text, re.M)
    names += [
        name
        for group in re.findall(r"^const [\[{]([^\]}]+)[\]}] =", text, re.M)
        for name in re.findall(r"\w+", group)
    ]
    assert len(set(names)) == len(names)
    modules = [entry.name for entry in folder.iterdir() if entry.name.endswith(".js")]
    heads = [(folder / name).read_text("utf-8").splitlines()[0] for name in modules]
    assert [head for head in heads if head not in text] == []


def test_the_command_writes_beside_the_posterior(posterior, page, tmp_path):
    path = tmp_path / "spiral.h5"
    write_posterior(path, posterior)
    done = CliRunner().invoke(COMMAND, [str(path)])
    assert done.exit_code == 0, done.output
    # The file has the digits of float32.
    assert abs(len((tmp_path / "spiral.html").read_text()) - len(page)) < 0.01 * len(page)


def test_a_posterior_of_few_parts_has_a_page(posterior):
    bare = replace(
        posterior, fields=(), numbers=(), correlations={}, diagnostics={}, settings={}, warnings=()
    )
    page = report_of(bare)
    assert 'id="gas"' not in page
    assert 'id="numbers"' not in page
    assert 'id="fit"' in page
