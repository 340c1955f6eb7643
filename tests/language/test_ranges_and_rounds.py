"""Further wordings of ranges, choices, shares and days, as readers' texts had them: what counts, and what only stands beside it."""

from datetime import date

import pytest

from monitor.calls import Precision
from monitor.language.budget import find_budget
from monitor.language.deadlines import find_deadlines, with_bounds
from monitor.language.shares import find_shares
from tests.language.test_unseen import instants, read

PUBLISHED = date(2026, 11, 20)

# Language, text, and the total, the least and the most of one project.
MONEY = [
    ("sv", "Minsta sökta EU-stöd är 3 miljoner kronor.", None, 3000000, None),
    ("sv", "Minsta sökta stöd från fonden är 500 000 kronor.", None, 500000, None),
    ("sv", "Minsta möjliga bidrag är 50 000 kronor och det högsta 400 000 kronor.", None, 50000, 400000),
    ("sv", "Lägsta sökta belopp är 100 000 euro.", None, 100000, None),
    ("sv", "Minsta EU-stöd per projekt är 2 miljoner kronor.", None, 2000000, None),
    ("da", "Det mindste ansøgte tilskud er 100.000 kr.", None, 100000, None),
    ("nb", "Minste omsøkte støtte er 250 000 kroner.", None, 250000, None),
    ("en", "The smallest requested grant is EUR 50,000.", None, 50000, None),
    ("en", "The minimum requested EU support is EUR 300 000.", None, 300000, None),
    ("sv", "Högsta sökta EU-stöd är 8 miljoner kronor.", None, None, 8000000),
    ("da", "Fonden investerer mellem 5 og 25 mio. kr. i et projekt.", None, 5000000, 25000000),
    ("da", "Vi investerer typisk mellem 5 og 25 mio. kr.", None, None, None),
    ("sv", "Vi finansierar projekt med mellan 500 000 och 2 miljoner kronor.", None, 500000, 2000000),
    ("sv", "Energimyndigheten går in med mellan 1 och 5 miljoner kronor i varje projekt.", None, 1000000, 5000000),
    ("en", "The foundation invests between EUR 50 000 and EUR 200 000 in a project.", None, 50000, 200000),
    ("nb", "Fondet går inn med mellom 1 og 4 millioner kroner i et prosjekt.", None, 1000000, 4000000),
    ("nb", "Støttegrense: kr 4 000 000–16 000 000", None, 4000000, 16000000),
    ("nb", "Støttegrenser: 2 000 000-10 000 000 kroner", None, 2000000, 10000000),
    ("nb", "Beløpsgrenser: kr 500 000 - 1 500 000", None, 500000, 1500000),
    ("sv", "Stödintervall: 300 000–900 000 kronor", None, 300000, 900000),
    ("sv", "Beloppsgränser: 100 000–500 000 kronor", None, 100000, 500000),
    ("en", "Grant range: EUR 50 000 – 150 000", None, 50000, 150000),
    ("en", "Funding limits: EUR 100 000–400 000", None, 100000, 400000),
    ("da", "Støtteramme pr. projekt: 1-3 mio. kr.", None, 1000000, 3000000),
    ("da", "Beløbsgrænser: 50.000–250.000 kr.", None, 50000, 250000),
    ("nb", "Antatt tilgjengelige midler: kr 130 000 000", 130000000, None, None),
    ("en", "Applicants choose between three single lump sums: EUR 120 000, EUR 250 000 and EUR 400 000.", None, 120000, 400000),
    ("en", "There are three lump sums: 120 000, 250 000 and 400 000 EUR.", None, 120000, 400000),
    ("en", "There are two lump sums: EUR 30 000 and EUR 60 000.", None, 30000, 60000),
    ("sv", "Ni väljer mellan tre klumpsummor: 120 000 euro, 250 000 euro och 400 000 euro.", None, 120000, 400000),
    ("sv", "Det finns två fasta belopp: 30 000 och 60 000 euro.", None, 30000, 60000),
    ("da", "I vælger mellem faste beløb på 120.000, 250.000 og 400.000 euro.", None, 120000, 400000),
    ("nb", "Dere velger mellom to faste beløp: 30 000 og 60 000 euro.", None, 30000, 60000),
    ("sv", "Stödet är fördelat på 120 000 och 250 000 kronor till två projekt i fjol.", None, None, None),
]  # fmt: skip

# Language, text, and the shares of funder and applicant.
SHARES = [
    ("sv", "Bidrag till föreningar som äger en samlingslokal. Bidrag lämnas med högst 50 procent, och kommunen måste bidra med minst 30 procent.", 50, None),
    ("sv", "Bidrag till föreningar. Kommunen ska medfinansiera med minst 20 procent.", None, None),
    ("sv", "Föreningar kan söka. Boverket betalar 50 procent, kommunen 30 procent och föreningen 20 procent.", 50, 20),
    ("sv", "Idrottsföreningar kan söka. Kommunen ska stå för minst 25 procent av kostnaden.", None, None),
    ("da", "Foreninger kan søge om tilskud til forsamlingshuse. Kommunen skal bidrage med mindst 25 procent.", None, None),
    ("nb", "Frivillige lag kan søke. Kommunen må bidra med minst 30 prosent.", None, None),
    ("en", "Village associations can apply. The municipality must contribute at least 30 per cent.", None, None),
    ("sv", "Kommuner kan söka. Bidraget är högst 50 procent och kommunen måste bidra med minst 30 procent.", 50, 30),
    ("sv", "Stödet söks av kommunen. Kommunen ska själv stå för minst 50 procent.", None, 50),
    ("nb", "Kommuner kan søke. Kommunen må bidra med minst 30 prosent.", None, 30),
    ("da", "Kommuner kan søge. Kommunen skal selv finansiere mindst 40 procent.", None, 40),
    ("en", "Municipalities may apply. The municipality must contribute at least 30 per cent.", None, 30),
]  # fmt: skip

# Language, text, last days, opening day.
DAYS = [
    ("sv", "Kommuner kan söka. Under 2027 finns tre ansökningstillfällen:\n• 17 februari kl. 12.00\n• 4 maj kl. 12.00\n• 1 oktober kl. 12.00", ["2027-02-17T12:00", "2027-05-04T12:00", "2027-10-01T12:00"], None),
    ("sv", "Under 2027 har vi två ansökningstillfällen: 1 mars och 1 oktober.", ["2027-03-01", "2027-10-01"], None),
    ("sv", "Ansökningsdatum 2027:\n- 15 januari\n- 15 maj\n- 15 september", ["2027-01-15", "2027-05-15", "2027-09-15"], None),
    ("en", "There are three application deadlines in 2027:\n• 17 February at 12:00\n• 4 May at 12:00\n• 1 October at 12:00", ["2027-02-17T12:00", "2027-05-04T12:00", "2027-10-01T12:00"], None),
    ("en", "Cut-off dates in 2027: 17 February, 4 May and 1 October", ["2027-02-17", "2027-05-04", "2027-10-01"], None),
    ("da", "I 2027 er der tre ansøgningsfrister:\n• 17. februar kl. 12\n• 4. maj kl. 12\n• 1. oktober kl. 12", ["2027-02-17T12:00", "2027-05-04T12:00", "2027-10-01T12:00"], None),
    ("nb", "I 2027 er det to søknadsfrister:\n- 15. februar\n- 15. september", ["2027-02-15", "2027-09-15"], None),
    ("sv", "I år finns två ansökningsomgångar:\n1 mars\n1 oktober 2027", ["2027-03-01", "2027-10-01"], None),
    ("sv", "Vi har två ansökningsperioder per år. Sista dag för vårens period är den 15 mars 2027 och för höstens den 15 september 2027.", ["2027-03-15", "2027-09-15"], None),
    ("sv", "Sista dag för vårens omgång är den 1 mars 2027.", ["2027-03-01"], None),
    ("sv", "Stiftelsen tar emot ansökningar två gånger per år. Sista dag är den 1 mars 2027 för vårens utdelning och den 1 september 2027 för höstens.", ["2027-03-01", "2027-09-01"], None),
    ("da", "Fonden har to ansøgningsrunder. Sidste dag for forårets runde er den 15. marts 2027 og for efterårets den 15. september 2027.", ["2027-03-15", "2027-09-15"], None),
    ("nb", "Stiftelsen har to søknadsrunder. Siste dag for vårens runde er 15. mars 2027 og for høstens 15. september 2027.", ["2027-03-15", "2027-09-15"], None),
    ("en", "There are two application rounds. The last day for the spring round is 15 March 2027 and for the autumn round 15 September 2027.", ["2027-03-15", "2027-09-15"], None),
    ("sv", "Kommissionen öppnar en ny utlysning för vänortsmöten den 10 december 2026. Sista ansökningsdag är den 18 mars 2027.", ["2027-03-18"], "2026-12-10"),
    ("sv", "Vinnova öppnar utlysningen Hållbara städer den 12 januari 2027. Sista ansökningsdag är den 18 mars 2027.", ["2027-03-18"], "2027-01-12"),
    ("sv", "Programmet öppnar sin femte utlysning den 1 februari 2027. Sista ansökningsdag är den 18 mars 2027.", ["2027-03-18"], "2027-02-01"),
    ("da", "Kommissionen åbner en ny indkaldelse den 10. december 2026. Ansøgningsfristen er den 18. marts 2027.", ["2027-03-18"], "2026-12-10"),
    ("nb", "Kommisjonen åpner en ny utlysning 10. desember 2026. Søknadsfristen er 18. mars 2027.", ["2027-03-18"], "2026-12-10"),
    ("en", "The Commission opens a new call for town twinning on 10 December 2026. The deadline for applications is 18 March 2027.", ["2027-03-18"], "2026-12-10"),
    ("da", "Puljen, som havde frist den 1. oktober 2026, er nu behandlet. Næste ansøgningsfrist er den 1. marts 2027.", ["2027-03-01"], None),
    ("da", "Puljen, som havde frist den 1. oktober, er nu behandlet.", [], None),
    ("nb", "Utlysningen, som hadde frist 1. oktober, er nå ferdig behandlet.", [], None),
    ("sv", "Utlysningen, som hade sista ansökningsdag den 1 oktober, lockade många.", [], None),
    ("en", "The call, which had a deadline of 1 October, attracted 40 proposals.", [], None),
    ("sv", "Utlysningen, som hade sista ansökningsdag den 1 december, förlängs till den 15 januari 2027.", ["2027-01-15"], None),
]  # fmt: skip

# Language, title, text, days to answer by.
ANSWERS = [
    ("sv", "Remiss: förslag till ändrade föreskrifter", "Ni är välkomna att lämna synpunkter på förslaget senast den 8 januari 2027. Skicka svaret till oss och ange diarienummer. Föreskrifterna föreslås träda i kraft den 1 april 2027.", ["2027-01-08"]),
    ("sv", "Remiss: ändrade föreskrifter om stöd", "Lämna synpunkter senast den 8 januari 2027. Föreskrifterna planeras att börja gälla den 1 april 2027.", ["2027-01-08"]),
    ("sv", "Remiss av promemorian Enklare stöd", "Remissvaren ska ha kommit in senast den 15 februari 2027. Lagändringen föreslås träda i kraft den 1 juli 2027.", ["2027-02-15"]),
    ("da", "Høring: ændring af bekendtgørelse om tilskud", "Bemærkninger sendes senest den 8. januar 2027. Bekendtgørelsen forventes at træde i kraft den 1. april 2027.", ["2027-01-08"]),
    ("nb", "Høring: endringer i forskrift om tilskudd", "Send innspill innen 8. januar 2027. Forskriften foreslås å tre i kraft 1. april 2027.", ["2027-01-08"]),
    ("en", "Consultation on draft rules for support", "Comments should be sent by 8 January 2027. The rules are proposed to enter into force on 1 April 2027.", ["2027-01-08"]),
    ("en", "Public consultation on the next LIFE programme", "Send your reply and state the reference. The consultation closes on 12 February 2027. The rules shall apply from 1 January 2028.", ["2027-02-12"]),
    ("sv", "Samråd om handlingsplan för buller", "Skicka svaret till kommunen senast den 15 januari 2027. Planen ska antas den 30 april 2027.", ["2027-01-15"]),
    ("sv", "Remiss: nya villkor för miljöersättning", "Svara senast den 22 januari 2027. Reglerna ska tillämpas från och med den 1 maj 2027.", ["2027-01-22"]),
    ("sv", "Remiss: förslag till ändrade föreskrifter om stöd till landsbygden", "Lämna synpunkter senast den 8 januari 2027. Skicka svaret till oss och ange diarienummer 3.4.16-18211/2026. Föreskrifterna föreslås träda i kraft den 1 april 2027.", ["2027-01-08"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "total", "low", "high"), MONEY)
def test_ranges_by_their_label_and_choices_are_of_one_project(language, text, total, low, high):
    budget = find_budget(text, language)
    assert (budget.total, budget.project_min, budget.project_max) == (total, low, high)


@pytest.mark.parametrize(("language", "text", "funder", "own"), SHARES)
def test_what_a_municipality_pays_beside_an_association_is_no_own_share(language, text, funder, own):
    shares = find_shares(text)
    assert (shares.funder, shares.own) == (funder, own)


@pytest.mark.parametrize(("language", "text", "days", "opens"), DAYS)
def test_days_of_several_rounds_are_read_and_those_of_an_earlier_one_are_not(language, text, days, opens):
    found = with_bounds(find_deadlines(text, reference=PUBLISHED, language=language))
    assert [
        deadline.at.date().isoformat() if deadline.precision is Precision.DAY else deadline.at.isoformat("T", "minutes")[:16]
        for deadline in found.deadlines
    ] == days
    assert (found.opens and found.opens.isoformat()) == opens


@pytest.mark.parametrize(("language", "title", "text", "days"), ANSWERS)
def test_the_day_when_rules_begin_to_apply_is_no_day_to_answer_by(language, title, text, days):
    call = read({"id": "ours", "language": language, "title": title, "text": text, "published": PUBLISHED.isoformat()})
    assert call.kind.value == "policy"
    assert instants(call) == days
