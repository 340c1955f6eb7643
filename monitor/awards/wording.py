"""Sentences about earlier rounds and rounds to come, in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from monitor.awards.chances import Competition
from monitor.awards.history import MAX_MUNICIPALITIES, EarlierRounds, FundedMunicipality, GrantRange
from monitor.awards.seasons import Basis, Forecast

_MILLION, _THOUSAND = 1_000_000, 1_000
_ONE_DECIMAL_BELOW = 10
_CURRENCIES = {"sv": {"EUR": "euro", "SEK": "kronor"}, "en": {"EUR": "euro", "SEK": "kronor"}}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "round": "Förra omgången ({year}) fick {projects}",
        "one": "1 projekt",
        "many": "{n} projekt",
        "round_amounts": "Förra omgången ({year}) fick {projects} {range} {unit} var (mitten {middle})",
        "round_same": "Förra omgången ({year}) fick {projects} {middle} {unit} var",
        "municipalities": "Svenska kommuner: {names}",
        "million": "miljoner {currency}",
        "thousand": "tusen {currency}",
        "funded": "pengar",
        "applied": "{n} ansökte",
        "applied_funded": "{n} ansökte, {funded} fick ({percent} procent)",
        "opens": "Brukar öppna i {month}",
        "between": "Brukar öppna mellan {first} och {last}, oftast i {month}",
        "next": "nästa {year}",
        "years": "sedd {years}",
        "line": "månaden efter liknande utlysningar i programmet",
    },
    "en": {
        "round": "In the last round ({year}), {projects} got",
        "one": "1 project",
        "many": "{n} projects",
        "round_amounts": "In the last round ({year}), {projects} got {range} {unit} each (middle {middle})",
        "round_same": "In the last round ({year}), {projects} got {middle} {unit} each",
        "municipalities": "Swedish municipalities: {names}",
        "million": "million {currency}",
        "thousand": "thousand {currency}",
        "funded": "money",
        "applied": "{n} applied",
        "applied_funded": "{n} applied, {funded} got it ({percent} per cent)",
        "opens": "Usually opens in {month}",
        "between": "Usually opens between {first} and {last}, mostly in {month}",
        "next": "next in {year}",
        "years": "seen {years}",
        "line": "the month is that of similar calls of the programme",
    },
}


@cache
def _months(language: str) -> tuple[str, ...]:
    """Return the names of the months."""
    from babel.dates import get_month_names

    return tuple(get_month_names("wide", locale=language).values())


def round_line(rounds: EarlierRounds, language: str = "sv") -> str:
    """Return one line about the last round and at most three Swedish municipalities in earlier rounds."""
    words = _WORDS[language]
    projects = words["one"] if rounds.projects == 1 else words["many"].format(n=rounds.projects)
    if rounds.grants is None:
        first = f"{words['round'].format(year=rounds.year, projects=projects)} {words['funded']}"
    else:
        low, middle, high, unit = _range(rounds.grants, language)
        name = "round_same" if low == high else "round_amounts"
        first = words[name].format(year=rounds.year, projects=projects, range=f"{low}–{high}", unit=unit, middle=middle)
    named = ", ".join(name_year(one) for one in rounds.municipalities[:MAX_MUNICIPALITIES])
    return f"{first}. {words['municipalities'].format(names=named)}." if named else f"{first}."


def name_year(municipality: FundedMunicipality) -> str:
    """Return a municipality with the year of its project: "Växjö 2024"."""
    return f"{municipality.name} {municipality.year}" if municipality.year else municipality.name


def _range(grants: GrantRange, language: str) -> tuple[str, str, str, str]:
    """Return the numbers of a range in millions or thousands, and the unit, so that none of them is rounded to nought."""
    words = _WORDS[language]
    currency = _CURRENCIES[language].get(grants.currency, grants.currency)
    size, unit = (_MILLION, "million") if grants.middle >= 0.1 * _MILLION else (_THOUSAND, "thousand")
    low, middle, high = (short_number(value / size, language) for value in (grants.low, grants.middle, grants.high))
    return low, middle, high, words[unit].format(currency=currency)


def short_number(value: float, language: str) -> str:
    """Return a number with one decimal below ten ("0,6"), more where it would be nought, none from ten."""
    if value >= _ONE_DECIMAL_BELOW:
        text = f"{value:.0f}"
    else:
        text = f"{value:.1f}" if value >= 0.05 or value == 0 else f"{value:.2g}"
        text = text.removesuffix(".0")
    return text.replace(".", ",") if language == "sv" else text


def season_line(forecast: Forecast, language: str = "sv") -> str:
    """Return when the next round is expected: month or months, rounds seen, and whose months they are."""
    words, months = _WORDS[language], _months(language)
    first, last, month = (months[day.month - 1] for day in (forecast.earliest, forecast.latest, forecast.month))
    seen = words["years"].format(years=", ".join(str(year) for year in forecast.years[-4:]))
    when = words["opens"].format(month=month) if first == last else words["between"].format(first=first, last=last, month=month)
    basis = "" if forecast.basis is Basis.FAMILY else f"; {words['line']}"
    return f"{when}, {words['next'].format(year=forecast.month.year)} ({seen}{basis})"


def chance_line(competition: Competition, language: str = "sv") -> str:
    """Return how many applied and how many got it: "112 ansökte, 14 fick (12 procent)"."""
    words = _WORDS[language]
    if competition.funded is None or competition.percent is None:
        return words["applied"].format(n=competition.submitted)
    return words["applied_funded"].format(n=competition.submitted, funded=competition.funded, percent=competition.percent)
