"""Saying what is wrong, in a real browser: with a photo by keyboard alone, without JavaScript, without a line."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from stationmap.register.desk.reports import Report
from stationmap.register.ledger import Ledger
from tests.browser import full_station
from tests.browser.axe import violations
from tests.browser.conftest import PHONE, Visit, _serve

pytestmark = pytest.mark.browser
NO_SCRIPT = {"java_script_enabled": False}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full_station.build(tmp_path_factory.mktemp("say") / "town.sqlite")


@pytest.fixture(scope="module")
def site(ledger: Path) -> Iterator[str]:
    """Return the address of a site on which everything of one station is known; it takes the place of the town's."""
    yield from _serve(ledger)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a photo as phones take it: 12 megapixels, lying on its side, with the place in it."""
    file = tmp_path_factory.mktemp("photo") / "IMG 1.jpg"
    noise = Image.effect_noise((1000, 750), 60).resize((4000, 3000)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    noise.save(file, "JPEG", quality=92, exif=exif)
    assert file.stat().st_size > 1_500_000
    return file


def said(ledger: Path, id_: str) -> list[Report]:
    with Ledger.open(ledger) as opened:
        return opened.reports.listed(station_id=id_)


def picture(ledger: Path, report: Report) -> Image.Image:
    with Ledger.open(ledger) as opened:
        jpeg = opened.reports.photo(report.id)
    assert jpeg
    assert b"SecretPhone" not in jpeg
    return Image.open(io.BytesIO(jpeg))


def press_to(page: Page, name: str) -> None:
    """Go on with the Tab key until what has the focus is called so."""
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "(e => (e.labels && e.labels[0] ? e.labels[0].textContent : e.textContent).trim())(document.activeElement)"
        )
        if label.startswith(name):
            return
    raise AssertionError(name)


def test_a_report_with_a_photo_is_sent_by_keyboard_alone(visit: Visit, ledger: Path, photo: Path) -> None:
    sizes: list[int] = []
    visit.page.on("request", lambda request: sizes.append(len(request.post_data_buffer or b"")))
    page = visit.open("stations/full")
    press_to(page, "有不对的地方")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stations/full/say")
    press_to(page, "关了，或撤了")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="服务缺了或坏了")).to_be_checked()
    press_to(page, "哪项服务")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("哪项服务")).to_have_value("microwave")
    press_to(page, "用您自己的话说")
    page.keyboard.type("转盘坏了\n插头没电")
    press_to(page, "照片")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(photo)
    press_to(page, "发送")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks?number=*")
    (kept,) = said(ledger, "full")
    expect(page.get_by_text(f"您反映的问题编号是 {kept.id}。")).to_be_visible()
    assert (str(kept.kind), kept.service, kept.text) == ("service", "microwave", "转盘坏了\n插头没电")
    with picture(ledger, kept) as image:
        assert image.size == (1200, 1600)
    assert max(sizes) < photo.stat().st_size / 2  # made small before it was sent


@pytest.mark.parametrize("visit", [NO_SCRIPT], indirect=True)
def test_without_javascript_it_is_a_form_with_a_photo(visit: Visit, ledger: Path, photo: Path) -> None:
    page = visit.open("stations/centre?from=sign")
    page.get_by_role("link", name="关了，或撤了").click()
    expect(page.get_by_role("radio", name="关了，或撤了")).to_be_checked()
    page.get_by_label("用您自己的话说").fill("门上贴了封条")
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_text(re.compile(r"您反映的问题编号是 \d+。"))).to_be_visible()
    (kept,) = said(ledger, "centre")
    assert (str(kept.kind), kept.text) == ("closed", "门上贴了封条")
    with picture(ledger, kept) as image:
        assert image.size == (1200, 1600)


@pytest.mark.parametrize("script", [True, False])
def test_what_is_no_photo_is_told_and_the_words_stay(visit: Visit, ledger: Path, script: bool) -> None:
    browser = visit.page.context.browser
    assert browser
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{visit.site}stations/drivers/say?what=hours")
    page.get_by_label("用您自己的话说").fill("现在十点才开")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    page.get_by_label("照片").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": svg})
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_role("alert").inner_text()
    expect(page.get_by_label("用您自己的话说")).to_have_value("现在十点才开")
    expect(page.get_by_role("radio", name="开放时间不对")).to_be_checked()
    assert said(ledger, "drivers") == []
    context.close()
    visit.open()


def test_without_a_line_a_report_is_kept_and_sent_later(visit: Visit, ledger: Path, photo: Path) -> None:
    page = visit.open("stations/afternoon/say?what=moved")
    page.get_by_label("用您自己的话说").fill("搬到马路对面")
    page.get_by_label("照片").set_input_files(photo)
    page.context.set_offline(True)
    page.get_by_role("button", name="发送").click()
    done = page.locator("#done")
    expect(done).to_contain_text("已存在手机里，联网后自动发出。")
    expect(done).to_be_focused()
    assert said(ledger, "afternoon") == []
    page.context.set_offline(False)
    expect(page.get_by_text("之前说的已经发出去了")).to_be_visible(timeout=15_000)
    (kept,) = said(ledger, "afternoon")
    assert (kept.text, kept.has_photo) == ("搬到马路对面", True)
    visit.complaints.clear()  # the browser's own word that it was offline


def test_pressing_twice_sends_once_and_going_back_may_say_another_thing(visit: Visit, ledger: Path) -> None:
    page = visit.open("stations/books/say?what=closed")
    page.get_by_role("button", name="发送").evaluate("button => { button.click(); button.click(); }")
    page.wait_for_url("**/thanks?number=*")
    assert len(said(ledger, "books")) == 1
    page.go_back()
    page.get_by_label("用您自己的话说").fill("还有一件事")
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/thanks?number=*")
    assert sorted(report.text for report in said(ledger, "books")) == ["", "还有一件事"]


def test_only_a_missing_service_asks_which(visit: Visit) -> None:
    page = visit.open("stations/full/say")
    expect(page.get_by_label("哪项服务")).to_be_hidden()
    page.get_by_text("服务缺了或坏了").click()
    expect(page.get_by_label("哪项服务")).to_be_visible()
    page.get_by_role("button", name="发送").click()
    assert page.url.endswith("/say")  # the browser asks for the service first
    page.get_by_text("搬走了").click()
    expect(page.get_by_label("哪项服务")).to_be_hidden()


@pytest.mark.parametrize("visit", [{"locale": "en-US"}], indirect=True)
def test_in_english_the_whole_way(visit: Visit, ledger: Path) -> None:
    page = visit.open("stations/unsure")
    page.get_by_role("link", name="Something is wrong").click()
    page.get_by_text("Something else").click()
    page.get_by_label("In your words").fill("The door sticks")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    chinese = page.locator("main").inner_text().replace("无名小站", "")
    assert not re.findall(r"[\u4e00-\u9fff]", chinese)
    assert said(ledger, "unsure")[0].text == "The door sticks"


@pytest.mark.parametrize("path", ["say?what=service", "thanks?number=3", "say?theme=sun"])
@pytest.mark.parametrize("visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
def test_axe_finds_nothing_and_nothing_is_too_small_or_too_wide(visit: Visit, path: str) -> None:
    page = visit.open(f"stations/full/{path}")
    assert violations(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main select, main textarea, main .kind")]
        .filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 44).map((e) => e.textContent)"""
    )
    assert small == []
    for width in (320, PHONE["width"]):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
