"""The place an item is limited to, as words: county, programme area or country; nothing where it is open to the whole country or the whole Union."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# A county by its name with and without "län", as genitive, and as it stands on a line of its own in a list.
COUNTIES: dict[str, str] = {
    "Blekinge län": "blekinge",
    "Dalarnas län": "dalarnas?",
    "Gotlands län": "gotlands?",
    "Gävleborgs län": "gävleborgs?",
    "Hallands län": "hallands?",
    "Jämtlands län": "jämtlands?(?:\\s+härjedalen)?",
    "Jönköpings län": "jönköpings?",
    "Kalmar län": "kalmar",
    "Kronobergs län": "kronobergs?",
    "Norrbottens län": "norrbottens?",
    "Skåne län": "skåne",
    "Stockholms län": "stockholms?",
    "Södermanlands län": "södermanlands?|sörmlands?",
    "Uppsala län": "uppsala",
    "Värmlands län": "värmlands?",
    "Västerbottens län": "västerbottens?",
    "Västernorrlands län": "västernorrlands?",
    "Västmanlands län": "västmanlands?",
    "Västra Götalands län": "västra\\s+götalands?",
    "Örebro län": "örebro",
    "Östergötlands län": "östergötlands?",
}
AREAS: dict[str, str] = {
    "Småland och Öarna": r"småland\s+(?:och|&)\s+öarna|småland\s*-\s*öarna",
    "Skåne-Blekinge": r"skåne\s*-\s*blekinge|skåne\s+och\s+blekinge|sydsverige",
    "Västsverige": r"västsverige",
    "Östra Mellansverige": r"östra\s+mellansverige",
    "Norra Mellansverige": r"norra\s+mellansverige",
    "Mellersta Norrland": r"mellersta\s+norrland",
    "Övre Norrland": r"övre\s+norrland|norra\s+norrland",
    "Stockholm": r"programområde(?:t)?\s+stockholm",
    "South Baltic": r"south\s+baltic|södra\s+östersjöprogram\w*|södra\s+östersjön",
    "Öresund-Kattegat-Skagerrak": r"öresund\s*-\s*kattegat\s*-\s*skagerrak|interreg\s+ö-?k-?s\b",
    "North Sea": r"interreg\s+north\s+sea|nordsjöprogrammet|nordsjöregionen",
    "Central Baltic": r"central\s+baltic",
    "Sverige-Norge": r"interreg\s+sverige\s*-\s*norge",
    "Aurora": r"interreg\s+aurora",
    "Northern Periphery": r"northern\s+periphery",
}
HOSTS = {".fi": "Finland", ".no": "Norge", ".dk": "Danmark", ".ax": "Åland", ".is": "Island"}

_COUNTY = "|".join(f"(?P<c{number}>{pattern})" for number, pattern in enumerate(COUNTIES.values()))
_IN_COUNTY = re.compile(rf"\b(?:{_COUNTY})(?:\s+län\b|\s*(?=,|och\b|samt\b|-\s*och\b))", re.IGNORECASE)
_COUNTY_LIST = re.compile(rf"^(?:region\s+)?(?:{_COUNTY})(?:\s+län)?$", re.IGNORECASE)
# A run begins where a word does, and a word that is read is not given back: each word is looked at from at most 24 others.
_NAME = r"[A-ZÅÄÖ]\w++(?:\s[A-ZÅÄÖ]\w++)?"
_COUNTY_RUN = re.compile(rf"\b(?:{_NAME}(?:,\s*+|\s++(?:och|samt)\s++)){{1,24}}{_NAME}\s++län\b")
_ACTORS = re.compile(
    r"\b(?:aktörer|kommuner|organisationer|projekt\w*|företag|sökande|verksam\w*|föreningar)\s+(?:\w+\s+){0,2}?i\s+(?P<where>[A-ZÅÄÖ][\wåäö]+(?:\s+och\s+[A-ZÅÄÖ][\wåäö]+)?)"
)
_LIMITED_COUNTY = re.compile(
    rf"\b(?:i|inom|från|för)\s+(?:{_COUNTY})(?:\s+län)?\b|\b(?:länsstyrelsen|region(?:en)?)\s+(?:i\s+)?(?:{_COUNTY.replace('(?P<c', '(?P<d')})\b",
    re.IGNORECASE,
)
_AREA = {name: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for name, pattern in AREAS.items()}
_NATIONAL = re.compile(
    r"\bhela\s+(?:sverige|landet)\b|\bnationell\w*\s+(?:utlysning|ansöknings|stöd|bidrag|satsning)\w*|\briksomfattande\b|\balla\s+(?:sveriges\s+)?kommuner\b|\bsvenska\s+kommuner\b|\bsverige\b[^.]{0,40}\bsöka\b|"
    r"\ball\s+(?:eu\s+)?member\s+states\b|\b(?:i\s+)?hela\s+eu\b|\balla\s+(?:eu:?s\s+)?(?:eu-|medlems)länder\b|\bvarje\s+medlemsland\b|\bfrån\s+hela\s+europa\b",
    re.IGNORECASE,
)
_NATIONAL_FUNDER = re.compile(
    r"\b(?:Boverket|Naturvårdsverket|Energimyndigheten|Vinnova|Formas|Post-\s?och\s+telestyrelsen|PTS|MUCF|UHR|Kulturrådet|Socialstyrelsen|Viable\s+Cities|Skolverket|Trafikverket)\b"
)
# Programmes run from Brussels or jointly: whose site reports them does not matter.
_UNION = re.compile(
    r"\b(?:Kreativa\s+Europa|Creative\s+Europe|CERV|LIFE\b|Horisont\s+Europa|Horizon\s+Europe|EU4Health|Digital\s+Europe|ett\s+digitalt\s+Europa|URBACT|Interreg\s+(?:Europe|Baltic\s+Sea)|WiFi4EU|Daphne|EaSI|CEF\b|"
    r"Connecting\s+Europe|European\s+City\s+Facility|European\s+Urban\s+Initiative|New\s+European\s+Bauhaus|Nordplus|NORDBUK|Nordisk\w*\s+(?:kulturfond|ministerråd)\w*|Town\s+Twinning|UCPM|Unionens\s+civilskydds\w*|"
    r"Union\s+Civil\s+Protection|DiscoverEU|Medborgare,\s+jämlikhet)",
    re.IGNORECASE,
)
_OWN_COUNTRY = re.compile(r"\b(?:norske|norsk|danske|finländska|finska|suomalai\w*|irish|riksomfattande)\b", re.IGNORECASE)


def find_place(text: str, url: str = "", title: str = "") -> tuple[str, ...]:
    """The counties, programme areas or countries an item is limited to; empty when it is not limited or does not say so.

    A programme area or a county counts only as the place of the item itself, not where it is mentioned in passing: in the title, in the publisher's line of
    counties, or as where those who apply come from. What is open to the country or the Union is not limited, whoever reports it.
    """
    host = _host(url)
    words = re.sub("[‐‑‒–—−]", "-", f"{title}\n{text}")
    country = next((name for end, name in HOSTS.items() if host.endswith(end)), "")
    union = _UNION.search(words) is not None
    if country:
        return () if union and not _OWN_COUNTRY.search(words) else (country,)
    listed = _listed(words)
    if listed:
        return listed
    areas = [name for name, pattern in _AREA.items() if pattern.search(words)]
    if areas:
        return tuple(areas)
    if union or _NATIONAL.search(words):
        return ()
    counties = _named(words)
    if counties and _NATIONAL_FUNDER.search(words) and "län" not in _own_words(words):
        return ()
    return counties


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""  # an address that is none says nothing of a country


def _listed(words: str) -> tuple[str, ...]:
    """Counties on lines of their own, as Tillväxtverket and others print them; "Hela Sverige" there is no limit."""
    lines = (_COUNTY_LIST.match(piece.strip()) for piece in re.split(r"\n|\s[·•|]\s", words))
    return tuple(dict.fromkeys(_county(hit) for hit in lines if hit is not None))


def _named(words: str) -> tuple[str, ...]:
    """Counties named as the place of those who apply, or of the publisher's grant."""
    found = [_county(hit) for hit in _LIMITED_COUNTY.finditer(words)]
    for run in [hit[0] for hit in _COUNTY_RUN.finditer(words)] + [hit["where"] + "," for hit in _ACTORS.finditer(words)]:
        found += [_county(hit) for hit in _IN_COUNTY.finditer(run)]
    return tuple(dict.fromkeys(found))


def _own_words(words: str) -> str:
    return " ".join(hit[0].casefold() for hit in _LIMITED_COUNTY.finditer(words))


def _county(hit: re.Match[str]) -> str:
    number = next(int(name[1:]) for name, value in hit.groupdict().items() if value is not None and name[0] in "cd")
    return list(COUNTIES)[number]
