"""One story per call: what is joined, what is not, who leads, and what a person decides."""

from dataclasses import replace
from datetime import date

import pytest

from monitor.matching.stories import Record, join_records
from monitor.vocabulary import Kind

DAY = date(2026, 9, 22)


def record(source, call_id, title, text="", **fields):
    return Record(key=(source, call_id), title=title, kind=fields.pop("kind", Kind.CALL), text=text, **fields)


def portal(call_id, identifier, title, **fields):
    return record("portal", call_id, title, identifier=identifier, names=frozenset({identifier.casefold()}), **fields)


# The pairs that the labelled data name, in words of our own.
NAMED = {
    "europa-direkt-kontor": (
        record(
            "a",
            "1",
            "Nytt Call for Proposal!",
            "Kommissionens representation söker fler värdar för informationskontor Europa direkt åren 2018–2020. Verksamhetsbidraget per år är "
            "lägst 25 200 euro och högst 27 720 euro. Organ i Kronobergs, Kalmar och Östergötlands län får lämna förslag. Tidsfrist för frågor "
            "är 23 april. Sista ansökningsdag är 7 maj 2018 kl. 16.00.",
            days=frozenset({date(2018, 5, 7)}),
        ),
        record(
            "b",
            "1",
            "Nu kan nya aktörer ansöka om att öppna Europa direkt-kontor",
            "Organ i Östergötlands och Kronobergs län kan bli värdar för ett informationskontor. Kommissionens verksamhetsbidrag ligger mellan 25 200 "
            "och 27 720 euro om året. Ansökan ska vara inne 7 maj 2018.",
            days=frozenset({date(2018, 5, 7)}),
        ),
    ),
    "city-facility": (
        record(
            "a",
            "1",
            "60 000 euro för att ta fram en finansieringsplan",
            "Kommuner med en beslutad energi- och klimatplan kan söka 60 000 euro från European City Facility, EUCF, till investeringskoncept och "
            "finansieringsplan. Ansökan skickas till EUCF senast 15 mars 2024.",
            days=frozenset({date(2024, 3, 15)}),
        ),
        record(
            "b",
            "1",
            "European City Facility, EUCF",
            "EUCF delar ut 60 000 euro till kommuner som vill ta fram ett investeringskoncept ur sin klimatplan. Sista ansökningsdag 15 mars 2024. "
            "Kommuner med beslutad energiplan och finansieringsplan har företräde.",
            days=frozenset({date(2024, 3, 15)}),
        ),
    ),
    "bredband": (
        record(
            "a",
            "1",
            "PTS utlyser bredbandsstöd på 1,6 miljarder kronor",
            "Post- och telestyrelsen fördelar närmare 1,6 miljarder kronor till utbyggnad i glesbygd. Fram till 9 augusti går det att ansöka.",
            days=frozenset({date(2021, 8, 9)}),
        ),
        record(
            "b",
            "1",
            "1,6 miljarder till bredband – nu öppnar PTS ansökan",
            "PTS öppnar i dag för ansökningar om bredbandsstöd. Totalt delas 1,6 miljarder kronor ut. Ansökan stänger 9 augusti.",
            days=frozenset({date(2021, 8, 9)}),
        ),
    ),
    "extra-omgang": (
        record(
            "a",
            "1",
            "Extra ansökningsrunda för ungdomsprojekt",
            "MUCF öppnar en extra omgång.",
            days=frozenset({date(2022, 5, 4)}),
        ),
        record(
            "b", "1", "Extra ansökningsrunda ungdomsprojekt", "Sök hos MUCF senast 4 maj.", days=frozenset({date(2022, 5, 4)})
        ),
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_near_duplicates_of_other_publishers_join(name):
    assert len(join_records(NAMED[name])) == 1


def test_what_is_alike_by_chance_stays_apart():
    every = [replace(one, key=(one.key[0], f"{name}/{one.key[1]}")) for name, pair in NAMED.items() for one in pair]
    under = join_records(every)
    assert {key[1].split("/")[0] for key in under} == set(NAMED)
    assert all(key[1].split("/")[0] == lead[1].split("/")[0] for key, lead in under.items())


def test_the_bulk_file_stands_under_the_search():
    search = portal("45656", "LIFE-2026-SAP-CLIMA-GOV", "Climate governance", text="x" * 400, days=frozenset({DAY}))
    bulk = replace(search, key=("bulk", "45656"), text="")
    assert join_records([bulk, search]) == {bulk.key: search.key}


def test_calls_of_the_portal_with_one_title_stay_apart():
    calls = [portal(str(n), f"HORIZON-2026-0{n}", "Town twinning", days=frozenset({DAY})) for n in range(3)]
    bulk = [replace(call, key=("bulk", call.key[1])) for call in calls]
    under = join_records([*calls, *bulk])
    assert {key[1]: lead[1] for key, lead in under.items()} == {"0": "0", "1": "1", "2": "2"}


def test_news_that_names_one_call_stands_under_it_and_a_survey_does_not():
    call = portal("1", "CERV-2026-CITIZENS-TOWN-TT", "Town twinning", days=frozenset({DAY}))
    news = record("ed", "n", "Vänorter kan få stöd", kind=Kind.NEWS, names=frozenset({"cerv-2026-citizens-town-tt"}))
    survey = replace(news, key=("ed", "s"), names=news.names | {"cerv-2026-citizens-rem"})
    assert join_records([news, survey, call]) == {news.key: call.key}


def test_an_identifier_that_two_calls_bear_joins_nothing():
    calls = [portal(str(n), "ESC-2026-X-01", f"Call {n}") for n in (1, 2)]
    news = record("ed", "n", "Nyhet", kind=Kind.NEWS, names=frozenset({"esc-2026-x-01"}))
    assert join_records([*calls, news]) == {}


def test_a_link_to_the_call_joins():
    call = record("mucf", "1", "Ungdomsutbyten", url="https://www.mucf.se/bidrag/ungdomsutbyte", days=frozenset({DAY}))
    news = record("ed", "1", "Dags att söka", kind=Kind.NEWS, links=frozenset({call.url, "https://elsewhere.se/a"}))
    assert join_records([news, call]) == {news.key: call.key}


@pytest.mark.parametrize(
    "change",
    [
        {"days": frozenset({date(2026, 10, 22)})},
        {"title": "Stöd till lokala klimatprojekt, omgång 2"},
        {"place": frozenset({"Skåne län"})},
    ],
    ids=["deadline", "round", "place"],
)
def test_the_same_title_alone_joins_nothing(change):
    one = record("a", "1", "Stöd till lokala klimatprojekt, omgång 1", days=frozenset({DAY}), place=frozenset({"Jönköpings län"}))
    same = replace(one, key=("b", "1"))
    assert join_records([one, same])
    assert join_records([one, replace(same, **change)]) == {}


def test_as_like_to_two_calls_joins_neither():
    one, two = (record("mucf", str(n), "Bidrag till ungdomsprojekt i Erasmus+", days=frozenset({DAY})) for n in (1, 2))
    news = record("ed", "n", "Bidrag till ungdomsprojekt i Erasmus+", days=frozenset({DAY}))
    assert join_records([one, two, news]) == {}


def test_a_parted_pair_stays_parted_and_a_joined_one_joined():
    one, two = NAMED["extra-omgang"]
    assert join_records([one, two], apart=[(two.key, one.key)]) == {}
    other = record("c", "9", "Något helt annat")
    assert len(join_records([one, other], together=[(one.key, other.key)])) == 1


def test_the_lead_stays_unless_a_clearly_richer_record_comes():
    thin = record("ed", "1", "Extra ansökningsrunda ungdomsprojekt", days=frozenset({DAY}), leads=True, facts=1)
    like = replace(thin, key=("mucf", "1"), leads=False, facts=6)
    assert join_records([thin, like]) == {like.key: thin.key}
    richer = replace(like, text="ord " * 200)
    assert join_records([thin, richer]) == {thin.key: richer.key}
    assert join_records([thin, replace(richer, alive=False)]) == {richer.key: thin.key}
