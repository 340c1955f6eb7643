"""Owner of a rate of co-financing: the funder or the applicant. The phrases are ours."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.shares import Shares, find_shares

_RULES = Path(__file__).parents[2] / "rules"

# Text, and the shares of funder and applicant.
SAID = [
    # The one who gives is named: before the word, behind it, or as the place of the rate.
    ("Programmets medfinansieringsgrad uppgår till 55 procent.", 55, None),
    ("Unionens medfinansieringsgrad är som mest 85 procent.", 85, None),
    ("Fondens medfinansiering uppgår till 45 procent av kostnaderna.", 45, None),
    ("Kommissionens medfinansieringssats: 80 %", 80, None),
    ("Interregs medfinansiering blir 65 procent.", 65, None),
    ("Av kostnaderna är EU-programmets medfinansiering 70 procent.", 70, None),
    ("Medfinansiering från Interreg Aurora: 65 %", 65, None),
    ("Medfinansiering genom Kreativa Europa: 60 %", 60, None),
    ("Medfinansiering (EU-kommissionen): 75 %", 75, None),
    ("Medfinansiering (ERUF) 40 %", 40, None),
    ("CERV medfinansiering är 90 %", 90, None),
    ("Medfinansieringsgraden inom programmet är 65 procent.", 65, None),
    ("I programmet är medfinansieringsgraden 80 procent.", 80, None),
    ("Medfinansieringsgraden i Interreg Europe är 70 procent.", 70, None),
    ("Programmets delfinansiering är högst 50 procent.", 50, None),
    ("Finansieringsgraden i programmet är 60 procent.", 60, None),
    ("Stödandelen är 40 procent av de stödberättigande kostnaderna.", 40, None),
    ("Stödnivå: 75 %", 75, None),
    ("EU-stöd: 65 %", 65, None),
    ("Medfinansiering ges med 50 procent av kostnaden.", 50, None),
    ("Medfinansiering kan sökas med upp till 50 procent av kostnaden.", 50, None),
    ("Länsstyrelsen beviljar medfinansiering av naturvårdsprojekt med 50 procent.", 50, None),
    ("Kommunens medfinansiering från Klimatklivet är 45 procent.", 45, None),
    ("Union's co-financing rate shall be 95 %.", 95, None),
    ("Årets finansieringsgrad är 60 procent.", 60, None),
    ("She expects co-financing rates of up to 75 %.", 75, None),
    ("Medfinansieringen från Europeiska regionala utvecklingsfonden är 40 procent.", 40, None),
    ("Vi erbjuder medfinansiering med 40 procent.", 40, None),
    ("The EU's co-financing rate is 75 %.", 75, None),
    ("The Union's co-financing amounts to 60 %.", 60, None),
    ("The Programme's co-funding is 80 %.", 80, None),
    ("Horizon Europe co-financing: 70 %", 70, None),
    ("Cofinancing from Interreg Baltic Sea: 80 %", 80, None),
    ("Programmets medfinansieringssats er 65 procent.", 65, None),
    ("Fondens medfinansiering er 50 pct.", 50, None),
    ("Medfinansiering fra programmet: 60 %", 60, None),
    ("Tilskudsprocenten er 75.", 75, None),
    ("Tilskudsprocenten er 75 procent.", 75, None),
    ("Programmets medfinansieringsgrad er 50 prosent.", 50, None),
    ("Interreg-midlene: medfinansieringen fra Interreg er 60 prosent.", 60, None),
    ("Tilskuddssatsen er 70 prosent.", 70, None),
    ("Europeiska unionens medfinansiering är 80 procent, kommunernas 20 procent.", 80, 20),
    # The one who applies pays.
    ("I programmet krävs medfinansiering med minst 35 procent.", None, 35),
    ("Egenfinansieringen i Interreg är minst 35 procent.", None, 35),
    ("LIFE kräver egenfinansiering med 40 procent.", None, 40),
    ("Programmets krav på medfinansiering är 40 procent.", None, 40),
    ("Kommunens medfinansieringsgrad är 25 procent.", None, 25),
    ("Projektets medfinansiering ska vara minst 40 procent.", None, 40),
    ("Medfinansiering (sökanden): 35 %", None, 35),
    ("Medfinansiering från kommunen: 35 %", None, 35),
    ("Ni behöver ha minst 60 procent i medfinansiering.", None, 60),
    ("EU: 60 procent, medfinansiering: 40 procent.", None, 40),
    ("Den sökandes medfinansieringsgrad är 30 procent.", None, 30),
    ("Er medfinansiering ska vara minst 20 procent.", None, 20),
    ("The municipality's co-financing rate is 15 %.", None, 15),
    ("Your co-financing: 20 %", None, 20),
    ("Matched funding of at least 30 % is required.", None, 30),
    ("The programme requires an own contribution of at least 10 %.", None, 10),
    ("The project partners' co-financing is 25 %.", None, 25),
    ("Ansøgers medfinansiering skal være mindst 30 procent.", None, 30),
    ("Programmet kræver egenfinansiering på mindst 25 procent.", None, 25),
    ("Egenandelen i programmet er minst 20 prosent.", None, 20),
    ("Søkerens medfinansiering er 40 prosent.", None, 40),
    ("Krav til egenfinansiering: 30 prosent", None, 30),
    ("Er medfinansiering i projektet är 30 procent.", None, 30),
    ("Medfinansiering av LIFE-projektet med 20 procent krävs.", None, 20),
    ("De återstående minst 40 procent är lokal medfinansiering.", None, 40),
    ("Egeninsats: minst 30 procent av sökandens egna medel", None, 30),
    ("Ni går in med 30 procents medfinansiering.", None, 30),
    ("I år kräver Interreg medfinansiering med 35 procent.", None, 35),
    ("Då behöver fonden medfinansiering med minst 35 procent.", None, 35),
    ("Kommunens medfinansiering i Boverkets stöd är 35 procent.", None, 35),
    ("Medfinansiering (kontant eller tid): 30 procent", None, 30),
    ("Medfinansieringskrav: 40 procent", None, 40),
    ("Programmets medfinansieringskrav är 40 procent.", None, 40),
    # What the share may be made up of.
    ("Minst 25 procent av medfinansieringen ska vara kontant.", None, None),
    ("Medfinansieringen får till 30 procent bestå av ideellt arbete.", None, None),
    ("Av medfinansieringen ska minst 10 procent komma från företag.", None, None),
    ("Hälften av medfinansieringen får vara arbetad tid.", None, None),
    ("Egenfinansieringen kan till högst 50 procent utgöras av lokaler.", None, None),
    ("Medfinansieringen får bestå av högst 20 procent arbetstid.", None, None),
    ("Upp till 50 procent av kommunens egeninsats kan vara tid.", None, None),
    ("At most 40% of the co-funding may be in kind.", None, None),
    ("Of the co-financing, at least 20% must be cash.", None, None),
    ("The own contribution may consist of up to 50 % volunteer time.", None, None),
    ("Up to 50 % of the match funding can be staff time.", None, None),
    ("Mindst 20 procent af medfinansieringen skal være kontant.", None, None),
    ("Inntil 30 prosent av egenandelen kan være dugnad.", None, None),
    ("Medfinansieringen kan bestå af op til 25 procent frivilligt arbejde.", None, None),
    ("En fjärdedel av medfinansieringen, eller 10 procent, ska vara pengar.", None, None),
    ("Den privata delen av egenfinansieringen är 15 procent.", None, None),
    ("Minst hälften av den egna finansieringen ska vara kontant.", None, None),
    # It is not said whose it is, or that of a third one.
    ("Medfinansieringsgraden är 65 procent.", None, None),
    ("Medfinansieringsgrad: 50 %", None, None),
    ("Medfinansieringssatsen er 50 procent.", None, None),
    ("Regionens medfinansiering är 20 procent.", None, None),
    ("Medfinansiering från andra finansiärer: 20 %", None, None),
    ("Delfinansiering: 50 %", None, None),
    ("I Interreg är medfinansieringen 35 procent.", None, None),
    ("Medfinansieringen i LIFE är 40 procent.", None, None),
    ("Interreg: medfinansiering 35 %", None, None),
    ("Co-financing (local): 20 %", None, None),
    ("For norske partnere er medfinansieringsgraden 45 prosent.", None, None),
    ("The project's co-financing rate is 60 %.", None, None),
    ("Co-financing rate for municipalities: 20 %", None, None),
    ("Kommunens finansieringsgrad är 30 procent.", None, None),
    ("Programmet har en medfinansiering på 40 procent.", None, None),
    ("Med 40 procents medfinansiering restaureras sjön.", None, None),
    ("Naturvårdsverkets medfinansiering av kommunens del är 45 procent.", None, None),
    ("Parternas finansieringsandel är 45 procent.", None, None),
    ("Annan medfinansiering är 20 procent.", None, None),
    ("Bidrag till kommunernas medfinansiering: 30 procent.", None, None),
    ("I Nässjö är medfinansieringsgraden 30 procent.", None, None),
    ("Stiftelsen Norrskens medfinansiering är 30 procent.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "funder", "own"), SAID)
def test_a_rate_is_that_of_the_one_whom_the_words_name(text, funder, own):
    found = find_shares(text)
    assert (found.funder, found.own) == (funder, own)


def test_each_is_told_beside_the_other():
    found = find_shares("Programmets medfinansieringsgrad är 65 procent. Projektets medfinansiering ska vara minst 35 procent.")
    assert (found.funder, found.own) == (65, 35)
    found = find_shares("Egenfinansieringen är minst 20 procent, varav minst hälften av medfinansieringen ska vara kontant.")
    assert (found.funder, found.own) == (None, 20)


def test_a_part_of_the_share_ends_with_its_percentage():
    found = find_shares("Av medfinansieringen ska 10 procent vara kontant, och stödet är högst 60 procent av kostnaderna.")
    assert (found.funder, found.own) == (60, None)


def _names() -> list[str]:
    rows = tomllib.loads((_RULES / "programmes.toml").read_text("utf-8"))["programme"]
    short = {name for row in rows for name in (*row.get("prefixes", ()), row["name"].rpartition("(")[2].strip(")"))}
    return sorted(
        {row["name"] for row in rows}
        | {name for name in short if any(map(str.isalpha, name))}
        | {"Interreg", "Interreg Aurora", "EU", "Unionen", "Kommissionen"}
    )


def _genitive(name: str) -> str:
    return f"{name}:s" if name[-1].isupper() or not name[-1].isalpha() else name if name.endswith("s") else f"{name}s"


FUNDER_SAYS = [
    "{names} medfinansieringsgrad är {value} procent.",
    "{names} medfinansiering är {value} procent.",
    "{names} medfinansieringsgrad: {value} %",
    "{names} medfinansieringssats är högst {value} %.",
    "{names} medfinansiering uppgår till {value} procent av kostnaderna.",
    "Projektet har {names} medfinansiering med {value} procent.",
    "Medfinansiering från {name}: {value} %",
    "Medfinansieringen från {name} är {value} procent.",
    "Medfinansiering ({name}) {value} %",
    "Medfinansieringsgraden i {name} är {value} procent.",
    "I {name} är medfinansieringsgraden {value} procent.",
    "{name}: medfinansieringsgrad {value} %",
    "Co-financing from {name}: {value} %",
    "{name} co-financing rate: {value} %",
    "{names} stödnivå är {value} procent.",
    "Stödandelen i {name} är {value} procent.",
    "Medfinansiering fra {name} er {value} procent.",
    "{names} medfinansieringssats er {value} procent.",
    "Tilskudsprocenten i {name} er {value} procent.",
    "Tilskuddssatsen i {name} er {value} prosent.",
]
OWN_SAYS = [
    "I {name} krävs medfinansiering med minst {value} procent.",
    "Egenfinansieringen i {name} är minst {value} procent.",
    "I {name} är egenandelen {value} procent.",
    "För att söka {name} behövs {value} procents egeninsats.",
    "Kommunens medfinansiering i {name} är {value} procent.",
    "The own contribution in {name} is at least {value} %.",
    "In {name}, match funding of {value} % is required.",
    "Egenfinansieringen i {name} er mindst {value} procent.",
    "I {name} må egenandelen være minst {value} prosent.",
    "Minst {value} procent av medfinansieringen i {name} ska vara offentlig.",
]


@given(name=st.sampled_from(_names()), text=st.sampled_from(FUNDER_SAYS), value=st.integers(1, 100))
def test_what_a_programme_pays_is_never_the_applicants(name, text, value):
    assert find_shares(text.format(name=name, names=_genitive(name), value=value)).own is None


@pytest.mark.parametrize("name", _names())
def test_a_name_without_a_genitive_is_that_of_the_one_who_gives(name):
    assert find_shares(f"{name} medfinansiering är 65 %").own is None


@given(name=st.sampled_from(_names()), text=st.sampled_from(OWN_SAYS), value=st.integers(1, 100))
def test_what_the_applicant_pays_is_never_the_programmes(name, text, value):
    assert find_shares(text.format(name=name, names=_genitive(name), value=value)).funder is None


@pytest.mark.parametrize(
    "name", ["Interreg", "Erasmus+", "LIFE", "CERV", "Kreativa Europa", "ESF+", "ERUF", "Interreg Europe", "URBACT"]
)
@pytest.mark.parametrize("text", FUNDER_SAYS)
def test_what_a_well_known_programme_pays_is_read(name, text):
    assert find_shares(text.format(name=name, names=_genitive(name), value=65)) != Shares()
