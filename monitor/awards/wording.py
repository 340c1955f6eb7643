"""Sentences about earlier rounds and rounds to come, in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from monitor.awards.chances import Competition
from monitor.awards.history import MAX_MUNICIPALITIES, EarlierRounds, FundedMunicipality, GrantRange
from monitor.awards.organisations import Sureness
from monitor.awards.planned import PlannedCall
from monitor.awards.seasons import Basis, Forecast, PromiseOutcome

SURENESS = {
    Sureness.SURE: "säker",
    Sureness.CONFIRMED: "bekräftad",
    Sureness.NUMBERED: "numret stämmer, namnet är en annans",
    Sureness.CANDIDATE: "namnet stämmer",
    Sureness.RELATED: "namnet liknar",
    Sureness.LOCATED: "finns på orten",
}
"""Swedish words of each degree of certainty that an organisation is the municipality's, for commands."""
_MILLION, _THOUSAND = 1_000_000, 1_000
_HUNDREDTH_OF_A_MILLION = 10_000
_ONE_DECIMAL_BELOW = 10
_CURRENCIES = {"sv": {"EUR": "euro", "SEK": "kronor"}, "en": {"EUR": "euro", "SEK": "kronor"}}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "round": "Förra omgången ({year}) fick {projects}",
        "one": "1 projekt",
        "many": "{n} projekt",
        "round_amounts": "Förra omgången ({year}) fick {projects} {range} {unit} var (hälften fick minst {middle})",
        "round_same": "Förra omgången ({year}) fick {projects} {middle} {unit} var",
        "municipalities": "Svenska kommuner: {names}",
        "million": "miljoner {currency}",
        "one_million": "miljon {currency}",
        "thousand": "tusen {currency}",
        "funded": "pengar",
        "applied": "{n} ansökte",
        "applied_funded": "{n} ansökte, {funded} fick ({percent} procent)",
        "budget": "budgeten var {money}",
        "opens": "Brukar öppna i {month}",
        "between": "Brukar öppna mellan {first} och {last}, oftast i {month}",
        "next": "nästa {year}",
        "years": "sedd {years}",
        "run": "{n} år i rad",
        "announced_years": "utlyst {years}",
        "announced_run": "utlyst {n} år i rad",
        "known": "öppningen känd {n} år",
        "numbers": "två tre fyra fem sex sju åtta nio tio",
        "once": "Troligen i {month} {year}, som en gång förut",
        "like": "Troligen i {month} {year}, som liknande utlysningar i programmet",
        "expected": "Väntades i {month}",
        "late_but_open": "Väntades i {month} och har inte öppnat än",
        "opened": ", öppnade i {month}",
        "states": ", öppnar i {month}",
        "kept": "prognosen stämde",
        "early": "tidigare än väntat",
        "late": "senare än väntat",
        "missed": "den kom inte",
        "planned": "Planerad: {parts}, enligt {source}",
        "was_planned": "Enligt {source}, skulle den öppna {when}",
        "was_closing": "Enligt {source}, var den planerad till {year}",
        "opens_plan": "öppnar {when}",
        "opened_plan": "skulle öppna {when}",
        "opens_unknown": "öppningsdagen står inte",
        "closes_plan": "sista dag {when}",
        "in": "i {month}",
        "span": "mellan {first} och {last}",
        "source": "arbetsprogrammet, {place}",
        "page": "s. {page}",
        "plan_kept": "planen höll",
    },
    "en": {
        "round": "In the last round ({year}), {projects} got",
        "one": "1 project",
        "many": "{n} projects",
        "round_amounts": "In the last round ({year}), {projects} got {range} {unit} each (half of them at least {middle})",
        "round_same": "In the last round ({year}), {projects} got {middle} {unit} each",
        "municipalities": "Swedish municipalities: {names}",
        "million": "million {currency}",
        "one_million": "million {currency}",
        "thousand": "thousand {currency}",
        "funded": "money",
        "applied": "{n} applied",
        "applied_funded": "{n} applied, {funded} got it ({percent} per cent)",
        "budget": "the budget was {money}",
        "opens": "Usually opens in {month}",
        "between": "Usually opens between {first} and {last}, mostly in {month}",
        "next": "next in {year}",
        "years": "seen {years}",
        "run": "{n} years in a row",
        "announced_years": "announced {years}",
        "announced_run": "announced {n} years in a row",
        "known": "opening known in {n} years",
        "numbers": "two three four five six seven eight nine ten",
        "once": "Probably in {month} {year}, as once before",
        "like": "Probably in {month} {year}, as similar calls of the programme",
        "expected": "Expected in {month}",
        "late_but_open": "Expected in {month} and not open yet",
        "opened": ", opened in {month}",
        "states": ", opens in {month}",
        "kept": "the forecast was right",
        "early": "earlier than expected",
        "late": "later than expected",
        "missed": "it did not come",
        "planned": "Planned: {parts}, according to {source}",
        "was_planned": "According to {source}, it was to open {when}",
        "was_closing": "According to {source}, it was planned for {year}",
        "opens_plan": "opens {when}",
        "opened_plan": "was to open {when}",
        "opens_unknown": "the day of opening is not stated",
        "closes_plan": "last day {when}",
        "in": "in {month}",
        "span": "between {first} and {last}",
        "source": "the work programme, {place}",
        "page": "p. {page}",
        "plan_kept": "the plan held",
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


def season_line(forecast: Forecast, language: str = "sv", *, today: date | None = None) -> str:
    """Return when the next round is expected: month or months, whose months they are, and the rounds that tell it.

    A month that was seen once, or in similar calls alone, is not told as a habit. A habit has as many years as have a known
    opening, however many rounds were announced.

    Args:
        forecast: Forecast of a round that has not opened.
        language: Language of the line.
        today: Day of reading; a month before it is told as one that has passed. None for the day of the forecast.
    """
    words, months = _WORDS[language], _months(language)
    first, last, month = (months[day.month - 1] for day in (forecast.earliest, forecast.latest, forecast.month))
    is_habit = forecast.basis is Basis.FAMILY and forecast.dated > 1
    if is_habit and forecast.dated < len(forecast.years):
        seen = words["known"].format(n=_number_word(forecast.dated, language))
    else:
        seen = _rounds_seen(forecast.years, language, announced=not is_habit)
    next_year = words["next"].format(year=forecast.month.year)
    if today and forecast.month < today.replace(day=1):
        when = words["late_but_open"].format(month=f"{month} {forecast.month.year}")
    elif forecast.basis is not Basis.FAMILY:
        when = words["like"].format(month=month, year=forecast.month.year)
    elif forecast.dated == 1:
        when = words["once"].format(month=month, year=forecast.month.year)
    elif first == last:
        when = f"{words['opens'].format(month=month)}, {next_year}"
    else:
        when = f"{words['between'].format(first=first, last=last, month=month)}, {next_year}"
    return f"{when} ({seen})"


def _rounds_seen(years: Sequence[int], language: str, *, announced: bool) -> str:
    """Return the rounds that were seen: "tre år i rad", or the years themselves where some are missing between them.

    `announced` for rounds whose openings are not what was seen: "utlyst tre år i rad".
    """
    words, prefix = _WORDS[language], "announced_" if announced else ""
    run = 1
    while run < len(years) and years[-run - 1] == years[-run] - 1:
        run += 1
    if run == 1 or run > len(words["numbers"].split()) + 1:
        return words[f"{prefix}years"].format(years=", ".join(str(year) for year in years[-4:]))
    return words[f"{prefix}run"].format(n=_number_word(run, language))


def _number_word(number: int, language: str) -> str:
    """Return a number from two to ten in letters, others in digits."""
    numbers = _WORDS[language]["numbers"].split()
    return numbers[number - 2] if 2 <= number < len(numbers) + 2 else str(number)


def promise_line(promise: Forecast, opened: date | None, verdict: PromiseOutcome | None, language: str = "sv") -> str:
    """Return what was expected of a round, when it opened, and how the promise turned out."""
    words = _WORDS[language]
    names = _months(language)
    expected = f"{names[promise.month.month - 1]} {promise.month.year}"
    told = words["expected"].format(month=expected)
    if opened is not None:
        # A day that is stated and has not been judged lies ahead.
        told += words["opened" if verdict else "states"].format(month=f"{names[opened.month - 1]} {opened.year}")
    return f"{told}: {words[verdict.value]}." if verdict else f"{told}."


def planned_line(
    planned: PlannedCall, forecast: Forecast | None = None, language: str = "sv", *, today: date | None = None
) -> str:
    """Return what a work programme plans of a call, with its page; then what earlier rounds make likely, when that is known.

    Args:
        planned: Call that has not come.
        forecast: Forecast of the same round.
        language: Language of the line.
        today: Day of reading; an opening before it is told as one that has passed.
    """
    words = _WORDS[language]
    if planned.opens is None:
        opens = words["opens_unknown"]
    else:
        has_passed = today is not None and planned.opens[1] < today
        opens = words["opened_plan" if has_passed else "opens_plan"].format(when=_when(planned.opens, language))
    closes = words["closes_plan"].format(when=_when(planned.closes, language)) if planned.closes else ""
    parts = ", ".join(part for part in (opens, closes, _stated_money(planned.amount, language)) if part)
    told = words["planned"].format(parts=parts, source=planned_source(planned, language))
    return f"{told}. {season_line(forecast, language, today=today)}" if forecast else told


def planned_outcome(planned: PlannedCall, language: str = "sv") -> str:
    """Return when a call was planned to open, when it opened, and how the plan turned out."""
    words, source = _WORDS[language], planned_source(planned, language)
    if planned.opens is None:
        return f"{words['was_closing'].format(source=source, year=planned.year)}."
    told = words["was_planned"].format(source=source, when=_when(planned.opens, language))
    if planned.opened is not None:
        month = f"{_months(language)[planned.opened.month - 1]} {planned.opened.year}"
        told += words["opened" if planned.verdict else "states"].format(month=month)
    if planned.verdict is None:
        return f"{told}."
    return f"{told}: {words['plan_kept' if planned.verdict is PromiseOutcome.KEPT else planned.verdict.value]}."


def planned_source(planned: PlannedCall, language: str = "sv") -> str:
    """Return where a plan stands: "arbetsprogrammet, s. 12"."""
    words, (kind, _, name) = _WORDS[language], planned.place.partition(" ")
    place = words["page"].format(page=planned.page) if kind == "sida" else f"”{name}”"
    return words["source"].format(place=place)


def _when(span: tuple[date, date], language: str) -> str:
    """Return a planned day, month or span of months in words."""
    words, names = _WORDS[language], _months(language)
    first, last = span
    if first == last:
        return f"{first.day} {names[first.month - 1]} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return words["in"].format(month=f"{names[first.month - 1]} {first.year}")
    begins = names[first.month - 1] if first.year == last.year else f"{names[first.month - 1]} {first.year}"
    return words["span"].format(first=begins, last=f"{names[last.month - 1]} {last.year}")


def _stated_money(amount: int | None, language: str) -> str:
    """Return an amount in euro as it was stated, never rounded; one that needs more than two decimals of millions in full."""
    from babel.numbers import format_decimal

    if not amount:
        return ""
    currency = _CURRENCIES[language]["EUR"]
    if amount < _MILLION or amount % _HUNDREDTH_OF_A_MILLION:
        # An ordinary space between thousands, as mails have.
        return f"{format_decimal(amount, locale=language)} {currency}".replace("\u00a0", " ")
    unit = "one_million" if amount == _MILLION else "million"
    number = format_decimal(Decimal(amount) / _MILLION, "#,##0.##", locale=language)
    return f"{number} {_WORDS[language][unit].format(currency=currency)}"


def chance_line(competition: Competition, language: str = "sv") -> str:
    """Return how many applied, how many got it, and the money there was: "112 ansökte, 14 fick (12 procent)"."""
    words = _WORDS[language]
    if competition.funded is None or competition.percent is None:
        told = words["applied"].format(n=competition.submitted)
    else:
        told = words["applied_funded"].format(n=competition.submitted, funded=competition.funded, percent=competition.percent)
    return f"{told}, {words['budget'].format(money=_stated_money(competition.budget, language))}" if competition.budget else told
