"""The content-security policy of every page: scripts and data from where the site says, only.

A plain web host sends no headers of ours, so that the policy stands in the pages. It makes no
exception for scripts inside a page: those that the theme writes are moved into files, each
named by its content and loaded where it stood, so that it still runs at the same moment.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from portal.errors import BuildError

__all__ = ["origins", "policy", "secure"]

_DATA_BLOCKS = ("application/json", "application/ld+json")
_CHARSET = '<meta charset="utf-8">'
_SCRIPT = re.compile(r"<script((?:\s[^>]*)?)>(.*?)</script>", re.S)
_TYPE = re.compile(r"""\btype=["']?([^\s"'>]+)""")
_SOURCE = re.compile(r"\bsrc=")
_HANDLER = re.compile(r"<[a-z][^<>]*?\s(on[a-z]+|style)=", re.I)
_PLACE = "assets/javascripts/"
# The theme's own script, whose address says how a page writes the way to the root of the site.
_BUNDLE = re.compile(rf'src="([^"]*){_PLACE}bundle\.')
_ORIGIN = re.compile(r"https?://[a-z0-9.\-:\[\]]+")


def origins(addresses: Iterable[str]) -> list[str]:
    """Origins of those addresses that are absolute, each once, sorted.

    Raises
    ------
    BuildError
        If an address has no origin that a policy can name.
    """
    found = set()
    for address in addresses:
        parts = urlsplit(address)
        if not parts.netloc:
            continue
        origin = f"{parts.scheme or 'https'}://{parts.netloc.rpartition('@')[2]}".lower()
        if not _ORIGIN.fullmatch(origin):
            raise BuildError(
                "data_url: no origin that a browser can be told to trust",
                seen=address,
                expected="http://host/... or https://host/...",
            )
        found.add(origin)
    return sorted(found)


def policy(connect: Iterable[str] = ()) -> str:
    """What a page may load; `connect` are the origins of data besides the site's own."""
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        # The icons of the theme are addresses of data.
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *connect],
        # WebAssembly runs in workers alone, which a policy in a page does not bind.
        "worker-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def secure(folder: Path, connect: Iterable[str] = ()) -> None:
    """Give every page below `folder` the policy, and its scripts files.

    Raises
    ------
    BuildError
        If a page has something that the policy forbids and that cannot be moved.
    """
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(connect)}">'
    for path in sorted(folder.rglob("*.html")):
        where = path.relative_to(folder).as_posix()
        text = _moved(path.read_text("utf-8"), folder, where)
        path.write_text(_once(text, _CHARSET, _CHARSET + meta, where), "utf-8")


def _moved(text: str, folder: Path, where: str) -> str:
    """The page with its scripts in files below `folder`."""
    bundle = _BUNDLE.search(text)
    root = bundle[1] if bundle else ""
    if forbidden := _HANDLER.search(_SCRIPT.sub("", text)):
        raise BuildError(
            f"page: attribute {forbidden[1]}, which the policy of the site forbids",
            seen=forbidden[0][:80],
            way_out="use a class and a style sheet, or a script in a file",
            where=where,
        )

    def moved(found: re.Match[str]) -> str:
        attributes, code = found.groups()
        kind = _TYPE.search(attributes)
        if _SOURCE.search(attributes) or (kind and kind[1] in _DATA_BLOCKS):
            return found[0]
        name = f"{_PLACE}{hashlib.blake2b(code.encode(), digest_size=6).hexdigest()}.js"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(code, "utf-8")
        return f'<script{attributes} src="{root}{name}"></script>'

    return _SCRIPT.sub(moved, text)


def _once(text: str, old: str, new: str, where: str) -> str:
    if text.count(old) != 1:
        raise BuildError(
            "page: no place for the policy of the site",
            seen=f"{text.count(old)} times {old}",
            expected="once",
            where=where,
        )
    return text.replace(old, new)
