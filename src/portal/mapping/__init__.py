"""The language that maps headers to columns: of FITS, HDF5 and tables, by files ``*.map``."""

from portal.mapping._held import Held
from portal.mapping.loading import load_mapping, load_mappings, made_mapping
from portal.mapping.models import ModelReader, unmatched
from portal.mapping.outcomes import KeywordValue, Outcome, ranked
from portal.mapping.parsing import parse
from portal.mapping.printing import show_script
from portal.mapping.ruleset import Mapping
from portal.mapping.sources import FitsSource, Hdf5Source, RowSource, Source

__all__ = [
    "FitsSource",
    "Hdf5Source",
    "Held",
    "KeywordValue",
    "Mapping",
    "ModelReader",
    "Outcome",
    "RowSource",
    "Source",
    "load_mapping",
    "load_mappings",
    "made_mapping",
    "parse",
    "ranked",
    "show_script",
    "unmatched",
]
