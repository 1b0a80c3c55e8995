"""What a table says about itself: version, licence, collections, and which scan wrote it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from portal import __version__
from portal.catalog.advisory_file import advisories_to_json
from portal.errors import CatalogError
from portal.model.advisory import Advisory
from portal.model.collection import Collection, Contact, Creator
from portal.model.schema import SCHEMA_VERSION

__all__ = ["SCAN_ID", "collections_from_json", "collections_to_json", "table_metadata"]

SCAN_ID = "scan_id"
"""Key of the hash of the contents of all tables; equal in tables of one scan."""


def table_metadata(
    table: str, collections: Sequence[Collection], advisories: Sequence[Advisory] = ()
) -> dict[str, str]:
    """Metadata of the table `table`, without the scan's hash."""
    licenses = sorted({c.license for c in collections})
    return {
        "table": table,
        "schema_version": SCHEMA_VERSION,
        "builder": f"atomium-portal {__version__}",
        "license": " AND ".join(licenses),
        "license_url": " ".join(sorted({c.license_url for c in collections})),
        "collections": collections_to_json(collections),
        "advisories": json.dumps(advisories_to_json(advisories), ensure_ascii=False),
    }


def collections_to_json(collections: Sequence[Collection]) -> str:
    """The published settings of `collections`; where their stores lie stays private."""
    public = [{k: v for k, v in asdict(c).items() if k not in _PRIVATE} for c in collections]
    return json.dumps(public, sort_keys=True, ensure_ascii=False)


_PRIVATE = ("stores", "exclude", "mapping")


def collections_from_json(text: str) -> tuple[Collection, ...]:
    """The collections that `collections_to_json` wrote.

    Raises
    ------
    CatalogError
        If `text` is not what it writes.
    """
    try:
        return tuple(_collection(said) for said in json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CatalogError(
            "collections in the catalogue: cannot be read",
            seen=str(error),
            expected="the JSON that portal scan writes",
            way_out="scan again",
        ) from error


def _collection(said: Mapping[str, Any]) -> Collection:
    # Keys of a newer portal are passed over, so that older readers keep working.
    known = {f.name: said[f.name] for f in fields(Collection) if f.name in said}
    for name in ("sort_by", "stores", "mirrors", "exclude"):
        known[name] = tuple(known.get(name, ()))
    known["creators"] = tuple(Creator(**c) for c in known.get("creators", ()))
    known["contact"] = Contact(**known.get("contact", {"name": ""}))
    return Collection(**known)
