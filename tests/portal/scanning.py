"""What the tests of the scan share: ways to run one, and readers that misbehave."""

import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from portal.catalog.paths import table_paths
from portal.executors.serial import SerialExecutor
from portal.model.collection import Collection
from portal.scan import scan

TABLES = ("models", "observations", "files", "problems", "provenance")


def collection(store: Path, **settings) -> Collection:
    return Collection("demo", "Demo", stores=(str(store),), **settings)


def run(store, catalog, **options):
    """Scan the folder `store`, or some collections, in this process."""
    collections = store if isinstance(store, tuple) else (collection(store),)
    return scan(collections, catalog, options.pop("executor", SerialExecutor()), **options)


def contents(catalog: Path) -> dict[str, bytes]:
    """The bytes of all tables."""
    return {path.name: path.read_bytes() for t in TABLES for path in table_paths(catalog, t)}


@dataclass(frozen=True)
class Misbehaving:
    """A reader that does something to the process or the file when it meets `name`."""

    name: str
    what: str
    folder: str = ""
    priority: int = 0

    def claims(self, header) -> bool:
        if self.name in header.path:
            if self.what == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif self.what == "hang":
                # A pattern that backtracks: C code that lets no signal handler of Python run.
                re.match(r"(a|a)*b", "a" * 60)
            elif self.what == "append":
                with (Path(self.folder) / header.path).open("ab") as file:
                    file.write(b"more")
            elif self.what == "raise":
                raise MemoryError("none left")
        return False

    def read(self, header):
        raise AssertionError("claims nothing")
