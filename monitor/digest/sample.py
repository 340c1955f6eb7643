"""Made-up calls in every situation a mail can meet: for trying templates, for the test mail, and for the golden mails.

Identifiers, dates and amounts have the form of real ones; the texts are our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.calls import Budget, Call, CallKey, Deadline, DeadlineModel, Link, Precision, Section
from monitor.digest.choose import choose, choose_corrections, open_known_calls
from monitor.digest.facts import date_keys, deadline_fact
from monitor.digest.layout import Occasion
from monitor.digest.model import Audience, CallEvent, Candidate, Choice, DepartmentMatch, Reasons, Selection, SourceHealth, Told
from monitor.digest.wording import HOME, iso_week
from monitor.fit import CardValue, FitCard
from monitor.language.shares import Shares
from monitor.vocabulary import BUILT_MAILS, Kind, Level, MailKind, Status

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=HOME)
_CALL_IDS = {
    "funding-tenders": (
        *("50139871TOPICSen", "50141200TOPICSen", "50133010TOPICSen", "50135511TOPICSen"),
        *(f"{number}TOPICSen" for number in range(1, 35)),
    ),
    "kulturradet": ("internationellt-utbyte-2026", "starkta-bibliotek"),
    "europa-direkt": ("https://example.se/kalender/eu-pengar", "https://example.se/nyheter/1", "policy-1"),
}
"""The ids of the calls below, by source."""
_KEYS = [CallKey(source, call_id) for source, call_ids in _CALL_IDS.items() for call_id in call_ids]
AUDIENCE = Audience(
    department="kultur-fritid",
    name="Kultur- och fritidsförvaltningen",
    municipality="Nässjö kommun",
    contact="eu@example.se",
    base_url="https://eu.example.se",
    sources={"funding-tenders": "EU:s portal för utlysningar", "kulturradet": "Kulturrådet", "europa-direkt": "Europa Direkt"},
    rates={"EUR": 11.0, "DKK": 1.47, "NOK": 0.94},
    rates_day="2026-05-29",
    numbers={key: number for number, key in enumerate(_KEYS, 4001)},
)
_ENGLISH = {
    "Ungdomsutbyten": "Youth exchanges",
    "Vänorter": "Twin towns",
    "Bibliotek och läsning": "Libraries and reading",
    "Kulturskola": "Schools of arts",
    "Natur": "Nature",
    "Extern finansiering": "External funding",
    "Kultur i EU": "Culture in the EU",
    "Kultursamarbeten": "Cultural co-operation",
}
_PORTAL = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/topic-details/"


@dataclass(frozen=True, slots=True)
class Sample:
    """Selection and its occasion, ready to be rendered."""

    selection: Selection
    occasion: Occasion


def samples(now: datetime = NOW) -> Mapping[MailKind, Sample]:
    """Return one sample for every kind of mail that a department gets."""
    known = tuple(_told(candidate, now - timedelta(days=14)) for candidate in _known(now))
    previous = now - timedelta(days=7)
    occasion = Occasion(
        digest=f"{iso_week(now.date())}-{AUDIENCE.department}",
        week=iso_week(now.date()),
        now=now,
        previous_week=iso_week(previous.date()),
        health=_health(now),
    )
    weekly = choose((*_changed(known, now), *_fresh(now)), first=False, previous=previous, choice=Choice(), now=now)
    welcome = choose((*_fresh(now), *_known(now)), first=True, previous=None, choice=Choice(), now=now)
    quiet = choose(known, first=False, previous=previous, choice=Choice(), now=now)
    correction = choose_corrections(_changed(known, now), now)
    like_weekly = {kind: Sample(replace(weekly, kind=kind), occasion) for kind in BUILT_MAILS}
    return like_weekly | {
        MailKind.WELCOME: Sample(welcome, replace(occasion, previous_week="")),
        MailKind.QUIET: Sample(quiet, replace(occasion, ahead=open_known_calls(known, now), health=_health(now)[:1])),
        MailKind.CORRECTION: Sample(correction, replace(occasion, digest=f"{occasion.digest}-r1")),
    }


def flood(now: datetime = NOW) -> Sample:
    """Return a sample of a source that is read again after a long time: many calls at once."""
    model = _fresh(now)[0]
    calls = tuple(
        replace(model, call=replace(model.call, call_id=f"{number}TOPICSen", title=f"Town Twinning {number}"))
        for number in range(1, 35)
    )
    occasion = samples(now)[MailKind.WEEKLY].occasion
    previous = now - timedelta(days=21)
    selection = choose((*calls, *_fresh(now)[1:]), first=False, previous=previous, choice=Choice(per_source=20), now=now)
    return Sample(selection, replace(occasion, previous_week=iso_week(previous.date())))


def _day(now: datetime, days: int, clock: str = "") -> Deadline:
    day = (now + timedelta(days=days)).date()
    hour, minute = (int(part) for part in (clock or "23:59").split(":"))
    at = datetime(day.year, day.month, day.day, hour, minute, 0 if clock else 59, tzinfo=HOME)
    return Deadline(at=at, precision=Precision.MINUTE if clock else Precision.DAY, text=f"{day:%d %B %Y}")


def _match(level: Level, relevance: float, themes: tuple[str, ...], words: tuple[str, ...], programme: str) -> DepartmentMatch:
    reasons = Reasons(
        themes=themes,
        english=tuple(_ENGLISH[theme] for theme in themes),
        priority="Ungdomsutbyten" in themes,
        words=words,
        areas=("Verksamhetsutveckling", "Extern finansiering"),
        goals=((4, "God utbildning för alla"), (10, "Minskad ojämlikhet")),
        programme=programme,
        card=FitCard(
            municipality="ja",
            reason="Kommuner nämns bland dem som får söka.",
            shares=Shares(funder=80),
            partners=CardValue(2),
            countries=CardValue(2),
            contact=("Kulturrådet", "https://www.kulturradet.se/"),
        ),
    )
    return DepartmentMatch(level=level, relevance=relevance, read=lambda: reasons)


def _fresh(now: datetime) -> tuple[Candidate, ...]:
    """Return calls that nobody has been told of: new, coming, weak, an event, a partner search, a proposal and news."""
    seen = now - timedelta(days=2)
    twinning = Call(
        source="funding-tenders",
        call_id="50139871TOPICSen",
        identifier="CERV-2026-CITIZENS-TOWN-TT",
        title="Town Twinning",
        url=_PORTAL + "CERV-2026-CITIZENS-TOWN-TT",
        summary="Grants for meetings between people from twinned towns. Each meeting has a theme and lasts at most three weeks.",
        language="en",
        programme="43251589",
        deadlines=(_day(now, 24, "17:00"),),
        deadline_model=DeadlineModel.SINGLE,
        budget=Budget(total=4_000_000, project_min=8_455, project_max=50_745, shared=True),
    )
    culture = Call(
        source="kulturradet",
        call_id="internationellt-utbyte-2026",
        title="Bidrag till internationellt utbyte inom barn- och ungdomskultur",
        url="https://www.kulturradet.se/sok-bidrag/internationellt-utbyte/",
        summary="För bibliotek, kulturskolor och andra som vill arbeta med unga i ett annat land.",
        language="sv",
        deadlines=(_day(now, 9),),
        deadline_model=DeadlineModel.SINGLE,
        budget=Budget(project_max=200_000, currency="SEK"),
    )
    stages = Call(
        source="funding-tenders",
        call_id="50141200TOPICSen",
        identifier="LIFE-2026-STRAT-NAT-SNAP-two-stage",
        title="Strategic Nature Projects",
        url=_PORTAL + "LIFE-2026-STRAT-NAT-SNAP-two-stage",
        sections=(Section(title="Scope", text="Large projects that carry out a plan for nature in a whole region."),),
        language="en",
        deadlines=(_day(now, 94), _day(now, 276)),
        deadline_model=DeadlineModel.TWO_STAGE,
        opens=(now + timedelta(days=20)).date(),
        stated_status=Status.FORTHCOMING,
    )
    rolling = Call(
        source="kulturradet",
        call_id="starkta-bibliotek",
        title="Stärkta bibliotek",
        url="https://www.kulturradet.se/sok-bidrag/starkta-bibliotek/",
        summary="Stöd till folkbiblioteken för nya arbetssätt.",
        language="sv",
        deadline_model=DeadlineModel.ROLLING,
    )
    event = Call(
        source="europa-direkt",
        call_id="https://example.se/kalender/eu-pengar",
        title="Lunchmöte: så söker kommunen EU-pengar",
        url="https://example.se/kalender/eu-pengar",
        kind=Kind.EVENT,
        language="sv",
        starts=datetime.combine(date(now.year, now.month, now.day) + timedelta(days=10), datetime.min.time(), HOME).replace(
            hour=12
        ),
        location="Jönköping och digitalt",
    )
    news = Call(
        source="europa-direkt",
        call_id="https://example.se/nyheter/1",
        title="Nytt partnerskap för unga i Europa",
        url="https://example.se/nyheter/1",
        kind=Kind.NEWS,
        language="sv",
        published=now - timedelta(days=3),
        links=(Link(title="Programmet", url="https://example.eu/"),),
    )
    policy = replace(news, call_id="policy-1", title="Kommissionen föreslår nytt kulturprogram från 2028", kind=Kind.POLICY)
    youth, libraries = ("Ungdomsutbyten", "Vänorter"), ("Bibliotek och läsning",)
    return (
        Candidate(
            call=twinning,
            first_seen=seen,
            match=_match(
                Level.STRONG,
                82,
                youth,
                ("twinned towns", "Town Twinning"),
                "Medborgare, jämlikhet, rättigheter och värden (CERV)",
            ),
        ),
        Candidate(call=culture, first_seen=seen, match=_match(Level.LIKELY, 61, ("Kulturskola",), ("kulturskolor",), "")),
        Candidate(call=stages, first_seen=seen, match=_match(Level.LIKELY, 55, ("Natur",), ("nature",), "Life")),
        Candidate(call=rolling, first_seen=seen, match=_match(Level.WEAK, 51, libraries, ("folkbiblioteken",), "")),
        Candidate(call=event, first_seen=seen, match=_match(Level.LIKELY, 60, ("Extern finansiering",), ("EU-pengar",), "")),
        Candidate(call=news, first_seen=seen, match=_match(Level.LIKELY, 58, ("Ungdomsutbyten",), ("unga",), "")),
        Candidate(call=policy, first_seen=seen, match=_match(Level.LIKELY, 57, ("Kultur i EU",), ("kulturprogram",), "")),
    )


def _known(now: datetime) -> tuple[Candidate, ...]:
    """Return two calls that were told two weeks ago."""
    seen = now - timedelta(days=20)
    data = Call(
        source="funding-tenders",
        call_id="50133010TOPICSen",
        identifier="CERV-2026-DATA",
        title="Call for proposals to support data protection authorities",
        url=_PORTAL + "CERV-2026-DATA",
        summary="Help for those who explain data protection to the young and to small firms.",
        language="en",
        deadlines=(_day(now, 40),),
        deadline_model=DeadlineModel.SINGLE,
    )
    media = replace(
        data,
        call_id="50135511TOPICSen",
        identifier="CREA-CULT-2026-COOP-1",
        title="European Cooperation Projects Small Scale",
        url=_PORTAL + "CREA-CULT-2026-COOP-1",
        summary="Projects in which cultural organisations in three countries work together.",
        deadlines=(_day(now, 60, "17:00"),),
    )
    match = _match(Level.STRONG, 75, ("Kultursamarbeten",), ("cultural",), "Kreativa Europa")
    return (Candidate(call=data, first_seen=seen, match=match), Candidate(call=media, first_seen=seen, match=match))


def _told(candidate: Candidate, at: datetime) -> Candidate:
    facts = ("new", deadline_fact(date_keys(candidate.call)))
    return replace(candidate, told=tuple(Told(fact=fact, at=at) for fact in facts))


def _changed(known: tuple[Candidate, ...], now: datetime) -> tuple[Candidate, ...]:
    """Return the same calls with a date that moved earlier, more money, and one withdrawn."""
    data, media = known
    earlier = replace(data.call, deadlines=(_day(now, 12),), budget=Budget(total=2_500_000))
    moved = (
        CallEvent(id=1, type="deadline_moved"),
        CallEvent(
            id=2, type="budget_changed", old='{"total": 1500000, "currency": "EUR"}', new='{"total": 2500000, "currency": "EUR"}'
        ),
    )
    gone = now - timedelta(days=1)
    return (
        replace(data, call=earlier, events=moved),
        replace(media, vanished_at=gone, events=(CallEvent(id=3, type="vanished"),)),
    )


def _health(now: datetime) -> tuple[SourceHealth, ...]:
    return (
        SourceHealth(source="funding-tenders", name="EU:s portal för utlysningar", healthy=True, read=now - timedelta(hours=2)),
        SourceHealth(source="kulturradet", name="Kulturrådet", healthy=True, read=now - timedelta(hours=2)),
        SourceHealth(source="europa-direkt", name="Europa Direkt", healthy=False, read=now - timedelta(days=5)),
    )
