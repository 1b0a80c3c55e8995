"""Byte ranges and validators of RFC 9110: which part of a file a request gets."""

import re
from email.message import Message
from email.utils import formatdate, parsedate_to_datetime
from os import stat_result

__all__ = ["etag", "last_modified", "not_modified", "selected"]

_SINGLE = re.compile(r"bytes\s*=\s*(\d*)-(\d*)\s*", re.ASCII | re.IGNORECASE)


def etag(stat: stat_result) -> str:
    """Strong validator of a file."""
    return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


def last_modified(stat: stat_result) -> str:
    """Time of last change as an HTTP date."""
    return formatdate(int(stat.st_mtime), usegmt=True)


def not_modified(headers: Message, stat: stat_result) -> bool:
    """Whether the client's copy is current (RFC 9110, sections 13.1.2 and 13.1.3)."""
    if tags := headers.get("If-None-Match"):
        # Weak comparison: the prefix W/ does not count.
        return tags.strip() == "*" or etag(stat) in re.findall(r'"[^"]*"', tags)
    since = headers.get("If-Modified-Since")
    return since is not None and _at_or_after(since, stat)


def selected(headers: Message, stat: stat_result) -> range | None:
    """Bytes to send: those of a range, an empty range if none can be sent, None for all.

    Several ranges, other units and malformed headers are ignored, as RFC 9110 (section 14.2)
    permits, and so is a range whose `If-Range` names another version of the file.
    """
    match = _SINGLE.fullmatch(headers.get("Range", ""))
    if match is None or match.group(1) == match.group(2) == "" or not _same(headers, stat):
        return None
    first, last = match.groups()
    size = stat.st_size
    if not first:
        return range(max(0, size - int(last)), size)
    start, end = int(first), min(int(last or size), size - 1)
    if last and int(last) < start:
        return None
    return range(start, end + 1) if start < size else range(0)


def _same(headers: Message, stat: stat_result) -> bool:
    validator = headers.get("If-Range")
    return validator is None or validator.strip() in (etag(stat), last_modified(stat))


def _at_or_after(date: str, stat: stat_result) -> bool:
    try:
        return int(stat.st_mtime) <= parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return False
