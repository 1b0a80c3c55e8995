"""Words and patterns of ObsCore that rules name."""

import re

__all__ = ["CONTROL", "NEVER_NULL", "PATTERNS", "PLACEHOLDERS", "PRODUCT_TYPES", "VOCABULARIES"]

PRODUCT_TYPES = (
    "cube", "event", "image", "measurements", "sed", "spectrum", "timeseries", "visibility",
)  # fmt: skip
NEVER_NULL = ("calib_level", "obs_collection", "obs_id", "obs_publisher_did")
PLACEHOLDERS = frozenset(
    ["-", "--", "---", "?", "n/a", "na", "nan", "none", "null", "undefined", "unknown", "-999"]
)
VOCABULARIES = {"placeholders": PLACEHOLDERS, "types": frozenset(PRODUCT_TYPES)}

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""Characters that move the cursor."""
_STATES = "I|Q|U|V|RR|LL|RL|LR|XX|YY|XY|YX|POLI|POLA"
PATTERNS = {
    # Of any scheme that leads to another machine, such as s3.
    "address": re.compile(r"(?!file:)[a-z][a-z0-9+.-]*://[^\s/]+(/\S*)?", re.IGNORECASE),
    "did": re.compile(
        r"ivo://[A-Za-z0-9][\w.!~*'()-]{2,}(/\S*)?([?#]\S*)?", re.IGNORECASE | re.ASCII
    ),
    "mime": re.compile(
        r"[\w.+-]+/[\w.+-]+(\s*;\s*[\w.+-]+=(\"[^\"]*\"|[^;\s]+))*", re.IGNORECASE | re.ASCII
    ),
    # The one vocabulary whose letters are capitals by the standard.
    "polarisation": re.compile(rf"/(({_STATES})/)+"),
    "radio": re.compile(r".*em\.radio.*"),
    "url": re.compile(r"(https?|ftp)://[^\s/]+(/\S*)?", re.IGNORECASE),
}
"""What whole texts have to match."""
