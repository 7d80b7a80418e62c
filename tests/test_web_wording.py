"""The words of the list: the server's and the scripts' say the same, by the vectors of tests/js/wording.json."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stationmap.catalogue import LANGUAGES, sentences
from stationmap.schema.vocabulary import ACCESS_MODES, SERVICES
from stationmap.web import wording
from stationmap.web.answer import Place, grouped, summary
from stationmap.web.assets import folder

JS = Path(__file__).parent / "js"
GROUPS = json.loads((JS / "groups.json").read_text(encoding="utf-8"))
VECTORS = json.loads((JS / "wording.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_server_words_looks_ways_chips_and_entries(language: str) -> None:
    for vector in VECTORS["states"]:
        assert wording.look(vector["place"], datetime.fromisoformat(vector["at"])) == vector["look"]
    for vector in VECTORS["ways"]:
        said_way = [
            wording.minutes_words(vector["minutes"], language),
            wording.metres_words(vector["metres"], language),
        ]
        assert said_way == vector[language]
    for vector in VECTORS["chips"]:
        chips = wording.chips(vector["services"], vector["needs"], language)
        assert [[chip.look, chip.text] for chip in chips] == vector[language]
    far = {"id": "a", "name": "a", "state": "unknown", "state_words": "", "services": {}, "links": {"amap": ""}}
    row = wording.row({**far, "minutes": 900, "distance_m": 60_000}, 1, datetime.now(UTC), [], language)
    assert (row["minutes"], row["metres"]) == (wording.metres_words(60_000, language), "")
    for vector in VECTORS["waits"]:
        assert wording.wait(vector["place"], language) == vector[language]
    for vector in VECTORS["meant"]:
        assert wording.meant(vector["text"], language) == vector[language]
    for vector in VECTORS["entries"]:
        assert wording.entry(vector["place"], language) == vector[language]
    for vector in VECTORS["seen"]:
        assert wording.seen(vector["place"], datetime.fromisoformat(vector["at"]), language) == vector[language]
    for vector in VECTORS["without"]:
        assert wording.without(**vector["way"], language=language) == vector[language]


def places(rows: list[list[Any]]) -> list[Place]:
    names = ("id", "minutes", "distance_m", "opens_at", "on_arrival")
    return [dict(zip(names, [*row, *(None, "open")[len(row) - 3 :]], strict=True)) for row in rows]


@pytest.mark.parametrize("vector", GROUPS, ids=lambda vector: vector["why"])
def test_the_server_groups_and_sums_up(vector: dict[str, Any]) -> None:
    made = grouped(*(places(vector[name]) for name in ("found", "maybe", "together", "others")))
    assert {name: [place["id"] for place in group] for name, group in made.items() if group} == vector["groups"]
    for language in LANGUAGES:
        assert summary(made, any_state=vector.get("any", False), language=language) == vector[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scripts_say_the_same(language: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts' words are not tested")
    settings = {
        "language": language,
        "words": wording.shipped(_sources(), language),
        "labels": {
            "services": {code: term.zh if language == "zh" else term.en for code, term in SERVICES.items()},
            "access": {code: term.zh if language == "zh" else term.en for code, term in ACCESS_MODES.items()},
        },
        "common": wording.COMMON_SERVICES,
    }
    ran = subprocess.run(
        [node, JS / "words.test.mjs"], input=json.dumps(settings), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 9" in ran.stdout


def test_the_scripts_keep_filters_time_and_view_in_the_address() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts' addresses are not tested")
    ran = subprocess.run([node, JS / "address.test.mjs"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "# pass 3" in ran.stdout


def _sources() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((folder() / "js").rglob("*.js"))]


def test_every_sentence_of_the_scripts_is_shipped_in_chinese() -> None:
    sources = _sources()
    shipped = wording.shipped(sources, "zh")
    told = [
        part.split('"')[1]
        for source in sources
        for part in source.replace("tell(\n", "tell(").split("tell(")[1:]
        if part.lstrip().startswith('"')
    ]
    assert len(told) > 20
    assert [sentence for sentence in told if sentence not in shipped] == []
    assert wording.shipped(sources, "en") == {}
    assert set(shipped) <= set(sentences("zh"))
