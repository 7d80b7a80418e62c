"""Lists of records: a JSON list of objects, JSON lines, rows of a JSON array, and XML with repeated elements.

The list is looked for from the outside in, so ``{"result": {"records": [...]}}`` and a SOAP envelope around
``<hotspot>`` elements are read without being told where it is. What is nested in a record becomes columns with dotted
names (``location.lon``); lists within a record become JSON.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from stationmap.errors import Message, UnusableInput
from stationmap.files.cells import clean, plain
from stationmap.files.decoding import decode
from stationmap.files.grid import tabulate
from stationmap.files.limits import DOCUMENT_BYTES
from stationmap.files.markup import parse, text_of
from stationmap.files.source import Source
from stationmap.files.table import Table, bounded, choose, features

Record = Mapping[str, Any]
_MOST_LISTS = 50


def document(source: Source, encoding: str | None) -> tuple[Any, str, tuple[Message, ...]]:
    """Return a JSON document (or JSON lines, as a list), its encoding and notes of the decoding.

    Raises
    ------
    UnusableInput
        When it is not JSON; the message says where it breaks.
    """
    decoded = decode(source.data(DOCUMENT_BYTES), source.name, encoding=encoding)
    text = decoded.text.lstrip("\x1e")
    try:
        return json.loads(text), decoded.encoding, decoded.notes
    except json.JSONDecodeError as error:
        lines = _json_lines(text) if error.msg == "Extra data" else None
        if lines is not None:
            return lines, decoded.encoding, decoded.notes
        raise UnusableInput(
            "{name} is not well-formed JSON at line {line}, column {column}. It is damaged or not complete: export it"
            " again.",
            name=source.name,
            line=error.lineno,
            column=error.colno,
        ) from None
    except ValueError:  # an integer of thousands of digits
        raise UnusableInput(
            "{name} cannot be read as JSON: it holds a number too long to be one. Look at the list it was made from.",
            name=source.name,
        ) from None


def read_json(source: Source, content: Any, layer: str | None, encoding: str, notes: Sequence[Message]) -> Table:
    """Return a list of records in a JSON document as a table; ``layer`` is the dotted path where there are several.

    Raises
    ------
    UnusableInput
        When there is no list of records.
    InvalidValue
        When there are several and none is named.
    """
    found = dict(islice(_json_lists(content, ""), _MOST_LISTS))
    if not found:
        raise UnusableInput(
            "{name} is JSON without a list of records: nothing like [{{…}}, {{…}}] is in it.", name=source.name
        )
    path = choose([name or source.stem for name in found], layer, source.name)
    items = found[path] if path in found else found[""]
    if isinstance(items[0], list):
        return _rows(source, items, encoding, notes)
    records = [dict(_flat(item, "")) if isinstance(item, dict) else {"": item} for item in items]
    return _table(source, records, path, encoding, notes)


def json_names(source: Source, content: Any) -> list[str]:
    """Return the dotted paths of the lists of records in a JSON document."""
    return [name or source.stem for name, _ in islice(_json_lists(content, ""), _MOST_LISTS)]


def read_xml(source: Source, layer: str | None, encoding: str | None) -> Table:
    """Return the repeated elements of an XML document as a table; ``layer`` is their path where there are several.

    Raises
    ------
    UnusableInput
        When there are no repeated elements.
    InvalidValue
        When there are several kinds and none is named.
    """
    parsed = parse(source, encoding)
    found = _xml_lists(source, parsed.root)
    path = choose(list(found), layer, source.name)
    records = [_xml_record(element) for element in found[path]]
    return _table(source, records, path, parsed.encoding, parsed.notes)


def xml_names(source: Source) -> list[str]:
    """Return the paths of the repeated elements of an XML document."""
    return list(_xml_lists(source, parse(source, None).root))


def _table(source: Source, records: Sequence[Record], path: str, encoding: str, notes: Sequence[Message]) -> Table:
    keys = list(dict.fromkeys(key for record in records for key in record))
    bounded(len(records), len(keys), source.name)
    values = [[plain(record.get(key)) for record in records] for key in keys]
    text = Message("Records: {count}, from {path}.", {"count": len(records), "path": path})
    labels = [key or None for key in keys]
    return features(
        source, labels, values, rows=len(records), name=path.rpartition(".")[2], notes=(*notes, text), encoding=encoding
    )


def _rows(source: Source, items: Sequence[Any], encoding: str, notes: Sequence[Message]) -> Table:
    rows = [[plain(cell) for cell in item] if isinstance(item, list) else [plain(item)] for item in items]
    body = tabulate(rows, range(1, len(rows) + 1), source.name)
    return body.table(source, name=source.stem, notes=notes, encoding=encoding)


def _json_lines(text: str) -> list[Any] | None:
    records = []
    for line in re.split(r"[\r\n\x1e]+", text):
        if line.strip():
            try:
                records.append(json.loads(line))
            except (ValueError, RecursionError):
                return None
    return records


def _json_lists(content: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield the outermost lists of objects, or of lists, with the dotted path to each."""
    if isinstance(content, list):
        if content and all(isinstance(item, dict | list) or item is None for item in content) and any(content):
            first = next(item for item in content if item is not None)
            yield path, [type(first)() if item is None else item for item in content]
    elif isinstance(content, dict):
        if not path and content and not any(isinstance(value, dict | list) for value in content.values()):
            yield path, [content]
        for key, value in content.items():
            yield from _json_lists(value, f"{path}.{key}" if path else str(key))


def _flat(record: Record, prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        name = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict) and value:
            yield from _flat(value, name)
        else:
            yield name, value


def _xml_lists(source: Source, root: Element) -> dict[str, list[Element]]:
    found = dict(islice(_repeated(root, ""), _MOST_LISTS))
    if not found:
        single = _single(root)
        if single is None:
            raise UnusableInput(
                "{name} is XML without a list: no element with values stands in it more than once.", name=source.name
            )
        found = {single.tag: [single]}
    return found


def _repeated(element: Element, path: str) -> Iterator[tuple[str, list[Element]]]:
    """Yield the outermost groups of elements of one tag that stand side by side and hold something."""
    groups: dict[str, list[Element]] = {}
    for child in element:
        if len(child) or child.attrib:
            groups.setdefault(child.tag, []).append(child)
    for tag, group in groups.items():
        where = f"{path}.{tag}" if path else tag
        if len(group) > 1:
            yield where, group
        else:
            yield from _repeated(group[0], where)


def _single(element: Element) -> Element | None:
    """Return the first element whose children all are plain values: a list of one record."""
    for candidate in element.iter():
        if len(candidate) and not any(len(child) for child in candidate):
            return candidate
    return None


def _xml_record(element: Element) -> Record:
    record: dict[str, Any] = {}
    for name, value in _xml_values(element, ""):
        fresh, count = name, 1
        while fresh in record:
            count += 1
            fresh = f"{name} ({count})"
        record[fresh] = value
    return record


def _xml_values(element: Element, prefix: str) -> Iterator[tuple[str, str | None]]:
    for key, value in element.attrib.items():
        if key != "nil":
            yield prefix + key, clean(value)
    for child in element:
        if len(child):
            yield from _xml_values(child, f"{prefix}{child.tag}.")
        else:
            yield prefix + child.tag, text_of(child)
            for key, value in child.attrib.items():
                if key != "nil":
                    yield f"{prefix}{child.tag}.{key}", clean(value)
    if not len(element) and (text := text_of(element)) is not None:
        yield prefix or element.tag, text
