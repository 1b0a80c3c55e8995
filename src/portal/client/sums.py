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

    def add(self, sums: Mapping[str, str]) -> None:
        """Add or replace sums; paths without one are passed over."""
        merged = (self.read() if self.path.is_file() else {}) | {p: s for p, s in sums.items() if s}
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        part.write_text("".join(_line(p, merged[p]) for p in sorted(merged)), encoding="utf-8")
        part.replace(self.path)

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
