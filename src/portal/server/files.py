"""From the path of a request to a file, never outside the folders that are served."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

__all__ = ["Mount", "Mounts", "locate", "media_type"]

_MEDIA_TYPES = {
    ".aria2": "text/plain; charset=utf-8",
    ".atom": "application/atom+xml",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".fits": "application/fits",
    ".gif": "image/gif",
    ".gz": "application/gzip",
    ".h5": "application/x-hdf5",
    ".hdf5": "application/x-hdf5",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".jsonld": "application/ld+json",
    ".map": "application/json",
    ".meta4": "application/metalink4+xml",
    ".metalink": "application/metalink4+xml",
    ".mjs": "text/javascript; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".toml": "application/toml; charset=utf-8",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".vot": "application/x-votable+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}


def media_type(path: Path) -> str:
    """Media type of a file by its name; the same on every machine, unlike `mimetypes`."""
    if path.name == "SHA256SUMS":
        return _MEDIA_TYPES[".txt"]
    return _MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder served below `prefix`, which begins and ends with a slash.

    `listing` tells whether a folder without ``index.html`` is answered with a list of files.
    """

    prefix: str
    root: Path
    listing: bool = False

    def url(self, segments: list[str]) -> str:
        """Path of the folder of these segments as a request names it."""
        return self.prefix + "".join(f"{quote(segment)}/" for segment in segments)


class Mounts:
    """The folders of a server; the one with the longest fitting prefix answers."""

    def __init__(self, *mounts: Mount) -> None:
        self._mounts = sorted(mounts, key=lambda mount: -len(mount.prefix))

    def find(self, path: str) -> tuple[Mount, list[str]] | None:
        """Mount and decoded segments of the path of a request; None where it must not lead."""
        for mount in self._mounts:
            # A request for the mount itself lacks the last slash.
            if path.startswith(mount.prefix) or f"{path}/" == mount.prefix:
                segments = _segments(path[len(mount.prefix) :])
                return None if segments is None else (mount, segments)
        return None


def locate(mount: Mount, segments: list[str]) -> Path | None:
    """File or folder of these segments inside the mount, with links followed; None for none."""
    root = mount.root.resolve()
    try:
        path = root.joinpath(*segments).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        # RuntimeError: a loop of links; ValueError: a name that no file can have.
        return None
    return path if path.is_relative_to(root) else None


def _segments(path: str) -> list[str] | None:
    """Decoded names between the slashes; None if one is not a plain name."""
    names = [
        unquote_to_bytes(part).decode(errors="surrogateescape") for part in path.split("/") if part
    ]
    plain = all(name not in (".", "..") and not set(name) & set("/\\\0") for name in names)
    return names if plain else None
