"""The vocabulary of schema.org, as the package ``rocrate`` brings it along."""

import json
from collections.abc import Iterator
from importlib.resources import files


class Vocabulary:
    """The classes and properties of schema.org."""

    def __init__(self) -> None:
        told = json.loads((files("rocrate") / "data" / "schema.jsonld").read_text("utf-8"))
        self._nodes = {node["@id"].removeprefix("schema:"): node for node in told["@graph"]}

    def _names(self, node: dict, key: str) -> list[str]:
        held = node.get(key, [])
        return [
            n["@id"].removeprefix("schema:") for n in (held if isinstance(held, list) else [held])
        ]

    def lines(self, kind: str) -> Iterator[str]:
        yield kind
        for parent in self._names(self._nodes.get(kind, {}), "rdfs:subClassOf"):
            yield from self.lines(parent)

    def faults(self, node: object) -> Iterator[str]:
        """What a node of JSON-LD says that the vocabulary does not know."""
        if isinstance(node, list):
            for one in node:
                yield from self.faults(one)
        if not isinstance(node, dict):
            return
        kind = node.get("@type", "")
        if kind not in self._nodes:
            yield f"type {kind!r}"
        for key, value in node.items():
            if not key.startswith("@"):
                domains = self._names(self._nodes.get(key, {}), "schema:domainIncludes")
                if not set(domains) & set(self.lines(kind)):
                    yield f"{kind}.{key}"
                yield from self.faults(value)
