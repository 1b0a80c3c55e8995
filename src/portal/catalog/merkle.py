"""One hash over all files of a release, from which a single file can be proven to be in it."""

import hashlib
from collections.abc import Iterable

import pyarrow as pa

__all__ = ["root_of"]


def root_of(files: pa.Table) -> str:
    """Root of the Merkle tree of RFC 6962 over `files`, in hexadecimal.

    Parameters
    ----------
    files
        Sorted by collection and path. A leaf is the text
        ``<collection> TAB <path> TAB <bytes> TAB <sha256>`` in UTF-8, without a line's end.
    """
    names = ("collection", "path", "bytes", "sha256")
    rows = zip(*(files[name].to_pylist() for name in names), strict=True)
    return _root("\t".join(map(str, row)).encode() for row in rows)


def _root(leaves: Iterable[bytes]) -> str:
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = zip(level[0::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\1" + left + right).digest() for left, right in pairs]
        # The last one of an odd number goes up as it is.
        level = above + level[len(above) * 2 :]
    return level[0].hex()
