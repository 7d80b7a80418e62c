"""What the tests of the finder do again and again."""

from playwright.sync_api import Page

from tests.browser import town

HERE = {"latitude": town.LAT, "longitude": town.LON}
ALLOWED = {"geolocation": HERE, "permissions": ["geolocation"]}
LOCATED = "body.located .answer:not([aria-busy])"


def names(page: Page, group: str = "found") -> list[str]:
    """Return the names of a group of the answer, once it is there."""
    page.wait_for_selector(LOCATED)
    return page.locator(f'[data-group="{group}"] .row__name a').all_inner_texts()


def look_from(page: Page, position: str) -> None:
    """Type coordinates and send them."""
    page.get_by_text("输入坐标", exact=True).click()
    page.get_by_label("经度，纬度").fill(position)
    page.get_by_role("button", name="查找", exact=True).click()


def north(metres: float) -> dict[str, float]:
    """Return the position so many metres north of the corner."""
    return {"latitude": town.LAT + metres / 111_044, "longitude": town.LON}
