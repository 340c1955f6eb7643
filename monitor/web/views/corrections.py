"""Corrections of a call's facts: the fields of the form with their present values, and the typed texts as values.

A field is named as in `monitor.corrected.FIELDS`. The form posts each field beside the value it showed (`fore.FIELD`), so that
only what was changed becomes a correction, and a fact that somebody else corrected meanwhile is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, get_args

from monitor.calls import LARGEST_AMOUNT, Budget, Call, DeadlineModel, Precision, in_calendar
from monitor.corrected import FIELDS, correction_time
from monitor.fit import FitCard, MunicipalAnswer
from monitor.language.dates import find_dates
from monitor.language.money import find_amounts
from monitor.vocabulary import KIND_LABELS, Kind
from monitor.web.framework.addresses import safe_url, typed_address
from monitor.web.framework.request import Visit

BEFORE = "fore."
"""Begins the name of the form value that has what a field showed when the form was fetched."""
EVENT_FIELDS = ("starts", "ends", "location")
"""Fields that only events have."""
MODELS = {
    DeadlineModel.SINGLE: "Ett steg",
    DeadlineModel.TWO_STAGE: "Två steg: skiss, sedan hela ansökan",
    DeadlineModel.CUT_OFFS: "Ett steg, flera sista dagar",
    DeadlineModel.ROLLING: "Löpande, ingen sista dag",
    DeadlineModel.UNKNOWN: "Står inte",
}
ANSWERS = {"ja": "Ja", "som partner": "Ja, som partner", "nej": "Nej", "framgår inte": "Står inte"}
CHOICE_LABELS: Mapping[str, Mapping[str, str]] = {
    "kind": {kind.value: KIND_LABELS[kind].one for kind in Kind},
    "deadline_model": {model.value: label for model, label in MODELS.items()},
    "terms.municipality": ANSWERS,
}
"""Labels of the values of the fields with fixed choices."""
HINTS = {
    "deadlines": "En per rad, till exempel 1 februari 2027 eller 2027-02-01 12:00.",
    "opens": "Till exempel 1 februari 2027.",
    "starts": "Till exempel 1 februari 2027 kl. 9.",
    "ends": "Till exempel 1 februari 2027 kl. 16.",
    "budget.project_max": "Till exempel 60 000 eller 1,5 miljoner.",
    "budget.funder_share": "Procent av kostnaderna. Decimaler avrundas nedåt.",
    "budget.own_share": "Procent av kostnaderna (medfinansiering). Decimaler avrundas uppåt.",
    "terms.months": "Månader, till exempel 24 eller 12–36.",
    "applicants": "En per rad.",
    "place": "En per rad.",
}
_GROUPS = {
    "Vad det är": ("title", "summary", "kind", "programme", "url"),
    "Datum": ("deadlines", "deadline_model", "opens", "starts", "ends"),
    "Pengar": ("budget.project_min", "budget.project_max", "budget.total", "budget.grants", "budget.currency"),
    "Vem betalar": ("budget.funder_share", "budget.own_share"),
    "Vem får vara med": (
        "terms.municipality",
        "terms.partners",
        "terms.countries",
        "terms.months",
        "applicants",
        "place",
        "location",
    ),
}
_AREAS = ("summary", "deadlines", "applicants", "place")
_NUMBERS = ("budget.grants", "budget.funder_share", "budget.own_share", "terms.partners", "terms.countries")
_SUMS = ("budget.project_min", "budget.project_max", "budget.total")
_DAYS = ("opens", "starts", "ends", "terms.months")
_CURRENCIES = ("EUR", "SEK", "DKK", "NOK", "GBP", "CHF", "USD")
_ISO_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}[:.]\d{2}(?::\d{2})?))?")
# 1/3 2027 is written in Sweden alone, where the day is first; 1/3/2027 may be either.
_SWEDISH_MOMENT = re.compile(
    r"(\d{1,2})/(\d{1,2})(?: |-| -)(\d{4})(?:,? +(?:(?:kl\.?|klockan) *)?(\d{1,2})(?:[:.](\d{2}))?)?", re.IGNORECASE
)
_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,6}))? ?(?:%|procent)?", re.IGNORECASE)
_GROUPED_NUMBER = re.compile(r"\d{1,3}(?:[ .]\d{3})+|\d+")
_MONTHS = re.compile(r"(\d{1,3})(?: ?(?:-|–|till) ?(\d{1,3}))?(?: ?mån(?:ad|ader)?\.?)?")
_NOT_UNDERSTOOD = "Vi förstod inte datumet ”{}”. Skriv till exempel 2027-02-01 eller 1 februari 2027 kl. 17.00."
_DAY_ONLY = "Vi förstod inte datumet ”{}”. Skriv bara dagen, till exempel 2027-02-01."
_MAX_QUOTED = 40
"""Characters of a typed text that an error repeats."""
_MAX_NUMBER = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionField:
    """Field of the form, with the present value of the call and what was typed."""

    name: str
    label: str
    form: str
    """"text", "area" or "select"."""
    present: str
    """Present value of the call as the field writes it."""
    typed: str
    """Text to show: what was typed, else the present value."""
    hint: str
    options: tuple[tuple[str, str], ...]
    """Value and label of each choice of a select."""
    error: str
    corrected: datetime | None
    """Time at which the present value was corrected; None for the source's own."""
    number: bool
    """True for a field of figures alone."""
    short: bool
    """True for a field that a few words fill: a number, a sum, a currency or a day."""

    @property
    def id(self) -> str:
        """Return the id of the field in the page."""
        return f"ratta-{self.name.replace('.', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields under one heading."""

    title: str
    fields: tuple[CorrectionField, ...]


def form_groups(visit: Visit, call: Call, card: FitCard, errors: Mapping[str, str]) -> list[FieldGroup]:
    """Return the form with the present values of a call, or with what was typed where `errors` has reasons against it."""
    present = present_texts(visit, call, card)
    typed = visit.form if errors else {}
    groups = []
    for title, names in _GROUPS.items():
        fields = [_form_field(visit, call, card, name, present[name], typed, errors) for name in names if name in present]
        groups.append(FieldGroup(title=title, fields=tuple(fields)))
    return groups


def _form_field(
    visit: Visit, call: Call, card: FitCard, name: str, present: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> CorrectionField:
    options = _options(visit, call, card, name)
    return CorrectionField(
        name=name,
        label=FIELDS[name],
        form="select" if options else "area" if name in _AREAS else "text",
        present=present,
        typed=typed.get(name, present),
        hint=HINTS.get(name, ""),
        options=options,
        error=errors.get(name, ""),
        corrected=correction_time(call, name),
        number=name in _NUMBERS,
        short=name in (*_NUMBERS, *_SUMS, *_DAYS, "budget.currency"),
    )


def present_texts(visit: Visit, call: Call, card: FitCard) -> dict[str, str]:
    """Return the value of each field of a call as its form field writes it; fields of events only for an event."""
    programme = visit.site.rules.programme_of(call)
    budget = call.budget
    texts = {
        "title": call.title,
        "summary": call.summary,
        "kind": call.kind.value,
        "programme": programme.id if programme else call.programme,
        "url": call.url,
        "deadlines": "\n".join(
            _moment_text(deadline.at, visit, exact=deadline.precision is Precision.MINUTE) for deadline in call.deadlines
        ),
        "deadline_model": call.deadline_model.value,
        "opens": call.opens.isoformat() if call.opens else "",
        "starts": _moment_text(call.starts, visit),
        "ends": _moment_text(call.ends, visit),
        **{f"budget.{name}": _number_text(getattr(budget, name)) for name in ("project_min", "project_max", "total", "grants")},
        "budget.currency": _stated_currency(budget),
        "budget.funder_share": _number_text(card.shares.funder),
        "budget.own_share": _number_text(card.shares.own),
        "terms.municipality": call.terms.municipality,
        "terms.partners": _number_text(card.partners.value),
        "terms.countries": _number_text(card.countries.value),
        "terms.months": "–".join(str(number) for number in dict.fromkeys(card.months.value or ())),
        "applicants": "\n".join(call.applicants),
        "place": "\n".join(call.place),
        "location": call.location,
    }
    return {name: text for name, text in texts.items() if call.kind is Kind.EVENT or name not in EVENT_FIELDS}


def _stated_currency(budget: Budget) -> str:
    """Return the currency of the amounts; "" without an amount, so that whoever enters the first says its currency."""
    return "" if (budget.project_min, budget.project_max, budget.total) == (None, None, None) else budget.currency


def _options(visit: Visit, call: Call, card: FitCard, name: str) -> tuple[tuple[str, str], ...]:
    """Return value and label of the choices of a field; none for a field to write in."""
    if name == "kind":
        return tuple((kind.value, KIND_LABELS[kind].one) for kind in Kind)
    if name == "programme":
        programmes = sorted(visit.site.rules.programmes.values(), key=lambda programme: programme.name.casefold())
        known = [("", "Inget, eller okänt"), *((programme.id, programme.name) for programme in programmes)]
        other = call.programme if visit.site.rules.programme_of(call) is None else ""
        return (*known, *([(other, other)] if other and other not in dict(known) else []))
    if name == "budget.currency":
        stated = _stated_currency(call.budget)
        codes = tuple((code, code) for code in dict.fromkeys((stated, *_CURRENCIES)) if code)
        return codes if stated else (("", "Välj valuta"), *codes)
    if name == "deadline_model":
        return tuple((model.value, label) for model, label in MODELS.items())
    if name == "terms.municipality":
        likely = "troligen: " if card.guessed else ""
        read = "" if call.terms.municipality else f" ({likely}{ANSWERS[card.municipality].lower()})"
        return (("", f"Som det är läst{read}"), *ANSWERS.items())
    return ()


def _moment_text(at: datetime | None, visit: Visit, *, exact: bool = True) -> str:
    if at is None:
        return ""
    local = at.astimezone(visit.site.config.zone)
    return f"{local:%Y-%m-%d %H:%M}" if exact else f"{local:%Y-%m-%d}"


def _number_text(number: int | None) -> str:
    return "" if number is None else f"{number:,}".replace(",", " ")


def plain_text(text: str) -> str:
    """Return a typed text without what a browser adds: its line breaks, and spaces at the ends."""
    return "\n".join(line.strip() for line in text.replace("\xa0", " ").splitlines()).strip()


def read_corrections(
    visit: Visit, present: Mapping[str, str], source: Mapping[str, str]
) -> tuple[dict[str, Any], list[str], dict[str, str]]:
    """Return the corrections that a posted form asks for: values by field, fields to take back, and errors by field.

    Args:
        visit: The request with the form.
        present: The present texts of the fields (`present_texts`).
        source: The texts that the fields have without any correction: who types them takes a correction back.
    """
    values: dict[str, Any] = {}
    dropped: list[str] = []
    errors: dict[str, str] = {}
    for name, now in present.items():
        typed, shown = plain_text(visit.form.get(name, now)), plain_text(visit.form.get(BEFORE + name, now))
        if typed in (shown, plain_text(now)):
            continue
        if shown != plain_text(now):
            errors[name] = f"Uppgiften ändrades medan du skrev, till ”{now or 'inget'}”. Skriv det som ska gälla och spara igen."
            continue
        if typed == plain_text(source.get(name, "")):
            dropped.append(name)
            continue
        try:
            values[name] = read_value(name, typed, visit)
        except ValueError as error:
            errors[name] = str(error)
    errors |= {} if errors else _contradictions(visit, present, values)
    return values, dropped, errors


def _contradictions(visit: Visit, present: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors of fields that do not fit each other, where one of them was changed."""
    if not values:
        return {}

    def text(name: str) -> str:
        return plain_text(visit.form.get(name, present.get(name, "")))

    errors = {}
    if values.get("deadline_model") == DeadlineModel.ROLLING and text("deadlines"):
        errors["deadline_model"] = "Löpande ansökan har ingen sista dag: töm rutan Sista dag."
    low, high = (read_sum(text(name)) if text(name) else None for name in ("budget.project_min", "budget.project_max"))
    if low and high and low > high and not values.keys().isdisjoint(_SUMS):
        errors["budget.project_min"] = "Det minsta beloppet är större än det högsta."
    if not text("budget.currency") and any(values.get(name) for name in _SUMS):
        errors["budget.currency"] = "Välj beloppets valuta."
    funder, own = (read_share(text(f"budget.{name}")) if text(f"budget.{name}") else 0 for name in ("funder_share", "own_share"))
    if funder + own > 100 and not values.keys().isdisjoint(("budget.funder_share", "budget.own_share")):
        name = "budget.own_share" if "budget.own_share" in values else "budget.funder_share"
        errors[name] = "Andelarna blir tillsammans mer än 100 procent."
    return errors


def read_value(name: str, text: str, visit: Visit) -> Any:
    """Return the value of a field, as decoded JSON, from the text that was typed.

    Raises:
        ValueError: The text does not fit the field; the message is in Swedish.
    """
    reader = _READERS.get(name)
    return reader(text, visit) if reader is not None else text


def _read_choice(choices: Sequence[str], text: str) -> str:
    if text not in choices:
        raise ValueError("Välj ett av alternativen.")
    return text


def _read_title(text: str, visit: Visit) -> str:
    if not text:
        raise ValueError("Rubriken kan inte vara tom.")
    return " ".join(text.split())


def _read_url(text: str, visit: Visit) -> str:
    address = typed_address(text)
    if not safe_url(address):
        raise ValueError("Adressen ska börja med https://.")
    return address


def _read_programme(text: str, visit: Visit) -> str:
    return _read_choice(("", *visit.site.rules.programmes), text)


def _read_deadlines(text: str, visit: Visit) -> list[dict[str, Any]]:
    return [_read_deadline(line, visit) for line in text.split("\n") if line]


def _read_deadline(line: str, visit: Visit) -> dict[str, Any]:
    day, clock = read_moment(line)
    at = datetime.combine(day, clock or time(23, 59, 59), visit.site.config.zone)
    return {
        "at": at.isoformat(),
        "precision": "minute" if clock else "day",
        "zone": visit.site.config.schedule.time_zone,
    }


def _read_day(text: str, visit: Visit) -> str | None:
    if not text:
        return None
    day, clock = read_moment(text)
    if clock is not None:
        raise ValueError(_DAY_ONLY.format(text[:_MAX_QUOTED]))
    return day.isoformat()


def _read_time(text: str, visit: Visit) -> str | None:
    if not text:
        return None
    day, clock = read_moment(text)
    return datetime.combine(day, clock or time(), visit.site.config.zone).isoformat()


def read_moment(text: str) -> tuple[date, time | None]:
    """Return the day and the time that a person typed: 2027-02-01 17:00, 1 februari 2027, 1/2 2027 or 1 februari 2027 kl. 17.

    Raises:
        ValueError: The text is no single day with its year, or no time; in Swedish.
    """
    text = text.strip()
    problem = _NOT_UNDERSTOOD.format(text[:_MAX_QUOTED])
    if found := _ISO_MOMENT.fullmatch(text):
        try:
            day = date.fromisoformat(found[1])
            clock = time.fromisoformat(found[2].replace(".", ":").zfill(5)) if found[2] else None
        except ValueError as error:
            raise ValueError(problem) from error
    elif found := _SWEDISH_MOMENT.fullmatch(text):
        try:
            day = date(int(found[3]), int(found[2]), int(found[1]))
            clock = time(int(found[4]), int(found[5] or 0)) if found[4] else None
        except ValueError as error:
            raise ValueError(problem) from error
    else:
        # Other figures alone, unless in ISO order, may have the day or the month first: only a month in letters is certain.
        dates = find_dates(text, reference=None, language="sv") if re.search(r"[a-zåäö]{3}", text.lower()) else []
        if len(dates) != 1 or dates[0].date is None or dates[0].date_from is not None or dates[0].ambiguous:
            raise ValueError(problem)
        day, clock = dates[0].date, dates[0].time
    if not in_calendar(day):
        raise ValueError(problem)
    return day, clock


def read_sum(text: str) -> int | None:
    """Return the amount that a person typed, in whole units: 60 000, 1,5 miljoner; None for an empty text.

    Raises:
        ValueError: The text is no single amount; in Swedish.
    """
    if not text:
        return None
    if _GROUPED_NUMBER.fullmatch(text):
        amount = int(re.sub(r"\D", "", text))
    else:
        found = find_amounts(text, "sv")
        amounts = {item.amount for item in found if item.amount is not None}
        if len(found) != 1 or len(amounts) != 1 or found[0].amount_max not in (None, found[0].amount):
            raise ValueError(f"Vi förstod inte beloppet ”{text[:_MAX_QUOTED]}”. Skriv till exempel 60 000 eller 1,5 miljoner.")
        amount = amounts.pop()
    if not 0 < amount <= LARGEST_AMOUNT:
        raise ValueError("Beloppet är för stort eller noll. Töm rutan om det inte står något.")
    return amount


def read_number(text: str, least: int = 0, most: int = _MAX_NUMBER) -> int:
    """Return the whole number that a person typed.

    Raises:
        ValueError: The text is no whole number from `least` to `most`; in Swedish.
    """
    figures = text.removesuffix("%").removesuffix("procent").strip()
    if not (figures.isascii() and figures.isdigit() and len(figures) < 5 and least <= int(figures) <= most):
        raise ValueError(f"Skriv ett helt tal mellan {least} och {most}, eller töm rutan.")
    return int(figures)


def read_share(text: str, least: int = 0, *, up: bool = False) -> int:
    """Return the share that a person typed, in whole percent; decimals are rounded down, or up.

    So a funder never pays more than was typed, and the municipality never less.

    Raises:
        ValueError: The text is no share from `least` to 100 percent; in Swedish.
    """
    found = _SHARE.fullmatch(text)
    more = bool(found and found[2] and int(found[2]))
    share = int(found[1]) + (more and up) if found else -1
    if not least <= share <= 100 or (more and found is not None and int(found[1]) >= 100):
        raise ValueError(f"Skriv en andel mellan {least} och 100 procent, till exempel 75 eller 66,5, eller töm rutan.")
    return share


def _share_reader(least: int, *, up: bool) -> Callable[[str, Visit], int | None]:
    return lambda text, visit: read_share(text, least, up=up) if text else None


def _number_reader(least: int, most: int) -> Callable[[str, Visit], int | None]:
    return lambda text, visit: read_number(text, least, most) if text else None


def _read_months(text: str, visit: Visit) -> list[int] | None:
    if not text:
        return None
    found = _MONTHS.fullmatch(text)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 0 < low <= high:
        raise ValueError(f"Vi förstod inte projekttiden ”{text[:_MAX_QUOTED]}”. Skriv månader, till exempel 24 eller 12–36.")
    return [low, high]


def _read_lines(text: str, visit: Visit) -> list[str]:
    return [line for line in text.split("\n") if line]


def _read_sum(text: str, visit: Visit) -> int | None:
    return read_sum(text)


_READERS: Mapping[str, Callable[[str, Visit], Any]] = {
    "title": _read_title,
    "url": _read_url,
    "programme": _read_programme,
    "kind": lambda text, visit: _read_choice([kind.value for kind in Kind], text),
    "deadline_model": lambda text, visit: _read_choice([model.value for model in DeadlineModel], text),
    "terms.municipality": lambda text, visit: _read_choice(get_args(MunicipalAnswer), text),
    "budget.currency": lambda text, visit: _read_choice(_CURRENCIES, text),
    "deadlines": _read_deadlines,
    "opens": _read_day,
    "starts": _read_time,
    "ends": _read_time,
    "budget.grants": _number_reader(1, 9999),
    "budget.funder_share": _share_reader(1, up=False),
    "budget.own_share": _share_reader(0, up=True),
    "terms.partners": _number_reader(1, _MAX_NUMBER),
    "terms.countries": _number_reader(1, 100),
    "terms.months": _read_months,
    "applicants": _read_lines,
    "place": _read_lines,
    **dict.fromkeys(_SUMS, _read_sum),
}
