"""The hand-written pages, and the shells of the generated ones, through mkdocs."""

import hashlib
import logging
import os
import re
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from portal import frame, policy
from portal.errors import BuildError, DependencyError
from portal.model.imprint import Imprint

__all__ = ["NOT_PUBLISHED", "check_settings", "prose"]

NOT_PUBLISHED = ("shell/", "sitemap.xml")
"""Beginnings of paths in the output of mkdocs that are no pages of the site."""

_KEPT = 2
_MAKERS = ("atomium-portal", "latex2mathml", "mkdocs", "mkdocs-material", "pymdown-extensions")
"""Distributions whose versions the pages depend on."""

_NO_IMPRINT = Imprint()


def check_settings(config: Path) -> None:
    """Refuse settings of mkdocs that are not there.

    Raises
    ------
    BuildError
        If there is no such file.
    """
    if not config.is_file():
        raise BuildError(
            "mkdocs.yml: not found",
            seen=str(config),
            way_out="run portal build in the project's folder, or give --mkdocs FILE",
        )


def prose(
    config: Path,
    site_url: str,
    cache: Path,
    imprint: Imprint = _NO_IMPRINT,
    connect: Sequence[str] = (),
) -> Path:
    """Folder with the output of mkdocs, made anew only if something that it depends on changed.

    The pages are mended and have their content-security policy; `connect` are the origins of
    data that it names.

    Raises
    ------
    BuildError
        If mkdocs refuses the pages, or warns.
    """
    check_settings(config)
    folder = cache / "prose"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / _key(config, site_url, imprint, connect)
    if not made.is_dir():
        unfinished = folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _mkdocs(config, site_url, unfinished, imprint)
        frame.mend(unfinished)
        policy.secure(unfinished, connect)
        unfinished.rename(made)
        _forget(folder, made)
    os.utime(made)
    return made


def _key(config: Path, site_url: str, imprint: Imprint, connect: Sequence[str]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    versions = [version(name) for name in _MAKERS]
    digest.update("\0".join([site_url, repr(imprint), *connect, *versions]).encode())
    for name in ("frame.py", "policy.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    text = config.read_text("utf-8")
    found = re.search(r"^docs_dir: *(\S+)", text, re.M)
    docs = config.parent / (found[1] if found else "docs")
    for path in [config, *sorted(p for p in docs.rglob("*") if p.is_file())]:
        data = path.read_bytes()
        digest.update(f"\0{path.relative_to(config.parent)}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _mkdocs(config: Path, site_url: str, output: Path, imprint: Imprint) -> None:
    # The theme prints a notice about its own future unless this is set.
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    try:
        from mkdocs.commands.build import build
        from mkdocs.config import load_config
        from mkdocs.exceptions import MkDocsException
    except ImportError as error:
        raise DependencyError(
            "mkdocs: not installed", way_out="pip install mkdocs-material"
        ) from error
    heard = _Heard()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(heard)
    try:
        settings = load_config(
            str(config), site_url=site_url or None, site_dir=str(output), strict=True
        )
        settings.copyright = imprint.footer or settings.copyright
        settings.plugins.events["page_markdown"].append(
            lambda markdown, **_: imprint.printed(markdown)
        )
        settings.plugins.on_startup(command="build", dirty=False)
        build(settings)
        settings.plugins.on_shutdown()
    except (MkDocsException, SystemExit) as error:
        raise BuildError(
            "written pages: mkdocs refuses them",
            seen="; ".join(heard.messages) or str(error),
            expected="no warning",
            where=str(config),
        ) from error
    finally:
        logger.removeHandler(heard)


class _Heard(logging.Handler):
    """Keeps warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _forget(folder: Path, made: Path) -> None:
    others = sorted((p for p in folder.iterdir() if p != made), key=lambda p: p.stat().st_mtime)
    for path in others[: -(_KEPT - 1)]:
        shutil.rmtree(path)
