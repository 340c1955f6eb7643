"""The follow-up in plain sentences, for people who have never seen the program. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from monitor.digest.wording import NO_BREAK, Wording
from monitor.translation import translate, translate_count
from monitor.vocabulary import FOLLOW_STATE_LABELS, FollowState
from monitor.web.report.tables import AMOUNTS, KRONOR

PROJECT_COLUMNS = (
    "Projekt",
    "Förvaltning",
    "Program",
    "Läge",
    "Sökt den",
    "Sökt belopp",
    "Beslut den",
    "Beviljat belopp",
    "Egen del",
)
"""Headings of the table of projects."""
FUNDED_HEADING = "EU-projekt som kommunen har haft"
FUNDED_COLUMNS = ("Program", "År", "Projekt", "Vår del", "Partner i")
"""Heading of the table of projects in publishers' lists, and of its columns."""
_MAX_PLACES = 6
_MAX_NAMED = 5
"""Projects and rows that the text names."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Paragraph of the report with the heading above it; "" for none."""

    heading: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the sentences as one text."""
        return " ".join(self.sentences)


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Words of the report in one language."""

    wording: Wording
    now: datetime

    @property
    def language(self) -> str:
        """Return the language, "sv" or "en"."""
        return self.wording.language

    def say(self, text: str, /, **values: object) -> str:
        """Return a Swedish text of the program in the report's language, with values filled in."""
        return translate(text, self.language).format(**values) if values else translate(text, self.language)

    def day(self, iso: str) -> str:
        """Return an ISO day with its year: 3 december 2026."""
        return self.wording.short_day(date.fromisoformat(iso), self.now.replace(year=1))

    def brief_day(self, iso: str) -> str:
        """Return an ISO day in few characters: 3 dec 2026. It breaks before the year alone."""
        day, month, year = self.wording.brief_day(date.fromisoformat(iso), self.now.replace(year=1)).split(NO_BREAK)
        return f"{day}{NO_BREAK}{month} {year}"

    def kronor(self, amount: int) -> str:
        """Return a sum in kronor."""
        return self.wording.money(amount, KRONOR)

    def amount(self, amount: int | None, currency: str) -> str:
        """Return an amount as it was entered, as people say it: 1,5 miljoner euro; "" for none."""
        return "" if amount is None else self.wording.money(amount, currency, exact=True)

    def figures(self, amount: int | None, currency: str) -> str:
        """Return an amount in figures, as tables have it: 1 500 000 EUR; "" for none. It breaks before the currency alone."""
        return "" if amount is None else f"{self.wording.number(amount)} {self.say('kr') if currency == KRONOR else currency}"


def has_comparison(document: Mapping[str, Any]) -> bool:
    """Return whether the year before has any figure to compare with."""
    return any(document["previous"]["total"].values())


def write_text(document: Mapping[str, Any], words: ReportWords) -> list[Paragraph]:
    """Return the paragraphs about a document of `tables.make_document`."""
    paragraphs = (
        Paragraph("", tuple(_calls(document, words))),
        Paragraph(words.say("Ansökningar och pengar"), tuple(_applications(document, words))),
        Paragraph(words.say("Projekten"), tuple(_projects(document, words))),
        Paragraph(words.say("Vem det rör"), tuple(_places(document, words))),
        Paragraph(words.say("Så är det räknat"), tuple(_method(document, words))),
    )
    return [paragraph for paragraph in paragraphs if paragraph.sentences]


def _calls(document: Mapping[str, Any], words: ReportWords) -> Iterator[str]:
    total, language = document["total"], words.language
    yield words.say(
        "Rapporten gäller tiden från {begin} till {end}.", begin=words.day(document["from"]), end=words.day(document["to"])
    )
    found = translate_count("{n} ny utlysning", "{n} nya utlysningar", total["found"], language)
    yield words.say("EU-bevakningen hittade {calls}{before}.", calls=found, before=_before(document, words, "found"))
    if total["told"]:
        told = translate_count("{n} utlysning", "{n} utlysningar", total["told_calls"], language)
        times = translate_count("{n} gång", "{n} gånger", total["told"], language)
        yield words.say(
            "Förvaltningar och bolag fick veta om {calls} som kunde passa dem. En utlysning kan gå till flera:"
            " tillsammans skickades de ut {times}{before}.",
            calls=told,
            times=times,
            before=_before(document, words, "told"),
        )
    else:
        yield words.say("Ingen förvaltning har fått veta om någon utlysning under tiden.")
    if total["interested"]:
        interested = translate_count("{n} gång", "{n} gånger", total["interested"], language)
        yield words.say(
            "{times} svarade en förvaltning att den var intresserad eller sökte{before}.",
            times=interested,
            before=_before(document, words, "interested"),
        )


def _before(document: Mapping[str, Any], words: ReportWords, figure: str) -> str:
    """Return a remark with the figure of the year before, "" if that year has none at all."""
    if not has_comparison(document):
        return ""
    return words.say(" (samma tid året innan: {figure})", figure=words.wording.number(document["previous"]["total"][figure]))


def _applications(document: Mapping[str, Any], words: ReportWords) -> Iterator[str]:
    total, language = document["total"], words.language
    if not any(total[count] for count in ("applied", "granted", "refused")):
        yield words.say("Ingen ansökan är noterad under tiden{before}.", before=_before(document, words, "applied"))
        return
    applied = translate_count("{n} ansökan lämnades in", "{n} ansökningar lämnades in", total["applied"], language)
    yield _with_amount(applied, total["applied_amount"], words, _before(document, words, "applied"))
    granted = translate_count("{n} projekt beviljades", "{n} projekt beviljades", total["granted"], language)
    yield _with_amount(granted, total["granted_amount"], words, _before(document, words, "granted"))
    if total["own_amount"]:
        yield words.say(
            "Av kostnaderna i de beviljade projekten betalar vi själva {amount}.", amount=words.kronor(total["own_amount"])
        )
    if total["refused"]:
        refused = translate_count("{n} ansökan fick avslag", "{n} ansökningar fick avslag", total["refused"], language)
        yield words.say("{refused}{before}.", refused=refused, before=_before(document, words, "refused"))
    waiting = sum(1 for project in (*document["projects"], *document["running"]) if project["state"] == FollowState.APPLIES)
    if waiting:
        answer = translate_count("{n} ansökan väntar på besked", "{n} ansökningar väntar på besked", waiting, language)
        yield words.say("{waiting} den {day}.", waiting=answer, day=words.day(document["to"]))
    yield from _missing(document, words)


def _with_amount(text: str, amount: int, words: ReportWords, before: str) -> str:
    if not amount:
        return words.say("{text}{before}.", text=text, before=before)
    return words.say("{text}, på tillsammans {amount}{before}.", text=text, amount=words.kronor(amount), before=before)


def _missing(document: Mapping[str, Any], words: ReportWords) -> Iterator[str]:
    """Yield a remark on projects of the period whose amounts nobody has entered."""
    projects = [project for project in document["projects"] if project["state"] != FollowState.DECLINED]
    without = sum(1 for project in projects if project["applied_amount"] is None and project["granted_amount"] is None)
    if without:
        count = translate_count("{n} projekt", "{n} projekt", without, words.language)
        yield words.say("Belopp saknas för {projects} och ingår inte i summorna.", projects=count)


def _projects(document: Mapping[str, Any], words: ReportWords) -> Iterator[str]:
    granted = [project for project in document["projects"] if project["state"] == FollowState.GRANTED]
    granted.sort(key=lambda project: -(project["granted_amount"] or 0))
    for project in granted[:_MAX_NAMED]:
        yield words.say(
            "{department} fick {amount} till ”{title}”{programme}.",
            department=project["department_name"],
            amount=words.amount(project["granted_amount"], project["currency"]) or words.say("bidrag"),
            title=project["title"],
            programme=words.say(" från {name}", name=project["programme_name"]) if project["programme_name"] else "",
        )
    if len(granted) > _MAX_NAMED:
        yield words.say("De övriga står i tabellen.")
    running = [project for project in document["running"] if project["state"] == FollowState.GRANTED]
    if running:
        count = translate_count("{n} projekt", "{n} projekt", len(running), words.language)
        yield words.say("{projects} pågår sedan tidigare.", projects=count)
    due = next_report(document)
    if due is not None:
        day, label, title = due
        yield words.say(
            "Närmast ska {report} för ”{title}” lämnas senast {day}.",
            report=label or words.say("en redovisning"),
            title=title,
            day=words.day(day),
        )


def next_report(document: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return day, label and project of the next report that is to be handed in after the period; None if there is none."""
    due = [
        (report["day"], report["label"], project["title"])
        for project in (*document["projects"], *document["running"])
        if project["state"] in (FollowState.GRANTED, FollowState.APPLIES)
        for report in project["reports"]
        if not report["done"] and report["day"] >= document["to"]
    ]
    return min(due, default=None)


def _places(document: Mapping[str, Any], words: ReportWords) -> Iterator[str]:
    for dimension, sentence in (
        ("departments", "Flest utlysningar fick {names}."),
        ("areas", "De strategiska områden som utlysningarna oftast rörde är {names}."),
        ("programmes", "De vanligaste programmen var {names}."),
    ):
        rows = [row for row in document[dimension] if row["told"]][:3]
        if rows:
            names = [f"{row['name']} ({words.wording.number(row['told'])})" for row in rows]
            yield words.say(sentence, names=words.wording.join(names))


def _method(document: Mapping[str, Any], words: ReportWords) -> Iterator[str]:
    if document["total"]["found"] or document["total"]["told"]:
        yield words.say(
            "Hittade räknas en gång per utlysning, övriga en gång per utlysning och förvaltning."
            " En utlysning som rör flera områden räknas i vart och ett av dem."
        )
    if any(document["total"][name] for name in AMOUNTS):
        yield words.say("Ett projekt räknas som sökt den dag ansökan lämnades in och som beviljat den dag beslutet kom.")
    amounts = document["amounts"]
    if amounts["rates"]:
        rates = [
            words.say("1 {currency} = {rate} kronor", currency=currency, rate=words.wording.number(rate))
            for currency, rate in amounts["rates"].items()
        ]
        yield words.say(
            "Belopp i andra valutor är omräknade till kronor ({rates}, {day}).",
            rates=", ".join(rates),
            day=words.day(amounts["rates_day"]),
        )
    if amounts["without_rate"]:
        yield words.say(
            "Belopp i {currencies} är inte omräknade och ingår inte i summorna.", currencies=", ".join(amounts["without_rate"])
        )
    if has_comparison(document):
        yield words.say("Siffror inom parentes är från samma tid året innan.")


def figure_cell(row: Mapping[str, Any], figure: str, document: Mapping[str, Any], words: ReportWords) -> str:
    """Return a figure of a row, with that of the year before in brackets where the document has any: 12 (9)."""
    text = words.wording.number(row[figure])
    before = row["previous"][figure]
    return f"{text} ({words.wording.number(before)})" if has_comparison(document) and (before or row[figure]) else text


def project_cells(project: Mapping[str, Any], words: ReportWords) -> Sequence[str]:
    """Return the cells of a project in the order of PROJECT_COLUMNS."""
    days = [words.brief_day(project[name]) if project[name] else "" for name in ("applied_on", "decided_on")]
    return (
        project["title"],
        project["department_name"],
        project["programme_name"] or "",
        words.say(FOLLOW_STATE_LABELS[FollowState(project["state"])]),
        days[0],
        words.figures(project["applied_amount"], project["currency"]),
        days[1],
        words.figures(project["granted_amount"], project["currency"]),
        words.figures(project["own_amount"], project["currency"]),
    )


def funded_cells(group: Mapping[str, Any], words: ReportWords) -> Sequence[str]:
    """Return the cells of the projects of a programme and year in the order of FUNDED_COLUMNS."""
    shares = " + ".join(words.figures(amount, currency) for currency, amount in group["shares"].items())
    unknown = f"{words.say('står inte för')} {group['unknown']}" if group["unknown"] else ""
    places = ", ".join(group["places"][:_MAX_PLACES])
    return (
        group["programme"],
        str(group["year"] or words.say("okänt")),
        words.wording.number(group["projects"]),
        ", ".join(text for text in (shares, unknown) if text),
        f"{places} {words.say('med flera')}" if len(group["places"]) > _MAX_PLACES else places or words.say("står inte"),
    )
