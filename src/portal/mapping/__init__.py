"""Mapping files: how to read a format that has no reader of its own."""

from portal.mapping.grammar import Expression, Rule, parse
from portal.mapping.loading import load_mapping, load_mappings
from portal.mapping.ruleset import MappingFile

__all__ = ["Expression", "MappingFile", "Rule", "load_mapping", "load_mappings", "parse"]
