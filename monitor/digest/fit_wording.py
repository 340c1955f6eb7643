"""Wording the fit card: its values as labelled lines, in Swedish or English, for mails and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.calls import Budget, DeadlineModel
from monitor.digest.wording import Wording
from monitor.fit import CardValue, FitCard, MunicipalAnswer
from monitor.language.shares import Shares
from monitor.translation import has_translation, translate, translate_count

UNREAD = "Står inte"
_ANSWERS: dict[MunicipalAnswer, str] = {"ja": "Ja", "som partner": "Ja, som partner", "nej": "Nej", "framgår inte": UNREAD}
_GUESSES: dict[MunicipalAnswer, str] = {
    "ja": "Troligen (står inte i texten)",
    "som partner": "Troligen, som partner (står inte i texten)",
    "nej": "Troligen inte (står inte i texten)",
    "framgår inte": UNREAD,
}
_OWNED: dict[MunicipalAnswer, str] = {"ja": "Ja, kommunens bolag", "som partner": "Ja, kommunens bolag som partner"}
_DISPUTED = "Olika uppgifter"
_STAGES = {
    DeadlineModel.SINGLE: "Ett steg: hela ansökan på en gång",
    DeadlineModel.TWO_STAGE: "Två steg: först en kort skiss, och bara de som går vidare skriver en hel ansökan",
    DeadlineModel.CUT_OFFS: "Ett steg, med flera bedömningsdagar",
    DeadlineModel.ROLLING: "Ansökningar tas emot löpande",
}
_LIKELY_STAGES = {
    DeadlineModel.SINGLE: "Troligen ett steg (står inte i texten)",
    DeadlineModel.CUT_OFFS: "Troligen ett steg, med flera bedömningsdagar (står inte i texten)",
}
_FIELDS = {
    "applicants": ("applicants",),
    "municipality": ("terms.municipality",),
    "per-project": ("budget.project_min", "budget.project_max", "budget.currency"),
    "total": ("budget.total", "budget.grants", "budget.currency"),
    "funder_share": ("budget.funder_share",),
    "own_share": ("budget.own_share",),
    "partners": ("terms.partners", "terms.countries"),
    "stage": ("deadline_model",),
    "duration": ("terms.months",),
}
"""Fields of a call that each line of its card says."""
_STORED_BY_EARLIER_VERSIONS = ("municipality", "funder_share", "own_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class FitLine:
    """Line of the fit card in words."""

    key: str
    """Name of the term: applicants, municipality, per-project, total, funder_share, own_share, partners, stage, duration,
    language, contact."""
    label: str
    value: str
    known: bool
    """False where the call does not state the term: `value` then says so, or is a guess that is said to be one."""
    corrected: datetime | None = None
    """Time at which the municipality corrected the term; None for one as it was read."""


def fit_lines(card: FitCard, wording: Wording) -> tuple[FitLine, ...]:
    """Return the lines of a card in the language of `wording`, in the order in which a reader decides.

    A card that an earlier version stored gives the lines that it has values for.
    """
    times = dict(card.corrected)
    lines = (
        replace(line, corrected=max((times[field] for field in _FIELDS.get(line.key, ()) if field in times), default=None))
        for line in _Lines(card, wording).all()
    )
    return tuple(line for line in lines if not card.partial or line.key in _STORED_BY_EARLIER_VERSIONS)


class _Lines:
    """Maker of the lines of one card."""

    def __init__(self, card: FitCard, wording: Wording) -> None:
        self._card = card
        self._wording = wording
        self._language = wording.language

    def all(self) -> Iterator[FitLine]:
        card = self._card
        yield self._line("applicants", "Vem kan söka", "; ".join(card.applicants), "applicants")
        yield self._municipality()
        yield self._line("per-project", "Pengar per projekt", self._per_project(card.budget))
        yield self._line("total", "Pengar totalt", self._total(card.budget))
        payer = "EU betalar" if card.eu else "Finansiären betalar"
        yield self._line("funder_share", payer, self._funder_share(card.shares), "funder_share")
        yield self._own_share(card.shares)
        yield self._line("partners", "Partner och länder", self._partners(card.partners.value, card.countries.value))
        yield self._stage(card.stage)
        yield self._line("duration", "Projekttid", self._duration(card.months.value))
        yield self._line("language", "Språk i ansökan", "", "language")
        yield self._line("contact", "Svensk kontakt", ", ".join(card.contact))

    def _translate(self, text: str, **values: object) -> str:
        return translate(text, self._language).format(**values)

    def _line(self, key: str, label: str, value: str, usual: str = "") -> FitLine:
        """Return a line; one without a value says so, and what is usual in the programme where `usual` names a term of it."""
        line = FitLine(key=key, label=self._translate(label), value=value or self._translate(UNREAD), known=bool(value))
        return line if value else self._with_rest(line, self._usual(usual))

    def _with_rest(self, line: FitLine, rest: str) -> FitLine:
        """Return the line with words of the rules after its value; they are Swedish, and are left out in any other language."""
        return replace(line, value=f"{line.value}. {rest}") if rest and self._language == "sv" else line

    def _usual(self, term: str) -> str:
        """Return what holds for the programme as a whole, said to be just that: this call may differ."""
        usual = self._card.usual
        text = getattr(usual, term) if usual is not None and term else ""
        if usual is None or not text:
            return ""
        # "I CERV får vänortsmöten ..." says itself what it holds for.
        return text if text.startswith("I ") else f"Vanligt i {usual.programme}: {_inside(text)}"

    def _municipality(self) -> FitLine:
        card = self._card
        words = (_GUESSES if card.guessed else _ANSWERS)[card.municipality]
        words = _OWNED.get(card.municipality, words) if card.owned else _DISPUTED if card.disputed else words
        value = self._translate(words)
        line = FitLine(
            key="municipality",
            label=self._translate("Kan vi söka"),
            value=value,
            known=card.municipality != "framgår inte" and not card.guessed,
        )
        if card.reason and has_translation(card.reason, self._language):
            return replace(line, value=f"{value}. {translate(card.reason, self._language)}")
        return self._with_rest(line, card.reason)

    def _funder_share(self, shares: Shares) -> str:
        return "" if shares.funder is None else self._quoted("Högst {share} procent", shares.funder, shares.funder_text)

    def _own_share(self, shares: Shares) -> FitLine:
        funder, own = shares.funder, shares.own
        if own is not None:
            value = self._quoted("Minst {share} procent" if own else "Ingenting", own, shares.own_text)
            return self._line("own_share", "Ni betalar", value)
        if funder is None or funder >= 100:
            return self._line("own_share", "Ni betalar", "", "own_share")
        text = (
            "Står inte. Minst {own} procent blir kvar, om EU betalar högst {funder}."
            if self._card.eu
            else "Står inte. Minst {own} procent blir kvar, om finansiären betalar högst {funder}."
        )
        line = self._line("own_share", "Ni betalar", self._translate(text, own=100 - funder, funder=funder))
        return replace(line, known=False)

    def _quoted(self, text: str, share: int, quote: str) -> str:
        value = self._translate(text, share=share)
        return self._translate("{value} (så står det: ”{quote}”)", value=value, quote=quote) if quote else value

    def _per_project(self, budget: Budget) -> str:
        low, high = budget.project_min, budget.project_max
        if low and high and low != high:
            return self._translate("{low} till {high}", low=self._money(low), high=self._money(high))
        if high:
            amount = self._money(high)
            return amount if low == high else self._translate("Högst {amount}", amount=amount)
        return self._translate("Minst {amount}", amount=self._money(low)) if low else ""

    def _total(self, budget: Budget) -> str:
        if budget.pots and len({amount for _, amount in budget.pots}) > 1:
            return ", ".join(self._money(amount) + (f" ({name})" if name else "") for name, amount in budget.pots)
        if not budget.total:
            return ""
        total = self._money(budget.total)
        if budget.shared:
            return self._translate("{total}, delas med andra delar av samma utlysning", total=total)
        return self._translate("{total}, omkring {n} projekt", total=total, n=budget.grants) if budget.grants else total

    def _money(self, amount: int) -> str:
        return self._wording.money(amount, self._card.budget.currency, exact=True)

    def _partners(self, partners: int | None, countries: int | None) -> str:
        partner_words = "" if partners is None else translate_count("{n} partner", "{n} partner", partners, self._language)
        country_words = "" if countries is None else translate_count("{n} land", "{n} länder", countries, self._language)
        if partner_words and country_words:
            return self._translate("Minst {partners} från {countries}", partners=partner_words, countries=country_words)
        least = partner_words or country_words
        return self._translate("Minst {amount}", amount=least) if least else ""

    def _duration(self, months: tuple[int, int] | None) -> str:
        if months is None:
            return ""
        low, high = months
        if low == high:
            return translate_count("{n} månad", "{n} månader", high, self._language)
        return self._translate("{low}–{high} månader", low=low, high=high)

    def _stage(self, stage: CardValue[DeadlineModel]) -> FitLine:
        text = "" if stage.value is None else (_LIKELY_STAGES if stage.inferred else _STAGES)[stage.value]
        line = self._line("stage", "Ansökan", self._translate(text) if text else "")
        return replace(line, known=False) if stage.inferred else line


def _inside(text: str) -> str:
    """Return a sentence as it stands behind a colon: small at its beginning, unless that is a name in capitals."""
    return text if text[1:2].isupper() else text[0].lower() + text[1:]
