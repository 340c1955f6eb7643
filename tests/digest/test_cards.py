"""Overview, cards and their order: each call once in a line and once in full, with what is known and nothing else."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar
from lxml import html as lxml_html

from monitor.calls import Budget, CallKey, Deadline, DeadlineModel
from monitor.digest.answers import Signer
from monitor.digest.cards import Cards
from monitor.digest.choose import choose
from monitor.digest.facts import date_keys, deadline_fact
from monitor.digest.flowed import WIDTH, flow
from monitor.digest.layout import Occasion
from monitor.digest.model import CallEvent, Choice, DigestItem, ExpectedRound, Shown, Told
from monitor.digest.render import load_templates, render_mail
from monitor.digest.rows import CallRows
from monitor.digest.sample import AUDIENCE, NOW
from monitor.digest.summary import known_summary, line_summary, written_summary
from monitor.fit import FitCard, UsualTerms
from monitor.paths import DIGESTS
from monitor.vocabulary import Kind, Level, MailSection, Status
from tests.digest.many_calls import TEMPLATES, candidate, mail_of, with_call

SV = load_templates((DIGESTS,)).wording("sv")
SIGNER = Signer(b"calls" * 8)


def plain(text):
    return " ".join(text.replace("\u00a0", " ").split())


def tree_of(*calls, language="sv"):
    return lxml_html.fromstring(mail_of(*calls, language=language)[1].renderings[0].html)


def in_days(days):
    return (Deadline(at=NOW + timedelta(days=days)),)


def overview(tree):
    return [plain(" ".join(line.itertext())).replace(" : ", ": ") for line in tree.xpath("//ul[@class='overview']/li")]


def rows(tree, number=0):
    table = tree.xpath("//table[@class='fit']")[number]
    return [tuple(plain(cell.text_content()) for cell in row.iter("td")) for row in table.iter("tr")]


def without_card(one):
    """Return the call as one of which nothing is known."""
    reasons = replace(one.reasons, card=FitCard())
    return replace(
        with_call(one, deadlines=(), deadline_model=DeadlineModel.UNKNOWN, budget=Budget()),
        match=replace(one.match, read=lambda: reasons),
    )


def test_the_overview_has_a_line_for_each_call_that_leads_to_its_card():
    tree = tree_of(candidate(0), candidate(3, answer="som partner", guessed=True), candidate(6))
    assert overview(tree) == [
        "Idrott och fysisk aktivitet senast 1 juli · 30 000 till 60 000 euro per projekt · ni kan söka",
        "Friluftsliv och leder senast 7 juli · 30 000 till 60 000 euro per projekt · ni kan söka",
        "Våld i nära relationer senast 4 juli · 30 000 till 60 000 euro per projekt · troligen som partner",
    ]
    for link in tree.xpath("//ul[@class='overview']//a"):
        (heading,) = tree.xpath(f"//h3[@id='{link.get('href').removeprefix('#')}']")
        assert plain(heading.text_content()) in plain(link.text_content())


def test_two_calls_of_one_subject_are_told_apart():
    first, second = (candidate(n, themes=("Idrott",)) for n in (0, 1))
    assert [line.partition(" senast")[0] for line in overview(tree_of(first, second))] == [
        "Idrott: Small-scale Partnerships in Sport",
        "Idrott: European Cooperation Projects Small Scale",
    ]


def test_one_call_needs_no_overview():
    assert overview(tree_of(candidate(0))) == []


def test_more_than_ten_calls_are_lines():
    selection, mail = mail_of(*(candidate(n) for n in range(14)))
    tree = lxml_html.fromstring(mail.renderings[0].html)
    shown = [mail.shown[item.candidate.key] for item in selection.items]
    assert shown == [Shown.CARD] * 10 + [Shown.LINE] * 4
    assert len(overview(tree)) == 14, "each call has its line there"
    last = tree.xpath("//ul[@class='overview']//a/@href")[-1].removeprefix("#")
    (target,) = tree.xpath(f"//*[@id='{last}']")
    assert target.tag == "li"


def test_a_programme_s_day_with_22_calls_of_one_source_has_each_in_the_overview():
    calls = [candidate(n, call_id=f"p{n}", source="portal") for n in range(22)]
    selection, mail = mail_of(*calls)
    tree = lxml_html.fromstring(mail.renderings[0].html)
    assert selection.groups == ()
    assert len(overview(tree)) == 22
    assert all("ni kan söka" in line or "senast" in line for line in overview(tree))
    assert len(mail.renderings[0].html.encode()) < 60_000


def test_a_line_of_a_foreign_call_has_a_sentence_of_its_own():
    """Neither its last day nor its themes again, and no sentence on a call in the reader's language."""
    foreign = [candidate(n, language="en", budget=Budget(project_max=60_000)) for n in range(11)]
    swedish = [candidate(n, language="sv") for n in range(11, 14)]
    lines = tree_of(*foreign, *swedish, language="sv").xpath("//li[@id]")
    said = {line.get("id"): plain(line.text_content()) for line in lines}
    about = [text for text in said.values() if "Kommuner kan söka, högst 60 000 euro per projekt." in text]
    assert len(said) == 4
    assert len(about) == 1
    assert [text for text in said.values() if "Kommuner kan" in text] == about


@pytest.mark.parametrize(
    ("fields", "machine", "said"),
    [
        (
            {"answer": "som partner", "guessed": True},
            "",
            "Kommuner kan troligen vara med som partner, högst 60 000 euro per projekt.",
        ),
        ({"answer": "framgår inte"}, "", "Ett projekt får högst 60 000 euro."),
        ({"answer": "framgår inte", "budget": Budget()}, "", ""),
        ({}, "Nykomlingar lär känna Europa. De behöver inget krångel.", "Nykomlingar lär känna Europa. (maskinöversatt)"),
    ],
)
def test_the_sentence_of_a_line_says_what_is_known_and_no_more(fields, machine, said):
    one = candidate(0, **fields)
    assert plain(line_summary(one.call, one.reasons.card, SV, machine)) == said


PAYS = UsualTerms(programme="Erasmus+", pays="Programmet betalar resor och mat.")


@pytest.mark.parametrize(
    ("budget", "usual", "said"),
    [
        (Budget(project_max=60_000), None, []),
        (Budget(total=900_000), None, []),
        (Budget(total=900_000, shared=True, project_max=60_000), None, []),
        (Budget(total=900_000, project_max=60_000), None, ["Sammanlagt finns 900 000 euro."]),
        (Budget(total=900_000, project_max=60_000), PAYS, ["Programmet betalar resor och mat."]),
    ],
)
def test_the_summary_of_a_card_says_nothing_that_its_rows_say(budget, usual, said):
    """The rows say who may apply, until when and for how much; a page, which has none, says it in its third sentence."""
    call = replace(candidate(0).call, budget=budget)
    card = FitCard(municipality="ja", usual=usual)
    about = "Stöd från Erasmus+ till arbete med idrott."
    assert [plain(text) for text in known_summary(call, ("Idrott",), "Erasmus+", card, SV)] == [about, *said]
    assert len(written_summary(call, ("Idrott",), "Erasmus+", card, SV, NOW)) == 3
    assert known_summary(call, (), "", card, SV) == tuple(known_summary(call, ("Idrott",), "", card, SV)[1:])


def test_a_card_answers_six_questions():
    assert rows(tree_of(candidate(0))) == [
        ("Sista ansökningsdag:", "onsdag 1 juli kl. 07.00 (30 dagar kvar)"),
        ("Hur mycket:", "30 000 till 60 000 euro per projekt (omkring 330 000 till 660 000 kronor)"),
        ("Vem betalar:", "EU betalar högst 80 procent, ni minst 20"),
        ("Kan vi söka:", "Ja. Riktar sig bland annat till kommuner."),
        ("Med vilka:", "Minst 3 partner från 3 länder"),
        ("Nästa steg:", "Hör av er till eu@example.se den här veckan. Hjälp i Sverige: Kulturrådet."),
    ]


def test_what_is_not_known_gives_no_row():
    tree = tree_of(without_card(candidate(0)), candidate(1))
    assert rows(tree, 1) == [("Nästa steg:", "Hör av er till eu@example.se om ni vill gå vidare.")]
    assert "ramgår inte" not in tree.text_content()
    assert "tår inte" not in tree.text_content()


@pytest.mark.parametrize(
    ("answer", "guessed", "said"),
    [
        ("ja", False, "Ja. Riktar sig bland annat till kommuner."),
        ("ja", True, "Troligen. Riktar sig bland annat till kommuner."),
        ("som partner", False, "Ja, som partner. Riktar sig bland annat till kommuner."),
        ("som partner", True, "Troligen, som partner. Riktar sig bland annat till kommuner."),
        ("nej", False, "Nej. Riktar sig bland annat till kommuner."),
        ("nej", True, "Troligen inte. Riktar sig bland annat till kommuner."),
    ],
)
def test_a_guess_is_said_to_be_one(answer, guessed, said):
    found = dict(rows(tree_of(candidate(0, answer=answer, guessed=guessed))))
    assert found["Kan vi söka:"] == said
    assert ("Nästa steg:" in found) == (answer != "nej")


def test_the_subject_comes_first_then_the_title_in_its_own_language():
    tree = tree_of(candidate(3))
    heading, own = tree.xpath("//h3")[0], tree.xpath("//h3/following-sibling::p")[0]
    assert heading.text_content() == "Våld i nära relationer"
    assert plain(own.text_content()) == ("Call for proposals to prevent and combat gender-based violence (engelska)")
    assert own.find("a").get("lang") == "en"
    english = tree_of(candidate(3), language="en").xpath("//h3/following-sibling::p")[0]
    assert "(" not in english.text_content()
    assert english.find("a").get("lang") is None


def test_the_mail_gives_the_theme_as_its_reason_and_no_more():
    text = plain(tree_of(candidate(0)).text_content())
    assert "Passar er. Ni får den för att ni följer Idrott och fysisk aktivitet." in text
    for left_to_the_page in ("Extern finansiering", "God utbildning", "municipality"):
        assert left_to_the_page not in text


def test_links_say_where_they_lead_and_stand_apart_without_margins():
    (links,) = tree_of(candidate(0)).xpath("//p[contains(@class, 'links') and .//a[contains(@href, '/svar/')]]")
    assert plain(links.text_content()) == (
        "Läs utlysningen på EU-portalen (engelska) · Mer om utlysningen · Intressant · Inte för oss · Skicka vidare"
    )
    for link in tree_of(candidate(0)).xpath("//p[contains(@class, 'links')]//a")[:-1]:
        assert link.tail is None or not link.tail.strip() or link.tail.strip() == "·"


ORDER = {
    "sure before possible": [{}, {"guessed": True}],
    "possible before unknown": [{"guessed": True}, {"answer": "framgår inte"}],
    "unknown before no": [{"answer": "framgår inte"}, {"answer": "nej"}],
    "priorities before the rest": [{"priority": True, "deadlines": in_days(200)}, {}],
    "sure before a possible priority": [{}, {"priority": True, "guessed": True}],
    "nearer before later": [{"deadlines": in_days(20)}, {"deadlines": in_days(25)}],
    "certain matches before doubtful ones": [{"guessed": True}, {"level": Level.WEAK}],
    "open before on its way": [{"guessed": True}, {"stated_status": Status.FORTHCOMING, "priority": True}],
}


@pytest.mark.parametrize("calls", ORDER.values(), ids=ORDER)
def test_the_order_is_that_of_what_can_be_done(calls):
    made = [candidate(7, call_id=f"{9 - number}", **fields) for number, fields in enumerate(calls)]
    for given in (made, made[::-1]):
        assert [item.candidate for item in mail_of(*given)[0].items] == made


def test_what_was_told_as_coming_and_opens_says_so():
    coming = candidate(0)
    coming = replace(coming, told=(Told(fact="coming", at=NOW - timedelta(days=20)),))
    tree = tree_of(coming, candidate(1))
    assert tree.xpath("//p[@class='badge']")[0].text_content() == "Nu öppen. Vi skrev om den när den var på väg."
    assert any("nu öppen till 1 juli" in line for line in overview(tree))


def test_one_calendar_file_holds_every_day():
    event = candidate(5, kind=Kind.EVENT, starts=NOW + timedelta(days=3), deadlines=())
    (file,) = mail_of(candidate(0), candidate(1), event)[1].calendars
    assert file.name == "sista-dagar-2026-w23.ics"
    found = Calendar.from_ical(file.content).walk("VEVENT")
    assert len({str(entry["UID"]) for entry in found}) == len(found) == 3
    assert mail_of(without_card(candidate(0)))[1].calendars == ()


def days_of(mail):
    """Return the days of the mail's calendar file, and the sentence that promises it."""
    found = [entry for file in mail.calendars for entry in Calendar.from_ical(file.content).walk("VEVENT")]
    text = mail.renderings[0].text.replace(" \n", " ")
    return sorted(f"{entry.decoded('dtstart'):%m%d}" for entry in found), [
        line for line in text.splitlines() if line.startswith("Kalenderfilen ")
    ]


ALL_DAYS = "Kalenderfilen lägger in mejlets alla sista dagar i kalendern."


def test_the_calendar_file_holds_the_last_days_of_lines_and_of_what_is_no_call():
    days = [(NOW + timedelta(days=30 + number)).strftime("%m%d") for number in range(14)]
    calls = [candidate(number, call_id=str(number)) for number in range(14)]
    assert days_of(mail_of(*calls)[1]) == (days, [ALL_DAYS]), "the eleventh call and those after it are lines"
    weak, partners = candidate(1, level=Level.WEAK), candidate(2, kind=Kind.PARTNER_SEARCH)
    answer, coming = candidate(3, kind=Kind.POLICY, published=NOW), candidate(4, stated_status=Status.FORTHCOMING)
    closed = replace(candidate(6, deadlines=in_days(-1)), first_seen=NOW - timedelta(days=2))
    found, said = days_of(mail_of(candidate(0), weak, partners, answer, coming, closed)[1])
    assert (found, said) == (days[:5], [ALL_DAYS])


def test_the_footer_promises_the_calendar_file_that_there_is():
    event = candidate(5, kind=Kind.EVENT, starts=NOW + timedelta(days=3), deadlines=())
    undated = candidate(0, deadlines=(), deadline_model=DeadlineModel.UNKNOWN)
    assert days_of(mail_of(undated)[1]) == ([], [])
    assert days_of(mail_of(undated, event)[1])[1] == ["Kalenderfilen lägger in mejlets alla evenemang i kalendern."]
    assert days_of(mail_of(candidate(0), event)[1])[1] == [
        "Kalenderfilen lägger in mejlets alla sista dagar och evenemang i kalendern."
    ]


def test_the_language_of_a_summary_is_that_of_its_words():
    tree = tree_of(candidate(0))
    (ours,) = tree.xpath("//p[@class='summary']")
    assert ours.text_content().startswith("Stöd från Kreativa Europa")
    assert ours.get("lang") is None
    card = Cards(SV, AUDIENCE, SIGNER, "2026-W23-kultur-fritid", NOW).card
    foreign = candidate(0, kind=Kind.EVENT, starts=NOW, deadlines=())
    views = [card(DigestItem(candidate=one, section=MailSection.NEW, facts=())) for one in (candidate(0), foreign)]
    assert [(view.summary[:9], view.summary_language, view.language) for view in views] == [
        ("Stöd från", "", "en"),
        ("Newcomers", "en", "en"),
    ]
    machine = replace(AUDIENCE, machine={foreign.key: "Nykomlingar får lära känna samarbetet."})
    view = Cards(SV, machine, SIGNER, "2026-W23-kultur-fritid", NOW).card(
        DigestItem(candidate=candidate(0), section=MailSection.NEW, facts=())
    )
    assert "Nykomlingar" in view.summary
    assert view.summary_language == ""


NOTICE = CallEvent(id=1, type="news", old="[]", new='["The deadline has been extended."]')
TERMS = [
    {"fact": "funder_share", "title": "Call document", "values": [percent], "words": {
        language: {"fact": "EU betalar", "values": f"högst {percent} procent", "place": "s. 3"} for language in ("sv", "en")
    }} for percent in (80, 70)
]  # fmt: skip
NEW_TERMS = CallEvent(id=2, type="fact_changed", old=json.dumps(TERMS[0]), new=json.dumps(TERMS[1]))


@pytest.mark.parametrize("as_line", [False, True])
@pytest.mark.parametrize(("language", "marked"), [("sv", True), ("en", False)])
def test_the_publishers_words_in_a_change_have_their_language(as_line, language, marked):
    told = with_call(candidate(0), deadlines=(Deadline(at=NOW + timedelta(days=60)),))
    facts = ("new", deadline_fact(date_keys(told.call)))
    known = replace(told, told=tuple(Told(fact=fact, at=NOW - timedelta(days=14)) for fact in facts), events=(NOTICE, NEW_TERMS))
    (item,) = choose((known,), first=False, previous=NOW - timedelta(days=7), choice=Choice(), now=NOW).items
    cards = Cards(TEMPLATES.wording(language), AUDIENCE, SIGNER, "2026-W23-kultur-fritid", NOW)
    terms, notice = (cards.line if as_line else cards.card)(item).changes
    assert (notice.quoted, notice.language) == (("The deadline has been extended.", "en") if marked else ("", ""))
    assert (terms.quoted, terms.language) == (("Call document", "en") if marked else ("", ""))
    assert str(notice).endswith("writes: The deadline has been extended." if language == "en" else "skriver: " + notice.quoted)
    assert "Call document" in str(terms)
    mail = mail_of(known, language=language)[1].renderings[0]
    spans = lxml_html.fromstring(mail.html).xpath("//p[span[@lang]]/span[@lang='en']")
    found = [span.text_content() for span in spans if "skriver" in span.getparent().text_content()]
    assert found == (["The deadline has been extended."] if marked else [])
    assert str(notice) in " ".join(mail.text.split())


@pytest.mark.parametrize(
    ("language", "said"), [("sv", "1 kommande utlysning till finns på webben"), ("en", "Also on the web: 1 coming call")]
)
def test_the_link_to_the_rest_counts_one_as_one(language, said):
    coming = candidate(1, opens=(NOW + timedelta(days=9)).date(), stated_status=Status.FORTHCOMING)
    selection = choose((candidate(0), coming), first=True, previous=None, choice=Choice(), now=NOW)
    occasion = Occasion(digest="2026-W23-kultur-fritid", week="2026-W23", now=NOW)
    mail = render_mail(TEMPLATES, selection, AUDIENCE, occasion, SIGNER, (language,)).renderings[0]
    assert mail.view.rest.text == said


def test_kronor_are_told_with_the_day_of_their_rate():
    text = plain(tree_of(candidate(0)).text_content())
    assert "Belopp i kronor är ungefärliga: 1 EUR = 11 kronor, kursen 29 maj." in text
    danish = candidate(1, budget=Budget(project_max=9_000, currency="DKK"))
    both = plain(tree_of(candidate(0), candidate(2), danish).text_content())
    assert "ungefärliga: 1 EUR = 11 kronor och 1 DKK = 1,47 kronor, kursen 29 maj." in both
    assert "kurs" not in plain(tree_of(candidate(0, budget=Budget(project_max=9, currency="SEK"))).text_content())


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(project_max=200_000), "högst 200 000 euro per projekt (omkring 2,2 miljoner kronor)"),
        (Budget(project_min=8_455, project_max=50_745), "8 455 till 50 745 euro per projekt (omkring 93 000 till 560 000 kronor)"),
        (Budget(total=4_000_000, shared=True), "4 miljoner euro totalt, delat på flera delar av utlysningen (omkring 44 miljoner kronor)"),
        (Budget(total=4_000_000, project_min=100), "minst 100 euro per projekt (omkring 1 100 kronor)"),
        (Budget(project_max=1_500_000), "högst 1,5 miljoner euro per projekt (omkring 17 miljoner kronor)"),
        (Budget(project_max=300_000, currency="DKK"), "högst 300 000 danska kronor per projekt (omkring 440 000 kronor)"),
        (Budget(project_max=300_000, currency="SEK"), "högst 300 000 kronor per projekt"),
        (Budget(project_max=300_000, currency="USD"), "högst 300 000 dollar per projekt"),
        (Budget(), ""),
    ],
)  # fmt: skip
def test_how_much(budget, said):
    assert plain(CallRows(SV, AUDIENCE, NOW).amount(budget)) == said
    assert "omkring" not in CallRows(SV, replace(AUDIENCE, rates={}), NOW).amount(budget)


def test_the_next_step_leaves_time_for_the_work():
    said = [dict(rows(tree_of(candidate(0, deadlines=in_days(days)))))["Nästa steg:"] for days in (20, 49, 50, 100)]
    assert [text.partition(".se ")[2].partition(".")[0] for text in said] == [
        "den här veckan",
        "den här veckan",
        "senast 9 juni",
        "senast 29 juli",
    ]


def test_addresses_in_the_text_are_short():
    call_id = "https://example.se/" + "a" * 90
    text = mail_of(candidate(0, call_id=call_id))[1].renderings[0].text
    found = re.findall(r"^Mer om utlysningen: \n?(.*)$", text, re.MULTILINE)
    assert found == [f"https://eu.example.se/u/{CallKey('portal', call_id).short}"]
    assert "%3A%2F%2F" not in text


def test_flowed_text_reads_the_same_at_any_width():
    text = "Ett stycke med många ord " * 9 + "\n\n- https://example.se/" + "a" * 90 + "\n> svar\nFrom oss till er 60 000 euro"
    flowed = flow(text)
    assert all(len(line) <= WIDTH + 1 or "https://" in line for line in flowed.splitlines())
    joined = flowed.replace(" \n", " ").replace("\u00a0", " ")
    assert [line.removeprefix(" ") for line in joined.splitlines()] == [line.strip() for line in text.splitlines()]
    assert "\n > svar\n From oss" in flowed, "no quotation: RFC 3676, section 4.4"
    assert "60\u00a0000" in flowed


def test_days_in_english_keep_their_capital_and_the_programme_its_language():
    text = plain(tree_of(candidate(1, level=Level.WEAK), candidate(0), language="en").text_content())
    assert re.search(r"last day to apply [A-Z][a-z]+day \d", text), text
    assert not re.search(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", text)
    (name,) = tree_of(candidate(0), language="en").xpath("//h3/following-sibling::p[1]/span[@lang='sv']")
    assert name.text_content() == "Kreativa Europa"
    (summary,) = tree_of(candidate(0), language="en").xpath("//p[@class='summary']")
    assert "Kreativa" not in summary.text_content()


def test_a_round_to_come_has_the_subject_of_its_theme():
    expected = ExpectedRound(
        title="Town Twinning", language="en", lines={"sv": "Brukar öppna i april"}, subjects={"sv": "Vänorter"}
    )
    text = plain(mail_of(candidate(0), candidate(1), expected=(expected,))[1].renderings[0].text.replace(" \n", " "))
    assert "Vänorter: Town Twinning (engelska): Brukar öppna i april" in text


def test_the_numbers_of_a_first_mail_add_up():
    calls = [candidate(number, call_id=str(number)) for number in range(13)]
    coming = candidate(3, call_id="coming", opens=(NOW + timedelta(days=9)).date(), stated_status=Status.FORTHCOMING)
    selection = choose((*calls, coming), first=True, previous=None, choice=Choice(welcome=10), now=NOW)
    occasion = Occasion(digest="2026-W23-kultur-fritid", week="2026-W23", now=NOW)
    text = render_mail(TEMPLATES, selection, AUDIENCE, occasion, SIGNER).renderings[0].text.replace(" \n", " ")
    assert "Just nu är 13 utlysningar öppna som vi tror passar er. Här är de 10 som passar bäst." in text
    assert "3 öppna utlysningar och 1 kommande utlysning till finns på webben: " in text
