"""What a store holds: every model with its files, their sizes and SHA-256, and what failed.

While a run goes on, each model that is done becomes a line of a journal; the manifest is
written at the start and at the end. Whatever ends a run, the next one knows what was done.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from lineform import __version__
from lineform.errors import ConfigError, ReadError, WriteError
from lineform.outputs import put

__all__ = [
    "MANIFEST",
    "SUMS",
    "FileEntry",
    "Manifest",
    "ModelEntry",
    "Settings",
    "entry_of",
    "writing",
]

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
_JOURNAL = ".manifest.journal"

_FORMAT = {"format": "atomium-manifest", "format_version": "1.0"}

Settings = Mapping[str, object]
"""How the files were made: names and values that JSON can hold."""


@dataclass(frozen=True, slots=True, order=True)
class FileEntry:
    """A file: its path in the store, its size [byte] and its SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model: its files and the engine that observed it, or why it failed.

    A remark is what a user should know before trusting its images.
    """

    name: str
    engine: str = ""
    files: tuple[FileEntry, ...] = ()
    reason: str = ""
    remark: str = ""

    @property
    def state(self) -> str:
        """``done`` or ``failed``."""
        return "failed" if self.reason else "done"

    def whole(self, root: Path) -> bool:
        """Whether it is done and its files have the sizes that they should have."""
        return not self.reason and all(_size(root / file.path) == file.bytes for file in self.files)


def entry_of(root: Path, path: Path) -> FileEntry:
    """The file at `path` in the store at `root`; reads it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(path.relative_to(root).as_posix(), file.tell(), digest)


class Manifest:
    """The manifest of the store at `root`, with what the journal of a killed run adds.

    Parameters
    ----------
    root : Path
    settings : Settings
        Of this run.

    Raises
    ------
    ReadError
        If there is a manifest that cannot be understood.
    """

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        # Through JSON and back, as those that are read have come.
        self.settings = json.loads(json.dumps(settings))
        self.models: dict[str, ModelEntry] = {}
        self._journal = root / _JOURNAL
        self._found: dict[str, object] = self._read()

    def begin(self, names: Iterable[str], *, force: bool) -> list[str]:
        """Write the manifest and return those of `names` that are to be made.

        Raises
        ------
        ConfigError
            If models are there that were made with other settings, without `force`.
        WriteError
            If the folder cannot be written.
        """
        others = self._differing()
        if others and not force and any(not entry.reason for entry in self.models.values()):
            raise ConfigError(
                f"settings of the store: {others}",
                expected=json.dumps(self._found.get(others)),
                seen=json.dumps(self.settings.get(others)),
                way_out="use the same again, another folder, or --force to make all models anew",
                where=str(self.root / MANIFEST),
            )
        todo = [name for name in names if force or not self._is_whole(name)]
        if others:
            self.models.clear()
        for name in todo:
            self.models.pop(name, None)
        with writing(self.root):
            # First: what it says of models that are made anew must not come back.
            self._journal.unlink(missing_ok=True)
        self.save()
        return todo

    def add(self, entry: ModelEntry) -> None:
        """Note what became of a model."""
        self.models[entry.name] = entry
        with writing(self.root), self._journal.open("a", encoding="utf-8") as journal:
            journal.write(f"{_line(entry)}\n")

    def save(self) -> None:
        """Write the manifest and the checksums, each in one step."""
        entries = [self.models[name] for name in sorted(self.models)]
        head = _FORMAT | {"lineform": __version__, "settings": self.settings}
        # One model a line, for grep and for diff.
        parts = [f'"{key}": {json.dumps(value, sort_keys=True)},' for key, value in head.items()]
        text = "\n".join(["{", *parts, '"models": [', ",\n".join(map(_line, entries)), "]", "}\n"])
        files = sorted((file for entry in entries for file in entry.files), key=lambda f: f.path)
        with writing(self.root):
            put(self.root / SUMS, "".join(f"{f.sha256}  {f.path}\n" for f in files).encode())
            put(self.root / MANIFEST, text.encode())
            self._journal.unlink(missing_ok=True)

    def _is_whole(self, name: str) -> bool:
        return name in self.models and self.models[name].whole(self.root)

    def _differing(self) -> str:
        names = sorted(self.settings.keys() | self._found.keys())
        return next((n for n in names if self.settings.get(n) != self._found.get(n)), "")

    def _read(self) -> dict[str, object]:
        path = self.root / MANIFEST
        if not path.exists():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            self.models = {row["name"]: _entry(row) for row in found["models"]}
            self.models |= {entry.name: entry for entry in self._from_journal()}
            return dict(found["settings"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReadError(
                "manifest of the store",
                expected="a file that make-store wrote",
                seen=f"{type(error).__name__}: {error}"[:120],
                way_out="remove it; all models are then made again",
                where=str(path),
            ) from error

    def _from_journal(self) -> Iterator[ModelEntry]:
        if not self._journal.exists():
            return
        for line in self._journal.read_text(encoding="utf-8").splitlines(keepends=True):
            # A line without an end was being written when the run was ended.
            if line.endswith("\n"):
                yield _entry(json.loads(line))


def _line(entry: ModelEntry) -> str:
    row = asdict(entry) | {"state": entry.state}
    left_out = ("engine", "files") if entry.reason else ("reason",)
    kept = {k: v for k, v in row.items() if k not in left_out and (v or k != "remark")}
    return json.dumps(kept, sort_keys=True)


def _entry(row: Mapping[str, object]) -> ModelEntry:
    known = {key: value for key, value in row.items() if key != "state"}
    files = tuple(FileEntry(**file) for file in known.pop("files", ()))  # type: ignore[attr-defined]  # JSON
    return ModelEntry(**known, files=files)  # type: ignore[arg-type]  # JSON


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Say what is to be done where the store at `root` cannot be written."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            "store",
            seen=str(error),
            way_out="check the folder, its permissions and the space left",
            where=str(root),
        ) from error
