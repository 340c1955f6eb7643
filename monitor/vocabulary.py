"""Vocabularies: the closed sets of values that archive, jobs, mails and pages share, each with its Swedish labels.

A new member is added here; tests/test_vocabulary.py checks that every output handles it. Labels are Swedish; the English
of a page stands in its catalogue under the Swedish label. The values are stored in the archive and never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class CountText(NamedTuple):
    """Texts for one and for several; `{}` in `many` is the number."""

    one: str
    many: str

    def text(self, number: int) -> str:
        """Return the text for this number of things."""
        return self.one if number == 1 else self.many.format(number)


class Kind(StrEnum):
    """Kinds of items that sources publish. The kind decides the section of a digest."""

    CALL = "call"
    NEWS = "news"
    EVENT = "event"
    POLICY = "policy"
    PARTNER_SEARCH = "partner-search"


class KindLabel(NamedTuple):
    """Names of a kind: of one item, and of a list."""

    one: str
    many: str


KIND_LABELS: Mapping[Kind, KindLabel] = {
    Kind.CALL: KindLabel("Utlysning", "Utlysningar"),
    Kind.NEWS: KindLabel("Nyhet", "Nyheter"),
    Kind.EVENT: KindLabel("Evenemang", "Evenemang"),
    Kind.POLICY: KindLabel("Förslag eller beslut", "Förslag och beslut"),
    Kind.PARTNER_SEARCH: KindLabel("Partnersökning", "Partnersökningar"),
}


class Status(StrEnum):
    """States of a call at a given time: whether it can be applied for."""

    FORTHCOMING = "forthcoming"
    OPEN = "open"
    CLOSED = "closed"


STATUS_LABELS: Mapping[Status, str] = {Status.OPEN: "Öppen", Status.FORTHCOMING: "Kommande", Status.CLOSED: "Stängd"}


class Level(StrEnum):
    """Levels of a match: how certain it is that a call concerns a department, the most certain first."""

    STRONG = "stark"
    LIKELY = "trolig"
    WEAK = "svag"


LEVEL_LABELS: Mapping[Level, str] = {
    Level.STRONG: "Passar er",
    Level.LIKELY: "Passar er troligen",
    Level.WEAK: "Kan vara intressant",
}


class ChangeType(StrEnum):
    """Types of the changes between two readings of a call, as stored in the table `events`."""

    NEW = "new"
    OPENED = "opened"
    DEADLINE_MOVED = "deadline_moved"
    BUDGET_CHANGED = "budget_changed"
    TEXT_CHANGED = "text_changed"
    FACT_CHANGED = "fact_changed"
    NEWS = "news"
    DOSSIER_MOVED = "dossier_moved"
    CLOSED = "closed"
    VANISHED = "vanished"
    REVIVED = "revived"


TOLD_CHANGES = (
    ChangeType.DEADLINE_MOVED,
    ChangeType.BUDGET_CHANGED,
    ChangeType.FACT_CHANGED,
    ChangeType.NEWS,
    ChangeType.VANISHED,
    ChangeType.REVIVED,
)
"""Changes that a department is told of after it was told of the call. Of a dossier that moved it is told at the new document."""
CALENDAR_CHANGES = (ChangeType.DEADLINE_MOVED, ChangeType.VANISHED, ChangeType.REVIVED)
"""Changes that raise the SEQUENCE of a calendar entry (RFC 5545, section 3.8.7.4)."""


class ChangeLabel(NamedTuple):
    """Names of a type of change: on the page of a call, in `monitor show`, and counted in the demo."""

    page: str
    command: str
    counted: CountText


CHANGE_LABELS: Mapping[ChangeType, ChangeLabel] = {
    ChangeType.NEW: ChangeLabel("Hittades", "ny", CountText("1 ny", "{} nya")),
    ChangeType.OPENED: ChangeLabel("Öppnade", "öppnade", CountText("1 har öppnat för ansökan", "{} har öppnat för ansökan")),
    ChangeType.DEADLINE_MOVED: ChangeLabel(
        "Ny sista dag", "ny sista dag", CountText("1 har fått ny sista ansökningsdag", "{} har fått ny sista ansökningsdag")
    ),
    ChangeType.BUDGET_CHANGED: ChangeLabel(
        "Ändrade pengar", "ny budget", CountText("1 har fått ändrat belopp", "{} har fått ändrat belopp")
    ),
    ChangeType.TEXT_CHANGED: ChangeLabel(
        "Ändrad text", "ny text", CountText("1 har fått ändrad text", "{} har fått ändrad text")
    ),
    ChangeType.FACT_CHANGED: ChangeLabel(
        "Ny uppgift i dokumentet",
        "ny uppgift",
        CountText("1 har fått en ny uppgift i sitt dokument", "{} har fått nya uppgifter i sina dokument"),
    ),
    ChangeType.NEWS: ChangeLabel(
        "Meddelande från utgivaren",
        "nyhet",
        CountText("1 har fått ett meddelande från utlysaren", "{} har fått meddelanden från utlysaren"),
    ),
    ChangeType.DOSSIER_MOVED: ChangeLabel(
        "Ärendet gick vidare",
        "ärendet gick vidare",
        CountText("1 har fått ett nytt dokument i sitt ärende", "{} har fått nya dokument i sina ärenden"),
    ),
    ChangeType.CLOSED: ChangeLabel("Stängde", "stängde", CountText("1 har stängt", "{} har stängt")),
    ChangeType.VANISHED: ChangeLabel("Försvann från källan", "försvann", CountText("1 har försvunnit", "{} har försvunnit")),
    ChangeType.REVIVED: ChangeLabel("Kom tillbaka", "kom åter", CountText("1 har kommit tillbaka", "{} har kommit tillbaka")),
}


class MailChange(StrEnum):
    """Changes of a call as a mail words them, by the phrase `change.<value>`; its value is a word of the facts told."""

    WITHDRAWN = "withdrawn"
    BACK = "back"
    EARLIER = "earlier"
    MOVED = "moved"
    OPENED = "opened"
    BUDGET = "budget"
    FACT = "fact"
    NOTICE = "notice"
    DOSSIER = "dossier"


URGENT_CHANGES = (MailChange.WITHDRAWN, MailChange.EARLIER)
"""Changes that cannot wait for the week's mail."""
EVENT_CHANGES: Mapping[ChangeType, MailChange] = {
    ChangeType.BUDGET_CHANGED: MailChange.BUDGET,
    ChangeType.FACT_CHANGED: MailChange.FACT,
    ChangeType.NEWS: MailChange.NOTICE,
}
"""Types of changes that a mail takes from the table `events`; all others follow from the facts told and the call as it is."""


class MailSection(StrEnum):
    """Parts of a mail, in the order in which they are read."""

    NEW = "new"
    CLOSING = "closing"
    COMING = "coming"
    CHANGED = "changed"
    EVENTS = "events"
    PARTNERS = "partners"
    POLICY = "policy"
    NEWS = "news"
    MISSED = "missed"


class SectionLabel(NamedTuple):
    """Names of a part of a mail: on pages, and counted in the demo."""

    page: str
    counted: CountText


SECTION_LABELS: Mapping[MailSection, SectionLabel] = {
    MailSection.NEW: SectionLabel("Nytt", CountText("1 ny", "{} nya")),
    MailSection.CLOSING: SectionLabel("Stänger snart", CountText("1 stänger snart", "{} stänger snart")),
    MailSection.COMING: SectionLabel("På väg", CountText("1 kommande", "{} kommande")),
    MailSection.CHANGED: SectionLabel("Ändrat", CountText("1 ändrad", "{} ändrade")),
    MailSection.EVENTS: SectionLabel("Evenemang", CountText("1 evenemang", "{} evenemang")),
    MailSection.PARTNERS: SectionLabel("Söker partner", CountText("1 partnersökning", "{} partnersökningar")),
    MailSection.POLICY: SectionLabel("Förslag och beslut", CountText("1 förslag eller beslut", "{} förslag och beslut")),
    MailSection.NEWS: SectionLabel("Nyheter", CountText("1 nyhet", "{} nyheter")),
    MailSection.MISSED: SectionLabel(
        "Stängde innan vi hann skriva", CountText("1 stängde innan vi hann skriva", "{} stängde innan vi hann skriva")
    ),
}


class MailKind(StrEnum):
    """Kinds of mails: those of a department, the coordinator's copy of one ahead of time, the notice to the coordinator.

    OWN is the week's mail as some recipients chose to get it, RECEIPT an answer to what a recipient did on a page.
    """

    WEEKLY = "weekly"
    WELCOME = "welcome"
    QUIET = "quiet"
    CORRECTION = "correction"
    PREVIEW = "preview"
    NOTICE = "notice"
    OWN = "own"
    RECEIPT = "receipt"


WEEKS_MAILS = (MailKind.WEEKLY, MailKind.WELCOME, MailKind.QUIET)
"""Mails of which a department gets one a week; the archive's unique index on digests names them too."""
BUILT_MAILS = (*WEEKS_MAILS, MailKind.CORRECTION)
"""Mails that are built from the archive for a department."""
TEMPLATE_MAILS = (*BUILT_MAILS, MailKind.NOTICE)
"""Mails with templates of their own; a preview has those of the mail that it shows."""
MAIL_LABELS: Mapping[MailKind, str] = {
    MailKind.WEEKLY: "Veckans mejl",
    MailKind.WELCOME: "Välkomstmejl",
    MailKind.QUIET: "Lugn vecka",
    MailKind.CORRECTION: "Rättelse",
    MailKind.PREVIEW: "Förhandsvisning",
    MailKind.NOTICE: "Besked till samordnaren",
    MailKind.OWN: "Mejl efter egna val",
    MailKind.RECEIPT: "Kvitto till mottagaren",
}


class Pace(StrEnum):
    """Choices of a recipient: how often mails come, and whether doubtful calls are in them."""

    WEEKLY = "weekly"
    CERTAIN = "certain"
    MONTHLY = "monthly"


PACE_LABELS: Mapping[Pace, str] = {
    Pace.WEEKLY: "Varje vecka",
    Pace.CERTAIN: "Bara det som säkert passar, de veckor det finns något",
    Pace.MONTHLY: "En gång i månaden",
}


class RecipientState(StrEnum):
    """States of a recipient of a department's mails."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"
    REFUSED = "refused"
    UNLISTED = "unlisted"
    REMOVED = "removed"
    EXAMPLE = "example"


RECIPIENT_STATE_LABELS: Mapping[RecipientState, str] = {
    RecipientState.ACTIVE: "Får mejl",
    RecipientState.PAUSED: "Pausad",
    RecipientState.LEFT: "Har slutat själv",
    RecipientState.REFUSED: "Servern tar inte emot",
    RecipientState.UNLISTED: "Borta ur monitor.toml",
    RecipientState.REMOVED: "Borttagen av samordnaren",
    RecipientState.EXAMPLE: "Exempel, får aldrig något mejl",
}


class DigestState(StrEnum):
    """States of a digest. The archive stores the first four; the others are answers of `monitor digest`."""

    WAITING = "waiting"
    SENT = "sent"
    STOPPED = "stopped"
    SILENT = "silent"
    NO_RECIPIENT = "no-recipient"
    FAILED = "failed"
    PREVIEW = "preview"


class StateLabel(NamedTuple):
    """Names of a state: on pages, and in commands."""

    page: str
    command: str


DIGEST_STATE_LABELS: Mapping[DigestState, StateLabel] = {
    DigestState.WAITING: StateLabel("Väntar", "väntar på att skickas"),
    DigestState.SENT: StateLabel("Skickat", "skickat"),
    DigestState.STOPPED: StateLabel("Skickat, inte till alla", "skickat, men inte till alla"),
    DigestState.SILENT: StateLabel("Inget mejl", "inget mejl den här veckan"),
    DigestState.NO_RECIPIENT: StateLabel("Ingen mottagare", "ingen mottagare"),
    DigestState.FAILED: StateLabel("Kunde inte skrivas", "kunde inte skrivas"),
    DigestState.PREVIEW: StateLabel("Förhandsvisning", "prov, inget är skickat eller sparat"),
}


class OutboxState(StrEnum):
    """States of a row of the outbox: one mail to one recipient."""

    WAITING = "waiting"
    SENT = "sent"
    STOPPED = "stopped"


OUTBOX_STATE_LABELS: Mapping[OutboxState, str] = {
    OutboxState.WAITING: "Väntar",
    OutboxState.SENT: "Skickat",
    OutboxState.STOPPED: "Stoppat",
}


class RunState(StrEnum):
    """States of a run of a source."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    DEGRADED = "degraded"
    FAILED = "failed"


ACCEPTED_RUNS = (RunState.ACCEPTED, RunState.UNCHANGED)
"""States of a run whose changes, closings and disappearances count."""
UNACCEPTED_RUNS = (RunState.DEGRADED, RunState.FAILED)
RUN_STATE_LABELS: Mapping[RunState, StateLabel] = {
    RunState.ACCEPTED: StateLabel("Läst", "läst"),
    RunState.UNCHANGED: StateLabel("Läst, inget nytt", "oförändrad"),
    RunState.DEGRADED: StateLabel("Ofullständigt läst", "ofullständig"),
    RunState.FAILED: StateLabel("Kunde inte läsas", "misslyckad"),
}
NOT_READ = StateLabel("Inte läst än", "inte läst")
"""Label of a source without any run."""
OVERDUE = "overdue"
"""State of a source whose last accepted reading is too old; never stored."""
OVERDUE_LABEL = "Inte läst på länge"


class JobState(StrEnum):
    """States of a scheduled job's last start."""

    RUNNING = "running"
    DONE = "done"
    ATTENTION = "attention"
    FAILED = "failed"
    HUNG = "hung"
    LOCKED = "locked"
    INTERRUPTED = "interrupted"


DONE_JOBS = (JobState.DONE, JobState.ATTENTION)
"""States of a job that did its work."""
JOB_STATE_LABELS: Mapping[JobState, str] = {
    JobState.RUNNING: "pågår",
    JobState.DONE: "klart",
    JobState.ATTENTION: "klart, med anmärkning",
    JobState.FAILED: "misslyckat",
    JobState.HUNG: "avbrutet, tog för lång tid",
    JobState.LOCKED: "väntar, annat pågick",
    JobState.INTERRUPTED: "avbrutet, tas upp igen",
}


class Answer(StrEnum):
    """Answers of a department about a call, given with the links of a mail."""

    INTERESTED = "intressant"
    NOT_FOR_US = "inte-for-oss"
    PASS_ON = "vidare"  # noqa: S105 - an answer, no password


class AnswerLabel(NamedTuple):
    """Names of an answer: on buttons, counted in the weekly note, and in the coordinator's letter after a department's name."""

    button: str
    note: str
    letter: str
    thanks: str
    """Shown to the department after it answered."""


ANSWER_LABELS: Mapping[Answer, AnswerLabel] = {
    Answer.INTERESTED: AnswerLabel(
        "Intressant",
        "intressant",
        "tycker att utlysningen är intressant",
        "Tack. Samordnaren får ett mejl om det i dag. Ni påminns fyra veckor och en vecka före sista dagen, om det finns en.",
    ),
    Answer.NOT_FOR_US: AnswerLabel(
        "Inte för oss",
        "inte för oss",
        "svarar att utlysningen inte är för dem",
        "Tack. Ni får inga fler påminnelser om den här utlysningen.",
    ),
    Answer.PASS_ON: AnswerLabel(
        "Skicka vidare", "skicka vidare", "vill skicka utlysningen vidare", "Tack. Samordnaren får ett mejl om det i dag."
    ),
}
OPPOSITE_ANSWERS: Mapping[Answer, Answer] = {
    Answer.INTERESTED: Answer.NOT_FOR_US,
    Answer.NOT_FOR_US: Answer.INTERESTED,
}
"""Answers that replace each other."""


class FollowState(StrEnum):
    """States of a department's work with a call."""

    INTERESTED = "intresserad"
    WRITES = "skriver"
    APPLIES = "soker"
    GRANTED = "beviljad"
    REFUSED = "avslag"
    DECLINED = "avstar"


FOLLOW_STATE_LABELS: Mapping[FollowState, str] = {
    FollowState.INTERESTED: "Intresserad",
    FollowState.WRITES: "Ansökan skrivs",
    FollowState.APPLIES: "Sökt",
    FollowState.GRANTED: "Beviljat",
    FollowState.REFUSED: "Avslag",
    FollowState.DECLINED: "Avstår",
}


class StepState(StrEnum):
    """States of a step of a plan, as a person notes them. A step without one has not begun."""

    STARTED = "paborjat"
    DONE = "klart"
    NOT_NEEDED = "behovs-inte"


STEP_STATE_LABELS: Mapping[StepState, str] = {
    StepState.STARTED: "Påbörjat",
    StepState.DONE: "Klart",
    StepState.NOT_NEEDED: "Behövs inte",
}


class Verdict(StrEnum):
    """Judgement of a source by one trial reading, in the order in which a table shows them."""

    WORKS = "works"
    THIN = "thin"
    MOVED = "moved"
    REMADE = "remade"
    EMPTY = "empty"
    SCRIPTED = "scripted"
    WALLED = "walled"
    DEAD = "dead"


VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.WORKS: "fungerar",
    Verdict.THIN: "fungerar, tunn",
    Verdict.MOVED: "har flyttat",
    Verdict.REMADE: "gjord om",
    Verdict.EMPTY: "tom",
    Verdict.SCRIPTED: "byggs av skript",
    Verdict.WALLED: "spärrad",
    Verdict.DEAD: "svarar inte",
}


READ_FIELD_LABELS: Mapping[str, str] = {
    "summary": "sammanfattning",
    "text": "text",
    "language": "språk",
    "published": "publicerad",
    "programme": "program",
    "place": "område",
    "starts": "börjar",
    "ends": "slutar",
    "location": "plats",
    "deadlines": "sista ansökningsdag",
    "answers": "sista dag att svara",
    "opens": "öppnar",
    "budget": "pengar",
}
"""Facts that `sources check` looks for in an item, by their key in its answer."""
