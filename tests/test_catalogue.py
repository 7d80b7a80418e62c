"""Every sentence a user can see stands in the catalogue, with the same fields, and nothing stands there unused."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import stationmap
from stationmap import errors
from stationmap.catalogue import label, sentences, tell
from stationmap.errors import Message
from stationmap.schema.vocabulary import ACCESS_MODES, BUILD_MODES, HOST_TYPES, KINDS, SERVICES

PACKAGE = Path(stationmap.__file__).parent
TELLERS = {"Message", "tell", "say", "note", "told", "StationmapError"} | {
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.StationmapError)
}


def _subclasses_in_code() -> set[str]:
    names = set(TELLERS)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") in names for base in node.bases):
                names.add(node.name)
    return names


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def sentences_in_code() -> dict[str, str]:
    """Return sentence -> place for every told constant of the package, templates included."""
    found: dict[str, str] = {}
    tellers = _subclasses_in_code()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            first = list(node.args[:1]) if name in tellers else []
            helps = [k.value for k in node.keywords if k.arg == "help" and path.parent.name == "cli"]
            for value in first + helps:
                for text in _constants(value):
                    found.setdefault(text, f"{path.relative_to(PACKAGE)}:{node.lineno}")
    return found


def fields(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_in_the_code_has_its_chinese() -> None:
    known = sentences("zh")
    missing = {text: place for text, place in sentences_in_code().items() if text not in known}
    assert not missing, "\n".join(f"{place}: {text}" for text, place in missing.items())


def test_chinese_sentences_have_the_same_fields() -> None:
    wrong = {text for text, chinese in sentences("zh").items() if fields(text) != fields(chinese)}
    assert not wrong


def test_no_sentence_stands_twice_or_untranslated() -> None:
    path = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "stationmap.po"
    ids = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith('msgid "') and line != 'msgid ""'
    ]
    assert len(ids) == len(set(ids)), sorted({line for line in ids if ids.count(line) > 1})
    with path.open("rb") as source:
        assert not [entry.id for entry in read_po(source) if entry.id and not entry.string]


def test_every_vocabulary_word_has_both_labels() -> None:
    for vocabulary in (KINDS, SERVICES, ACCESS_MODES, HOST_TYPES, BUILD_MODES):
        for term in vocabulary.values():
            assert label(term, "zh")
            assert label(term, "en").isascii()
            assert not label(term, "zh").isascii() or term.code in {"tv", "wifi"}


def test_a_message_within_a_message_and_a_term_are_told() -> None:
    inner = Message("{x} of nothing", {"x": KINDS["book_corner"]})
    assert tell(Message("<{inner}>", {"inner": inner}), "en") == "<workers' book corner of nothing>"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        sentences("fr")
