"""Further wordings of what readers' texts said: sums of some projects, lists of days, stages in tables, closed calls, decisions."""

from datetime import date

import pytest

from monitor.calls import DeadlineModel
from monitor.language.applicant_roles import Role
from monitor.language.budget import find_budget
from monitor.language.call_reading import read_call
from monitor.language.deadlines import find_deadlines
from monitor.matching.engine import judge_call
from monitor.matching.rules.files import read_texts
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from tests.language.test_unseen import read

PUBLISHED = date(2026, 11, 20)


def days(text, language):
    found = find_deadlines(text, reference=PUBLISHED, language=language)
    return [deadline.at.isoformat("T", "minutes")[:16] for deadline in found.deadlines]


NO_BOUNDS = [
    ("sv", "Vanliga projektbudgetar ligger mellan 500 000 och 3 miljoner kronor."),
    ("sv", "En vanlig projektbudget ligger mellan 1 och 2 miljoner kronor."),
    ("sv", "Typiska projektbudgetar är 200 000–400 000 kronor."),
    ("sv", "Normala bidrag ligger mellan 50 000 och 100 000 kronor."),
    ("en", "Common grants are between EUR 20,000 and 50,000."),
    ("en", "A typical project budget is EUR 100,000 to 300,000."),
    ("da", "Sædvanlige projektbudgetter ligger mellem 500.000 og 1 mio. kr."),
    ("sv", "Minsta projektstorlek: 2 miljoner kronor i stödberättigande kostnader"),
    ("sv", "Projekten ska omfatta minst 2 miljoner kronor i totala kostnader."),
    ("sv", "Minsta projektstorlek är 500 000 kronor i stödgrundande kostnader."),
    ("en", "Minimum project size: EUR 500,000 of eligible costs"),
    ("en", "Projects must have at least EUR 1 million in total costs."),
    ("sv", "För förenklade projekt är EU-stödet högst 50 000 euro."),
    ("sv", "För små projekt är stödet högst 25 000 euro."),
    ("sv", "För mindre projekt är bidraget högst 100 000 kronor."),
    ("en", "For small projects the grant is at most EUR 50,000."),
    ("en", "For small-scale projects the maximum grant is EUR 60,000."),
    ("da", "For mindre projekter er tilskuddet højst 100.000 kr."),
    ("nb", "For små prosjekter er støtten maksimalt 100 000 kroner."),
    ("sv", "För större projekt är stödet högst 5 miljoner kronor."),
]


@pytest.mark.parametrize(("language", "text"), NO_BOUNDS)
def test_typical_budgets_sizes_in_costs_and_sums_of_some_projects_are_no_bounds(language, text):
    found = find_budget(text, language)
    assert (found.project_min, found.project_max) == (None, None)


BOUNDS = [
    ("sv", "Stödet är högst 50 000 euro.", (None, 50000)),
    ("sv", "Bidrag till små projekt: högst 50 000 kronor per projekt.", (None, 50000)),
    ("en", "Small-scale projects may receive up to EUR 200 000.", (None, 200000)),
]


@pytest.mark.parametrize(("language", "text", "expected"), BOUNDS)
def test_bounds_of_every_project_are_read(language, text, expected):
    found = find_budget(text, language)
    assert (found.project_min, found.project_max) == expected


LISTS = [
    (
        "en",
        "AFIF works with several cut-off dates. The remaining ones are:\n- 16 December 2026\n- 9 June 2027\n- 15 December 2027\n\n"
        "Applications close at 17:00 Brussels time on each day.",
        ["2026-12-16T17:00", "2027-06-09T17:00", "2027-12-15T17:00"],
    ),
    (
        "en",
        "There are several cut-off dates. The remaining dates are:\n- 9 June 2027\n- 15 December 2027\nThe call closes at 17:00 on each date.",
        ["2027-06-09T17:00", "2027-12-15T17:00"],
    ),
    ("sv", "Nästa ansökningstillfällen är den 1 mars och den 1 oktober 2027.", ["2027-03-01T23:59", "2027-10-01T23:59"]),
    ("sv", "Nästa ansökningstillfälle är den 30 april 2027.", ["2027-04-30T23:59"]),
    (
        "sv",
        "LAG sammanträder två gånger. För att komma med ska ansökan vara inne senast:\n15 januari 2027\n2 april 2027",
        ["2027-01-15T23:59", "2027-04-02T23:59"],
    ),
    ("en", "Applications must reach us by:\n- 15 January 2027\n- 2 April 2027", ["2027-01-15T23:59", "2027-04-02T23:59"]),
    ("en", "The application period is 16 November 2026 – 15 January 2027, ending at 16:15.", ["2027-01-15T16:15"]),
    ("sv", "Ansökan är öppen 16 november 2026–15 januari 2027, stänger kl. 16.15.", ["2027-01-15T16:15"]),
    (
        "sv",
        "Ansökan: 3 november–4 december 2026\nBesked: februari 2027\nRekvisition: senast 30 september 2027",
        ["2026-12-04T23:59"],
    ),
    ("sv", "Ansökan: 1–31 mars 2027\nUtbetalning: senast 30 september 2027", ["2027-03-31T23:59"]),
    ("sv", "Sök: 1–31 mars 2027\nRekvisition: till och med 30 september 2027", ["2027-03-31T23:59"]),
    ("sv", "Sök från: 2 november 2026\nSök till: 31 januari 2027", ["2027-01-31T23:59"]),
]


@pytest.mark.parametrize(("language", "text", "expected"), LISTS)
def test_lists_rows_and_ends_of_periods_are_last_days_with_their_times(language, text, expected):
    assert days(text, language) == expected


TABLES = [
    "Call 8 (full applications)\nOpens 15 March 2027\nCloses 14 June 2027, 16:00\n\nCall 8 (expressions of interest)\nOpens 2 November 2026\n"
    "Closes 14 January 2027, 16:00",
    "Stage 1\nOpens 2 November 2026\nCloses 14 January 2027, 16:00\n\nStage 2\nOpens 15 March 2027\nCloses 14 June 2027, 16:00",
    "Steg 1\nÖppnar 2 november 2026\nStänger 14 januari 2027 kl. 16.00\n\nSteg 2\nÖppnar 15 mars 2027\nStänger 14 juni 2027 kl. 16.00",
    "Steg 2\nÖppnar 15 mars 2027\nStänger 14 juni 2027 kl. 16.00\n\nSteg 1\nÖppnar 2 november 2026\nStänger 14 januari 2027 kl. 16.00",
]


@pytest.mark.parametrize("text", TABLES)
def test_two_stages_in_two_tables_open_with_the_first_one(text):
    found = find_deadlines(text, reference=PUBLISHED, language="sv" if "Steg" in text else "en")
    assert found.model is DeadlineModel.TWO_STAGE
    assert found.opens == date(2026, 11, 2)


KINDS = [
    ("call", "en", "LIFE-2026-CET: Clean Energy topics", "CINEA reminds applicants that the call has a budget of €89.5 million. Proposals could be submitted until 24 September 2026. The call is now closed. The co-financing rate is up to 95% of eligible costs."),
    ("call", "en", "Grants for local energy plans", "The call is now closed. Proposals could be submitted until 24 September 2026."),
    ("call", "sv", "Bidrag till laddstolpar", "Utlysningen är nu stängd. Ansökningar kunde lämnas in till och med den 30 oktober 2026."),
    ("call", "en", "Just Transition Capital Fund for councils", "Local authorities can now bid for a share of £15 million. The fund will close for bids at noon on Friday 22 January 2027."),
    ("call", "en", "Grants for daylight in public buildings", "Municipalities and schools may seek support. There are no application deadlines; the board meets four times a year."),
    ("call", "sv", "Bidrag till konst i skolan", "Kommuner kan söka. Det finns inga fasta ansökningsdagar; styrelsen möts fyra gånger per år."),
    ("partner-search", "en", "SMEs wanted for Eurostars project", "A sensor company seeks an SME with expertise in machine learning. Reply by 10 January 2027; the cut-off is 11 March 2027."),
    ("partner-search", "en", "Municipalities wanted for a LIFE proposal", "We plan a project on wetlands. Reply by 10 January 2027."),
    ("partner-search", "sv", "Partnerförfrågan: småföretag inom träbyggande", "Ett franskt konsortium söker ett svenskt företag. Svar önskas senast den 8 januari 2027."),
    ("partner-search", "sv", "Skola i Tammerfors söker svensk skola för Erasmus+", "En grundskola söker en skola i Sverige för ett projekt om läsning. Kontakta rektor så snart som möjligt."),
    ("policy", "sv", "Riksdagen säger ja till förändrad skatteutjämning", "Riksdagen röstade i onsdags ja till regeringens förslag. Ändringarna börjar gälla den 1 januari 2027."),
    ("policy", "sv", "Regeringen föreslår ändringar i plan- och bygglagen", "Ändringarna föreslås träda i kraft den 1 juli 2027."),
    ("policy", "sv", "Beslut: nya regler för elnätstariffer skjuts upp", "Myndigheten återkommer med ett nytt förslag under våren."),
    ("policy", "en", "Council and Parliament reach a provisional agreement on soil", "The agreement must now be endorsed by both institutions."),
    ("policy", "en", "Negotiators strike a deal on waste rules", "Member states will have until 31 December 2028 to transpose the rules."),
    ("event", "sv", "Utbildning i projektekonomi för beviljade projekt", "Då är ni välkomna till en utbildning i redovisning onsdag 20 januari 2027 i Luleå, kl. 9–15."),
    ("news", "sv", "Tolv beviljade projekt i höstens omgång", "Tolv kommuner har beviljats stöd i höstens omgång."),
    ("news", "en", "The call is closed: 148 applications", "Proposals could be submitted until 24 September 2026. The call is now closed, and 148 applications came in."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "language", "title", "text"), KINDS)
def test_closed_calls_searches_decisions_and_courses_are_told_apart(kind, language, title, text):
    call = read({"id": "kind", "language": language, "title": title, "text": text, "published": "2026-11-20"})
    assert call is not None
    assert call.kind == kind


def test_a_summary_without_its_lines_is_not_read_beside_the_body():
    text = "Vem kan söka: vattenbruksföretag\nBudget: 22 000 000 kr\n\nKommuner, myndigheter och föreningar kan inte få stödet."
    call = read(
        {"id": "s", "language": "sv", "title": "Stöd: utlysning", "text": text + "\nSök senast 1 mars 2027.", "published": None}
    )
    found = read_call(call).eligibility
    assert found is not None
    assert found.role is Role.NOT


def test_the_reason_names_the_other_country_s_municipalities():
    text = "Ukrainian municipalities can apply for grants. Apply by 1 March 2027."
    call = read({"id": "s", "language": "en", "title": "Green recovery grants", "text": text, "published": None})
    gates = judge_call(load_rules(RULES, read_texts(RULES).texts), call).gates
    assert (gates.answer, gates.reason) == ("nej", "Texten nämner bara kommuner i ett annat land som sökande.")
