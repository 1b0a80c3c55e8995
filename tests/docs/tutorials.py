"""Runs the tutorials and other pages on lineform, and keeps what they print and draw.

``python -m tests.docs.tutorials [PAGE...]``, a part of ``make reference``. The blocks ``sh`` and
``python`` of a page are run in their order, Python in one namespace, in an empty folder with the
scripts that the page offers. A block ``text`` that follows a block is what it prints. Pictures are
files that the code writes under the names in the page. Files that others publish, such as those of
LAMDA, come from the folder of real data; a page that needs one is not run without it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted((ROOT / "site_src").glob("tutorial-*.md")),
    *(ROOT / "site_src" / name for name in ("lineform.md", "physics.md")),
]
ASSETS = ROOT / "site_src" / "assets" / "tutorials"
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)
_PICTURE = re.compile(r"!\[([^\]]+)\]\(assets/tutorials/([\w.-]+)\)")
_SCRIPT = re.compile(r"\]\(assets/tutorials/([\w.-]+\.(?:npz|py))\)")
DATA = Path(os.environ.get("ATOMIUM_DATA", ROOT.parent / "shared" / "data"))
_PUBLISHED = {"co.dat": "lamda/co.dat"}
_MARK = "\x1e"
_DRIVER = """\
import subprocess, sys
from pathlib import Path
namespace = {"__name__": "__main__"}
for language, code in BLOCKS:
    if language == "sh":
        subprocess.run(["bash", "-euo", "pipefail", "-c", code], check=True)
    else:
        exec(compile(code, PAGE, "exec"), namespace)
    print(MARK, end="", flush=True)
"""


@dataclass(frozen=True)
class Block:
    """Code of a page, and what the page says that it prints, or None."""

    language: str
    code: str
    printed: str | None


@dataclass(frozen=True)
class Run:
    """What came of the blocks of a page."""

    folder: Path
    printed: list[str]


def blocks(text: str) -> list[Block]:
    """The code of a page in its order."""
    return [Block(*found.groups()) for found in _BLOCK.finditer(text)]


def pictures(text: str) -> dict[str, str]:
    """Names of the pictures of a page, and what they show in words."""
    return {name: words for words, name in _PICTURE.findall(text)}


def scripts(text: str) -> list[str]:
    """Names of the scripts that a page offers."""
    return _SCRIPT.findall(text)


def missing(text: str) -> list[str]:
    """Files of the folder of real data that a page needs and that are not there."""
    return [path for path in _needed(text).values() if not (DATA / path).is_file()]


def _needed(text: str) -> dict[str, str]:
    code = "".join(block.code for block in blocks(text))
    return {name: path for name, path in _PUBLISHED.items() if name in code}


def run(text: str, name: str, folder: Path) -> Run:
    """Run the blocks of a page in `folder`."""
    for script in scripts(text):
        shutil.copy(ASSETS / script, folder)
    for published, path in _needed(text).items():
        shutil.copy(DATA / path, folder / published)
    driver = (
        f"BLOCKS = {[(b.language, b.code) for b in blocks(text)]!r}\n"
        f"PAGE, MARK = {name!r}, {_MARK!r}\n" + _DRIVER
    )
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-c", driver],
        cwd=folder,
        env={**os.environ, "PATH": path, "MPLBACKEND": "Agg", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.replace(_MARK, "\n---\n")
    return Run(folder, done.stdout.split(_MARK)[:-1])


def renewed(text: str, printed: list[str]) -> str:
    """The page with what its blocks print."""
    left = iter(printed)

    def one(found: re.Match[str]) -> str:
        now = next(left)
        if found[3] is None:
            return found[0]
        return f"```{found[1]}\n{found[2]}```\n\n```text\n{now.rstrip()}\n```\n"

    return _BLOCK.sub(one, text)


def _keep(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        done = run(text, page.name, Path(folder))
        page.write_text(renewed(text, done.printed), encoding="utf-8")
        for picture in pictures(text):
            shutil.copy(done.folder / picture, ASSETS)
    sys.stdout.write(f"ran {page.name}\n")


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for page in PAGES:
        absent = missing(page.read_text(encoding="utf-8"))
        if absent:
            sys.stdout.write(f"left {page.name} alone: no {', '.join(absent)}\n")
        elif not wanted or page.stem in wanted:
            _keep(page)
