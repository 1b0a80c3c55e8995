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
_ORDER = "".join(f"({state}/)?" for state in _STATES.split("|"))
PATTERNS = {
    # Of any scheme that leads to another machine, such as s3, and runs nothing.
    "address": re.compile(
        r"(?!(?:file|data|javascript|vbscript):)[a-z][a-z0-9+.-]*://[^\s/]+(/\S*)?", re.IGNORECASE
    ),
    "axis": re.compile(r"(em|pos|time)([.;].*)?"),
    "bytes": re.compile(r"b(['\"]).*\1"),
    "did": re.compile(
        r"ivo://[A-Za-z0-9][\w.!~*'()-]{2,}(/\S*)?([?#]\S*)?", re.IGNORECASE | re.ASCII
    ),
    "formula": re.compile(r"=.*|[@+-][^|]*\|.*"),
    # Of this machine, or of a network that nobody else reaches (RFC 1918, 6762).
    "local": re.compile(
        r"\w+://([^\s/@]*@)?(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0|10(\.\d+){3}"
        r"|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}"
        r"|[^\s/:]+\.(local|localdomain|internal|lan))(:\d+)?(/\S*)?",
        re.IGNORECASE | re.ASCII,
    ),
    # UCDs of infrared, visible and shorter light, which end at 1 mm.
    "light": re.compile(r".*\bem\.(ir|opt|uv|x-ray|gamma)\b.*"),
    "mime": re.compile(
        r"[\w.+-]+/[\w.+-]+(\s*;\s*[\w.+-]+=(\"[^\"]*\"|[^;\s]+))*", re.IGNORECASE | re.ASCII
    ),
    # Telescopes that see no radio waves.
    "mirror": re.compile(
        r"hst|hubble( space telescope)?|jwst|james webb space telescope|chandra|xmm(-newton)?"
        r"|tess|kepler|gaia|galex|spitzer|wise|2mass|iue|fuse|swift|nustar|rosat|euclid|corot"
        r"|cfht( 3\.6m)?|eso-vlt(-u[1-4])?|gemini-?(north|south)|keck i{1,2}|subaru|lamost|ztf"
        r"|sdss( 2\.5-?m)?|ukirt.*"
    ),
    # The one vocabulary whose letters are capitals by the standard.
    "polarisation": re.compile(rf"/(({_STATES})/)+"),
    "ordered": re.compile(rf"/{_ORDER}"),
    "radio": re.compile(r".*em\.radio.*"),
    "twice": re.compile(r"(/.*)?/([A-Z]+)/(.*/)?\2/.*"),
    "url": re.compile(r"(https?|ftp)://[^\s/]+(/\S*)?", re.IGNORECASE),
}
"""What whole texts have to match."""
