"""The catalogue as a record of a registry of the Virtual Observatory (VOResource 1.1)."""

from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from portal.catalog.selection import Selection
from portal.catalog.table import Catalog
from portal.exporters import datalink, moc, votable
from portal.exporters._described import Described, described
from portal.model.schema import OBSCORE, Column

__all__ = ["EXPORTER", "VOResource"]

_SPACES = {
    "ri": "http://www.ivoa.net/xml/RegistryInterface/v1.0",
    "vs": "http://www.ivoa.net/xml/VODataService/v1.1",
    "vr": "http://www.ivoa.net/xml/VOResource/v1.0",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_KINDS = {"int32": "int", "int64": "long", "float64": "double"}
_TYPE = f"{{{_SPACES['xsi']}}}type"


class VOResource:
    """A ``CatalogResource``: who made it, what it is about, where it is, and its columns."""

    name = "voresource"
    filename = "voresource.xml"
    media_type = "application/xml"
    description = "Record for a registry of the Virtual Observatory (VOResource, VODataService)."

    def write(self, catalog: Catalog, selection: Selection) -> Iterator[bytes]:
        """One record."""
        for prefix, space in _SPACES.items():
            ElementTree.register_namespace(prefix, space)
        said = described(catalog, selection)
        root = _resource(said)
        _access(root, said)
        _columns(root)
        ElementTree.indent(root)
        text = ElementTree.tostring(root, "unicode")
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _resource(said: Described) -> Element:
    first = said.collections[0]
    moment = f"{said.date if len(said.date) == 10 else f'{first.year}-01-01'}T00:00:00Z"
    root = Element(
        f"{{{_SPACES['ri']}}}Resource",
        {
            _TYPE: "vs:CatalogResource",
            "created": moment,
            "updated": moment,
            "status": "active",
            # Prefixes in values are not declared by themselves.
            "xmlns:vs": _SPACES["vs"],
            "xmlns:vr": _SPACES["vr"],
        },
    )
    _texts(
        root,
        title=said.title,
        shortName=first.id[:16],
        identifier=f"ivo://{first.authority}/{first.id}",
    )
    curation = SubElement(root, "curation")
    _texts(curation, publisher=(said.publishers or (first.title,))[0])
    for creator in said.creators:
        _texts(SubElement(curation, "creator"), name=creator.name)
    _texts(curation, version=said.version)
    _contact(curation, said)
    content = SubElement(root, "content")
    for word in said.keywords:
        _texts(content, subject=word)
    _texts(content, description=said.summary, referenceURL=said.url, type="Catalog")
    _texts(content, contentLevel="Research")
    for name, address in said.licenses:
        SubElement(root, "rights", {"rightsURI": address}).text = name
    return root


def _contact(curation: Element, said: Described) -> None:
    """Whom to write to: by the settings, the publisher or a creator; a title is nobody."""
    contact = said.collections[0].contact
    people = (contact.name, *said.publishers, *(creator.name for creator in said.creators))
    name = next(filter(None, people), "")
    if name:
        _texts(SubElement(curation, "contact"), name=name, email=contact.email)


def _access(root: Element, said: Described) -> None:
    """Where it is: its pages, and each file that programs of the Virtual Observatory read."""
    _capability(root, "The pages, to look at and to search.", "vr:WebBrowser", said.url)
    for exporter in (votable.EXPORTER, datalink.EXPORTER, moc.EXPORTER):
        address = urljoin(said.url, f"downloads/{exporter.filename}")
        interface = _capability(root, exporter.description, "vs:ParamHTTP", address)
        _texts(interface, queryType="GET", resultType=exporter.media_type)


def _capability(root: Element, description: str, kind: str, address: str) -> Element:
    capability = SubElement(root, "capability")
    _texts(capability, description=description)
    interface = SubElement(capability, "interface", {_TYPE: kind})
    SubElement(interface, "accessURL", {"use": "full"}).text = address
    return interface


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        if text:
            SubElement(parent, name).text = text


def _columns(root: Element) -> None:
    schema = SubElement(SubElement(root, "tableset"), "schema")
    _texts(schema, name="ivoa", title="Observations as ObsCore 1.1")
    table = SubElement(schema, "table")
    _texts(table, name="ivoa.obscore", utype="ivo://ivoa.net/std/ObsCore#core-1.1")
    for column in OBSCORE:
        _column(SubElement(table, "column"), column)


def _column(element: Element, column: Column) -> None:
    _texts(
        element,
        name=column.name,
        description=column.description,
        unit=column.unit,
        ucd=column.ucd,
        utype=column.utype,
    )
    kind = _KINDS.get(column.type)
    told = {"arraysize": "*"} if kind is None else {}
    SubElement(element, "dataType", {_TYPE: "vs:VOTableType", **told}).text = kind or "char"


EXPORTER = VOResource()
