"""Writes the figures of the page on performance from bench/results: part of ``make reference``."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "site_src" / "performance.md"
RESULTS = ROOT / "bench" / "results"
MARK = "<!-- Figures: written by `make reference` from bench/results. -->\n"
_OWN = ("what", "unit", "ours", "ratio", "goal")


def page() -> str:
    """The page with the figures of the results that are there."""
    prose = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    parts = [_section(path) for path in sorted(RESULTS.glob("*.json"))]
    return prose + MARK + "".join(parts)


def _section(path: Path) -> str:
    result = json.loads(path.read_text(encoding="utf-8"))
    rows = "".join(_row(figure) for figure in result["figures"])
    heading = path.stem.replace("_", " ").capitalize()
    return (
        f"\n## {heading}\n\n"
        f"`{result['command']}`, on {result['machine']}.\n\n"
        "| what | ours | others | meaning | goal |\n|---|---|---|---|---|\n" + rows
    )


def _row(figure: dict[str, str | float]) -> str:
    unit = figure.get("unit", "")
    others = "; ".join(f"{k}: {_number(v)}" for k, v in figure.items() if k not in _OWN)
    cells = (
        figure["what"],
        f"{_number(figure['ours'])} {unit}".strip(),
        others,
        figure.get("ratio", ""),
        figure.get("goal", ""),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |\n"


def _number(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _cell(value: object) -> str:
    text = str(value).replace("|", "\\|").replace("<", "&lt;")
    return text.replace(">=", "≥").replace("&lt;=", "≤")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
