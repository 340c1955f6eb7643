"""Subject and preview text: what and when, the most important first, within what a list of mails shows."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html as lxml_html

from monitor.calls import Budget, CallKey, Deadline, DeadlineModel
from monitor.digest.answers import Signer
from monitor.digest.cards import Cards
from monitor.digest.choose import choose
from monitor.digest.facts import date_keys, deadline_fact
from monitor.digest.headline import SUBJECT_LIMIT, Headline
from monitor.digest.layout import Occasion
from monitor.digest.model import CallEvent, Choice, DigestItem, Selection, Told
from monitor.digest.sample import AUDIENCE, NOW
from monitor.language.dossiers import DossierStep, Phase
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind, MailKind, MailSection, Status
from tests.digest.many_calls import PREVIOUS, SUBJECTS, TEMPLATES, candidate, mail_of, with_call

RULES_READ = load_rules(RULES)
MORE_MONEY = CallEvent(id=1, type="budget_changed", old='{"total": 1000000}', new='{"total": 2000000}')
LATE_DAY = (NOW + timedelta(days=250)).date()


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
    assert subject_of(candidate(0), candidate(1), youth) == "Ungdomsutbyten och 2 till: en stänger 1 juli"


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("theme", ["Idrott", "Våld i nära relationer, skydd av barn och förebyggande av brott och annat"])
def test_the_day_of_another_call_is_never_given_as_the_named_calls_day(language, theme):
    first = candidate(3, themes=(theme,), priority=True, deadlines=in_days(90))
    subject = subject_of(
        first, *(candidate(n, call_id=f"other-{n}", deadlines=in_days(20)) for n in range(12)), language=language
    )
    assert len(subject) <= SUBJECT_LIMIT
    assert ("12 till: en stänger 21 jun" if language == "sv" else "12 more: one closes 21 Jun") in subject
    assert not any(words in subject for words in ("sök senast", "apply by"))


def test_of_several_moved_days_the_nearest_leads():
    later = known(candidate(2), 60, deadlines=in_days(50))
    sooner = known(candidate(3), 60, deadlines=in_days(20))
    assert subject_of(later, sooner).startswith("Ny sista dag 21 juni: ")
    assert subject_of(sooner, later) == subject_of(later, sooner)


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
    changed = replace(known(candidate(2), budget=Budget(total=2_000_000)), events=(MORE_MONEY,))
    assert subject_of(changed) == "Nytt belopp: Ungas delaktighet, sök senast 31 juli"
    assert subject_of(candidate(0), changed) == "Idrott och fysisk aktivitet och 1 till: sök senast 1 juli"


def event(kind, old, new):
    return CallEvent(id=1, type=kind, old=json.dumps(old), new=json.dumps(new))


TERMS = [
    {"fact": "funder_share", "values": values, "title": "Call document", "words": {
        language: {"fact": "EU betalar", "values": f"högst {values} procent", "place": "s. 3"} for language in ("sv", "en")
    }} for values in (80, 70)
]  # fmt: skip


@pytest.mark.parametrize(
    ("events", "subject", "preview"),
    [
        ((MORE_MONEY,), "Nytt belopp: Ungas delaktighet, sök senast 31 juli", "Nytt belopp: 2 miljoner euro totalt (tidigare 1 miljon"),
        ((event("fact_changed", *TERMS),), "Nya villkor: Ungas delaktighet, sök senast 31 juli", "EU betalar: högst 70 procent (tidigare"),
        (
            (event("news", [], ["A document with questions and answers for the 2026 calls has been published."]),),
            "Frågor och svar: Ungas delaktighet, sök senast 31 juli",
            "Utgivaren skriver: A document with questions and answers",
        ),
        ((event("news", [], ["Webbinarium om utlysningen."]),), "Nytt besked: Ungas delaktighet, sök senast 31 juli", "Utgivaren skriver: "),
        ((event("news", [], ["Nytt."]), replace(MORE_MONEY, id=2)), "Nytt belopp: Ungas delaktighet, sök senast 31 juli", "Nytt belopp"),
    ],
)  # fmt: skip
def test_the_subject_of_a_changed_call_says_what_changed_and_the_preview_how(events, subject, preview):
    changed = replace(known(candidate(2), budget=Budget(total=2_000_000)), events=events)
    assert subject_of(changed) == subject
    assert f"vecka 23. {preview}" in preview_of(changed)


@pytest.mark.parametrize(
    ("model", "subject"),
    [
        (DeadlineModel.ROLLING, "Utan sista dag: Ungas delaktighet"),
        (DeadlineModel.UNKNOWN, "Sista dag borttagen: Ungas delaktighet"),
    ],
)
def test_the_subject_of_a_call_that_lost_its_last_day_says_so(model, subject):
    assert subject_of(known(candidate(2), deadlines=(), deadline_model=model)) == subject


@pytest.mark.parametrize(
    ("language", "subject"),
    [("sv", "Ändrat: Ungas delaktighet, svara senast 31 juli"), ("en", "Changed: Ungas delaktighet, answer by 31 July")],
)
def test_a_consultation_that_changed_is_answered_and_not_applied_for(language, subject):
    one = known(candidate(2), kind=Kind.POLICY, published=NOW)
    item = DigestItem(candidate=one, section=MailSection.CHANGED, facts=())
    cards = Cards(TEMPLATES.wording(language), AUDIENCE, Signer(b"calls" * 8), "2026-W23-kultur-fritid", NOW)
    written = Headline(cards, Occasion(digest="2026-W23-kultur-fritid", week="2026-W23", now=NOW)).subject(
        Selection(kind=MailKind.WEEKLY, items=(item,))
    )
    assert written == subject


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
    remiss = with_call(known(candidate(4)), kind=Kind.POLICY)
    assert subject_of(ahead=(remiss,)) == "Inget nytt. Vänorter och nätverk: svara senast 31 juli"
    assert subject_of() == "Inget nytt vecka 23"


def test_the_first_mail_names_what_can_be_answered_and_counts_the_rest():
    remiss, decision = candidate(4, kind=Kind.POLICY, published=NOW), candidate(2, kind=Kind.POLICY, published=NOW, deadlines=())
    welcome = choose((remiss, decision), first=True, previous=None, choice=Choice(), now=NOW)
    assert [item.candidate.key for item in welcome.items] == [remiss.key]
    assert [item.candidate.key for item in welcome.rest] == [decision.key]
    maker = Cards(TEMPLATES.wording("sv"), AUDIENCE, Signer(b"calls" * 8), "2026-W23-kultur-fritid", NOW)
    occasion = Occasion(digest="2026-W23-kultur-fritid", week="2026-W23", now=NOW)
    assert "svara senast 5 juli" in Headline(maker, occasion).subject(welcome)


def headline_of(*calls, language):
    """Return the subject of a week's mail, which nothing else of is written."""
    selection = choose(calls, first=False, previous=PREVIOUS, choice=Choice(), now=NOW)
    maker = Cards(TEMPLATES.wording(language), AUDIENCE, Signer(b"calls" * 8), "2026-W23-kultur-fritid", NOW)
    return Headline(maker, Occasion(digest="2026-W23-kultur-fritid", week="2026-W23", now=NOW)).subject(selection)


LATE = {"deadlines": in_days(250)}
SITUATIONS = {
    "calls": lambda theme: candidate(0, **theme, **LATE),
    "moved": lambda theme: known(candidate(0, **theme), **LATE),
    "withdrawn": lambda theme: replace(known(candidate(0, **theme)), vanished_at=NOW),
    "changed": lambda theme: replace(known(candidate(0, **theme), 250, budget=Budget(total=2_000_000)), events=(MORE_MONEY,)),
    "opens": lambda theme: candidate(0, **theme, deadlines=(), opens=LATE_DAY, stated_status=Status.FORTHCOMING),
    "event": lambda theme: candidate(0, **theme, kind=Kind.EVENT, starts=NOW + timedelta(days=250), deadlines=()),
    "policy": lambda theme: candidate(0, **theme, kind=Kind.POLICY, published=NOW, deadlines=()),
    "partners": lambda theme: candidate(0, **theme, kind=Kind.PARTNER_SEARCH, published=NOW, deadlines=()),
    "closed": lambda theme: replace(candidate(0, **theme, deadlines=in_days(-1)), first_seen=NOW - timedelta(days=2)),
}
UNDATED = ("withdrawn", "policy", "partners", "closed")


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_theme_of_the_rules_has_room_in_every_subject(situation, language):
    for head in (theme.theme for theme in RULES_READ.themes):
        titles = {"themes": (head.title,), "english": (RULES_READ.english_titles[head.id],), "priority": True}
        short = {"short": RULES_READ.short_title(head.id), "english_short": RULES_READ.short_title(head.id, "en")}
        first = SITUATIONS[situation](titles | short)
        name = first.reasons.subject(language)
        others = [replace(first, call=replace(first.call, call_id=f"other-{number}")) for number in range(13)]
        for subject in (headline_of(first, language=language), headline_of(first, *others, language=language)):
            assert name in subject
            assert len(subject) <= SUBJECT_LIMIT
            assert situation in UNDATED or "6\u00a0feb" in subject.lower() or "6 feb" in subject.lower()


@pytest.mark.parametrize("head", [theme.theme for theme in RULES_READ.themes], ids=lambda head: head.id)
def test_a_week_of_many_calls_counts_them_beside_any_theme(head):
    first = candidate(0, themes=(head.title,), short=RULES_READ.short_title(head.id), priority=True, **LATE)
    others = [candidate(n, call_id=f"other-{n}", **LATE) for n in range(1, 14)]
    subject = headline_of(first, *others, language="sv")
    assert subject.startswith(f"{first.reasons.subject('sv')} och 13 till: sök senast 6")


def test_the_day_is_the_nearest_of_all_also_of_a_changed_call():
    changed = replace(known(candidate(2), 20, budget=Budget(total=2_000_000)), events=(MORE_MONEY,))
    selection, mail = mail_of(candidate(0, short="Idrott"), changed)
    assert [item.section.value for item in selection.items] == ["new", "changed"]
    assert mail.renderings[0].subject == "Idrott och 1 till: en stänger 21 juni"
    html = mail.renderings[0].html
    assert "Först ut: Ungas delaktighet, sök senast söndag 21 juni (20 dagar kvar)." in lead_of(html)


def lead_of(html):
    said = (one.text_content() for one in lxml_html.fromstring(html).xpath("//p"))
    return next(text for text in said if text.startswith("Först ut: ")).replace("\u00a0", " ")


def test_two_calls_of_one_theme_are_told_apart_by_the_title():
    changed = replace(known(candidate(2, short="Idrott", title="Idrott för alla"), 20), events=(MORE_MONEY,))
    html = mail_of(candidate(0, short="Idrott"), changed)[1].renderings[0].html
    assert lead_of(html) == "Först ut: Idrott (Idrott för alla), sök senast söndag 21 juni (20 dagar kvar)."


@pytest.mark.parametrize("themes", [("Idrott",), ()])
def test_a_title_in_another_language_in_the_first_sentence_has_its_language(themes):
    changed = replace(known(candidate(2, themes=themes, title="Call for Pilots", language="en"), 20), events=(MORE_MONEY,))
    rendering = mail_of(candidate(0, themes=("Idrott",)), changed)[1].renderings[0]
    paragraphs = lxml_html.fromstring(rendering.html).xpath("//p[starts-with(., 'Först ut: ')]")
    assert [[(span.get("lang"), span.text_content()) for span in one.iter("span")] for one in paragraphs] == [
        [("en", "Call for Pilots")]
    ]
    said = "Idrott (Call for Pilots)" if themes else "Call for Pilots"
    assert f"Först ut: {said}, sök senast" in " ".join(rendering.text.split())


def test_a_title_in_the_language_of_the_mail_has_no_mark():
    changed = replace(known(candidate(2, short="Idrott", title="Idrott för alla", language="sv"), 20), events=(MORE_MONEY,))
    html = mail_of(candidate(0, short="Idrott"), changed)[1].renderings[0].html
    assert not lxml_html.fromstring(html).xpath("//p[starts-with(., 'Först ut: ')]/span")


@pytest.mark.parametrize("seed", range(6))
def test_the_first_sentence_names_the_call_of_the_overview_with_the_nearest_last_day(seed):
    days = [20 + (number * 7 + seed * 11) % 60 for number in range(4)]
    calls = [candidate(number, deadlines=in_days(day), short="") for number, day in enumerate(days)][seed % 3 :]
    moved = 30 + 20 * seed
    html = mail_of(*calls, known(candidate(5), days=90, deadlines=in_days(moved)))[1].renderings[0].html
    nearest = (NOW + timedelta(days=min(*days[seed % 3 :], moved))).day
    subject, said = lead_of(html).removeprefix("Först ut: ").split(", sök senast ")
    assert said.split()[1] == str(nearest)
    rows = lxml_html.fromstring(html).xpath("//ul[@class='overview']/li")
    row = next(row for row in rows if row.xpath(".//strong")[0].text_content() == subject)
    assert f" {nearest}\u00a0" in row.text_content()


def test_the_short_title_of_a_theme_stands_in_the_subject_and_the_whole_one_in_the_mail():
    mail = mail_of(candidate(0, themes=("Idrott och fysisk aktivitet",), short="Idrott"))[1]
    assert mail.renderings[0].subject == "Idrott: sök senast 1 juli"
    assert "Idrott och fysisk aktivitet</h3>" in mail.renderings[0].html


def test_a_long_subject_gives_its_first_part_and_no_torn_word():
    title = "Våld i nära relationer, skydd av barn och förebyggande av brott"
    assert subject_of(candidate(0, themes=(title,))) == "Våld i nära relationer, skydd av barn: sök senast 1 juli"


def test_the_preview_adds_and_repeats_nothing():
    preview = preview_of(candidate(0), candidate(1), candidate(2))
    assert preview == "Kultur- och fritidsförvaltningen, vecka 23. Också: Kultur, bibliotek och kulturarv och Ungas delaktighet."
    assert SUBJECTS[0][0] not in preview
    assert (
        preview_of(candidate(0))
        == "Kultur- och fritidsförvaltningen, vecka 23. Ni kan söka. 30 000 till 60 000 euro per projekt."
    )


def test_the_line_of_a_policy_item_names_the_other_documents_of_its_matter():
    item = DigestItem(candidate=candidate(4, kind=Kind.POLICY, published=NOW, deadlines=()), section=MailSection.POLICY, facts=())
    steps = [
        DossierStep(key=CallKey("s", str(day)), title="", phase=phase, day=(NOW - timedelta(days=day)).date())
        for day, phase in ((200, Phase.PROPOSAL), (90, Phase.MEMORANDUM), (30, Phase.REFERRAL))
    ]
    audience = replace(AUDIENCE, dossiers={item.candidate.key: steps})
    for language, words in (
        ("sv", "Samma ärende: förslag 13 november 2025, faktapromemoria 3 mars och remiss 2 maj"),
        ("en", "Same matter: proposal 13 November 2025, Swedish memorandum 3 March and Swedish referral 2 May"),
    ):
        maker = Cards(TEMPLATES.wording(language), audience, Signer(b"calls" * 8), "2026-W23-kultur-fritid", NOW)
        assert maker.line(item).detail.replace("\u00a0", " ").endswith(words)
        assert words.partition(": ")[2] in [row.value.replace("\u00a0", " ") for row in maker.card(item).rows]
