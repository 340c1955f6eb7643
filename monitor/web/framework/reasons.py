"""Wording why a department gets a call, or why not, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from monitor.calls import Call
from monitor.digest.wording import Wording
from monitor.matching.explain import Circumstances, Why
from monitor.translation import translate
from monitor.vocabulary import KIND_LABELS, Kind


def why_text(why: Why, call: Call, circumstances: Circumstances, titles: Mapping[str, str], wording: Wording) -> str:
    """Return why a department gets a call, or the step at which it fell out.

    Args:
        why: The answer for the department. Its own text is used in Swedish.
        call: The call.
        circumstances: What the archive knows besides the call.
        titles: Title of each theme by its id.
        wording: Language of the page.
    """
    return why.text if wording.language == "sv" else _Reason(why, call, circumstances, titles, wording).text()


class _Reason:
    """Maker of the sentences of one answer in another language than Swedish, from its values."""

    def __init__(self, why: Why, call: Call, circumstances: Circumstances, titles: Mapping[str, str], wording: Wording) -> None:
        self._why = why
        self._call = call
        self._circumstances = circumstances
        self._titles = titles
        self._wording = wording

    def text(self) -> str:
        why = self._why
        if why.step == "matched":
            themes = self._wording.join(self._titles.get(theme, theme) for theme in why.themes)
            goes = self._translate("Den går till {name}. Tema: {themes}.", name=why.name, themes=themes)
            by_documents = self._translate("Utan orden i dess dokument hade den inte gått dit.") if why.places else ""
            return f"{goes} {by_documents}".strip()
        if why.step == "told":
            return self._told()
        if why.step == "not-current":
            return f"{self._translate('Den är inte aktuell: {ended}.', ended=self._ended())} {self._told()}".strip()
        if why.step == "not-a-call":
            if self._call.kind is Kind.CALL:
                return self._translate("Det är inget att söka.")
            kinds = self._translate(KIND_LABELS[self._call.kind].many)
            few = self._translate("{kinds} kräver fler poäng; den här fick för få.", kinds=kinds)
            return " ".join(part for part in (few, self._points(), self._told()) if part)
        if why.step == "vetoed":
            return self._translate("Temat {theme} stoppas av ett ord som talar emot det.", theme=why.theme)
        if why.step == "below-threshold":
            return self._points()
        if why.step == "outside":
            return self._translate("Den gäller en annan plats än vår.")
        if why.step == "fit-nej":
            return self._translate("Kommunen kan inte delta.")
        if why.step == "probation":
            return self._translate("Temat {theme} är på prov: det som temat tar går till samordnaren så länge.", theme=why.theme)
        switched_off = (
            "{name} får inget av det här slaget: temat är ett utkast, förvaltningen är avstängd eller saknar mottagare."
        )
        return self._translate(switched_off, name=why.name)

    def _translate(self, text: str, **values: object) -> str:
        return translate(text, self._wording.language).format(**values)

    def _told(self) -> str:
        told = self._circumstances.told.get(self._why.department)
        return self._translate("{name} fick veta det {day}.", name=self._why.name, day=self._day(told)) if told else ""

    def _points(self) -> str:
        why = self._why
        threshold = f"{why.threshold:g}"
        if not why.evidence or why.points <= 0:
            nothing = "Inga ord som talar för förvaltningens teman står i texten: 0 av {threshold} poäng."
            return self._translate(nothing, threshold=threshold)
        if why.points >= why.threshold and any(item.generic for item in why.evidence):
            return self._translate("Bara allmänna ord talar för temat {theme}; de räcker aldrig ensamma.", theme=why.theme)
        if why.points >= why.threshold:
            return self._translate("Bara programmet talar för temat {theme}; det räcker aldrig ensamt.", theme=why.theme)
        text = self._translate(
            "Temat {theme} fick {points} av {threshold} poäng; {short} saknas.",
            theme=why.theme,
            points=f"{why.points:g}",
            threshold=threshold,
            short=f"{why.short:g}",
        )
        words = "; ".join(f"{', '.join(item.words[:3])} ({item.weight} p)" for item in why.missing[:3])
        return f"{text} {self._translate('Det som saknas kan vara till exempel: {words}.', words=words)}" if words else text

    def _ended(self) -> str:
        call, circumstances = self._call, self._circumstances
        if circumstances.vanished is not None:
            return self._translate("den försvann från källan {day}", day=self._day(circumstances.vanished))
        if call.kind is Kind.EVENT and call.starts is not None:
            return self._translate("evenemanget var {day}", day=self._day(call.ends or call.starts))
        passed = [deadline.at for deadline in call.deadlines if deadline.at < circumstances.now]
        if passed:
            return self._translate("sista ansökningsdag var {day}", day=self._day(max(passed)))
        return self._translate("källan säger att den är stängd")

    def _day(self, day: date) -> str:
        return self._wording.short_day(day.date() if isinstance(day, datetime) else day, self._circumstances.now)
