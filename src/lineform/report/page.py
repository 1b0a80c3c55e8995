"""The page of a report: all that a posterior says, in one file that needs nothing else."""

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TypedDict

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from lineform import __version__
from lineform.constants import AU
from lineform.posterior import Fit, Number, Posterior
from lineform.report.corner import corner_chart, corner_style, narrow_axes
from lineform.report.figures import chi2_chart, profile_chart, spectrum_chart
from lineform.report.findings import doubts_of, findings_of, width_ratio
from lineform.report.profiles import Profile, profiles_of
from lineform.report.script import script
from lineform.report.viewdata import view_data
from lineform.report.wording import (
    interval,
    label,
    middle_text,
    number_text,
    quantity_name,
    shortened,
    shown_unit,
)

__all__ = ["report_of"]


class _Row(TypedDict):
    """A number in the table."""

    label: str
    unit: str
    description: str
    median: str
    likely: str
    wide: str
    prior: str
    ratio: str


def report_of(posterior: Posterior, source: str = "") -> str:
    """The page as HTML; the same posterior gives the same page.

    Parameters
    ----------
    posterior : Posterior
    source : str
        Name of the file that it was read from.
    """
    profiles = profiles_of(posterior)
    data = view_data(posterior)
    style = (files("lineform.report") / "templates" / "report.css").read_text("utf-8")
    code = script()
    several = len(posterior.weight) > 1
    crossed = bool(posterior.numbers) and several
    style += corner_style(posterior) if crossed else ""
    return (
        _environment()
        .get_template("report.html")
        .render(
            p=posterior,
            source=source,
            version=__version__,
            policy=_policy(code, style),
            style=Markup(style),
            code=Markup(code),
            data=_json(data),
            reduced=data["reduced"],
            summary=_summary(posterior),
            facts=_facts(posterior),
            findings=findings_of(posterior, profiles),
            profiles=[_profile(profile) for profile in profiles],
            fits=[_fit(fit, posterior) for fit in posterior.fits],
            rows=[_row(number) for number in posterior.numbers],
            corner=corner_chart(posterior) if crossed else None,
            doubted=several and any(doubts_of(posterior)),
            beyond=narrow_axes(posterior),
            several=several,
            modes=[f"{100 * weight:.1f} %" for weight in posterior.mode_weights],
            settings=[(name, sorted(values.items())) for name, values in _settings(posterior)],
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("lineform.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(code: str, style: str) -> str:
    """What the page may run and load: itself."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (code, style)
    ]
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _json(data: object) -> Markup:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Within a script element only these letters could end it, or begin a comment.
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def _summary(posterior: Posterior) -> str:
    lines = " and ".join(f"{fit.line.species} {fit.line.transition}" for fit in posterior.fits)
    run = posterior.settings.get("run", {})
    model, method = run.get("model", ""), run.get("method", "")
    kind = f"a {model} model" if model else "a model of the gas"
    how = f", with the method {method}" if method else ""
    return (
        f"{_counted(len(posterior.weight))} of {kind} that was fitted to {lines or 'no line'}{how}."
    )


def _counted(samples: int) -> str:
    return "One sample" if samples == 1 else f"{samples} samples"


def _plain(value: float) -> str:
    """A number; counts without decimals."""
    return f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e6 else number_text(value)


def _facts(posterior: Posterior) -> list[tuple[str, str]]:
    axis = posterior.axes[0]
    facts = [
        ("distance", f"{number_text(posterior.distance)} pc"),
        ("grid", " × ".join(str(len(axis)) for axis in posterior.axes)),
        ("cell", f"{number_text(float(axis[1] - axis[0]) / AU, 2)} au"),
        ("samples", str(len(posterior.weight))),
        ("modes", str(int((posterior.mode_weights > 0).sum()))),
    ]
    for fit in posterior.fits:
        name = f"{fit.line.species} {fit.line.transition}"
        facts.append((f"{name}, rest frequency", f"{fit.line.frequency / 1e9:.4f} GHz"))
        facts.append((f"{name}, measured from", fit.source))
        if fit.beams:
            beam = fit.beams[len(fit.beams) // 2]
            text = f"{beam.major:.3g}″ × {beam.minor:.3g}″, {beam.position_angle:.3g}°"
            facts.append((f"{name}, beam", text))
    if posterior.evidence == posterior.evidence:
        facts.append(
            # Evidences are told apart by their difference, however large they are.
            (
                f"ln evidence, {posterior.evidence_kind}",
                f"{posterior.evidence:.1f}".replace("-", "−"),
            )
        )
    told = sorted(posterior.diagnostics.items())
    facts += [(quantity_name(name), _plain(value)) for name, value in told]
    return [(name, text) for name, text in facts if text]


def _profile(profile: Profile) -> dict[str, object]:
    return {"label": label(profile.field), "svg": profile_chart(profile)}


def _fit(fit: Fit, posterior: Posterior) -> dict[str, object]:
    return {
        "label": f"{fit.line.species} {fit.line.transition}",
        "spectrum": spectrum_chart(fit, posterior.weight),
        "chi2": chi2_chart(fit),
        "remarks": fit.remarks,
    }


def _row(number: Number) -> _Row:
    q = [float(value) for value in number.quantiles]
    known = q[4] > q[0]
    return _Row(
        label=label(number),
        unit=shown_unit(number.unit),
        description=number.description,
        median=middle_text(number.quantiles[1:4]),
        likely=interval(q[1], q[3]) if known else "–",
        wide=interval(q[0], q[4]) if known else "–",
        prior=number.prior,
        ratio=number_text(width_ratio(number), 2) if known else "–",
    )


def _settings(posterior: Posterior) -> list[tuple[str, dict[str, str]]]:
    order = ("run", "model", "priors", "inputs", "versions")
    names = sorted(posterior.settings, key=lambda n: (order.index(n) if n in order else 9, n))
    return [
        (name, {key: shortened(value) or "not given" for key, value in values.items()})
        for name in names
        if (values := posterior.settings[name])
    ]
