"""Mails with as many calls as a busy week has, each with every row, for measuring on a phone and for counting."""

from dataclasses import replace
from datetime import timedelta

from monitor.calls import Budget, Call, Deadline, DeadlineModel, Precision
from monitor.digest.answers import Signer
from monitor.digest.choose import choose
from monitor.digest.layout import Occasion
from monitor.digest.model import Candidate, Choice, DepartmentMatch, Reasons
from monitor.digest.render import load_templates, render_mail
from monitor.digest.sample import AUDIENCE, NOW
from monitor.fit import CardValue, FitCard
from monitor.language.shares import Shares
from monitor.paths import DIGESTS
from monitor.vocabulary import Level

TEMPLATES = load_templates((DIGESTS,))
PREVIOUS = NOW - timedelta(days=7)
SUBJECTS = (
    ("Idrott och fysisk aktivitet", "Small-scale Partnerships in Sport"),
    ("Kultur, bibliotek och kulturarv", "European Cooperation Projects Small Scale"),
    ("Ungas delaktighet", "Youth-Driven Social Media Design: Safe, Inclusive and Publicly Owned Social Media"),
    ("Våld i nära relationer", "Call for proposals to prevent and combat gender-based violence"),
    ("Vänorter och nätverk", "Town Twinning"),
    ("Hågkomst och historia", "European Remembrance"),
    ("Friluftsliv och leder", "Stöd till friluftslivets organisationer"),
    ("Klimatanpassning", "Climate Change Adaptation in Municipalities"),
)
FACTS = ("answer", "guessed", "priority", "level", "english", "short", "english_short")
"""Names of the values of `candidate` that are not fields of a call."""


def candidate(number, themes=None, **fields):
    """Return a new call with every row of a card; `fields` of the call, and `answer`, `guessed`, `priority`, `level`, titles."""
    subject, title = SUBJECTS[number % len(SUBJECTS)]
    facts = {name: fields.pop(name) for name in FACTS if name in fields}
    at = NOW + timedelta(days=30 + number)
    card = FitCard(
        municipality=facts.get("answer", "ja"),
        guessed=facts.get("guessed", False),
        reason="Riktar sig bland annat till kommuner.",
        eu=True,
        shares=Shares(funder=80),
        partners=CardValue(3),
        countries=CardValue(3),
        contact=("Kulturrådet", "https://www.kulturradet.se/"),
    )
    reasons = Reasons(
        themes=(subject,) if themes is None else themes,
        english=facts.get("english", ()),
        short=facts.get("short", ""),
        english_short=facts.get("english_short", ""),
        priority=facts.get("priority", False),
        programme="Kreativa Europa",
        areas=("Extern finansiering",),
        goals=((4, "God utbildning för alla"),),
        words=("municipality", "sport"),
        card=card,
    )
    values = {
        "source": "portal",
        "call_id": str(number),
        "title": title,
        "url": f"https://ec.europa.eu/topic/{number}",
        "language": "en",
        "summary": "Newcomers and small organisations get to know European co-operation. They need no heavy administration.",
        "deadlines": (Deadline(at=at, precision=Precision.MINUTE, text=f"{at:%d %B %Y}"),),
        "deadline_model": DeadlineModel.SINGLE,
        "budget": Budget(project_min=30_000, project_max=60_000),
    } | fields
    match = DepartmentMatch(level=facts.get("level", Level.STRONG), relevance=80, read=lambda: reasons)
    return Candidate(call=Call(**values), first_seen=NOW - timedelta(days=2), match=match)


def mail_of(*candidates, language="sv", **occasion):
    """Return selection and mail of the week with these calls."""
    selection = choose(candidates, first=False, previous=PREVIOUS, choice=Choice(), now=NOW)
    values = {"digest": "2026-W23-kultur-fritid", "week": "2026-W23", "now": NOW, "previous_week": "2026-W22"} | occasion
    return selection, render_mail(TEMPLATES, selection, AUDIENCE, Occasion(**values), Signer(b"calls" * 8), (language,))


def week_of(number, **fields):
    """Return the mail of a week with so many new calls."""
    return mail_of(*(candidate(n, **fields) for n in range(number)))[1].renderings[0]


def with_call(one, **fields):
    """Return a candidate whose call has other values."""
    return replace(one, call=replace(one.call, **fields))
