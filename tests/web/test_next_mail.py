"""The next mail in the browser: it is the mail that is built, with every change of the coordinator in it once."""

import html as html_entities
import re
from datetime import timedelta

import pytest

from monitor.archive import open_archive
from monitor.archive.digests import mail_body
from monitor.archive.overrides import read_mail_edits
from monitor.calls import CallKey
from monitor.digest.answers import LeaveLink
from monitor.digest.links import RECIPIENT_TOKEN
from monitor.jobs.digest import build_digests
from monitor.web.framework.mail_drafts import DraftWish
from tests.web.conftest import everything, rows
from tests.web.sample import NOW

PAGE = "/samordna/mejl/kultur-fritid"
# What is signed anew in each mail, and what a shown mail has in its place.
SIGNED = re.compile(r"/(?:(?:svar|s|avsluta|anmal)/[^\"'?<>\s]+|om(?=[\"?<\s]))")


def draft(site, **wish):
    return site.jobs.draft(site.rules, NOW, DraftWish(department="kultur-fritid", **wish))


def build(site, now=NOW, week="2026-W21"):
    """Build the week's mails and return the text of the mail to the department of culture as one line, and its calls."""
    with open_archive(site.config.archive) as archive:
        build_digests(site.config, archive, now, rules=site.rules)
        body = mail_body(archive.db, f"{week}-kultur-fritid", "sv").rendering
        items = archive.db.execute(
            "SELECT source, call_id FROM digest_items WHERE digest = ? GROUP BY source, call_id ORDER BY min(position)",
            [f"{week}-kultur-fritid"],
        )
        return body, [CallKey(*row) for row in items]


def change(coordinator, key, action, **more):
    answer = coordinator.post(f"{PAGE}/andra", {"gor": action, "kalla": key[0], "id": key[1], **more}, page=PAGE)
    assert answer.status_code == 303, answer.text
    return answer


def comment(coordinator, site, item, text):
    week = draft(site).week
    return change(coordinator, item.key, "kommentar", kommentar=text, version=str(item.version), vecka=week)


def in_section(site, section):
    return [item for item in draft(site).items if item.section == section]


def test_the_shown_mail_is_the_one_that_is_built(coordinator, site):
    shown = coordinator.get(f"{PAGE}/html")
    planned = draft(site)
    body, told = build(site)
    assert SIGNED.sub("/-", shown.text) == SIGNED.sub("/-", body.html)
    assert planned.subject == body.subject
    assert SIGNED.sub("/-", planned.text) == SIGNED.sub("/-", body.text)
    assert [item.key for item in planned.items] == told


def test_the_frame_runs_nothing_and_answers_for_nobody(coordinator):
    answer = coordinator.get(f"{PAGE}/html")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    text = coordinator.get(PAGE).text
    for page in (answer.text, text):
        assert "/svar/" not in page
        assert "/s/" not in page
        assert "/avsluta/" not in page
        assert RECIPIENT_TOKEN not in page
    assert 'sandbox="allow-popups"' in text


def test_looking_changes_nothing(coordinator, site):
    before = everything(site)
    for path in (PAGE, f"{PAGE}?utan=1", f"{PAGE}?sok=bibliotek", f"{PAGE}/html", f"{PAGE}/html?utan=1&sprak=en"):
        assert coordinator.get(path).status_code == 200
    assert everything(site) == before


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/html"])
def test_only_the_coordinator_sees_it(browser, path):
    assert browser.get(path).status_code == 302


def test_a_department_that_does_not_exist_has_no_mail(coordinator):
    assert coordinator.get("/samordna/mejl/finns-inte").status_code == 404
    assert coordinator.get("/samordna/mejl/finns-inte/html").status_code == 404


def test_a_department_without_recipients_has_a_mail_to_look_at_too(coordinator, site):
    names = {row[0] for row in rows(site, "recipients")} | {one.department for one in site.config.recipient}
    other = next(one for one in site.rules.departments if one not in names)
    answer = coordinator.get(f"/samordna/mejl/{other}")
    assert answer.status_code == 200
    assert "ingen mottagare nu" not in answer.text or "Ämnesrad" in answer.text


def test_a_call_moved_up_stands_there_in_the_mail_and_once(coordinator, site):
    before = [item.key for item in in_section(site, "new") if item.place and not item.doubtful]
    assert len(before) > 2
    change(coordinator, before[2], "flytta", plats="1")
    after = [item.key for item in in_section(site, "new") if item.place and not item.doubtful]
    assert after == [before[2], before[0], before[1], *before[3:]]
    page = coordinator.get(PAGE).text
    assert "Till plats 1 i Nytt, från plats 3" in page
    _, told = build(site)
    assert [key for key in told if key in before][:3] == after[:3]
    assert len(told) == len(set(told))
    with open_archive(site.config.archive) as archive:
        assert read_mail_edits(archive.db, "kultur-fritid") == {}
    assert "Ingenting än." in coordinator.get(PAGE).text


def test_a_second_press_of_the_same_button_moves_no_further(coordinator, site):
    before = [item.key for item in in_section(site, "new") if item.place and not item.doubtful]
    for _ in range(2):
        change(coordinator, before[2], "flytta", plats="2")
    assert [item.key for item in in_section(site, "new")][:3] == [before[0], before[2], before[1]]
    change(coordinator, before[2], "ordna")
    assert [item.key for item in in_section(site, "new")][:3] == before[:3]
    assert rows(site, "mail_edits") == []


def test_the_mail_before_the_change_can_be_seen_beside_it(coordinator, site):
    before = draft(site)
    key = next(item.key for item in before.items if not item.promise)
    change(coordinator, key, "hall")
    coordinator.post(f"{PAGE}/andra", {"gor": "rad", "rad": "Läs det här först."}, page=PAGE)
    unchanged, changed = draft(site, unchanged=True), draft(site)
    assert SIGNED.sub("/-", unchanged.html) == SIGNED.sub("/-", before.html)
    assert "Läs det här först." in changed.text
    assert key not in {item.key for item in changed.items}
    page = coordinator.get(f"{PAGE}?utan=1").text
    assert "Hålls tillbaka" in page
    assert "Läs det här först." in page
    assert "Läs det här först." not in coordinator.get(f"{PAGE}/html?utan=1").text


def test_a_reminder_can_be_held_back_and_comes_when_it_is_let_go(coordinator, site):
    (item, *_) = in_section(site, "closing")
    change(coordinator, item.key, "hall")
    assert item.key not in {one.key for one in draft(site).items}
    _, told = build(site)
    assert item.key not in told
    change(coordinator, item.key, "slapp")
    with open_archive(site.config.archive) as archive:
        build_digests(site.config, archive, NOW + timedelta(weeks=1), rules=site.rules)
        again = archive.db.execute(
            "SELECT section FROM digest_items WHERE digest = '2026-W22-kultur-fritid' AND source = ? AND call_id = ?", item.key
        ).fetchall()
    assert {row[0] for row in again} <= {"closing"}


def test_a_change_of_what_was_told_cannot_be_held_back(coordinator, site):
    def changed():
        for plan in site.jobs.planned(site.rules, NOW):
            wish = DraftWish(department=plan.department)
            yield from (
                (plan.department, one) for one in site.jobs.draft(site.rules, NOW, wish).items if one.section == "changed"
            )

    department, item = next(changed())
    assert item.promise
    page = f"/samordna/mejl/{department}"
    assert "Kan inte hållas tillbaka" in coordinator.get(page).text
    coordinator.post(f"{page}/andra", {"gor": "hall", "kalla": item.key[0], "id": item.key[1]}, page=page)
    assert (department, item.key) in {(name, one.key) for name, one in changed()}


def test_a_comment_stands_with_its_call_in_this_mail_alone(coordinator, site):
    sections = ("new", "closing", "coming")
    for section in sections:
        item = in_section(site, section)[0]
        comment(coordinator, site, item, f"  Vi\nsöker <b>{section}</b> tillsammans. ")
    page = html_entities.unescape(coordinator.get(PAGE).text)
    assert "”Vi söker <b>closing</b> tillsammans.”" in page
    body, _ = build(site)
    flat = " ".join(body.text.split())
    for section in sections:
        assert flat.count(f"Samordnaren skriver: Vi söker <b>{section}</b> tillsammans.") == 1
        assert f"<b>{section}</b>" not in body.html
    later, _ = build(site, NOW + timedelta(weeks=1), "2026-W22")
    assert "tillsammans" not in later.text
    assert [row[-1] for row in rows(site, "mail_edits")] == ["2026-W21-kultur-fritid"] * 3


def test_a_call_is_added_by_search_and_told(coordinator, site):
    found = coordinator.get(PAGE, params={"sok": "energi"}).text.partition('id="lagg"')[2]
    told_already = {item.key for item in draft(site).items}
    key = next(
        key
        for source, call_id in re.findall(r'name="kalla" value="([^"]+)"><input type="hidden" name="id" value="([^"]+)"', found)
        if (key := CallKey(source, call_id)) not in told_already
    )
    answer = change(coordinator, key, "lagg")
    assert answer.headers["location"].endswith(f"#p-{key.short}")
    page = coordinator.get(PAGE).text
    assert f'id="p-{key.short}"' in page
    assert '<span class="tag">Tillagd</span>' in page
    _, told = build(site)
    assert told.count(key) == 1


def test_a_known_call_that_is_added_is_reminded_of_once(coordinator, site):
    with open_archive(site.config.archive) as archive:
        known = [
            CallKey(*row)
            for row in archive.db.execute(
                "SELECT DISTINCT i.source, i.call_id FROM digest_items i JOIN calls c ON c.source = i.source AND c.call_id ="
                " i.call_id WHERE i.department = 'kultur-fritid' AND c.status = 'open' AND c.vanished_at IS NULL"
                " AND c.next_deadline BETWEEN '2026-05-25' AND '2026-07-01' ORDER BY c.next_deadline DESC"
            )
        ]
    key = next(key for key in known if key not in {item.key for item in draft(site).items})
    change(coordinator, key, "lagg")
    assert key in {item.key for item in in_section(site, "closing")}
    _, told = build(site)
    assert told.count(key) == 1
    assert key not in {item.key for item in draft(site).items}


def test_an_added_call_that_cannot_be_in_the_mail_says_why(coordinator, site):
    closed = next(CallKey(row[0], row[1]) for row in rows(site, "calls") if row[5] == "closed")
    change(coordinator, closed, "lagg")
    page = coordinator.get(PAGE).text
    assert "Tillagd, men inte med" in page
    assert "Den har stängt" in page


def test_a_call_held_back_that_was_not_in_the_mail_is_listed_as_such_for_four_weeks(coordinator, site):
    closed = next(CallKey(row[0], row[1]) for row in rows(site, "calls") if row[5] == "closed")
    change(coordinator, closed, "hall")
    changes = coordinator.get(PAGE).text.partition("Det här har ni ändrat")[2].partition("<h2")[0]
    assert "Hålls tillbaka" in changes
    assert "Programmet hade inte heller tagit med den i det här mejlet" in changes
    with site.archive.writing() as db:
        db.execute("UPDATE desk_choices SET at = ?", [(NOW - timedelta(weeks=4, minutes=1)).isoformat()])
    assert "Programmet hade inte heller" not in coordinator.get(PAGE).text


def test_a_call_that_was_added_and_then_held_back_is_not_said_to_have_been_out_of_the_mail(coordinator, site):
    with open_archive(site.config.archive) as archive:
        planned = {item.key for item in draft(site).items}
        open_calls = archive.db.execute(
            "SELECT source, call_id FROM calls WHERE status = 'open' AND vanished_at IS NULL"
        ).fetchall()
    key = None
    for candidate in (CallKey(*row) for row in open_calls):
        if candidate not in planned:
            change(coordinator, candidate, "lagg")
            if candidate in {item.key for item in draft(site).items}:
                key = candidate
                break
    assert key is not None
    change(coordinator, key, "hall")
    changes = coordinator.get(PAGE).text.partition("Det här har ni ändrat")[2].partition("<h2")[0]
    assert "på väg in" not in changes
    assert "Programmet hade inte heller tagit med den" in changes


def test_a_long_part_is_cut_until_all_of_it_is_asked_for(coordinator, site, monkeypatch):
    whole = re.findall(r'<li id="p-(\w+)"', coordinator.get(PAGE).text)
    assert len(whole) > 2
    monkeypatch.setattr("monitor.web.views.next_mail._MAX_SHOWN", 1)
    cut = coordinator.get(PAGE).text
    shown = re.findall(r'<li id="p-(\w+)"', cut)
    assert len(shown) < len(whole)
    left = sum(int(number) for number in re.findall(r">Visa (\d+) till <", cut))
    assert len(shown) + left == len(whole)
    assert re.findall(r'<li id="p-(\w+)"', coordinator.get(f"{PAGE}?alla=1").text) == whole


def test_the_line_to_all_is_told_apart_from_the_own_line(coordinator, site):
    def field(page):
        return re.search(r'<textarea id="rad"[^>]*>(.*?)</textarea>', page)[1]

    coordinator.post("/samordna/rad", {"forvaltning": "", "rad": "Hej alla"}, page="/samordna")
    page = coordinator.get(PAGE).text
    assert field(page) == ""
    assert "Raden till alla står överst nu: ”Hej alla”" in page
    assert "Rad till alla överst" in page
    coordinator.post(f"{PAGE}/andra", {"gor": "rad", "rad": "Hej kulturen"}, page=PAGE)
    page = coordinator.get(PAGE).text
    assert field(page) == "Hej kulturen"
    assert "Gäller i stället för raden till alla: ”Hej alla”" in page
    assert "Rad till alla överst" not in page


def test_what_cannot_be_stored_stands_beside_its_field_with_the_typed_text(coordinator, site):
    item = draft(site).items[0]
    values = {"gor": "kommentar", "kalla": item.key[0], "id": item.key[1], "version": "0", "vecka": "2026-W21"}
    long = "ord " * 200
    answer = coordinator.post(f"{PAGE}/andra", {**values, "kommentar": long}, page=PAGE)
    assert answer.status_code == 400
    assert "Högst 600 tecken får plats; texten har 799." in answer.text
    assert f'aria-describedby="fel-{item.key.short}">{long}</textarea>' in answer.text
    answer = coordinator.post(f"{PAGE}/andra", {"gor": "rad", "rad": long}, page=PAGE)
    assert answer.status_code == 400
    assert f">{long}</textarea>" in answer.text
    assert rows(site, "mail_edits") == rows(site, "desk_lines") == []


def test_two_coordinators_do_not_write_over_each_other_unseen(coordinator, site):
    item = draft(site).items[0]
    comment(coordinator, site, item, "Den förstas ord.")
    values = {"gor": "kommentar", "kalla": item.key[0], "id": item.key[1], "version": str(item.version), "vecka": "2026-W21"}
    answer = coordinator.post(f"{PAGE}/andra", {**values, "kommentar": "Den andras ord."}, page=PAGE)
    assert answer.status_code == 400
    assert "Någon annan har skrivit: ”Den förstas ord.”" in answer.text
    assert ">Den andras ord.</textarea>" in answer.text
    comment(coordinator, site, draft(site).items[0], "Den andras ord.")
    assert "Den andras ord." in draft(site).text


def test_a_comment_for_a_mail_that_went_meanwhile_is_not_lost_unsaid(coordinator, site):
    item = draft(site).items[0]
    build(site)
    values = {"gor": "kommentar", "kalla": item.key[0], "id": item.key[1], "version": "0", "vecka": "2026-W21"}
    answer = coordinator.post(f"{PAGE}/andra", {**values, "kommentar": "Kommer för sent."}, page=PAGE)
    assert answer.status_code == 400
    assert "Kommer för sent." in answer.text
    assert rows(site, "mail_edits") == []


@pytest.mark.parametrize(
    "values",
    [
        {"gor": "hall", "kalla": "finns", "id": "inte"},
        {"gor": "flytta", "plats": "x"},
        {"gor": "flytta", "plats": "99999"},
        {"gor": "radera"},
        {},
    ],
)
def test_what_makes_no_sense_changes_nothing(coordinator, site, values):
    key = draft(site).items[0].key
    before = everything(site)
    answer = coordinator.post(f"{PAGE}/andra", {"kalla": key[0], "id": key[1], **values}, page=PAGE)
    assert answer.status_code == 400
    assert everything(site) == before


def test_a_recipient_sees_the_next_mail_by_the_link_in_the_mails(browser, site):
    token = site.signer.leave_token(LeaveLink(department="kultur-fritid", recipient="kultur-fritid@example.se"))
    page = browser.get(f"/mejlval/{token}/nasta")
    assert page.status_code == 200
    assert html_entities.escape(draft(site).subject, quote=False) in page.text
    frame = browser.get(f"/mejlval/{token}/nasta/mejl")
    assert SIGNED.sub("/-", frame.text) == SIGNED.sub("/-", draft(site).html)
    assert "The next mail as it will look" in browser.get(f"/mejlval/{token}/nasta?lang=en").text
    assert browser.get(f"/avsluta/{token}").text.count(f"/mejlval/{token}/nasta") == 1


def test_a_stranger_sees_no_mail(browser, site):
    assert browser.get("/mejlval/falsk/nasta").status_code == 410
    assert browser.get("/mejlval/falsk/nasta/mejl").status_code == 410
    other = site.signer.leave_token(LeaveLink(department="kultur-fritid", recipient="nobody@example.se"))
    assert "Du får inget mejl" in browser.get(f"/mejlval/{other}/nasta").text
