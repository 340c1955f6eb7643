"""The words and figures dates are made of: months, weekdays, seasons, days in words, zones, and years that machines fill in."""

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
# These are no words of another language and no verbs, so that "july 3" is a day without a capital; "mars 3" and "may 3" are not.
MONTHS_ENGLISH = "january february march june july october"

# Monday is 0, as in datetime.date.weekday().
_WEEKDAY_NAMES = (
    "måndag måndagen mån mandag mandagen monday mon",
    "tisdag tisdagen tis tirsdag tirsdagen tirs tir tysdag tuesday tues tue",
    "onsdag onsdagen ons wednesday wed weds",
    "torsdag torsdagen tors tor thursday thurs thur thu",
    "fredag fredagen fre friday fri",
    "lördag lördagen lör lørdag lørdagen lør laurdag saturday sat",
    "söndag söndagen sön søndag søndagen søn sundag sunday sun",
)
WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAY_NAMES) for name in names.split()}
WEEKDAYS_SWEDISH = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
# "man" is a Danish pronoun; only with its full stop is it Monday.
WEEKDAY = "(?:(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")(?![a-zåäöæø0-9])\.?|man\.)"

_ORDINALS = {
    "sv": (
        "första|förste andra|andre tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte tolfte|tolvte trettonde fjortonde femtonde sextonde "
        "sjuttonde artonde nittonde tjugonde tjugoförsta|tjugoförste tjugoandra|tjugoandre tjugotredje tjugofjärde tjugofemte tjugosjätte tjugosjunde "
        "tjugoåttonde tjugonionde trettionde trettioförsta|trettioförste"
    ),
    "da": (
        "første anden tredje fjerde femte sjette syvende ottende niende tiende ellevte|elvte tolvte trettende fjortende femtende sekstende syttende attende "
        "nittende tyvende enogtyvende toogtyvende treogtyvende fireogtyvende femogtyvende seksogtyvende syvogtyvende otteogtyvende niogtyvende tredivte "
        "enogtredivte"
    ),
    "nb": (
        "første andre tredje fjerde femte sjette sjuende|syvende åttende niende tiende ellevte|ellefte tolvte|tolfte trettende fjortende femtende sekstende "
        "syttende attende nittende tjuende|tyvende tjueførste tjueandre tjuetredje tjuefjerde tjuefemte tjuesjette tjuesjuende tjueåttende tjueniende "
        "trettiende trettiførste"
    ),
}
DAY_WORDS = {
    word: day
    for ordinals in _ORDINALS.values()
    for day, words in enumerate(ordinals.split(), start=1)
    for word in words.split("|")
}
_ENGLISH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth "
    "thirtieth thirty-first"
)
# Days only with "of" behind them: "the first March deadline" is not the first of March.
DAY_WORDS_OF = {word: day for day, word in enumerate(_ENGLISH.split(), start=1)}

SEASON = (
    r"(?:(?:början|slutet|mitten|starten|slutningen|begyndelsen|begynnelsen|midten)\s+(?:av|af|på)\s+)?"
    r"(?:våren|sommaren|hösten|vintern|årsskiftet|halvårsskiftet|vårterminen|höstterminen|foråret|sommeren|efteråret|vinteren|høsten)|"
    r"(?:early\s+|late\s+)?(?:spring|summer|autumn|winter)(?=\s+(?:of\s+)?20)|"
    r"(?:första|andra|tredje|fjärde|første|andet|fjerde)\s+(?:kvartalet|kvartal)|kvartal\s+[1-4]|q[1-4](?=[\s/]+20)"
)

# Publishers write CET all year round and mean the clock in Brussels, also in summer. An empty name is the publisher's own zone.
ZONES = {
    "brussels": "Europe/Brussels",
    "bryssel": "Europe/Brussels",
    "bryssels": "Europe/Brussels",
    "brysseltid": "Europe/Brussels",
    "bruxelles": "Europe/Brussels",
    "brussel": "Europe/Brussels",
    "cet": "Europe/Brussels",
    "cest": "Europe/Brussels",
    "central european": "Europe/Brussels",
    "centraleuropeisk": "Europe/Brussels",
    "centraleuropæisk": "Europe/Brussels",
    "sentraleuropeisk": "Europe/Brussels",
    "svensk": "Europe/Stockholm",
    "swedish": "Europe/Stockholm",
    "stockholm": "Europe/Stockholm",
    "finsk": "Europe/Helsinki",
    "finnish": "Europe/Helsinki",
    "helsinki": "Europe/Helsinki",
    "helsingfors": "Europe/Helsinki",
    "eet": "Europe/Helsinki",
    "eest": "Europe/Helsinki",
    "norsk": "Europe/Oslo",
    "norwegian": "Europe/Oslo",
    "oslo": "Europe/Oslo",
    "dansk": "Europe/Copenhagen",
    "danish": "Europe/Copenhagen",
    "copenhagen": "Europe/Copenhagen",
    "københavn": "Europe/Copenhagen",
    "irish": "Europe/Dublin",
    "dublin": "Europe/Dublin",
    "uk": "Europe/London",
    "london": "Europe/London",
    "bst": "Europe/London",
    "lisbon": "Europe/Lisbon",
    "aoe": "Etc/GMT+12",
    "anywhere on earth": "Etc/GMT+12",
    "gmt": "UTC",
    "utc": "UTC",
    "lokal": "",
    "local": "",
}

FIRST_YEAR, LAST_YEAR = 2000, 2098


def is_sentinel(day: date) -> bool:
    """Return whether a machine put this day where nobody gave one (0001-01-01, 1970-01-01, 2099-12-31, 9999-12-31)."""
    return day.year <= 1900 or day.year >= 2099 or day == date(1970, 1, 1)


def year_problem(day: date) -> str:
    """Return why the year of a day cannot be that of a call, in Swedish; empty for the years 2000 to 2098.

    A day outside is a slip, a machine's filling, or history; as a deadline or an occasion it would break calendars.
    """
    if is_sentinel(day):
        return "årtalet är en utfyllnad, inget datum"
    return "" if FIRST_YEAR <= day.year <= LAST_YEAR else "årtalet ligger utanför 2000–2100"
