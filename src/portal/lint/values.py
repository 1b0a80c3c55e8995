"""Values that stand for themselves: nulls, vocabularies, identifiers, addresses, texts."""

from collections.abc import Iterator

from portal.lint._terms import NULL
from portal.lint._vocabulary import NEVER_NULL, PRODUCT_TYPES
from portal.lint.base import Rule, Ruled
from portal.model.schema import OBSCORE

__all__ = ["CHECK"]

_TEXTS = tuple(column.name for column in OBSCORE if column.type == "string")


def _vocabularies() -> Iterator[Rule]:
    levels = " or ".join(f"calib_level == {level}" for level in range(5))
    for name in NEVER_NULL:
        wrong = f"present({name}) and not known({name})"
        yield Rule("null", name, wrong, "a value in every row", "give it a value")
    yield Rule(
        "product-type",
        "dataproduct_type",
        "known(dataproduct_type) and not among(dataproduct_type, 'types')",
        " or ".join(PRODUCT_TYPES),
        "write one of these words in lower case, or nothing",
    )
    yield Rule(
        "calib-level",
        "calib_level",
        f"known(calib_level) and not ({levels})",
        "0, 1, 2, 3 or 4",
        "0 raw, 1 in standard form, 2 calibrated, 3 enhanced, 4 derived by analysis",
    )
    yield Rule(
        "pol-states",
        "pol_states",
        "known(pol_states) and not matches(pol_states, 'polarisation')",
        "states between slashes, such as /I/Q/U/V/",
        "begin and end with a slash and use the letters of the standard",
    )
    stated = "known(pol_states) and matches(pol_states, 'polarisation')"
    yield Rule(
        "pol-twice",
        "pol_states",
        f"{stated} and matches(pol_states, 'twice')",
        "each state once",
        "name each state once, and count them again",
    )
    yield Rule(
        "pol-order",
        "pol_states",
        f"{stated} and not matches(pol_states, 'twice') and not matches(pol_states, 'ordered')",
        "the order /I/Q/U/V/RR/LL/RL/LR/XX/YY/XY/YX/POLI/POLA/",
        "write them in the order of the standard: queries compare the whole text",
        "warning",
    )
    yield Rule(
        "o-ucd",
        "o_ucd",
        "known(o_ucd) and not ucd(o_ucd)",
        "words of UCD1+, such as phot.flux.density;em.radio",
        "correct the words or their order",
    )
    yield Rule(
        "o-ucd-axis",
        "o_ucd",
        "known(o_ucd) and matches(o_ucd, 'axis')",
        "the UCD of the values, such as phot.flux.density",
        "say what was measured; limits of wavelength, place and time have columns of their own",
        "warning",
    )


def _identifiers() -> Iterator[Rule]:
    yield Rule(
        "did",
        "obs_publisher_did",
        "known(obs_publisher_did) and not matches(obs_publisher_did, 'did')",
        "ivo://AUTHORITY/...",
        "begin it with ivo://",
    )
    yield Rule(
        "did-twice",
        "obs_publisher_did",
        "repeated(obs_publisher_did)",
        "another one in each row",
        "tell the products of one observation apart in it",
    )
    yield Rule(
        "access-url",
        "access_url",
        "known(access_url) and not matches(access_url, 'address')",
        "an absolute address, http(s) or ftp",
        "give the whole address, without blanks",
    )
    yield Rule(
        "access-url",
        "access_url",
        "known(access_url) and matches(access_url, 'address') and not matches(access_url, 'url')",
        "an address that every program opens",
        "give one that begins with https, if there is one",
        "warning",
    )
    yield Rule(
        "access-url-local",
        "access_url",
        "known(access_url) and matches(access_url, 'local')",
        "an address that others reach",
        "give that of the machine that publishes it",
        "warning",
    )
    yield Rule(
        "access-format",
        "access_format",
        "known(access_format) and not matches(access_format, 'mime')",
        "a media type, such as application/fits",
        "write type/subtype",
    )
    # A table of files that are not published yet has no address at all.
    yield Rule(
        "format-without-url",
        "access_format",
        "known(access_format) and not known(access_url) and anywhere(access_url)",
        "an access_url beside it",
        "give the address, or no format",
        "warning",
    )


def _texts() -> Iterator[Rule]:
    for name in _TEXTS:
        yield Rule(
            "placeholder",
            name,
            f"known({name}) and among(lower({name}), 'placeholders')",
            "a value, or nothing",
            "leave the cell empty where nothing is known",
            "warning",
        )
        yield Rule(
            "bytes",
            name,
            f"known({name}) and matches({name}, 'bytes')",
            "text",
            "decode the bytes; these are their form in Python",
            "warning",
        )
        yield Rule(
            "formula",
            name,
            f"known({name}) and matches({name}, 'formula')",
            "text that runs nothing in a spreadsheet",
            "take out the sign that it begins with",
            "warning",
        )
        yield Rule(
            "blanks",
            name,
            f"known({name}) and blanks({name})",
            "text without blanks around it or control characters",
            "strip the text",
            "warning",
        )


def _sizes() -> Iterator[Rule]:
    yield Rule(
        "estsize",
        "access_estsize",
        "known(access_estsize) and not access_estsize >= 0",
        "kilobytes, more than 0",
        NULL,
    )
    yield Rule(
        "estsize",
        "access_estsize",
        "access_estsize == 0",
        "kilobytes, more than 0",
        "round up to 1",
        "warning",
    )
    yield Rule(
        "estsize-unit",
        "access_estsize",
        "access_estsize > 1e9",
        "kilobytes (this would be over 1 TB)",
        "divide bytes by 1000",
        "warning",
    )


CHECK = Ruled((*_vocabularies(), *_identifiers(), *_texts(), *_sizes()))
