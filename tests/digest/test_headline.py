"""Subject and preview text: what and when, the most important first, within what a list of mails shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html as lxml_html

from monitor.calls import Budget, Deadline, DeadlineModel
from monitor.digest.facts import date_keys, deadline_fact
from monitor.digest.headline import SUBJECT_LIMIT
from monitor.digest.model import CallEvent, Told
from monitor.digest.sample import NOW
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind, Status
from tests.digest.many_calls import SUBJECTS, candidate, mail_of, with_call

TITLES = [theme.theme.title for theme in load_rules(RULES).themes]


def subject_of(*calls, language="sv", **occasion):
    return mail_of(*calls, language=language, **occasion)[1].renderings[0].subject


def preview_of(*calls, **occasion):
    html = mail_of(*calls, **occasion)[1].renderings[0].html
    return (
        lxml_html.fromstring(html)
        .xpath("//body/div[contains(@style, 'display:none')]")[0]
        .text_content()
        .strip()
        .replace("\u00a0", " ")
    )


def known(one, days=60, **now):
    """Return a call that was told with a last day in so many days, with other values now."""
    told = with_call(one, deadlines=(Deadline(at=NOW + timedelta(days=days)),))
    facts = ("new", deadline_fact(date_keys(told.call)))
    return with_call(replace(told, told=tuple(Told(fact=fact, at=NOW - timedelta(days=14)) for fact in facts)), **now)


def in_days(days):
    return (Deadline(at=NOW + timedelta(days=days)),)


def test_several_calls():
    youth = candidate(3, themes=("Ungdomsutbyten",), priority=True, deadlines=in_days(90))
    assert subject_of(candidate(0), candidate(1), youth) == "Ungdomsutbyten och 2 till: sök senast 1 juli"


def test_one_call_with_and_without_a_day():
    assert subject_of(candidate(4)) == "Vänorter och nätverk: sök senast 5 juli"
    assert subject_of(candidate(4, deadlines=(), deadline_model=DeadlineModel.UNKNOWN)) == "Vänorter och nätverk"


def test_a_call_without_a_theme_is_named_by_its_title():
    assert subject_of(candidate(4, themes=())) == "Town Twinning: sök senast 5 juli"


def test_a_call_on_its_way():
    opens = (NOW + timedelta(days=9)).date()
    coming = candidate(4, opens=opens, stated_status=Status.FORTHCOMING)
    assert subject_of(coming) == "Vänorter och nätverk: öppnar 10 juni"


def test_a_new_last_day_goes_before_new_calls():
    moved = known(candidate(2), deadlines=in_days(70))
    assert subject_of(candidate(0), candidate(1), moved) == "Ny sista dag 10 augusti: Ungas delaktighet och 2 till"


def test_a_withdrawn_call():
    gone = replace(known(candidate(2)), vanished_at=NOW)
    assert subject_of(candidate(0), gone) == "Indragen: Ungas delaktighet och 1 till"


def test_a_changed_amount_leaves_the_first_place_to_new_calls():
    event = CallEvent(id=1, type="budget_changed", old='{"total": 1000000}', new='{"total": 2000000}')
    changed = replace(known(candidate(2), budget=Budget(total=2_000_000)), events=(event,))
    assert subject_of(changed) == "Ändrat: Ungas delaktighet, sök senast 31 juli"
    assert subject_of(candidate(0), changed) == "Idrott och fysisk aktivitet och 1 till: sök senast 1 juli"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": Kind.EVENT, "starts": NOW + timedelta(days=10), "deadlines": ()}, "Vänorter och nätverk: 11 juni"),
        ({"kind": Kind.NEWS, "published": NOW, "deadlines": ()}, "Nyhet: Vänorter och nätverk"),
        ({"kind": Kind.POLICY, "published": NOW, "deadlines": ()}, "Förslag och beslut: Vänorter och nätverk"),
        ({"kind": Kind.POLICY, "published": NOW}, "Vänorter och nätverk: svara senast 5 juli"),
        ({"kind": Kind.PARTNER_SEARCH}, "Vänorter och nätverk: svara senast 5 juli"),
        ({"kind": Kind.PARTNER_SEARCH, "deadlines": (), "published": NOW}, "Partnersökning: Vänorter och nätverk"),
        ({"kind": Kind.EVENT, "deadlines": (), "published": NOW}, "Evenemang: Vänorter och nätverk"),
        ({"deadlines": in_days(-1)}, "Stängde innan vi hann skriva: Vänorter och nätverk"),
    ],
)
def test_a_mail_without_calls_to_apply_for(fields, said):
    assert subject_of(replace(candidate(4, **fields), first_seen=NOW - timedelta(days=2))) == said


def test_a_quiet_week_names_what_is_still_open():
    assert subject_of(ahead=(known(candidate(4)),)) == "Inget nytt. Vänorter och nätverk: sök senast 31 juli"
    assert subject_of() == "Inget nytt vecka 23"


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("others", [0, 13])
def test_every_subject_of_the_rules_has_room(title, others):
    calls = [candidate(0, themes=(title,), priority=True, deadlines=in_days(250))]
    calls += [candidate(n, call_id=f"other-{n}", deadlines=in_days(251)) for n in range(1, others + 1)]
    moved = known(candidate(0, themes=(title,), call_id="moved"), deadlines=in_days(250))
    for subject in (subject_of(*calls), subject_of(*calls[1:], moved)):
        assert len(subject) <= SUBJECT_LIMIT
        assert title[:6] in subject
        assert "6 feb" in subject
        assert (f"och {others} till" in subject) == (others > 0)


def test_a_long_subject_gives_its_first_part_and_no_torn_word():
    title = "Våld i nära relationer, skydd av barn och förebyggande av brott"
    assert subject_of(candidate(0, themes=(title,))) == "Våld i nära relationer, skydd av barn: sök senast 1 juli"


def test_the_preview_adds_and_repeats_nothing():
    preview = preview_of(candidate(0), candidate(1), candidate(2))
    assert preview == "Kultur- och fritidsförvaltningen, vecka 23. Också: Kultur, bibliotek och kulturarv och Ungas delaktighet."
    assert SUBJECTS[0][0] not in preview
    assert preview_of(candidate(0)) == "Kultur- och fritidsförvaltningen, vecka 23. Ni kan söka. 30 000 till 60 000 euro."
