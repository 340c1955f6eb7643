"""Ways in which real pages say what two readers' texts said: days that are no last days, lists of days, money of a part."""

from datetime import date

import pytest

from monitor.language.budget import find_budget
from monitor.language.deadlines import find_deadlines, first_reply
from tests.language.test_unseen import read

PUBLISHED = date(2026, 11, 20)


def days(text, language):
    found = find_deadlines(text, reference=PUBLISHED, language=language)
    return [deadline.at.isoformat("T", "minutes")[:16] for deadline in found.deadlines]


CALLS = {
    "sv": "Ansök senast den 1 mars 2027. ",
    "en": "Applications must be submitted by 1 March 2027. ",
    "da": "Ansøgningsfristen er den 1. marts 2027. ",
    "nb": "Søknadsfristen er 1. mars 2027. ",
}
OTHER_DAYS = {
    "sv": [
        "Rekvisition av beviljade medel görs senast 1 november 2027.",
        "Beviljade medel ska rekvireras senast den 1 november 2027.",
        "Medlen som beviljats rekvireras senast 1 november 2027.",
        "Slutredovisning senast 1 november 2027.",
        "Utbetalning sker senast 1 november 2027.",
        "Beslut meddelas senast 1 juni 2027.",
        "När får vi svar?\nSenast den 15 juni 2027.",
        "När får vi besked?\nDen 15 juni 2027.",
        "När kommer beslutet?\nSenast den 15 juni 2027.",
        "När betalas pengarna ut?\nSenast den 15 juni 2027.",
        "Alla sökande får svar senast den 15 juni 2027.",
        "Ni får besked senast den 15 juni 2027.",
        "Ni får veta om ni beviljas stöd senast den 15 juni 2027.",
        "Projekten ska slutrapporteras senast den 30 juni 2029.",
        "Medlen ska vara förbrukade senast den 31 december 2027.",
        "Pengarna ska vara använda senast den 31 december 2027.",
        "Frågor om utlysningen kan ställas till och med den 20 februari 2027.",
        "Avtal tecknas senast den 1 juni 2027.",
    ],
    "en": [
        "When will we get an answer?\nBy 15 June 2027.",
        "When do I hear about the result?\nBy 15 June 2027.",
        "When will the money be paid?\nBy 30 June 2027.",
        "Payment is made by 30 June 2027.",
        "Applicants will be informed of the outcome by 15 June 2027.",
        "Results will be published by 15 June 2027.",
        "The grant agreement is signed by 30 September 2027.",
        "Final reports are due on 30 June 2029.",
        "Funds must be spent by 31 December 2028.",
        "Activities must be completed by 31 December 2028.",
        "Decision: no later than 30 April 2027",
        "Award decisions by 30 April 2027",
        "Notification to applicants: 30 April 2027",
        "Contracts must be signed by 1 June 2027.",
    ],
    "da": [
        "Hvornår får vi svar?\nSenest den 15. juni 2027.",
        "Hvornår udbetales pengene?\nSenest den 15. juni 2027.",
        "Tilskuddet udbetales senest den 30. juni 2027.",
        "Alle ansøgere får svar senest den 15. juni 2027.",
        "Regnskabet skal indsendes senest den 1. februar 2029.",
        "Anmodning om udbetaling sendes senest den 1. november 2027.",
        "Midlerne skal være brugt inden den 31. december 2028.",
        "Afgørelsen meddeles senest 15. juni 2027.",
    ],
    "nb": [
        "Når får vi svar?\nInnen 15. juni 2027.",
        "Når utbetales pengene?\nInnen 30. juni 2027.",
        "Alle søkere får svar innen 15. juni 2027.",
        "Tilskuddet utbetales innen 30. juni 2027.",
        "Midlene må være brukt innen 31. desember 2028.",
        "Rapport sendes innen 1. november 2028.",
        "Vedtak fattes innen 15. juni 2027.",
        "Utbetalingsanmodning sendes innen 1. november 2028.",
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, sentence) for language, found in OTHER_DAYS.items() for sentence in found]
)
def test_a_day_of_pay_out_answers_or_reports_is_no_last_day(language, sentence):
    assert days(CALLS[language] + sentence, language) == ["2027-03-01T23:59"]


LISTS = [
    (
        "sv",
        "Ansökningar bedöms vid tre tillfällen: 26 januari, 27 april och 14 september 2027.",
        ["2027-01-26T23:59", "2027-04-27T23:59", "2027-09-14T23:59"],
    ),
    (
        "sv",
        "Ansökningar bedöms vid tre tillfällen: 26 januari, 27 april och 14 september 2027. Ansökan måste vara inne klockan 14.00 respektive datum.",
        ["2027-01-26T14:00", "2027-04-27T14:00", "2027-09-14T14:00"],
    ),
    (
        "sv",
        "Vi fattar beslut fyra gånger om året. Sista ansökningsdag är 1 februari, 1 maj och 1 oktober 2027, kl. 15.00 alla dagar.",
        ["2027-02-01T15:00", "2027-05-01T15:00", "2027-10-01T15:00"],
    ),
    (
        "en",
        "Two deadlines apply: 12 January 2027 and 8 July 2027, 17:00 Brussels time.",
        ["2027-01-12T17:00", "2027-07-08T17:00"],
    ),
    (
        "en",
        "Cut-off dates: 10 March, 9 June and 6 October 2027, 17:00 CET.",
        ["2027-03-10T17:00", "2027-06-09T17:00", "2027-10-06T17:00"],
    ),
    ("en", "Deadlines in 2027: 10 March, 9 June and 6 October.", ["2027-03-10T23:59", "2027-06-09T23:59", "2027-10-06T23:59"]),
    (
        "en",
        "There are three cut-off dates in 2027: 10 March, 9 June and 6 October.",
        ["2027-03-10T23:59", "2027-06-09T23:59", "2027-10-06T23:59"],
    ),
    (
        "nb",
        "Det holdes fire runder i 2027, med søknadsfrister 29. januar, 30. april, 27. august og 26. november.",
        ["2027-01-29T23:59", "2027-04-30T23:59", "2027-08-27T23:59", "2027-11-26T23:59"],
    ),
    (
        "da",
        "Der er tre ansøgningsrunder i 2027 med frist 15. januar, 15. maj og 15. december.",
        ["2027-01-15T23:59", "2027-05-15T23:59", "2027-12-15T23:59"],
    ),
    (
        "sv",
        "Vi har tre ansökningsomgångar under 2027:\n- 25 januari–12 februari\n- 19 april–7 maj\n- 30 augusti–17 september",
        ["2027-02-12T23:59", "2027-05-07T23:59", "2027-09-17T23:59"],
    ),
    ("sv", "Ansökningsomgångar 2027\n• 25 januari–12 februari\n• 19 april–7 maj", ["2027-02-12T23:59", "2027-05-07T23:59"]),
    (
        "en",
        "You can apply in three windows:\n- 1 to 31 March 2027\n- 1 to 30 June 2027",
        ["2027-03-31T23:59", "2027-06-30T23:59"],
    ),
    (
        "en",
        "The call has two topics with separate deadlines. Topic 1: 20 April 2027. Topic 2: 4 March 2027.",
        ["2027-03-04T23:59", "2027-04-20T23:59"],
    ),
    ("en", "Remaining cut-off dates: 21 January 2027, 17:00; 20 May 2027, 17:00.", ["2027-01-21T17:00", "2027-05-20T17:00"]),
    ("sv", "Sista ansökningsdag är 8 januari respektive 16 april 2027.", ["2027-01-08T23:59", "2027-04-16T23:59"]),
    ("sv", "Ansökningsperioden inleds den 30 november och avslutas den 8 januari klockan 16.00.", ["2027-01-08T16:00"]),
    ("da", "Ansøgningsrunden åbner den 4. januar 2027 og slutter den 26. februar 2027.", ["2027-02-26T23:59"]),
    ("nb", "Søknadsperioden starter 4. januar 2027 og avsluttes 26. februar 2027.", ["2027-02-26T23:59"]),
    ("en", "The application period begins on 4 January 2027 and ends on 26 February 2027.", ["2027-02-26T23:59"]),
    (
        "sv",
        "Projektet startar den 4 januari 2027 och avslutas den 30 juni 2028. Ansök senast den 1 december 2026.",
        ["2026-12-01T23:59"],
    ),
    (
        "sv",
        "Viktiga datum\n1 december 2026 Utlysningen öppnar\n2 februari 2027 kl. 14:00 Utlysningen stänger\n20 april 2027 Beslutsdatum senast\n3 maj 2027 Projekt får tidigast starta",
        ["2027-02-02T14:00"],
    ),
    ("sv", "Viktiga datum\n2 februari 2027 Sista ansökningsdag\n20 april 2027 Beslut", ["2027-02-02T23:59"]),
    ("en", "Key dates\n1 December 2026 Call opens\n2 February 2027 Call closes\n20 April 2027 Results", ["2027-02-02T23:59"]),
    ("en", "The winter call is open 7 January–4 February 2027 (until 16:15 Finnish time).", ["2027-02-04T16:15"]),
    ("sv", "Senast den 1 december ska kommunens ansökan vara registrerad i LONA-registret.", ["2026-12-01T23:59"]),
    ("en", "Project ideas can be sent until 31 January or 31 July 2027.", ["2027-01-31T23:59", "2027-07-31T23:59"]),
    (
        "sv",
        "Ansökan stänger den 1 mars 2027. Projektet ska vara avslutat den 30 juni 2029 och slutredovisas den 30 september 2029.",
        ["2027-03-01T23:59"],
    ),
    ("sv", "Sök senast 1 mars 2027. Möten med LAG hålls den 18 mars och den 20 maj.", ["2027-03-01T23:59"]),
    (
        "sv",
        "Ansökan ska vara inne senast den 1 mars 2027 för att behandlas vid styrelsemötet den 20 april.",
        ["2027-03-01T23:59"],
    ),
    ("en", "Deadline: 1 March 2027. Interviews: 12-16 April 2027. Start of projects: 1 September 2027.", ["2027-03-01T23:59"]),
    (
        "en",
        "Applications close on 1 March 2027 at noon. Successful applicants must return the signed agreement by 30 June 2027.",
        ["2027-03-01T12:00"],
    ),
    (
        "sv",
        "Stödet kan sökas till och med 1 mars 2027. Kostnader får tas upp från och med 1 april 2027 till och med 31 mars 2029.",
        ["2027-03-01T23:59"],
    ),
    (
        "sv",
        "Ansök mellan 15 januari och 1 mars 2027. Stödet gäller åtgärder som genomförs senast den 31 oktober 2028.",
        ["2027-03-01T23:59"],
    ),
    (
        "da",
        "Frist: 1. marts 2027 kl. 12.00. Projektet skal være afsluttet senest 31. december 2028, og regnskabet indsendes senest 31. marts 2029.",
        ["2027-03-01T12:00"],
    ),
    ("nb", "Søknadsfrist 1. mars 2027. Sluttrapport må leveres innen 1. desember 2028.", ["2027-03-01T23:59"]),
    (
        "sv",
        "För verksamhet under 2028 kan du söka vid två tillfällen:\n- 1 mars\n- 1 september",
        ["2027-03-01T23:59", "2027-09-01T23:59"],
    ),
    ("en", "Next deadlines: 1 March 2027 (12:00 CET), 1 June 2027 (12:00 CEST).", ["2027-03-01T12:00", "2027-06-01T12:00"]),
    (
        "sv",
        "Sista ansökningsdagar 2027: 1 februari, 3 maj och 4 oktober.",
        ["2027-02-01T23:59", "2027-05-03T23:59", "2027-10-04T23:59"],
    ),
    (
        "sv",
        "Ansökan tas emot fyra gånger per år: 15 januari, 15 april, 15 augusti och 15 oktober 2027.",
        ["2027-01-15T23:59", "2027-04-15T23:59", "2027-08-15T23:59", "2027-10-15T23:59"],
    ),
    ("sv", "Den 3 maj 2027 kl. 15.00 stänger utlysningen.", ["2027-05-03T15:00"]),
    ("sv", "Utlysningen är öppen till den 3 maj 2027, klockan 15.00, och beslut väntas den 20 juni 2027.", ["2027-05-03T15:00"]),
    ("sv", "Webbinarium den 14 januari, sista ansökningsdag den 3 mars 2027.", ["2027-03-03T23:59"]),
    (
        "sv",
        "Vi vill ha er skiss senast 3 mars 2027. De som går vidare lämnar full ansökan senast 1 juni 2027.",
        ["2027-03-03T23:59", "2027-06-01T23:59"],
    ),
    (
        "en",
        "Stage 1 (outline): 3 March 2027, 17:00. Stage 2 (full proposal): 9 September 2027, 17:00.",
        ["2027-03-03T17:00", "2027-09-09T17:00"],
    ),
    ("en", "First stage closes 3 March 2027; second stage closes 9 September 2027.", ["2027-03-03T23:59", "2027-09-09T23:59"]),
    (
        "en",
        "Submission of concept notes by 3 March 2027, full applications by 9 September 2027.",
        ["2027-03-03T23:59", "2027-09-09T23:59"],
    ),
    (
        "sv",
        "Stöd till åtgärder som påbörjas tidigast den 1 april 2027. Ansökan lämnas in före den 1 mars 2027.",
        ["2027-03-01T23:59"],
    ),
    (
        "sv",
        "Ansök hos Boverket senast den 1 mars 2027. Efter beslut ska ni rekvirera pengarna, senast den 1 december 2028.",
        ["2027-03-01T23:59"],
    ),
    ("sv", "Utlysningen öppnar 1 februari 2027 och är öppen i sex veckor, till den 15 mars.", ["2027-03-15T23:59"]),
    (
        "sv",
        "Tidsplan:\nUtlysningen öppnar: 1 februari 2027\nInformationsmöte: 10 februari 2027\nUtlysningen stänger: 15 mars 2027\nBeslut: 1 juni 2027\nProjektstart: 1 september 2027",
        ["2027-03-15T23:59"],
    ),
]


@pytest.mark.parametrize(("language", "text", "expected"), LISTS)
def test_the_days_of_a_list_have_their_years_and_the_time_they_share(language, text, expected):
    assert days(text, language) == expected


REPLIES = [
    (
        "en",
        "The application will be submitted by 17 March 2027. Please send your expression of interest by 15 January 2027.",
        "2027-01-15T23:59",
    ),
    ("en", "Call closes: 26 March 2027\nReply before: 22 December 2026", "2026-12-22T23:59"),
    ("en", "Deadline of the call: 26 March 2027\nExpression of interest by: 22 December 2026", "2026-12-22T23:59"),
    (
        "en",
        "We are preparing a proposal (deadline 4 March 2027). Please send the partner form by 22 January 2027.",
        "2027-01-22T23:59",
    ),
    (
        "sv",
        "Hör av er till projektledaren senast den 11 december. Ansökan ska skickas in den 21 januari 2027.",
        "2026-12-11T23:59",
    ),
    ("sv", "Hör av dig senast den 18 december 2026. Ansökan ska lämnas in senast 1 februari 2027.", "2026-12-18T23:59"),
    (
        "sv",
        "Anmäl ert intresse senast den 18 december. Sista ansökningsdag i utlysningen är 1 februari 2027.",
        "2026-12-18T23:59",
    ),
    ("nb", "Ta kontakt innen 18. desember, så rekker vi fristen 19. februar.", "2026-12-18T23:59"),
    ("da", "Skriv til os inden den 20. januar 2027. Ansøgningsfristen er den 1. marts 2027.", "2027-01-20T23:59"),
    ("sv", "Skissen ska in den 14 december så vi behöver ert svar senast onsdag 2 december klockan 12.", "2026-12-02T12:00"),
    ("sv", "Svara senast den 10 januari. Utlysningen stänger den 4 mars 2027.", "2027-01-10T23:59"),
    ("sv", "Mejla oss senast 15 december. Ansökan lämnas in den 4 mars 2027.", "2026-12-15T23:59"),
    ("en", "Contact us by 5 February 2027. The call closes on 4 March 2027.", "2027-02-05T23:59"),
    ("nb", "Send oss en e-post innen 10. januar. Søknadsfristen er 4. mars 2027.", "2027-01-10T23:59"),
    ("en", "Interested? Get in touch by 10 January. The proposal is due on 4 March 2027.", "2027-01-10T23:59"),
]


@pytest.mark.parametrize(("language", "text", "expected"), REPLIES)
def test_the_day_to_reply_by_goes_before_the_last_day_of_the_call_of_a_partner_search(language, text, expected):
    found = find_deadlines(text, reference=PUBLISHED, language=language)
    (day,) = first_reply(found).deadlines or found.answers
    assert day.at.isoformat("T", "minutes")[:16] == expected


OPENINGS = [
    ("en", "The call closed on 25 November 2026. The next call is expected to open on 27 May 2027.", None),
    ("sv", "Utlysningen stängde den 25 november 2026. Nästa utlysning öppnar den 27 maj 2027.", None),
    ("nb", "Fristen var 1. november 2026. Neste runde åpner 1. mars 2027.", None),
    ("da", "Fra den 1. december 2026 kan skoler søge Nordplus. Fristen er 1. februar 2027.", date(2026, 12, 1)),
    ("sv", "Från och med den 1 december 2026 kan kommuner söka stödet. Sista dag är 1 februari 2027.", date(2026, 12, 1)),
    ("en", "From 1 December 2026 municipalities can apply. The deadline is 1 February 2027.", date(2026, 12, 1)),
    ("sv", "Först till kvarn. Öppet sedan den 2 november.", date(2026, 11, 2)),
    ("sv", "Under 2027 kan du söka stöd vid tre tillfällen:\n• 25 januari–12 februari\n• 19 april–7 maj", date(2027, 1, 25)),
]


@pytest.mark.parametrize(("language", "text", "expected"), OPENINGS)
def test_the_first_day_is_that_of_this_round(language, text, expected):
    assert find_deadlines(text, reference=PUBLISHED, language=language).opens == expected


# Total, least and most of a project, share of the funder, own share.
MONEY = [
    ("sv", "Bidraget uppgår till 1 250 000 kronor per år.", (None, None, None, None, None)),
    ("sv", "Stödet är 200 000 kronor årligen i tre år.", (None, None, None, None, None)),
    ("en", "The grant is EUR 50,000 per year for three years.", (None, None, None, None, None)),
    ("da", "Tilskuddet er 200.000 kr. om året.", (None, None, None, None, None)),
    ("nb", "Støtten er 200 000 kroner per år.", (None, None, None, None, None)),
    ("sv", "Högst 500 000 kronor per år.", (None, None, 500000, None, None)),
    ("sv", "Projektets budget får vara högst 3 miljoner kronor.", (None, None, None, None, None)),
    (
        "en",
        "A small project may have a total budget of up to EUR 500,000, of which the programme co-finances 80%.",
        (None, None, None, 80, None),
    ),
    ("en", "The total project budget must not exceed EUR 500,000.", (None, None, None, None, None)),
    ("sv", "Ett projekt kan ha en total budget på högst 500 000 euro.", (None, None, None, None, None)),
    ("sv", "Ansökan måste gälla utgifter på minst 100 000 kronor.", (None, None, None, None, None)),
    ("sv", "Projektets totala kostnad ska vara minst 100 000 kronor.", (None, None, None, None, None)),
    ("en", "Projects costing less than EUR 10,000 are not supported.", (None, None, None, None, None)),
    ("da", "Fonden giver højst 50 % af projektets budget og op til 3 mio. kr.", (None, None, 3000000, 50, None)),
    ("sv", "Fonden ger högst 50 procent av projektets budget och upp till 3 miljoner kronor.", (None, None, 3000000, 50, None)),
    ("nb", "Fondet gir inntil 50 prosent av prosjektets budsjett og inntil 3 mill. kroner.", (None, None, 3000000, 50, None)),
    ("sv", "Minsta EU-stöd per projekt är 1 500 000 kronor.", (None, 1500000, None, None, None)),
    ("sv", "Lägsta stödbelopp är 44 000 kronor.", (None, 44000, None, None, None)),
    ("sv", "Projektstorlek: minst 2 500 000 kr i EU-medel", (None, 2500000, None, None, None)),
    (
        "en",
        "Budget: approx. EUR 17 million\nApplicants: min. EUR 100 000, max. EUR 400 000",
        (17000000, 100000, 400000, None, None),
    ),
    (
        "en",
        "Topic budget: 8 000 000 €\nProject budget (grant requested): min. 700 000 € – max. 1 500 000 €",
        (8000000, 700000, 1500000, None, None),
    ),
    ("sv", "Startbidrag: högst 100 000 SEK\nSamarbetsprojekt: 300 000–700 000 SEK", (None, None, None, None, None)),
    ("sv", "Företag kan få en innovationscheck på 100 000 kronor.", (None, 100000, 100000, None, None)),
    ("sv", "Vinnaren får 250 000 kronor.", (None, 250000, 250000, None, None)),
    ("en", "The winner receives EUR 30,000.", (None, 30000, 30000, None, None)),
    ("da", "Vinderen får 100.000 kr.", (None, 100000, 100000, None, None)),
    ("en", "Cities can get a voucher worth EUR 60,000.", (None, 60000, 60000, None, None)),
    ("sv", "Startstöd om 150 000 kronor ges till kommuner.", (None, 150000, 150000, None, None)),
    ("sv", "Bidragsram: 136 miljoner kronor", (136000000, None, None, None, None)),
    ("sv", "För 2027 är anslaget 75 miljoner kronor.", (75000000, None, None, None, None)),
    ("en", "The two councils are jointly investing SEK 100 million.", (100000000, None, None, None, None)),
    ("en", "Local authorities can apply for a share of up to £5 million.", (5000000, None, None, None, None)),
    ("sv", "Kommuner kan söka en del av upp till 5 miljoner kronor.", (5000000, None, None, None, None)),
    (
        "sv",
        "Vi kräver medfinansiering: Kulturbryggans bidrag får utgöra högst 75 % av projektets kostnader.",
        (None, None, None, 75, None),
    ),
    ("sv", "Medfinansiering krävs; bidraget får vara högst 75 procent.", (None, None, None, 75, None)),
    (
        "sv",
        "ESF-stödet får vara högst 55 procent, och övrig finansiering sker genom offentlig medfinansiering.",
        (None, None, None, 55, None),
    ),
    (
        "sv",
        "Programmet finansierar maximalt 50 procent av kostnaderna. Övriga 50 procent ska bestå av parternas kontanta insatser.",
        (None, None, None, 50, 50),
    ),
    ("sv", "Företaget bidrar med minst 25 procent av kostnaden.", (None, None, None, None, 25)),
    (
        "en",
        "The grant covers up to 60 per cent of travel costs, the employer pays at least 40 per cent.",
        (None, None, None, 60, 40),
    ),
    ("en", "Up to 95% of eligible costs. The remaining part must be covered from other sources.", (None, None, None, 95, None)),
    ("en", "Indirect costs may be at most 15 per cent of eligible costs.", (None, None, None, None, None)),
    ("sv", "Resekostnader får utgöra högst 10 procent av budgeten.", (None, None, None, None, None)),
    ("en", "Co-funding: up to 50%", (None, None, None, 50, None)),
    ("en", "Grants: co-funding of 50%", (None, None, None, 50, None)),
    (
        "en",
        "Co-funding of at least 30% of the total project costs is required from the applicants.",
        (None, None, None, None, 30),
    ),
    ("sv", "Egeninsatsen ska vara minst 20 procent.", (None, None, None, None, 20)),
    ("sv", "Medfinansieringen får till högst hälften bestå av eget arbete.", (None, None, None, None, None)),
    ("sv", "Understödet är högst 80 % och mellan 10 000 och 100 000 euro per projekt.", (None, 10000, 100000, 80, None)),
    ("da", "Mindst 50.000 kr. og højst 750.000 kr.", (None, 50000, 750000, None, None)),
    ("sv", "Minst 50 000 kr och högst 750 000 kr.", (None, 50000, 750000, None, None)),
    ("sv", "Regionens bidrag: max 1 Mkr och max 50 % av total projektbudget", (None, None, 1000000, 50, None)),
    (
        "sv",
        "Totalt finns 20 miljoner kronor. Varje kommun kan få högst 2 miljoner kronor, dock högst 50 procent av kostnaderna.",
        (20000000, None, 2000000, 50, None),
    ),
    ("sv", "Ni får 150 000 kronor i fast belopp.", (None, 150000, 150000, None, None)),
    (
        "en",
        "The budget of the call is EUR 16.2 million and projects may receive EUR 200,000 to 400,000 each.",
        (16200000, 200000, 400000, None, None),
    ),
    ("sv", "I potten finns 3,5 miljoner. Stödet är 70 procent av kostnaderna.", (3500000, None, None, 70, None)),
    (
        "sv",
        "Vi har 12 miljoner kronor att dela ut. Egeninsatsen är minst 20 procent, varav hälften får vara eget arbete.",
        (12000000, None, None, None, 20),
    ),
    ("sv", "Stödet uppgår till högst 60 procent. Resterande 40 procent står ni för själva.", (None, None, None, 60, 40)),
    ("sv", "Högst 60 procent av kostnaderna ersätts, resten finansierar kommunen.", (None, None, None, 60, None)),
    ("en", "The programme pays 80% and the partners bring in 20% themselves.", (None, None, None, 80, 20)),
    ("da", "Tilskuddet udgør højst 65 % af de støtteberettigede udgifter.", (None, None, None, 65, None)),
    ("nb", "Egenandelen må være minst 30 prosent.", (None, None, None, None, 30)),
    (
        "nb",
        "Støtten dekker inntil 40 prosent av kostnadene, begrenset oppad til 10 mill. kr per søknad.",
        (None, None, 10000000, 40, None),
    ),
    ("sv", "Sänkta utsläpp med minst 30 procent krävs. Stödet är högst 45 procent.", (None, None, None, 45, None)),
    (
        "en",
        "At least 30 per cent of participants must be women. The grant covers up to 75 per cent of costs.",
        (None, None, None, 75, None),
    ),
    ("en", "Up to 30% of the grant is paid in advance. Funding rate: 80%.", (None, None, None, 80, None)),
    ("sv", "Företag med högst 25 procent offentligt ägande kan söka.", (None, None, None, None, None)),
    ("sv", "Högst 20 procent av budgeten får användas till utrustning.", (None, None, None, None, None)),
    ("en", "No more than 20% of the budget may be spent on equipment.", (None, None, None, None, None)),
    (
        "en",
        "At most 25 per cent of the total budget can be used for travel. The co-financing rate is 60 per cent.",
        (None, None, None, 60, None),
    ),
    ("sv", "Högst 15 procent av projektets kostnader får vara administration.", (None, None, None, None, None)),
    ("sv", "Förskott kan betalas ut med högst 30 procent av beviljat belopp.", (None, None, None, None, None)),
    ("en", "Each winning city receives EUR 60,000.", (None, 60000, 60000, None, None)),
]


@pytest.mark.parametrize(("language", "text", "expected"), MONEY)
def test_money_is_that_of_a_whole_project_and_shares_are_of_who_pays(language, text, expected):
    found = find_budget(text, language)
    assert (found.total, found.project_min, found.project_max, found.funder_share, found.own_share) == expected


KINDS = [
    (
        "call",
        "sv",
        "Bidrag till laddstolpar",
        "Utlysningen är stängd. Mellan den 15 september och den 30 oktober 2026 kunde kommuner och företag söka stöd. Besked lämnas under våren 2027.",
    ),
    (
        "call",
        "sv",
        "Stöd till klimatanpassning",
        "Utlysningen är nu stängd. Kommuner kunde söka till och med den 30 oktober 2026.",
    ),
    ("call", "en", "Grants for local energy plans", "The call is now closed. Municipalities could apply until 30 October 2026."),
    ("call", "da", "Tilskud til ladestandere", "Puljen er lukket. Kommuner kunne søge indtil den 30. oktober 2026."),
    ("call", "nb", "Tilskudd til ladestasjoner", "Utlysningen er stengt. Kommuner kunne søke frem til 30. oktober 2026."),
    (
        "policy",
        "sv",
        "Faktapromemoria: förslag till ny fond",
        "Regeringens preliminära ståndpunkt är att budgeten ska hållas nere. Förhandlingarna fortsätter under 2027.",
    ),
    (
        "policy",
        "sv",
        "Remittering av promemorian Ändrade villkor för statsbidrag",
        "Sista svarsdatum: 2027-01-22. Ärendet är remitterat till Skolverket och Umeå kommun.",
    ),
    (
        "policy",
        "sv",
        "Nytt direktiv: utredning om statsbidragen",
        "En särskild utredare ska se över bidragen. Uppdraget ska redovisas senast den 30 november 2027.",
    ),
    (
        "policy",
        "sv",
        "Ändrad förordning om Klimatklivet",
        "Regeringen har i dag beslutat att ändra förordningen. Den träder i kraft den 15 december 2026.",
    ),
    (
        "event",
        "sv",
        "Dialogmöte om nästa programperiod",
        "Kom till Helsingborg tisdagen den 12 januari. Dagen startar 9.30. Vi bjuder på lunch. Osa senast den 18 december.",
    ),
    ("event", "en", "Award Ceremony 2027", "Mayors gather in Brussels on 22 April 2027 (doors open 13:00, ceremony 14:30)."),
    (
        "partner-search",
        "en",
        "A school in Tallinn looks for partners",
        "We plan a small partnership. We are looking for schools or municipalities in Sweden. Reply by 10 January.",
    ),
    (
        "partner-search",
        "en",
        "Nordplus: partner from Sweden wanted",
        "We are an adult education centre. We need one partner from Sweden. Reply no later than 10 January.",
    ),
    (
        "news",
        "sv",
        "Vi flyttar till nya lokaler",
        "Från den 7 december 2026 finns vi på Storgatan 18. Receptionen är stängd den 3–4 december.",
    ),
    (
        "news",
        "sv",
        "Så gick det för projekten",
        "Förra året kunde kommuner söka stöd. 214 ansökningar kom in och 30 projekt har beviljats medel.",
    ),
    (
        "news",
        "sv",
        "Utlysningen är stängd – 148 ansökningar",
        "Utlysningen är stängd. Kommuner kunde söka till den 30 oktober 2026, och 148 ansökningar kom in.",
    ),
]


@pytest.mark.parametrize(("kind", "language", "title", "text"), KINDS)
def test_a_closed_call_a_memorandum_a_ceremony_and_a_search_are_told_apart(kind, language, title, text):
    call = read({"id": "kind", "language": language, "title": title, "text": text, "published": "2026-11-20"})
    assert call is not None
    assert call.kind == kind
