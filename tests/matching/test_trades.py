"""The words of the fourteen departments' trades, and texts that only mention a trade.

`labelled_items/trades.jsonl` has 120 items of a reader who had not seen the rules, with the identifier and programme that the portal
gives where the title begins with one. `labelled_items/trades_own.jsonl` has 90 shorter ones by the writer of the rules, each labelled
before the rules were run on it. `labelled_items/subjects.jsonl` (120, by such a reader) and `labelled_items/subjects_own.jsonl` (70, by
the writer) have names of programmes, weather, places and Interreg areas beside the subjects that they are taken for.
`labelled_items/subjects_b.jsonl` (120) and `labelled_items/subjects_c.jsonl` (140) are two more such readers' items, and
`labelled_items/subjects_d.jsonl` (140) is one by which nothing was mended, and `labelled_items/subjects_own2.jsonl` (90) has the writer's around what was wrong in them: funds, school forms, buses, festivals, vehicles.
`python -m tests.matching.test_trades` prints the shares and each item that differs.
"""

import json
from pathlib import Path

import pytest

from monitor.calls import Call, Section
from monitor.matching.engine import judge_call
from monitor.matching.evaluate import evaluate, read_labelled
from monitor.matching.match import matches_of
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES

ITEMS = Path(__file__).parent / "labelled_items"


@pytest.fixture(scope="module")
def rules():
    return load_rules(RULES)


def score_of(rules, name, language):
    """Return the Score of the items of a file in one language."""
    lines = [line for line in (ITEMS / name).read_text("utf-8").splitlines() if json.loads(line)["language"] == language]
    return evaluate(rules, read_labelled(lines, name, rules.departments))


SHARES = [
    ("trades.jsonl", "sv", 70, 0.96),
    ("trades.jsonl", "en", 50, 0.94),
    ("trades_own.jsonl", "sv", 48, 0.91),
    ("trades_own.jsonl", "en", 42, 0.95),
    ("subjects.jsonl", "sv", 60, 0.95),
    ("subjects.jsonl", "en", 60, 0.96),
    ("subjects_own.jsonl", "sv", 40, 0.84),
    ("subjects_own.jsonl", "en", 30, 0.84),
    ("subjects_b.jsonl", "sv", 60, 0.95),
    ("subjects_b.jsonl", "en", 60, 0.97),
    ("subjects_c.jsonl", "sv", 70, 0.93),
    ("subjects_c.jsonl", "en", 70, 0.97),
    ("subjects_d.jsonl", "sv", 72, 0.85),
    ("subjects_d.jsonl", "en", 68, 0.85),
    ("subjects_own2.jsonl", "sv", 49, 0.94),
    ("subjects_own2.jsonl", "en", 41, 0.9),
]


@pytest.mark.parametrize(("name", "language", "items", "bound"), SHARES)
def test_items_of_every_trade_go_to_their_departments(rules, name, language, items, bound):
    score = score_of(rules, name, language)
    assert score.items >= items
    assert score.micro.f1 >= bound, score.errors


def departments_of(rules, title, text, language):
    """Return the departments that get a call with this title and text."""
    sections = (Section(title="", text=text),)
    call = Call(source="s", call_id="1", identifier="", title=title, url="", sections=sections, language=language)
    return {match.department for match in matches_of(judge_call(rules, call))}


APPLY = {"sv": "Kommuner kan söka bidrag för detta under våren.", "en": "Local authorities may apply for grants."}


@pytest.mark.parametrize(
    ("department", "title", "language"),
    [
        ("barn-utbildning", "Pengar till nattöppen förskola och nattis", "sv"),
        ("barn-utbildning", "Out-of-hours childcare for shift workers", "en"),
        ("gymnasie-vuxen", "Fler YH-platser i industrin", "sv"),
        ("social", "Hemrehabilitering efter stroke", "sv"),
        ("social", "Re-ablement and respite for families", "en"),
        ("arbetsmarknad-integration", "Arbetsmarknadsanställning i parkförvaltningen", "sv"),
        ("kultur-fritid", "Konstnärlig gestaltning i nya skolor", "sv"),
        ("kultur-fritid", "Sportotek där barn lånar skidor", "sv"),
        ("samhallsplanering", "Markanvisning med krav på arkitektur", "sv"),
        ("samhallsplanering", "Kerb space for deliveries and trees", "en"),
        ("miljo-bygg", "Byggsanktionsavgift och kontrollansvarig: nya regler", "sv"),
        ("miljo-bygg", "Fly-tipping and the work of environmental officers", "en"),
        ("nav", "Collection of bulky waste with pay-as-you-throw", "en"),
        ("nav", "Ackumulatortank och sänkt framledningstemperatur", "sv"),
        ("linden", "Trygghetsvandring och bovärdar i miljonprogrammet", "sv"),
        ("linden", "Tower blocks of council housing get new facades", "en"),
        ("naringsliv", "Företagsöverlåtelse och ägarskiften på landsbygden", "sv"),
        ("naringsliv", "Rail sidings and a freight village", "en"),
        ("raddning-beredskap", "Eldningsförbud och egensotning: nya föreskrifter", "sv"),
        ("raddning-beredskap", "Volunteer fire brigades in villages", "en"),
        ("digital-it", "Flerfaktorsautentisering och övning mot nätfiske", "sv"),
        ("digital-it", "Endpoint detection and cyber hygiene for towns", "en"),
        ("teknisk-service", "Lokalvårdare och vaktmästare: nya arbetssätt", "sv"),
        ("kommunledning", "Avtalssamverkan mellan små kommuner", "sv"),
    ],
)
def test_a_word_of_the_trade_in_the_title_is_enough(rules, department, title, language):
    assert department in departments_of(rules, title, APPLY[language], language)


@pytest.mark.parametrize(
    ("department", "title", "text"),
    [
        ("miljo-bygg", "Naturvårdsverket utlyser medel för bullrande fläktar", "Kommuner kan söka bidrag för tystare fläktar."),
        ("linden", "Boverket svarar om ritningar", "Kommuner kan söka bidrag för att skanna ritningar."),
        ("raddning-beredskap", "Förebyggande samtal med föräldrar", "Kommuner kan söka medel för gruppledare."),
        ("raddning-beredskap", "Kurser för vuxna", "Kommuner kan söka bidrag. Exempel är svets, barnskötare och civilt försvar."),
        ("digital-it", "Bidrag till slåtter", "Kommuner kan söka. Ansökan skrivs under med e-legitimation."),
        ("social", "Omsorg på obekväm arbetstid i förskolan", "Kommuner kan söka bidrag för barnskötare på natten."),
        (
            "miljo-bygg",
            "Damm och våtmark på din gård",
            "Som lantbrukare ansöker du om ersättning för biologisk mångfald. Kommunen ger lov.",
        ),
        ("naringsliv", "Sanering av ett nedlagt sågverk", "Kommuner kan söka bidrag för undersökning av marken."),
        ("miljo-bygg", "Så lyckades en grannkommun med återbruk", "Kommunen bytte möbler mellan skolor i fem år."),
        (
            "raddning-beredskap",
            "Brandmän till station tre",
            "Provanställning i sex månader. Kommunen står för utbildning och utrustning.",
        ),
        ("kommunledning", "Interreg Danube: call for small towns", "Local authorities of the Danube Region Programme may apply."),
        ("kommunledning", "Torskfisket i Östersjön stängs", "Kommuner vid kusten kan söka stöd för sina hamnar."),
        ("kommunledning", "Turistbyråer i mindre kommuner", "Kommuner kan söka bidrag för skyltar."),
        ("samhallsplanering", "Läxhjälp i bostadsområden", "Skolor och kommuner kan söka bidrag."),
        ("samhallsplanering", "Torka och skyfall gav dyrare livsmedel", "Kommuner kan söka stöd för sina kök."),
        ("miljo-bygg", "Översvämning i källaren: så söker du ersättning", "Kommunen svarar på frågor."),
        ("miljo-bygg", "Värmebölja: råd till hemtjänsten", "Kommuner kan söka medel för kylskåp och utbildning."),
        ("raddning-beredskap", "Kurs om översvämning i detaljplaner", "För planarkitekter i kommuner."),
        ("linden", "LIFE CET: fjärrvärme i små nät", "Energibolag som kommuner äger kan söka bidrag."),
        ("miljo-bygg", "LIFE CET: solpaneler på skolor", "Kommuner kan söka bidrag för egna tak."),
        ("nav", "ELENA: hjälp att renovera skolor", "Kommuner kan söka stöd för sina byggnader."),
        ("nav", "LOVA-bidrag till våtmarker", "Kommuner kan söka bidrag mot övergödning."),
        ("kultur-fritid", "LONA-bidrag till inventering", "Kommuner kan söka bidrag för arter och ängar."),
        ("naringsliv", "EaSI: nya vägar till arbete", "Kommuner kan söka bidrag."),
        ("naringsliv", "Stöd till godstransporter med fartyg", "Redare och kommuner kan söka."),
        ("arbetsmarknad-integration", "EaSI: hemtjänst i nya former", "Kommuner kan söka bidrag."),
        ("kultur-fritid", "Allmänna arvsfonden: träffar för äldre", "Kommuner kan söka med en förening."),
        ("gymnasie-vuxen", "Nordplus Junior: lärarutbyten i grundskolan", "Skolor i kommuner kan söka bidrag."),
        ("barn-utbildning", "Nordplus Vuxen: grundläggande färdigheter", "Komvux i kommuner kan söka bidrag."),
        ("samhallsplanering", "Mässa om skog: buss och fri parkering från stationen", "Utställare visar maskiner."),
        ("kultur-fritid", "Festival om energi: bidrag till monter", "Kommuner kan söka bidrag för en monter."),
        ("kultur-fritid", "Högläsning i årskurs 1", "Huvudmän kan söka bidrag för läsning i skolan."),
        ("kommunledning", "Delegationen för unga till arbete", "Kommuner kan söka medel."),
        ("social", "SIS-medel till skolor", "Skolhuvudmän kan söka. Hjälpmedel för funktionsnedsättning ingår inte."),
        ("naringsliv", "Regionalfonden: energieffektivisering av offentliga byggnader", "Kommuner i Småland och Öarna kan söka."),
        ("linden", "Energy investment in town halls and schools", "Local authorities may apply for preparation."),
        ("kultur-fritid", "Interreg Italien–Slovenien: museer", "Kommuner i programområdet kan söka."),
    ],
)
def test_a_trade_that_is_only_mentioned_sends_nothing(rules, department, title, text):
    assert department not in departments_of(rules, title, text, "en" if title.startswith("Interreg") else "sv")


if __name__ == "__main__":
    shipped = load_rules(RULES)
    for file, of_language, _, least in SHARES:
        outcome = score_of(shipped, file, of_language)
        print(f"{file} {of_language}: F1 {outcome.micro.f1:.3f} of at least {least}")
        for error in outcome.errors:
            print(" ", error)
