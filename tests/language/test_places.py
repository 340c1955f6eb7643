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
