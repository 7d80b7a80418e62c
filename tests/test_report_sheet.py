"""The sheet: two pages that need nothing else, with the numbers of the run, in the planner's order, and as PDF."""

import re
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pypdfium2
import pytest

from stationmap.errors import Message, UnusableInput
from stationmap.register.ledger import Ledger
from stationmap.report.pdf import pdf, require_pdf
from stationmap.report.plan import plan
from stationmap.report.sheet import sheet
from stationmap.report.tables import ordered
from stationmap.runs.carry import carry
from stationmap.runs.inputs import from_ledger
from stationmap.runs.loading import SAMPLE_NAME
from stationmap.runs.spec import Spec
from tests.report_town import NOON, sample_register, town_inputs, town_run

ON = date(2026, 11, 30)
COURIERS = {"demand": SAMPLE_NAME, "weight": "couriers", "need": ["微波炉"], "date": "2026-10-12", "hour": 12}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with Ledger.open(sample_register(tmp_path_factory.mktemp("city") / "city.sqlite")) as ledger:
        inputs = from_ledger(ledger, SAMPLE_NAME)
    return carry(inputs, Spec.of(COURIERS))


def pages(page):
    """Return the PDF of a page; skip, and say so, where PDFs cannot be made."""
    try:
        require_pdf()
    except UnusableInput as fault:
        pytest.skip(str(fault))
    return pypdfium2.PdfDocument(pdf(page))


class Asked(HTMLParser):
    """All that a page would fetch, and its tags."""

    def __init__(self, page):
        super().__init__()
        self.fetched, self.tags = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.fetched += [value for name, value in attrs if name in {"src", "href", "data", "srcset", "action"}]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_needs_nothing_else(lang):
    page = sheet(town_run(), lang, on=ON)
    asked = Asked(page)
    assert asked.fetched == []
    assert not {"script", "link", "img", "iframe"} & set(asked.tags)
    assert not re.search(r"url\((?!#)|@import", page)
    assert asked.tags.count("section") == 2
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in page


def test_it_says_what_the_run_says():
    page = sheet(town_run(), "en", title="Town", on=ON)
    for told in ("<h1>Town</h1>", "11 – 40 %", "35 – 130 of 325 people", "2026-11-30", "Register: revision 7."):
        assert told in page
    for step in ("a station stands there", "and it is open then", "open, and with what is needed"):
        assert step in page
    assert page.count('class="rank"') == min(len(town_run().found.gaps.patches), 5)
    assert "西区" in page


def test_what_is_not_asked_is_not_told():
    page = sheet(town_run(reach_m=[310]), "en", on=ON)
    assert "and it is open then" not in page
    needs = sheet(town_run(reach_m=[310], need=["microwave"]), "en", on=ON)
    assert "and it has what is needed" in needs
    assert "and it is open then" not in needs


def test_the_planners_order_is_kept():
    page = sheet(ordered(town_run(), ["中区", "城", "西区"]), "zh", on=ON)
    table = page[page.index("分区域") :]
    assert table.index("中区") < table.index("<td>城</td>") < table.index("西区") < table.index("合计")


def test_names_and_titles_are_escaped():
    inputs = town_inputs()
    names = np.array(["<script>alert(1)</script>"] * 4, object)
    wicked = town_run(replace(inputs, supply=replace(inputs.supply, names=names)), **NOON)
    page = sheet(wicked, "en", title="<b>&", on=ON)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;&amp;" in page


def test_nobody_no_gap_and_no_station_are_told():
    assert "There is no gap: all are served within 2 km." in sheet(town_run(reach_m=[2000]), "en", on=ON)
    nobody = sheet(town_run(weight="workers", week_hour=3, reach_m=[310]), "en", on=ON)
    assert "There are no workers to be served then." in nobody
    inputs = town_inputs()
    empty = replace(inputs, supply=inputs.supply.only(np.zeros(4, bool)))
    page = sheet(town_run(empty, reach_m=[310]), "en", on=ON)
    assert "There is no located station." in page
    assert "<td>—</td>" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sample_city_is_two_pages_of_pdf_and_says_that_it_is_fictional(city, lang):
    document = pages(sheet(city, lang, on=ON))
    assert len(document) == 2
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    first = document[0].get_textpage().get_text_bounded()
    assert "39 – 66 %" in first
    assert ("虚构" if lang == "zh" else "fictional") in first


def test_a_long_table_and_many_reaches_stay_on_two_pages(city):
    codes = [area.adcode for area in city.found.coverage.by_area.areas]
    many = ordered(carry(city.inputs, Spec.of(COURIERS | {"reach_m": [300, 500, 1000, 3000]})), codes[2:])
    assert len(pages(sheet(many, "zh", on=ON))) == 2


def test_limits_that_do_not_fit_are_counted_not_lost(city):
    crowded = replace(city, notes=tuple(remark(number) for number in range(60)))
    page = sheet(crowded, "en", on=ON)
    (more,) = re.findall(r"(\d+) more remarks stand in the workbook", page)
    assert int(more) > 40
    assert len(pages(page)) == 2


def remark(number):
    return Message("Row {row}: a remark of one line or rather two, as remarks on rows of lists are.", {"row": number})


def test_a_map_of_many_cells_is_a_mosaic_of_few_squares(city):
    demand = city.inputs.demand
    times = 8
    rows = np.tile(np.arange(len(demand)), times)
    shift = np.repeat(np.arange(times), len(demand)) * 3e-4
    ids = np.array([f"{row}-{step}" for step in range(times) for row in range(len(demand))], object)
    many = type(demand)(
        ids,
        demand.lon[rows] + shift,
        demand.lat[rows],
        {"couriers": demand.weight("couriers")[rows]},
        demand.adcode[rows],
    )
    run = carry(replace(city.inputs, demand=many), Spec.of(COURIERS))
    drawn = plan(run, "zh")
    assert drawn.count("<rect") < 8000
    assert "<circle" in drawn
    assert len(drawn) < 1_200_000


def test_pdfs_cannot_be_made_without_weasyprint(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UnusableInput, match=r"stationmap\[pdf\]"):
        require_pdf()


def test_a_missing_library_of_the_system_is_named(monkeypatch, tmp_path):
    """A package of that name that fails as WeasyPrint does where Pango is missing."""
    (tmp_path / "weasyprint.py").write_text(
        "raise OSError(\"cannot load library 'libpango-1.0-0'\")\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(UnusableInput, match=r"libpango-1.0-0.*apt install libpango"):
        require_pdf()


@pytest.mark.real
def test_porto_alegre_on_foot_is_two_pages(real_data):
    from stationmap.runs.files import Sources, gather

    city = real_data / "osm_population_r5r" / "poa"
    extract = city / "poa_osm.pbf"
    sources = Sources(
        demand=str(city / "poa_hexgrid.csv"),
        demand_datum="wgs84",
        weights=("population",),
        stations=extract,
        stations_datum="wgs84",
        stations_layer="amenity=toilets,drinking_water",
        columns={"name": "osm_id"},
        network=extract,
    )
    gathered = gather(sources, None)
    assert gathered.way == "walk"
    asked = {"demand": gathered.demand, "way": "walk", "reach_m": [500, 1000]}
    walked = carry(gathered.inputs, Spec.of(asked))
    assert [total.lower for total in walked.found.coverage.totals] == [18_752.0, 90_722.0]
    for lang in ("zh", "en"):
        assert len(pages(sheet(walked, lang, on=ON))) == 2
