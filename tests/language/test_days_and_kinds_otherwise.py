"""Days and kinds told in words that no list of them has foreseen: bounds, tables, terms that are read. The sentences are ours."""

from datetime import date

import pytest

from monitor.calls import Precision
from monitor.collect.noise import label_cells
from monitor.language.deadlines import find_deadlines, with_bounds
from tests.language.test_unseen import read

PUBLISHED = date(2026, 11, 20)

# Last days, opening day, language, text of a call.
DAYS = [
    # Something is to be sent by a day, and no other day closes.
    (["2027-01-14"], None, "en", "Six residencies are offered. Post three drawings and a letter no later than 14 January 2027."),
    (["2027-01-14"], None, "sv", "Skicka en video på två minuter till oss senast den 14 januari 2027. Stödet är 20 000 kronor."),
    (["2027-01-14T16:00"], None, "nb", "Send oss en kort film innen 14. januar 2027 kl. 16.00. Støtten er 50 000 kroner."),
    (["2027-01-14"], None, "sv", "Fyll i anmälan senast den 14 januari. Tio kommuner får ett års handledning."),
    # ... but neither the work, nor a meeting, nor the officials' own days.
    ([], None, "sv", "Laddaren ska vara i drift senast den 30 juni 2027. Stödet söks i portalen."),
    ([], None, "sv", "Anmäl dig till webbinariet senast den 14 januari. Bidraget kan sökas av kommuner."),
    ([], None, "sv", "Regeringen lämnar en skrivelse till riksdagen senast den 14 januari. Stödet kan sökas i vår."),
    ([], None, "sv", "Vänd er till kommunen i god tid, helst före den 14 januari, om ni har en projektidé."),
    # Short periods behind labels are rounds; a long one and one of projects are not.
    (["2027-02-12", "2027-09-03"], "2027-01-11", "da", "Vinter: 11. januar-12. februar\nSensommer: 9. august-3. september\nAlle foreninger kan søge."),
    (["2027-02-12"], "2027-01-11", "en", "Window in 2027: 11 January–12 February. Young people apply for EUR 500."),
    ([], None, "sv", "Period: 1 januari 2027–31 december 2028. Kommuner kan söka."),
    ([], None, "sv", "Utställningsperiod: 11 januari–12 februari 2027. Kommuner kan söka."),
    # The second of two stages or rounds has no verb of its own.
    (["2027-02-03", "2027-05-26"], None, "da", "Idéskitsen skal være modtaget den 3. februar 2027, og den fulde ansøgning den 26. maj 2027."),
    (["2027-02-03T12:00", "2027-09-01T12:00"], None, "nb", "Første runde har frist 3. februar 2027 kl. 12.00, andre runde 1. september 2027 kl. 12.00."),
    (["2027-02-03", "2027-05-26"], None, "en", "Outlines are due on 3 February 2027; full proposals from invited groups on 26 May 2027."),
    (["2027-02-03T15:00", "2027-05-26T15:00"], None, "sv", "Preliminär anmälan: 3 februari 2027\nFullständig ansökan: 26 maj 2027\nBåda stegen stänger klockan 15:00."),
    # What ends is the round, or the project.
    (["2026-12-18"], None, "sv", "Ansökningsomgången pågår nu och avslutas fredagen den 18 december 2026."),
    (["2027-02-19"], "2027-01-11", "sv", "Nästa omgång har fått sina datum: den startar 11 januari 2027 och avslutas 19 februari."),
    (["2027-02-19"], None, "sv", "Ansök senast 19 februari 2027. Projekten ska sluta före 31 december 2029."),
    (["2027-02-19"], None, "da", "Ansøgningsfrist 19. februar 2027. Der gives støtte til aktiviteter for børn i perioden 28. juni–6. august 2027."),
    (["2027-03-15"], "2027-02-15", "da", "Partnere kan indsende projekter i perioden 15. februar–15. marts 2027."),
    # Until a day, and from today.
    (["2027-06-30"], None, "en", "The travel fund is open once more, now until 30 June 2027. Schools may apply."),
    (["2027-01-22"], "2026-11-20", "en", "Applications for the award are open from today until 22 January 2027."),
    (["2027-01-22"], "2026-11-20", "nb", "I dag åpnet ordningen. Kommuner kan søke innen 22. januar 2027."),
    (["2027-01-22"], None, "sv", "I dag finns tolv mötesplatser. Sök senast den 22 januari 2027."),
    (["2027-04-30"], None, "sv", "Stödet hanteras löpande till och med den 30 april 2027 för den som söker."),
    # The earliest and the latest day to send a claim.
    (["2027-04-29"], "2027-03-01", "sv", "Rekvisitionen skickas in tidigast 1 mars 2027 och senast 29 april 2027."),
    (["2027-04-29"], "2027-03-01", "en", "Applications can be sent no earlier than 1 March 2027 and no later than 29 April 2027."),
    # A day that was wrong, that nobody made, or on which nothing is open.
    (["2027-02-25"], None, "nb", "I går skrev vi at søknadsfristen var 15. februar. Det riktige er 25. februar 2027."),
    (["2027-02-25"], None, "sv", "Ansökningstiden blev fel i förra brevet. Rätt datum är 25 februari 2027."),
    (["2026-12-09"], None, "sv", "Den som inte hinner söka senast den 2 december 2026 kan göra det till och med onsdagen den 9 december 2026."),
    ([], None, "sv", "Du kan söka när som helst, utom 1–31 juli då portalen är stängd."),
    (["2027-02-05"], None, "sv", "5 februari 2027: sista dag att ansöka\n19 februari 2027: sista dag att komplettera"),
    (["2027-02-28"], None, "sv", "Ansökan ska ha inkommit senast den 28 februari 2027. Rekvirering av tidigare beviljade medel görs senast 30 november."),
    # Forms without a verb.
    (["2027-01-26T14:00"], None, "sv", "Ansökan in: 26 januari 2027 kl. 14.00"),
    (["2027-01-25", "2027-05-03"], None, "sv", "Sökdatum under 2027: 25 januari och 3 maj."),
    (["2027-02-26"], "2027-01-04", "da", "Ansøg fra den 4. januar. Puljen lukker den 26. februar 2027."),
    (["2027-01-29"], None, "sv", "Lämna in ansökan senast vecka 4, närmare bestämt den 29 januari 2027."),
    (["2027-02-05"], "2026-12-14", "sv", "Informationsmöte den 8 december, ansökan öppen från 14 december 2026, sista dag 5 februari 2027."),
    (["2027-01-19T16:00"], None, "en", "19 January 2027 – call closes (at 16.00)"),
]  # fmt: skip

# Days to answer by, language, text.
ANSWERS = [
    (["2027-01-07"], "en", "The authority has published draft guidelines. Comments should reach it not later than 7 January 2027."),
    (["2027-01-22T12:00"], "en", "Everyone is invited to reply to the questionnaire, available in three languages, until midday on 22 January 2027 (12:00 Brussels time)."),
    (["2026-12-18"], "sv", "Synpunkterna behöver vi ha den 18 december 2026."),
    (["2026-12-15"], "sv", "Utlysningens sista dag är 18 mars 2027, men hör av er till Eva senast 15 december."),
    (["2027-01-08"], "sv", "Vi väljer medverkande den 11 januari 2027 och vill ha svar senast 8 januari."),
    (["2026-12-18"], "sv", "Verket förlänger på flera kommuners begäran svarstiden till den 18 december 2026. Ursprunglig svarsdag var den 27 november."),
    (["2027-01-08"], "sv", "Intresserade hör av sig senast den 8 januari 2027."),
]  # fmt: skip

# Kind, language, title, text.
KINDS = [
    # Who gets how much says more than words that tell nothing.
    ("call", "sv", "Växtkraft i Höglandets byar", "Byalag och kommuner kan få mellan 20 000 och 60 000 kronor per projekt. Pengarna ska räcka till våren."),
    ("call", "en", "Little ponds", "We hand out micro-grants of EUR 3 000 to schools, municipalities and clubs in the EU. We read what has come in each month."),
    ("news", "sv", "Sju byar fick pengar", "Sju byalag fick 40 000 kronor per projekt. Bidragen delades ut i lördags."),
    # What each of those to come gets is no result, nor is a question, nor what was handed out before.
    ("call", "sv", "Bli en av våra provplatser", "Varje provplats får 900 000 kronor. Ansök senast den 31 januari 2027."),
    ("call", "en", "Carpentry Trust", "Since our start in 2011, more than EUR 9 million has been awarded. Applications from charities and local authorities are welcomed. Write to us whenever you are ready. An award will not exceed EUR 60,000."),
    ("call", "sv", "Stöd till hagar", "Vem får stödet? Lantbrukare och kommuner. När söker du? Du kan söka när du vill."),
    ("call", "nb", "Nå kan kommuner søke om ladestøtte", "Kommuner kan søke løpende fram til rammen på 9 millioner kroner er brukt opp. Støtten er inntil 60 prosent."),
    ("news", "nb", "Ladestøtten er slutt", "Rammen på 9 millioner kroner er brukt opp. I alt 38 kommuner fikk støtte."),
    ("news", "en", "Agency awards EUR 12 million to 9 projects", "Nine projects have been selected for funding. The agreements are due to be signed by 28 February 2027."),
    # Somebody seeks a partner, or a fund seeks municipalities.
    ("partner-search", "sv", "Skola sökes till Erasmus-projekt om cirkus", "Kulturhuset i Riga söker en svensk skola med egen scen. Själva ansökan lämnas in av oss i mars. Svara senast den 11 januari 2027."),
    ("partner-search", "da", "Aarhus mangler svensk makker til ansøgning om cykelparkering", "Vi er hovedansøger og vil sammen med en svensk kommune søge nordiske midler. Skriv til os senest 18. december 2026."),
    ("partner-search", "sv", "Inbjudan att delta i ansökan om läsning", "Bildningsförbundet ska söka medel hos ESF-rådet och vill ha med sig tre kommuner. Hör av er senast den 9 december 2026."),
    ("call", "sv", "Resebidrag för nya samarbeten", "Kommuner som förbereder en ansökan och söker en kommun i ett annat land kan söka 50 000 kronor. Ansök senast den 11 januari 2027."),
    ("call", "nb", "Klimanettverket søker piloter", "Nettverket søker fem kommuner som vil prøve klimabudsjett. Hver pilot får 55 000 euro. Interesseerklæring sendes innen 18. januar 2027."),
    # Questions and answers that say who gets how much, and when.
    ("call", "da", "Spørgsmål og svar om Torvepuljen", "Hvem kan søge? Foreninger og kommuner. Hvor meget kan vi få? Op til 75.000 kr. Der er ingen frist."),
    ("partner-search", "en", "Dutch college seeks museums for Interreg proposal", "The college is building a consortium. Fill in the partner form no later than 8 January 2027."),
    ("partner-search", "sv", "Söker teknikföretag till projekt om elfärjor", "En hamn i Estland letar efter svenska företag till en ansökan inom CEF. Kontakta oss."),
    # Somebody buys; a grant for purchases is one.
    ("other", "sv", "Upphandling av följeforskning", "Länsstyrelsen upphandlar en forskare. Anbud ska ha inkommit senast 2027-01-11. Takpriset är 700 000 kronor."),
    ("call", "sv", "Stöd till innovativ upphandling", "Kommuner kan söka stöd till upphandling av nya lösningar. Ansök senast den 11 januari 2027. Högst 50 procent."),
    # Rules are proposed or decided.
    ("policy", "sv", "Förslag till föreskrifter om vattenmätare – yttra er", "Vi önskar era synpunkter på förslaget. Tiden går ut den 21 december."),
    ("policy", "sv", "Skogsverket beslutar om nya belopp för röjning", "Beslutet gäller från och med 1 januari 2027. Föreskriften träder i kraft samma dag."),
    ("policy", "en", "Draft guidelines on aid for swimming pools: have your say", "Comments should reach the authority not later than 7 January 2027. A hearing will be held on 15 December."),
    ("policy", "sv", "Skolrådet vill ha svar om läxhjälpen", "Rådet undrar hur bidraget om 300 miljoner kronor har använts. Huvudmän lämnar sina svar till och med den 22 januari 2027."),
    ("policy", "sv", "Riksdagen sa ja till nya regler om strandskydd", "Lagändringarna börjar gälla den 1 januari 2027. Beslutet fattades med acklamation."),
    # Meetings.
    ("event", "sv", "Frukostprat om bredband", "Torsdag 14 januari kl. 8.00–8.45 pratar länsstyrelsen om bredband. Bidraget täcker 50 procent. Länk skickas till den som mejlar oss."),
    ("other", "sv", "Kommunen säljer sopbilar", "Tre bilar säljs till högstbjudande. Bud lämnas senast den 15 januari 2027. Lägsta bud 50 000 kronor."),
    ("event", "sv", "Regional dialogdag om dricksvatten", "Länets kommuner inbjuds till en heldag i Eksjö den 21 januari 2027. Lunch ingår. Anmälan sista dag 8 januari."),
    ("event", "en", "Clinic: procurement for small towns", "Our faculty runs a free clinic on 17 December 2026, 13:00–15:00. Ten places. Bring your own case."),
    ("event", "da", "Deltag i informationsmøde om Kystpuljen", "Mandag den 7. december kl. 14.00 holder vi informationsmøde. Tilmeld dig senest torsdag den 3. december."),
    # People, studies, payments.
    ("news", "da", "Ny direktør for Kystpuljen", "Pr. 1. januar 2027 tiltræder Ida Lund som direktør. Hun har styret en pulje på 12 mio. kr."),
    ("news", "en", "Meet the new head of our Grants Office", "On 1 December Olga Frost takes over the Grants Office. She handled EUR 90 million a year."),
    ("news", "en", "Commission pays out EUR 90 million to flooded regions", "The Commission has transferred EUR 90 million to Austria. Member States had until 30 September to file requests. A report follows in March 2027."),
    # Prizes.
    ("call", "da", "Nordisk pris til årets skolebibliotek", "Indstil et bibliotek til prisen senest søndag den 28. februar 2027. Skoler og kommuner kan indstille sig selv. Prisen er på 50.000 DKK."),
    ("call", "en", "Harbour Data Challenge", "The port authority invites students to solve one of three tasks. Enter your team between 1 and 28 February 2027. First prize EUR 10 000."),
]  # fmt: skip


def written(deadlines):
    return [
        item.at.date().isoformat() if item.precision is Precision.DAY else item.at.strftime("%Y-%m-%dT%H:%M")
        for item in deadlines
    ]


@pytest.mark.parametrize(("days", "opens", "language", "text"), DAYS, ids=[row[3][:60] for row in DAYS])
def test_the_last_days_of_a_call(days, opens, language, text):
    found = with_bounds(find_deadlines(text, reference=PUBLISHED, language=language))
    assert (written(found.deadlines), found.opens and found.opens.isoformat()) == (days, opens)


@pytest.mark.parametrize(("days", "language", "text"), ANSWERS, ids=[row[2][:60] for row in ANSWERS])
def test_the_day_to_answer_by(days, language, text):
    assert written(find_deadlines(text, reference=PUBLISHED, language=language).answers) == days


@pytest.mark.parametrize(("kind", "language", "title", "text"), KINDS, ids=[row[2] for row in KINDS])
def test_the_kind(kind, language, title, text):
    call = read({"id": "x", "language": language, "published": "2026-11-20", "title": title, "text": text})
    assert (call.kind.value if call else "other") == kind


def test_the_cells_of_a_table_have_the_headings_of_their_columns():
    text = "Omgång | Ansökan inne senast | Beslut\nVår | 15 februari 2027 | 24 mars 2027\nHöst | 4 oktober 2027 | 10 november 2027\n\nSök!"
    assert label_cells(text).split("\n")[1] == "Omgång: Vår | Ansökan inne senast: 15 februari 2027 | Beslut: 24 mars 2027"
    call = read(
        {"id": "x", "language": "sv", "published": "2026-11-20", "title": "Stöd till byar: kommuner kan söka", "text": text}
    )
    assert written(call.deadlines) == ["2027-02-15", "2027-10-04"]


@pytest.mark.parametrize(
    "text",
    [
        "Stöd till byar | Läs mer",  # two cells: a label and its value
        "2025 | 2026 | 2027\n3 | 4 | 5",  # figures name no columns
        "Del | Sökande | Sista dag\nA | kommuner",  # a row of another length
        "Hem | Om oss | Kontakt",
    ],
)
def test_other_lines_with_bars_stay_as_they_are(text):
    assert label_cells(text) == text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The course returns on 9 and 16 March 2027 (09.30–12.00 CET). Early bird until 31 January.", "2027-03-09"),
        ("Webbinariet som skulle ha hållits den 2 december är flyttat. Vi ses onsdag 16 december kl 14. Ansökan stänger 18 februari.", "2026-12-16"),
        ("Seminariet är den 9 december. Slutseminariet är den 3 mars.", None),
    ],
)  # fmt: skip
def test_the_day_of_a_meeting_is_the_first_of_a_list_or_the_one_with_an_hour(text, day):
    call = read(
        {
            "id": "x",
            "language": "",
            "published": "2026-11-20",
            "title": "Inbjudan till webbinarium",
            "text": f"{text} Anmäl dig här.",
        }
    )
    assert (call.starts and call.starts.date().isoformat()) == day


def test_a_partners_own_budget_is_no_grant():
    row = {"id": "x", "language": "sv", "published": "2026-11-20", "title": "Vi söker partner till ett LIFE-projekt om dammar"}
    text = "Ni får en egen budget på 150 000 euro. Svara senast den 9 januari 2027."
    assert read({**row, "text": text}).budget.project_max is None
