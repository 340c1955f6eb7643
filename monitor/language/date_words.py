"""The words and figures dates are made of: months, seasons, days in words, zones, and years that machines fill in."""

from __future__ import annotations

from datetime import date

_MONTH_NAMES = (
    "januari jan january januar",
    "februari feb febr february februar",
    "mars mar march marts",
    "april apr",
    "maj may mai",
    "juni jun june",
    "juli jul july",
    "augusti aug august",
    "september sep sept",
    "oktober okt october oct",
    "november nov",
    "december dec desember des",
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
# Only whole names stand alone: "jul" is Christmas, "dec" a unit.
MONTHS_LONG = {
    name: number
    for name, number in MONTHS.items()
    if len(name) > 4 or name in {"mars", "maj", "may", "mai", "juni", "june", "juli", "july"}
}

_ORDINALS = (
    "första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte trettonde fjortonde femtonde sextonde sjuttonde artonde "
    "nittonde tjugonde tjugoförsta tjugoandra tjugotredje tjugofjärde tjugofemte tjugosjätte tjugosjunde tjugoåttonde tjugonionde trettionde trettioförsta"
)
DAY_WORDS = {word: day for day, word in enumerate(_ORDINALS.split(), start=1)}

SEASON = (
    r"(?:(?:början|slutet|mitten)\s+(?:av|på)\s+)?(?:våren|sommaren|hösten|vintern|årsskiftet|halvårsskiftet|vårterminen|höstterminen)|"
    r"(?:early\s+|late\s+)?(?:spring|summer|autumn|winter)(?=\s+(?:of\s+)?20)|"
    r"(?:första|andra|tredje|fjärde)\s+kvartalet|kvartal\s+[1-4]|q[1-4](?=[\s/]+20)"
)

# Publishers write CET all year round and mean the clock in Brussels, also in summer.
ZONES = {
    "brussels": "Europe/Brussels",
    "bryssel": "Europe/Brussels",
    "brysseltid": "Europe/Brussels",
    "cet": "Europe/Brussels",
    "cest": "Europe/Brussels",
    "central european": "Europe/Brussels",
    "centraleuropeisk": "Europe/Brussels",
    "svensk": "Europe/Stockholm",
    "swedish": "Europe/Stockholm",
    "stockholm": "Europe/Stockholm",
    "finsk": "Europe/Helsinki",
    "helsinki": "Europe/Helsinki",
    "helsingfors": "Europe/Helsinki",
    "eet": "Europe/Helsinki",
    "eest": "Europe/Helsinki",
    "norsk": "Europe/Oslo",
    "oslo": "Europe/Oslo",
    "dansk": "Europe/Copenhagen",
    "copenhagen": "Europe/Copenhagen",
    "irish": "Europe/Dublin",
    "dublin": "Europe/Dublin",
    "uk": "Europe/London",
    "london": "Europe/London",
    "bst": "Europe/London",
    "gmt": "UTC",
    "utc": "UTC",
}


def is_sentinel(day: date) -> bool:
    """Whether a machine put this day where nobody gave one (0001-01-01, 1970-01-01, 2099-12-31, 9999-12-31)."""
    return day.year <= 1900 or day.year >= 2099 or day == date(1970, 1, 1)
