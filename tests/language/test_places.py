"""The place an item is limited to. The texts are ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.language.places import find_place


@pytest.mark.parametrize(
    ("text", "url", "place"),
    [
        ("Öppnar 12 augusti 2026 · Norrbotten · Västerbotten\nAktörer kan söka.", "", ("Norrbottens län", "Västerbottens län")),
        ("Stängd 3 mars\nRegion Jönköpings län\nRegion Kronoberg\n", "", ("Jönköpings län", "Kronobergs län")),
        ("Socialfonden i Skåne–Blekinge utlyser medel.", "", ("Skåne-Blekinge",)),
        ("Utlysning för Småland och Öarna. Nationell offentlig medfinansiering krävs.", "", ("Småland och Öarna",)),
        ("Interreg South Baltic öppnar sin tredje utlysning.", "", ("South Baltic",)),
        ("Länsstyrelsen i Dalarnas län delar ut bidrag till kommuner i länet.", "", ("Dalarnas län",)),
        ("Kommuner i hela landet kan söka hos Länsstyrelsen i Dalarnas län.", "", ()),
        ("Naturvårdsverket fördelar stöd till kommuner.", "https://www.naturvardsverket.se/bidrag/", ()),
        ("Kommuner kan söka statsunderstöd.", "https://example.fi/sv/understod", ("Finland",)),
        ("EU-programmet CERV har öppnat en utlysning för vänorter.", "https://example.fi/sv/cerv", ()),
        ("Norske kommuner kan søke støtte fra LIFE.", "https://example.no/life", ("Norge",)),
        ("Ålands kommuner kan söka.", "https://example.ax/stod", ("Åland",)),
        ("URBACT bjuder in städer. Tidigare deltagare: Umeå, Gävle och Halmstad.", "https://example.se/", ()),
        ("", "", ()),
    ],
)
def test_places(text, url, place):
    assert find_place(text, url) == place


def test_the_title_counts():
    assert find_place("Offentliga aktörer kan söka.", "", "Cirkulär ekonomi i Övre Norrland") == ("Övre Norrland",)


@given(st.text(), st.text())
@settings(deadline=None)
def test_no_text_raises(text, title):
    find_place(text, "https://example.se/", title)


@pytest.mark.parametrize(
    ("url", "place"), [("", ()), ("http://[", ()), ("inte en adress", ()), ("https://EXEMPEL.FI/", ("Finland",))]
)
def test_odd_addresses(url, place):
    assert find_place("Kommuner kan söka.", url) == place


@pytest.mark.parametrize("piece", ["A", "Skåne ", "Skåne, ", "Ab och ", "Ab  ", "projekt i "])
def test_a_long_title_is_read_to_its_end(piece):
    """Each takes the square of its length, or for ever, where a pattern begins anew at every letter."""
    assert find_place("", title="Utlysning " + piece * (400_000 // len(piece))) == ()


def test_counties_of_a_run_are_found_wherever_it_begins():
    assert find_place("Stödet gäller (Kalmar, Kronobergs och Jönköpings län).") == (
        "Kalmar län",
        "Kronobergs län",
        "Jönköpings län",
    )
