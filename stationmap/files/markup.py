"""XML, read safely: no entity is defined, nothing is fetched, no depth exhausts the stack.

The parser is expat, that of Python itself. A document that defines entities is refused (the "billion laughs"), external
ones are never asked for, and elements may nest no deeper than the limits say.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from stationmap.errors import Message, UnusableInput
from stationmap.files.cells import clean
from stationmap.files.decoding import decode
from stationmap.files.limits import DOCUMENT_BYTES, XML_DEPTH
from stationmap.files.source import Source

_DECLARATION = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


class Document(NamedTuple):
    """The root element, tags without their namespace; the encoding; notes of the decoding."""

    root: Element
    encoding: str
    notes: tuple[Message, ...]


def parse(source: Source, encoding: str | None) -> Document:
    """Return an XML document as a tree.

    Raises
    ------
    UnusableInput
        When it is too large, not well-formed, defines entities, or nests too deep.
    """
    data = source.data(DOCUMENT_BYTES)
    declared = _DECLARATION.match(data.lstrip()[:200])
    decoded = decode(data, source.name, encoding=encoding, declared=declared[1].decode() if declared else None)
    builder = _Builder(source)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = builder.refuse_entity
    try:
        parser.Parse(decoded.text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        raise UnusableInput(
            "{name} is not well-formed XML at line {line}, column {column}. It is damaged or not complete: export it"
            " again.",
            name=source.name,
            line=error.lineno,
            column=error.offset + 1,
        ) from None
    return Document(builder.tree.close(), decoded.encoding, decoded.notes)


def text_of(element: Element | None) -> str | None:
    """Return all text within an element, without the blanks around it; None when there is none."""
    return None if element is None else clean("".join(element.itertext()))


def children(element: Element, tag: str) -> Iterator[Element]:
    """Yield the children of that tag."""
    return (child for child in element if child.tag == tag)


def local(tag: str) -> str:
    """Return a tag or attribute name without its namespace prefix.

    Examples
    --------
    >>> local("gx:coord")
    'coord'
    """
    return tag.rpartition(":")[2]


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.tree = TreeBuilder()
        self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > XML_DEPTH:
            raise UnusableInput(
                "{name} nests elements deeper than {depth}: it is not a list of places.",
                name=self.source.name,
                depth=XML_DEPTH,
            )
        self.tree.start(local(tag), {local(key): value for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.tree.end(local(tag))

    def data(self, text: str) -> None:
        self.tree.data(text)

    def refuse_entity(self, *_: object) -> None:
        raise UnusableInput(
            "{name} defines entities, which no list of places needs and which can be made to fill all memory. Export "
            "it again without a DOCTYPE.",
            name=self.source.name,
        )
