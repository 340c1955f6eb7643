"""An installation made by code: some 200 calls of five sources, read twice, matched, mailed, answered and applied for."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from monitor.archive import open_archive
from monitor.archive.feedback import set_state, store_answer
from monitor.archive.runs import Document, SourceRun, store_run
from monitor.archive.search.index import index_texts
from monitor.calls import Budget, Call, Deadline, DeadlineModel, Notice, Precision, Section
from monitor.config import Config, load_config, load_sources
from monitor.jobs.digest import build_digests
from monitor.jobs.match import match_archive
from monitor.language.analyser import analyser
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES
from monitor.vocabulary import Kind, Status

NOW = datetime(2026, 5, 20, 10, tzinfo=UTC)
BEFORE = NOW - timedelta(days=8)
PASSWORD = "en lång och hemlig mening"
DEPARTMENTS = ("kommunledning", "kultur-fritid", "barn-utbildning", "gymnasie-vuxen", "miljo-bygg", "teknisk-service")

SETTINGS = """\
data_dir = "data"
[municipality]
name = "Nässjö kommun"
contact = "eu@example.se"
base_url = "http://127.0.0.1:8001"
[rules]
dir = "rules"
[mail]
transport = "files"
"""

# (title, text, programme, who may apply, days until the deadline, amount)
SUBJECTS = (
    ("Stöd till bibliotekens läsfrämjande arbete", "Kommuner kan söka statsbidrag för läsfrämjande insatser på bibliotek. Barn och unga ska få möta litteratur och kulturarv.", "", "Kommuner", 12, 900_000),
    ("Ungdomsutbyten mellan vänorter i Norden", "Bidrag till ungdomsutbyten och internationellt ungdomsarbete. Fritidsgårdar och kommuner kan söka för möten mellan ungdomar i minst två länder.", "", "Kommuner och föreningar", 25, 300_000),
    ("European cooperation projects small scale", "Libraries, museums and local authorities may apply for European cooperation projects in the cultural field with at least three partners from three countries.", "crea", "Public bodies", 40, 200_000),
    ("Energieffektivisering i kommunala fastigheter", "Kommuner och kommunala bolag kan söka stöd för energieffektivisering, solceller och värmeåtervinning i lokaler och skolor.", "", "Kommuner", 55, 2_500_000),
    ("LIFE Nature and biodiversity in wetlands", "Restoration of wetlands and nature areas by municipalities and regional authorities. Nature conservation and biodiversity.", "43252405", "Public bodies", 120, 3_000_000),
    ("Klimatanpassning i mindre kommuner", "Statsbidrag för klimatanpassning: skydd mot översvämning och värmebölja i tätorter. Kommuner söker.", "", "Kommuner", 18, 1_200_000),
    ("Town twinning and networks of towns", "Town twinning events bring citizens of municipalities together. Networks of towns debate democracy and European values.", "43251589", "Municipalities", 33, 60_000),
    ("Kompetensutveckling för lärare i yrkesutbildning", "Erasmus+ mobilitet för lärare och elever i gymnasieskolans yrkesprogram och vuxenutbildning. Skolor kan söka stöd för praktik utomlands.", "", "Skolor", 70, 150_000),
    ("Integration och språk för nyanlända", "Medel till kommuner för språkträning, arbetsmarknad och integration av nyanlända kvinnor.", "", "Kommuner", 9, 800_000),
    ("Cykelvägar och hållbara resor", "Stöd till kommuner som bygger gång- och cykelvägar och laddinfrastruktur för hållbara resor.", "", "Kommuner", 6, 4_000_000),
)  # fmt: skip
PLACES = (
    "i Småland och Öarna",
    "i hela landet",
    "för mindre orter",
    "andra omgången",
    "pilotår",
    "förstudier",
    "genomförande",
    "nätverk",
)


SHARE = {"portal": 0, "norden": 1, "kultur": 2, "ungdom": 3, "lanet": 4}


def calls_of(source: str, number: int, now: datetime) -> list[Call]:
    """Return `number` calls about the subjects in turn, each numbered; equal for equal sources."""
    calls = []
    for place in range(number):
        title, text, programme, who, days, amount = SUBJECTS[(place + len(source)) % len(SUBJECTS)]
        shift = (place * 13) % 90 - 20
        due = (NOW + timedelta(days=days + shift)).replace(hour=15, minute=0, second=0)
        opens = date(2026, 4, 1) + timedelta(days=(place * 7) % 120)
        calls.append(
            Call(
                source=source,
                call_id=f"{source}-{place:03d}",
                identifier=f"{source.upper()}-2026-{place:03d}",
                title=f"{title} {PLACES[(place // len(SUBJECTS) + 3 * SHARE[source]) % len(PLACES)]}",
                url=f"https://{source}.example.org/calls/{place}",
                summary=text,
                sections=(
                    Section(title="Vad man kan söka för", text=f"{text} Utlysning nummer {place} inom programmet."),
                    Section(title="Vem kan söka", text=f"{who} kan ansöka. Ansökan lämnas före sista ansökningsdag."),
                ),
                programme=programme,
                language="en" if (title.isascii() and "and" in title.split()) or title.startswith("European") else "sv",
                published=now - timedelta(days=10 + place % 30),
                opens=opens,
                deadlines=(Deadline(at=due, precision=Precision.MINUTE if place % 3 else Precision.DAY),),
                deadline_model=DeadlineModel.SINGLE,
                stated_status=Status.FORTHCOMING if opens > NOW.date() else Status.OPEN,
                budget=Budget(total=amount * 10, project_max=amount, currency="EUR" if programme else "SEK"),
                applicants=(who,),
                keywords=("kommun",),
            )
        )
    return calls


def special_calls() -> list[Call]:
    """Return calls of special forms: two stages, rolling, unknown, hostile, news, an event, a partner search."""
    base = {"source": "portal", "language": "sv"}
    two = tuple(
        Deadline(
            at=NOW + timedelta(days=days),
            precision=Precision.MINUTE,
            zone="Europe/Brussels",
            stage=stage,
            text="17:00 Brussels time",
        )
        for days, stage in ((30, 1), (160, 2))
    )
    return [
        Call(**base, call_id="two-stage", identifier="CERV-2026-TVA-STEG", title="Nätverk mellan kommuner om demokrati och kulturarv i två steg", url="https://portal.example.org/two", summary="Vänorter och nätverk mellan kommuner. Bibliotek och kulturarv. Kommuner kan söka bidrag.", deadlines=two, deadline_model=DeadlineModel.TWO_STAGE, programme="43251589"),
        Call(**base, call_id="rolling", identifier="NKF-2026", title="Nordisk kulturfond: stöd till kulturprojekt, löpande", url="https://portal.example.org/rolling", summary="Bibliotek, kommuner och föreningar i tre nordiska länder kan söka bidrag till kulturprojekt och kulturutbyte.", deadline_model=DeadlineModel.ROLLING),
        Call(**base, call_id="unknown", title="Stöd till kulturskola och scenkonst", url="https://portal.example.org/unknown", summary="Kommuner kan söka bidrag till kulturskola och scenkonst.", deadline_model=DeadlineModel.UNKNOWN),
        Call(**base, call_id="hostile", title='<script>alert("bibliotek")</script> & "kulturarv" \u202e stöd', url="javascript:alert(1)", summary="<img src=x onerror=alert(1)> Kommuner kan söka bidrag för bibliotek och kulturarv.", sections=(Section(title="<b>Rubrik</b>", text="</p><script>alert(2)</script> bidrag till kulturprojekt"),), deadlines=(Deadline(at=NOW + timedelta(days=20)),), deadline_model=DeadlineModel.SINGLE),
        Call(**base, call_id="news-1", kind=Kind.NEWS, title="Ny vägledning om ungdomsutbyten", url="https://portal.example.org/news", summary="Så söker kommuner bidrag till ungdomsutbyten.", published=NOW - timedelta(days=2)),
        Call(**base, call_id="event-1", kind=Kind.EVENT, title="Webbinarium: bibliotek och kulturarv i EU:s program", url="https://portal.example.org/event", summary="Informationsträff för kommuner och bibliotek om bidrag till kulturprojekt.", starts=NOW + timedelta(days=14), location="Jönköping"),
        Call(**base, call_id="partner-1", kind=Kind.PARTNER_SEARCH, title="Finsk kommun söker partner till ungdomsutbyte", url="https://portal.example.org/partner", summary="Ungdomsutbyte mellan kommuner, stöd från Erasmus+.", deadlines=(Deadline(at=NOW + timedelta(days=50), year_guessed=True),), deadline_model=DeadlineModel.SINGLE),
    ]  # fmt: skip


def source_run(source: str, name: str, calls: list[Call], at: datetime, state: str = "accepted") -> SourceRun:
    """Return a run of one source with a raw document."""
    document = Document(
        url=calls[0].url if calls[0].url.startswith("https") else f"https://{source}.example.org/",
        request=f"{source}-{at:%d}",
        status=200,
        headers="{}",
        content_type="text/html; charset=utf-8",
        body=f"<html><script>alert('{source}')</script>{at:%d}</html>".encode(),
        fetched=at,
    )
    return SourceRun(
        source=source,
        name=name,
        publisher=name,
        kind="feed",
        url=f"https://{source}.example.org/",
        language="sv",
        started=at,
        finished=at,
        state=state,
        reason="" if state == "accepted" else "sidan svarade inte",
        complete_list=True,
        seen=len(calls),
        calls=tuple(calls),
        documents=(document,),
    )


SOURCES = (("portal", "EU-portalen", 60), ("norden", "Nordiska ministerrådet", 40), ("kultur", "Kulturrådet", 40), ("ungdom", "Ungdomsstyrelsen", 30), ("lanet", "Region Jönköpings län", 30))  # fmt: skip


def settings() -> str:
    """Return the settings of the installation: its own sources instead of the shipped ones, six departments with a recipient."""
    text = SETTINGS
    for shipped in load_sources([], {}, "sample"):
        text += f"[sources.{shipped.id}]\nenabled = false\n"
    for source, name, _ in SOURCES:
        text += f'[[source]]\nid = "{source}"\nkind = "feed"\nname = "{name}"\nurl = "https://{source}.example.org/"\nlanguage = "sv"\n'
    text += '[subscription]\ndomains = ["nassjo.se"]\n'
    for department in DEPARTMENTS:
        text += f'[[recipient]]\ndepartment = "{department}"\nemail = "{department}@example.se"\n'
    return text


def make_sample(folder: Path) -> Config:
    """Make the installation in `folder` and return its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(RULES, folder / "rules")
    (folder / "monitor.toml").write_text(settings(), "utf-8")
    config = load_config(folder / "monitor.toml")
    rules = load_rules(config.rules_dir)
    with open_archive(config.archive) as archive:
        db = archive.db
        for source, name, number in SOURCES:
            calls = calls_of(source, number - 6, BEFORE) + (special_calls() if source == "portal" else [])
            store_run(db, source_run(source, name, calls, BEFORE), BEFORE)
        match_archive(archive, rules, BEFORE)
        build_digests(config, archive, BEFORE)
        for source, name, number in SOURCES:
            calls = calls_of(source, number, BEFORE) + (special_calls() if source == "portal" else [])
            calls[0] = _changed(calls[0])
            store_run(db, source_run(source, name, calls, NOW, "degraded" if source == "ungdom" else "accepted"), NOW)
        index_texts(db, analyser())
        match_archive(archive, rules, NOW)
        store_answer(db, "kultur-fritid", ("portal", "two-stage"), "intressant", note="Vi pratar med Eksjö.", digest="", now=NOW)
        store_answer(
            db, "kultur-fritid", ("kultur", "kultur-000"), "inte-for-oss", note="Vi fick det förra året.", digest="", now=NOW
        )
        store_answer(
            db,
            "kultur-fritid",
            ("ungdom", "ungdom-001"),
            "vidare",
            note="till Barn- och utbildningsförvaltningen",
            digest="",
            now=NOW,
        )
        set_state(
            db,
            "kultur-fritid",
            ("portal", "rolling"),
            "soker",
            note="Ansökan skrivs i juni.",
            who="Kultur- och fritidsförvaltningen",
            now=NOW,
        )
        set_state(db, "kultur-fritid", ("portal", "unknown"), "beviljad", note="450 000 kronor.", who="samordnaren", now=NOW)
    return config


def _changed(call: Call) -> Call:
    first = call.deadlines[0]
    return replace(
        call,
        title=f"{call.title} (förlängd)",
        deadlines=(replace(first, at=first.at + timedelta(days=14)),),
        sections=(
            Section(title="Vad man kan söka för", text=f"{call.summary} Nu också för förstudier och resor."),
            *call.sections[1:],
        ),
        budget=replace(call.budget, total=(call.budget.total or 0) * 2),
        notices=(Notice(at=NOW, text="Sista ansökningsdagen är flyttad två veckor."),),
    )
