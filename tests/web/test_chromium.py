"""Chromium: the main tasks by mouse and by keyboard alone, and axe on every page, wide and narrow, light and dark."""

import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from monitor.archive import open_archive
from monitor.config import load_config
from monitor.digest.answers import AnswerLink, LeaveLink, Signer
from monitor.web.framework import request
from monitor.web.framework.app import make_app
from monitor.web.framework.auth import COOKIE
from monitor.web.framework.request import CurrentRules, Site
from tests.web.chromium import ARGUMENTS, CHROMIUM, served, violations
from tests.web.conftest import FakeJobs
from tests.web.sample import NOW, PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.is_file(), reason="Chromium is not installed (/usr/bin/chromium)"),
]

WIDE = {"width": 1280, "height": 900}
OPEN_PAGES = (
    "/",
    "/forvaltningar",
    "/kommande",
    "/forvaltning/kultur-fritid",
    "/sok?q=bibliotek&status=open",
    "/sok?q=biblotek",
    "/utlysning/norden/norden-000",
    "/utlysning/portal/two-stage",
    "/kallor",
    "/om",
    "/uppfoljning",
    "/utskick/2026-W20-kultur-fritid",
    "/logga-in",
    "/anmal",
    "/finns-inte",
)
CONCEPTS = 'title = "Prov"\n[[concept]]\nid = "provord"\nsv = ["provord"]\nen = ["sample word"]\nnote = "Ett prov"\n'
COORDINATOR_PAGES = (
    "/samordna",
    "/samordna/utkorg",
    "/samordna/mottagare",
    "/samordna/mejl/kultur-fritid?sok=energi",
    "/regler",
    "/regler/kultur",
    "/regler/nytt",
    "/regler/kultur/versioner",
    "/begrepp",
    "/begrepp?q=bibliotek",
    "/begrepp/prov",
    "/utlysning/norden/norden-000",
    "/forvaltning/kultur-fritid",
    "/archive",
    "/archive/calls?_size=5",
)


@pytest.fixture(scope="module")
def site(sample_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("chromium") / "installation"
    shutil.copytree(sample_folder, folder)
    config = load_config(folder / "monitor.toml")
    (config.rules_dir / "concepts").mkdir(exist_ok=True)
    (config.rules_dir / "concepts" / "prov.toml").write_text(CONCEPTS, "utf-8")
    made = Site(config, lambda: NOW, FakeJobs(config))
    made._rules = CurrentRules(config.rules_dir)
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def base(site):
    with served(make_app(site)) as address:
        yield address


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


def open_page(chromium, base):
    """Return a page in a context of its own, and the list that its troubles go to."""
    context = chromium.new_context(base_url=base, viewport=WIDE, locale="sv-SE")
    made = context.new_page()
    troubles = []
    # Datasette's own pages for the coordinator have scripts in them that the policy stops, as it should.
    raw = ("/archive", "/finns-inte")
    made.on(
        "console",
        lambda message: (
            troubles.append(message.text) if message.type == "error" and not any(part in made.url for part in raw) else None
        ),
    )
    made.on("pageerror", lambda error: troubles.append(str(error)))
    made.on("dialog", lambda dialog: troubles.append("a dialog opened"))
    return made, troubles


@pytest.fixture
def page(chromium, base):
    made, troubles = open_page(chromium, base)
    yield made
    made.context.close()
    assert troubles == []


@pytest.fixture(scope="module")
def window(chromium, base):
    made, troubles = open_page(chromium, base)
    yield made, troubles
    made.context.close()


@pytest.fixture
def reader(window):
    """Yield a page for a test that only looks: the same for all of them, logged out, wide and light.

    A context made anew costs two seconds of processor time, nearly half of such a test.
    """
    made, troubles = window
    troubles.clear()
    made.context.clear_cookies()
    made.set_viewport_size(WIDE)
    made.emulate_media(color_scheme="light")
    yield made
    # What a page still has to say comes before the next one is asked for.
    made.goto("about:blank")
    assert troubles == []


def log_in(page):
    page.goto("/logga-in")
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("heading", name="Samordna", exact=True).wait_for()


def test_search_facets_pages_and_a_call(page):
    page.goto("/")
    page.get_by_role("searchbox").fill("kommuner")
    page.get_by_role("button", name="Sök", exact=True).click()
    everything = int(page.get_by_role("status").inner_text().split()[0])
    assert everything > 40
    page.get_by_role("navigation", name="Avgränsa").get_by_role("link", name="Öppna").click()
    expect(page).to_have_url(re.compile("status=open"))
    narrowed = int(page.get_by_role("status").inner_text().split()[0])
    assert 20 < narrowed < everything
    first = page.locator("ol.hits h2").all_inner_texts()
    page.get_by_role("link", name="Nästa").click()
    expect(page).to_have_url(re.compile("sida=2"))
    assert not set(first) & set(page.locator("ol.hits h2").all_inner_texts()) or len(first) == 20
    page.get_by_role("link", name="Ta bort läge: Öppna").click()
    expect(page.get_by_role("status")).to_have_text(re.compile(rf"^\s*{everything}\b"))
    page.get_by_role("link", name="Sista dag", exact=True).click()
    page.locator("ol.hits h2 a").first.click()
    expect(page).to_have_url(re.compile("/u/[0-9]+$"))
    expect(page.get_by_role("heading", name="Kan vi söka?")).to_be_visible()
    page.get_by_text("Varför får inte de andra den?").click()
    expect(page.locator("details[open] .why li").nth(3)).to_be_visible()


def test_what_can_the_library_apply_for_in_three_clicks(page):
    page.goto("/")
    page.get_by_role("link", name="Kultur- och fritidsförvaltningen").click()
    expect(page.get_by_role("heading", name="Går att söka nu")).to_be_visible()
    page.get_by_role("link", name="Kultur, bibliotek och kulturarv").first.click()
    page.locator("article.card h4 a").first.click()
    expect(page.get_by_role("heading", name="Kan vi söka?")).to_be_visible()


def test_an_answer_from_a_mail_link(page, site):
    link = AnswerLink(department="kultur-fritid", source="norden", call_id="norden-004", digest="2026-W20-kultur-fritid")
    page.goto(f"/svar/{Signer(site.secret).answer_token(link, NOW.date())}?svar=intressant")
    with open_archive(site.config.archive) as archive:
        before = archive.db.execute("SELECT count(*) FROM feedback").fetchone()[0]
    page.get_by_role("button", name="Ja, intressant").click()
    expect(page.get_by_role("status")).to_contain_text("Tack.")
    with open_archive(site.config.archive) as archive:
        assert archive.db.execute("SELECT count(*) FROM feedback").fetchone()[0] == before + 1


def test_the_answer_of_the_link_comes_first_and_is_named_once_given(page, site):
    link = AnswerLink(department="kultur-fritid", source="norden", call_id="norden-005", digest="2026-W20-kultur-fritid")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/svar/{Signer(site.secret).answer_token(link, NOW.date())}?svar=inte-for-oss")
    assert page.locator("section h2").first.inner_text() == "Inte för oss"
    button = page.get_by_role("button", name="Inte för oss")
    assert button.bounding_box()["y"] < 844, "the button is on the first screen of a phone"
    button.click()
    expect(page.get_by_role("status")).to_contain_text("Tack.")
    expect(page.locator("main")).to_contain_text("Ert svar: Inte för oss")
    expect(page.get_by_role("button", name="Ja, intressant")).to_be_hidden()
    page.get_by_text("Ändra svaret").click()
    expect(page.get_by_role("button", name="Ja, intressant")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/kallor", "/samordna/utkorg", "/regler", "/uppfoljning", "/forvaltning/kultur-fritid", "/samordna"]
)
def test_on_a_phone_tables_fit_and_fingers_find_the_buttons(reader, site, base, path):
    reader.context.add_cookies([{"name": COOKIE, "value": site.sessions.log_in(PASSWORD, "127.0.0.1"), "url": base}])
    reader.set_viewport_size({"width": 390, "height": 844})
    reader.goto(path)
    sideways = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.ariaLabel)"
    assert reader.locator(".scroll").evaluate_all(sideways) == []
    low = "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    assert reader.locator("button, .button, select, input:not([type=hidden]), summary, .main-nav a").evaluate_all(low) == []


def test_login_lab_edit_with_preview_and_save(page, site):
    log_in(page)
    page.get_by_role("link", name="Regler", exact=True).first.click()
    page.get_by_role("link", name="Kultur, bibliotek och kulturarv", exact=True).click()
    words = page.get_by_label("Ord och fraser, med komma emellan").first
    words.fill(f"{words.input_value()}, cykelvägar")
    page.get_by_label("Vikt (−10 till 10)").first.fill("4")  # with less, one word yields to the department of traffic
    page.locator("#utfall[data-number]").wait_for()
    page.locator("#utfall mark").first.wait_for()
    assert "till, 0 bort" in page.locator("#utfall-kort").inner_text()
    assert page.locator("#utfall mark").first.is_visible()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Visa mejlet vecka 20 med ändringen").click()
    beside = opened.value
    beside.get_by_role("heading", name="Som det hade blivit").wait_for()
    sent, written = (
        beside.frame_locator(f"iframe[title='{title}']") for title in ("Mejlet som det skickades", "Mejlet som det hade blivit")
    )
    for frame in (sent, written):
        frame.get_by_role("main").wait_for()
    assert beside.locator(".gain").get_by_role("link", name="Cykelvägar och hållbara resor").count() > 0
    colour = "element => getComputedStyle(element).fontFamily"
    assert written.get_by_role("main").evaluate(colour) == sent.get_by_role("main").evaluate(colour)
    assert violations(beside) == []
    beside.close()
    page.get_by_text("Som text", exact=True).click()
    assert "cykelvägar" in page.get_by_label("Temat som text").input_value()
    page.get_by_label("Varför ändras det?").fill("Prov")
    page.get_by_role("button", name="Spara temat").click()
    page.get_by_role("status").filter(has_text="Temat är sparat").wait_for()
    assert "cykelvägar" in (site.config.rules_dir / "themes" / "kultur.toml").read_text("utf-8")
    page.get_by_role("link", name="Tidigare versioner").click()
    page.get_by_role("button", name="Ta tillbaka").last.click()
    page.get_by_role("status").filter(has_text="Temat är sparat").wait_for()
    assert "cykelvägar" not in (site.config.rules_dir / "themes" / "kultur.toml").read_text("utf-8")


def test_an_edit_made_before_the_script_has_come_is_tried_too(page):
    log_in(page)
    held = []

    def hold(route):
        held.append(route)

    page.route("**/statik/lab.js*", hold)
    page.goto("/regler/kultur", wait_until="commit")
    words = page.get_by_label("Ord och fraser, med komma emellan").first
    words.fill(f"{words.input_value()}, cykelvägar")
    assert page.locator("#utfall[data-number]").count() == 0
    held[0].continue_()
    page.locator("#utfall[data-number]").wait_for()
    assert "till, 0 bort" in page.locator("#utfall-kort").inner_text()


def test_the_numbers_of_a_theme_come_by_themselves_where_the_page_does_not_wait_for_them(page, site, monkeypatch):
    monkeypatch.setattr(request, "_LARGE_ARCHIVE", 1)
    site._kept._entries.clear()
    log_in(page)
    page.goto("/regler/kultur")
    page.locator("#utfall[data-number]").wait_for()
    assert "0 bort" in page.locator("#utfall-kort").inner_text()
    assert page.locator("[data-pending]").count() == 0


def test_hold_back_and_let_go(page):
    log_in(page)
    button = page.locator("details.panel[open]").get_by_role("button", name="Håll tillbaka").first
    name = button.inner_text()
    button.click()
    assert "Valet är sparat." in page.get_by_role("status").inner_text()
    # `expect` waits for the page that comes: it has the same address.
    expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("button", name="Ångra").first.click()
    expect(page.get_by_role("button", name=name)).to_have_count(1)


def test_the_main_ways_by_keyboard_alone(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.type("bibliotek")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok?q=bibliotek")
    _tab_to(page, "Öppna")
    page.keyboard.press("Enter")
    page.wait_for_url("**status=open**")
    _tab_to(page, "Stöd till bibliotekens")
    page.keyboard.press("Enter")
    page.wait_for_url("**/u/*")
    _tab_to(page, "Varför får inte de andra den?")
    page.keyboard.press("Enter")
    expect(page.locator("details[open] .why li").nth(3)).to_be_visible()
    page.goto("/logga-in")
    _tab_to(page, "", "losen")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/samordna")
    _tab_to(page, "Håll tillbaka")
    page.keyboard.press("Enter")
    page.wait_for_url("**klart=styrt")
    _tab_to(page, "Ångra")
    page.keyboard.press("Space")
    page.wait_for_url("**klart=styrt")


def _tab_to(page, text, name=""):
    """Press Tab until the focus is on the element with the text or the id."""
    for _ in range(400):
        page.keyboard.press("Tab")
        found, own = page.evaluate("[document.activeElement.innerText || '', document.activeElement.id]")
        if (name and own == name) or (text and found.strip().startswith(text)):
            return
    raise AssertionError(f"the keyboard never reached {text or name}")


def axe_finds(page, path):
    """Return the findings of axe on a page, wide and narrow, light and dark, everything unfolded.

    Of sections whose panels hold lists of the same rows the first is unfolded: axe takes a minute for a thousand rows alike.
    """
    found = []
    page.goto(path)
    page.evaluate(
        "document.querySelectorAll('details:not(.panel), section:nth-of-type(1) > details.panel, :not(section) > details.panel').forEach(one => { one.open = true })"
    )
    for number, (width, scheme) in enumerate(((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light"))):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found += [(path, width, scheme, *one) for one in violations(page, again=number > 0)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, width, scheme, "wider than the screen"))
    return found


@pytest.mark.parametrize("path", [*OPEN_PAGES, "/?lang=en", "/om?lang=en", "svar", "avsluta"])
def test_axe_finds_nothing_on_what_everyone_reads(reader, site, path):
    answer = AnswerLink(department="kultur-fritid", source="portal", call_id="rolling", digest="")
    leave = LeaveLink(department="kultur-fritid", recipient="kultur-fritid@example.se")
    signer = Signer(site.secret)
    tokens = {"svar": f"/svar/{signer.answer_token(answer, NOW.date())}", "avsluta": f"/avsluta/{signer.leave_token(leave)}"}
    found = axe_finds(reader, tokens.get(path, path))
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("path", COORDINATOR_PAGES)
def test_axe_finds_nothing_where_the_coordinator_works(reader, site, base, path):
    reader.context.add_cookies([{"name": COOKIE, "value": site.sessions.log_in(PASSWORD, "127.0.0.1"), "url": base}])
    found = axe_finds(reader, path)
    assert not found, "\n".join(map(str, found))


def test_axe_does_find_what_is_wrong(reader):
    """Check that the options with which axe runs hide no fault."""
    reader.goto("/om")
    reader.evaluate("document.querySelector('main').innerHTML += '<p id=p1><img src=/statik/favicon.svg> text</p>'")
    reader.evaluate("document.getElementById('p1').style.setProperty('color', '#ddd')")
    assert {"image-alt", "color-contrast"} <= {name for name, _ in violations(reader)}
