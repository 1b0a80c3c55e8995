"""The language that maps headers to columns: of FITS, HDF5 and tables, by files ``*.map``."""

from portal.mapping.loading import load_mapping, load_mappings, made_mapping
from portal.mapping.models import ModelReader
from portal.mapping.outcomes import KeywordValue, Outcome, ranked
from portal.mapping.parsing import parse
from portal.mapping.printing import show_script
from portal.mapping.ruleset import Mapping
from portal.mapping.sources import FitsSource, Hdf5Source, RowSource, Source
from portal.mapping.tables import Mapped, apply_mapping, map_table

__all__ = [
    "FitsSource",
    "Hdf5Source",
    "KeywordValue",
    "Mapped",
    "Mapping",
    "ModelReader",
    "Outcome",
    "RowSource",
    "Source",
    "apply_mapping",
    "load_mapping",
    "load_mappings",
    "made_mapping",
    "map_table",
    "parse",
    "ranked",
    "show_script",
]
