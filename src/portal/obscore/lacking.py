"""What a row lacks and a curation may fill."""

from portal.curation import Lacking, Question
from portal.obscore.provenance import Given

__all__ = ["lacking"]

_OF_THE_SKY = "not of the sky"


def lacking(given: Given) -> Lacking:
    """What `given` lacks, and what is known of it."""
    used = {cell.column: cell for cell in given.used}
    known = {name for name, cell in used.items() if cell.value is not None}
    ruled_out = {
        name for name, cell in used.items() if cell.value is None and cell.origin.kind == "mapping"
    }
    target = used.get("target_name") if "target_name" in known else None
    said = {name: str(used[name].value) for name in known & {"facility_name", "instrument_name"}}
    facility, instrument = said.get("facility_name", ""), said.get("instrument_name", "")
    unlit = any(_OF_THE_SKY in cell.origin.note for cell in used.values() if cell.value is None)
    return Lacking(
        given.path,
        None if unlit else target,
        tuple(
            tuple(Question(facility, instrument, name) for name in told) for told in given.filters
        ),
        position=not {"s_ra", "s_dec"} & (known | ruled_out),
        band=not {"em_min", "em_max"} & (known | ruled_out),
    )
