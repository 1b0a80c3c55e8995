"""``SHA256SUMS`` of a folder of downloads, as ``sha256sum --check`` reads it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from portal.errors import FetchError

__all__ = ["Sums"]

_LINE = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)")
_ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_PLAIN = {escape[1]: sign for sign, escape in _ESCAPED.items()}


class Sums:
    """The file ``SHA256SUMS`` in `folder`, sorted by path."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "SHA256SUMS"

    def read(self) -> dict[str, str]:
        """SHA-256 by path.

        Raises
        ------
        FetchError
            If there is no such file, or a line is of another form.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise FetchError(
                f"{self.path}: cannot be read",
                seen=str(error),
                expected="the sums of the files in the folder",
                way_out="name a catalogue with --catalog",
            ) from error
        return dict(self._pair(n, line) for n, line in enumerate(lines, 1) if line[:1] != "#")

    def vouched(self) -> dict[str, str]:
        """SHA-256 by path, of the files that have not been touched since the sums were written.

        Empty where there are no sums that can be read.
        """
        try:
            return self._untouched(self.read())
        except FetchError:
            return {}

    def add(self, sums: Mapping[str, str]) -> None:
        """Add or replace the sums of files that have just been read; no sum, no line.

        Raises
        ------
        FetchError
            If the sums that are there cannot be read, or the new ones not be stored.
        """
        known = self.read() if self.path.is_file() else {}
        doubted = sorted(known.keys() - self._untouched(known).keys() - sums.keys())
        merged = known | {p: s for p, s in sums.items() if s}
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        try:
            part.write_text("".join(_line(p, merged[p]) for p in sorted(merged)), encoding="utf-8")
            # Files that were changed by others must stay newer than the sums.
            if changes := [time for p in doubted if (time := self._changed(p)) is not None]:
                os.utime(part, ns=(min(changes) - 1, min(changes) - 1))
            part.replace(self.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise FetchError(
                f"{self.path}: cannot be written",
                seen=error.strerror or type(error).__name__,
                way_out="make room, or fetch into another folder",
                code="unwritable",
            ) from error

    def _untouched(self, sums: Mapping[str, str]) -> dict[str, str]:
        written = self.path.stat().st_mtime_ns if self.path.is_file() else 0
        changes = {path: self._changed(path) for path in sums}
        return {p: sums[p] for p, time in changes.items() if time is not None and time <= written}

    def _changed(self, path: str) -> int | None:
        """When the file at `path` was last changed [ns], or None if there is none."""
        try:
            said = (self.path.parent / path).stat()
        except (OSError, ValueError):
            return None
        # Programs set st_mtime as they like; a copy has a st_ctime of its own.
        return max(said.st_mtime_ns, said.st_ctime_ns)

    def _pair(self, number: int, line: str) -> tuple[str, str]:
        match = _LINE.fullmatch(line)
        if match is None:
            raise FetchError(
                f"{self.path.name}: line of another form",
                seen=line[:80],
                expected="64 hexadecimal digits, two spaces and a path",
                where=f"{self.path}:{number}",
            )
        escaped, digest, path = match.groups()
        if escaped:
            path = re.sub(r"\\(.)", lambda m: _PLAIN.get(m[1], m[1]), path)
        return path, digest


def _line(path: str, digest: str) -> str:
    escaped = "".join(_ESCAPED.get(sign, sign) for sign in path)
    return f"{'' if escaped == path else chr(92)}{digest}  {escaped}\n"
