"""The golden mails in a real browser: accessible, and nothing beside the edge, wide and narrow, light and dark."""

from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
GOLDEN = Path(__file__).parent.parent / "mails"
VIEWS = {"wide": (700, "light"), "narrow": (390, "light"), "dark": (700, "dark")}

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium is installed")]


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.html")), ids=lambda file: file.stem)
def test_accessible_and_in_view(chromium, file, view):
    from axe_playwright_python.sync_playwright import Axe

    width, scheme = VIEWS[view]
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [file.as_uri()], "nothing is fetched from anywhere"
    background = page.evaluate("getComputedStyle(document.querySelector('.page')).backgroundColor")
    assert background == ("rgb(20, 25, 31)" if scheme == "dark" else "rgb(243, 245, 247)")
    page.close()
