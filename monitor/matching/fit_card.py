"""The fit card: what a reader must know before thinking of an application, in plain Swedish, or that it could not be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.calls import Budget, Call, DeadlineModel, is_eu_call
from monitor.language.shares import Shares, find_shares
from monitor.matching.compiled import RuleSet
from monitor.matching.engine import judge_call
from monitor.matching.gates import Gates
from monitor.matching.rules.model import Answer, Programme
from monitor.vocabulary import Kind

UNREAD = "Framgår inte"


@dataclass(frozen=True, slots=True, kw_only=True)
class FitLine:
    """One line of the card. `known` is False where the value is `UNREAD`, with or without what is usual in the programme, or a guess."""

    key: str
    label: str
    value: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FitCard:
    """Terms of a call. `municipality` is the answer in one word, `why` its reason; `guessed` tells that the text does not say so."""

    municipality: Answer
    why: str
    lines: tuple[FitLine, ...]
    guessed: bool = False
    shares: Shares = field(default_factory=Shares)

    @property
    def unread(self) -> tuple[str, ...]:
        """The labels of what could not be read."""
        return tuple(line.label for line in self.lines if not line.known)


_MAY = {"ja": "Ja", "som partner": "Ja, som partner", "nej": "Nej", "framgår inte": UNREAD}
_MAY_BE = {"ja": "Troligen", "som partner": "Troligen, som partner", "nej": "Troligen inte"}
NOT_IN_TEXT = "(står inte i texten)"
_STAGES = {
    DeadlineModel.SINGLE: "Ett steg: hela ansökan på en gång",
    DeadlineModel.TWO_STAGE: "Två steg: först en kort skiss, och bara de som går vidare skriver en hel ansökan",
    DeadlineModel.CUT_OFFS: "Ett steg, med flera bedömningsdagar",
    DeadlineModel.ROLLING: "Ansökningar tas emot löpande",
}
_LIKELY_STAGES = {
    DeadlineModel.SINGLE: f"Troligen ett steg {NOT_IN_TEXT}",
    DeadlineModel.CUT_OFFS: f"Troligen ett steg, med flera bedömningsdagar {NOT_IN_TEXT}",
}
_ONE_STAGE = re.compile(
    r"\b(?:ett\s+steg|en\s+etapp|enstegs\w*|(?:single|one)[\s-]stage|single\s+step|ett\s+trinn|ét\s+trin)\b", re.IGNORECASE
)


def fit_card(rules: RuleSet, call: Call, zones: Mapping[str, str] | None = None) -> FitCard:
    """The card of a call. `zones` holds its lemma texts where they are at hand; else the call is analysed here."""
    return card_of(rules, call, judge_call(rules, call, zones).gates)


def card_of(rules: RuleSet, call: Call, gates: Gates) -> FitCard:
    """The card of a call that the gates have judged."""
    programme = rules.programme_of(call)
    text = "\n".join(part for part in (call.title, call.summary, call.body, call.conditions_text) if part)
    shares = _shares(call.budget, text)
    return FitCard(
        municipality=gates.answer,
        why=gates.reason,
        lines=(
            _line("applicants", "Vem kan söka", "; ".join(call.applicants), _usual(programme, "applicants")),
            _municipality(gates),
            _line("per-project", "Pengar per projekt", _per_project(call.budget)),
            _line("total", "Pengar totalt", _total(call.budget)),
            *_share_lines(shares, programme, eu=is_eu_call(call)),
            _line("partners", "Partner och länder", _partners(text)),
            _stage(call, text),
            _line("duration", "Projekttid", _duration(text)),
            _line("language", "Språk i ansökan", "", _usual(programme, "language")),
            _contact(programme),
        ),
        guessed=gates.guessed,
        shares=shares,
    )


def _line(key: str, label: str, text: str, usual: str = "") -> FitLine:
    if text:
        return FitLine(key=key, label=label, value=text, known=True)
    return FitLine(key=key, label=label, value=f"{UNREAD}. {usual}" if usual else UNREAD, known=False)


def _usual(programme: Programme | None, key: str) -> str:
    """What holds for the programme as a whole is said to be just that: this call may differ."""
    text = str(getattr(programme, key, "")) if programme is not None else ""
    return f"Brukar i {programme.name} vara: {_inside(text)}" if programme is not None and text else ""


def _inside(text: str) -> str:
    """Return a sentence as it stands behind a colon: small at its beginning, unless that is a name in capitals."""
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


def _municipality(gates: Gates) -> FitLine:
    known = gates.answer != "framgår inte" and not gates.guessed
    answer = f"{_MAY_BE[gates.answer]} {NOT_IN_TEXT}" if gates.guessed else _MAY[gates.answer]
    text = f"{answer}. {gates.reason}" if gates.reason else answer
    return FitLine(key="municipality", label="Kan kommunen delta", value=text, known=known)


def _stage(call: Call, text: str) -> FitLine:
    """Return how many steps an application has. The EU's portal states it; elsewhere one date is not yet one step, unless the text says so."""
    model = call.deadline_model
    likely = _LIKELY_STAGES.get(model, "")
    if likely and call.kind is not Kind.CALL:
        return _line("stage", "Ansökan", "")
    if likely and not is_eu_call(call) and not _ONE_STAGE.search(text):
        return FitLine(key="stage", label="Ansökan", value=likely, known=False)
    return _line("stage", "Ansökan", _STAGES.get(model, ""))


def _shares(budget: Budget, text: str) -> Shares:
    """Return the shares that the source states, else those that the text does."""
    if budget.funder_share is None and budget.own_share is None:
        return find_shares(text)
    return Shares(budget.funder_share, budget.own_share, budget.funder_share_text, budget.own_share_text)


def _share_lines(shares: Shares, programme: Programme | None, *, eu: bool) -> tuple[FitLine, FitLine]:
    funder = own = ""
    if shares.funder is not None:
        funder = f"Högst {shares.funder} procent{_quoted(shares.funder_text)}"
    if shares.own is not None:
        own = (f"Minst {shares.own} procent" if shares.own else "Ingenting") + _quoted(shares.own_text)
    usual = _usual(programme, "own_share")
    if shares.funder is not None and shares.funder < 100:
        usual = (
            f"Minst {100 - shares.funder} procent blir kvar, om {'EU' if eu else 'finansiären'} betalar högst {shares.funder}."
        )
    return (
        _line("funder_share", "EU betalar" if eu else "Finansiären betalar", funder, _usual(programme, "funder_share")),
        _line("own_share", "Ni betalar", own, usual),
    )


def _quoted(words: str) -> str:
    return f" (så står det: ”{words}”)" if words else ""


def _contact(programme: Programme | None) -> FitLine:
    contact = programme.contact if programme is not None else None
    if contact is None:
        return _line("contact", "Svensk kontakt", "")
    parts = (contact.name, contact.email, contact.phone, contact.address, contact.url)
    return _line("contact", "Svensk kontakt", ", ".join(part for part in parts if part))


_CURRENCIES = {
    "EUR": "euro",
    "SEK": "kronor",
    "NOK": "norska kronor",
    "DKK": "danska kronor",
    "USD": "dollar",
    "GBP": "brittiska pund",
    "CHF": "schweiziska franc",
    "PLN": "polska zloty",
}


def money(amount: int, currency: str) -> str:
    """An amount as a colleague writes it: 200 000 euro, 2,5 miljoner kronor.

    >>> money(2_500_000, "SEK").replace("\\u00a0", " ")
    '2,5 miljoner kronor'
    """
    unit = _CURRENCIES.get(currency, currency)
    for size, one, many in ((10**9, "miljard", "miljarder"), (10**6, "miljon", "miljoner")):
        if amount >= size and (amount * 100) % size == 0:
            number = f"{amount / size:.2f}".rstrip("0").rstrip(".").replace(".", ",")
            return f"{number}\u00a0{one if number == '1' else many} {unit}"
    return f"{amount:,}".replace(",", "\u00a0") + f" {unit}"


def _per_project(budget: Budget) -> str:
    low, high = budget.project_min, budget.project_max
    if low and high and low != high:
        return f"{money(low, budget.currency)} till {money(high, budget.currency)}"
    if high:
        return money(high, budget.currency) if low == high else f"Högst {money(high, budget.currency)}"
    return f"Minst {money(low, budget.currency)}" if low else ""


def _total(budget: Budget) -> str:
    if budget.pots and len({amount for _, amount in budget.pots}) > 1:
        return ", ".join(
            f"{money(amount, budget.currency)} ({name})" if name else money(amount, budget.currency)
            for name, amount in budget.pots
        )
    if not budget.total:
        return ""
    total = money(budget.total, budget.currency)
    shared = ", delas med andra delar av samma utlysning" if budget.shared else ""
    grants = f", omkring {budget.grants} projekt" if budget.grants and not budget.shared else ""
    return f"{total}{shared}{grants}"


_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
}  # fmt: skip
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_LEAST = r"(?:at least|a minimum of|minimum|no fewer than|minst)"
_WHO = (
    r"(?:(?:other|independent|different|legal|eligible|separate|olika|fristående|självständiga)\s+){0,3}"
    r"(?:entities|organisations|organizations|partners|applicants|beneficiaries|municipalities|parter|partner|partners|"
    r"organisationer|aktörer|behovsägare|kommuner|sökande)"
)
_WHERE = r"(?:(?:different|eligible|participating|EU|olika|deltagande)\s+){0,3}(?:Member States|countries|medlemsländer|medlemsstater|länder)"
_PARTNERS = re.compile(rf"\b{_LEAST}\s+{_NUMBER}\s+{_WHO}\b", re.IGNORECASE)
_COUNTRIES = re.compile(rf"\b(?:{_LEAST}|from|från)\s+{_NUMBER}\s+{_WHERE}\b", re.IGNORECASE)
_MONTHS = re.compile(
    r"\b(?:(?P<cue>duration|last(?:s|ing)?|run(?:s|ning)?|implemented|pågå\w*|löpa\w*|projekttid\w*|projektperiod\w*|projektet|projekten|"
    r"klara inom)\b[^.\n]{0,80}?)"
    r"(?:(?P<low>\d{1,2})\s*(?:-|–|−|to|and|till|och)\s*)?(?P<high>\d{1,2})\s*(?:months|månader|mån)\b",
    re.IGNORECASE,
)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.casefold()]


def _only(values: set[str]) -> str:
    """The value when the text gives just one; two different ones mean different parts of the call, which nobody can choose for."""
    return next(iter(values)) if len(values) == 1 else ""


def _partners(text: str) -> str:
    partners = _only({str(_number(found[1])) for found in _PARTNERS.finditer(text)})
    countries = _only({str(_number(found[1])) for found in _COUNTRIES.finditer(text)})
    who = "part" if partners == "1" else "parter"
    where = "land" if countries == "1" else "länder"
    if partners and countries:
        return f"Minst {partners} {who} från {countries} {where}"
    return f"Minst {partners} {who}" if partners else f"Minst {countries} {where}" if countries else ""


def _duration(text: str) -> str:
    return _only(
        {
            f"{found['low']}–{found['high']} månader" if found["low"] else f"{found['high']} månader"
            for found in _MONTHS.finditer(text)
        }
    )
