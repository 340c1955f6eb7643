"""Tables of `monitor.toml`: their keys, defaults and allowed values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from monitor.fields import Caption, TableWords

NEVER = {"": "aldrig"}
"""Choice of a weekly time beside the days of the week."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("a time zone such as Europe/Stockholm")
    return name


Email = Annotated[str, Field(pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$", description="an address such as namn@example.se")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="a time such as 05:30")]
WeeklyClock = Annotated[
    str,
    Field(pattern=rf"^({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d$", description="a day and a time such as mon 07:00"),
]
WeeklyClockOrNever = Annotated[
    str,
    Field(
        pattern=rf"^(({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d)?$", description="a day and a time such as mon 07:00, or empty"
    ),
]


class Table(BaseModel):
    """Table that refuses unknown keys and values of another type."""

    words: ClassVar[TableWords | None] = None
    """Words with which the coordinator's pages show the table; None for a table that is changed in the file only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Municipality(Table):
    """Table of the municipality: its name, its address, and the address of its archive."""

    words = TableWords(
        title="Kommunen",
        lead="Namnet och adresserna som mottagare, besökare och källor ser.",
        effect="Gäller i nästa mejl, i nästa läsning och på sidorna genast.",
    )

    name: Annotated[str, Caption("Namn", "Står i mejlen, på sidorna och i namnet mot källorna.")] = Field(
        "Nässjö kommun", description="shown in mails and pages"
    )
    contact: Annotated[
        Email,
        Caption("Kontaktadress", "Svarsadress i mejlen. Källorna ser den också.", "en adress som namn@kommunen.se", form="email"),
    ] = Field("eu@example.se", description="in the user agent and as reply address")
    base_url: Annotated[
        str,
        Caption(
            "Arkivets adress",
            "Länkarna i mejlen går hit. Den måste gå att nå från mottagarnas datorer.",
            "en adress som https://eu.kommunen.se",
            effect="Mejl som redan har gått behåller den gamla adressen.",
        ),
    ] = Field(
        "http://127.0.0.1:8001",
        pattern=r"^https?://[^/]+",
        description="an address such as https://eu.example.se where the archive is reached",
    )


class Rules(Table):
    """Table of the folder of rules."""

    dir: str = Field("", description="folder of the rules; empty: the shipped ones")


class Digests(Table):
    """Table of the folder of mail templates."""

    dir: str = Field("", description="folder searched first for templates; empty: only the shipped ones")


class Digest(Table):
    """Table of the contents of a week's mail."""

    words = TableWords(
        title="Mejlen", lead="Vad som står i veckans mejl, och vad en lugn vecka ger.", effect="Gäller från nästa mejl som byggs."
    )

    quiet: Annotated[
        Literal["note", "nothing"],
        Caption("En vecka utan nytt ger", choices={"note": "ett kort besked", "nothing": "inget mejl"}),
    ] = Field("note", description="what a week without news gives: a short note, or no mail")
    silent: Annotated[
        tuple[str, ...],
        Caption("Vill inte ha det korta beskedet", "Får bara mejl när det finns nytt.", form="many", of="departments"),
    ] = Field((), strict=False, description="departments that get no mail in such a week")
    welcome: Annotated[
        int, Caption("Utlysningar i det första mejlet", "Så många öppna utlysningar nämns; resten är en länk.")
    ] = Field(10, ge=1, le=30, description="how many open calls the first mail names; the rest is a link")
    per_source: Annotated[
        int, Caption("Poster från en källa", "Har en källa fler nya poster än så i ett mejl sammanfattas de.")
    ] = Field(40, ge=1, description="above this, the new items of one source in one mail are summed up")
    news_days: Annotated[int, Caption("Nyheter är nya i så många dagar", "Äldre nyheter berättas inte.")] = Field(
        60, ge=7, le=365, description="news older than this many days is no longer told"
    )
    preview: Annotated[
        str,
        Caption(
            "Förhandsvisning till", "Får varje mejl en dag i förväg. Tomt: ingen.", "en adress som namn@kommunen.se", form="email"
        ),
    ] = Field(
        "", pattern=r"^([^@\s<>\"]+@[^@\s<>\"]+)?$", description="an address that gets every digest a day ahead; empty: none"
    )


def _as_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("a day such as 2026-11-27") from error
    return text


class Money(Table):
    """Table of the rates by which mails show amounts in Swedish kronor, and the day of the rates."""

    words = TableWords(
        title="Kronor",
        lead="Kurserna som belopp i andra valutor räknas om med. Dagen står i mejlet.",
        effect="Gäller i nästa mejl och på sidorna genast.",
    )

    day: Annotated[str, AfterValidator(_as_day), Caption("Kursernas dag", expects="en dag som 2026-11-27", form="date")] = Field(
        "2026-11-27",
        pattern=r"^\d{4}-\d{2}-\d{2}$",
        description="a day such as 2026-11-27: when the rates held; mails name it",
    )
    rates: Annotated[
        dict[str, Annotated[float, Field(gt=0)]],
        Caption(
            "Kurser",
            "En valuta på varje rad: EUR = 11,0 betyder elva kronor för en euro. Tomt: bara utgivarens egna belopp visas.",
            "kurser större än 0, en på varje rad",
        ),
    ] = Field(
        {"EUR": 11.0, "DKK": 1.47, "NOK": 0.94},
        description="kronor for one unit of each currency; the shipped rates are rounded and are to be replaced by those of your"
        " bank; an empty table: amounts are shown as the publisher states them",
    )


class Network(Table):
    """Table of the requests to sources."""

    delay: float = Field(1.0, ge=0, le=60, description="seconds between two requests to one host")
    allow_loopback: bool = Field(False, description="true: sources on 127.0.0.1 may be read (demo, tests)")
    proxy: str = Field(
        "",
        pattern=r"^(http://[^/@\s:]+(:\d+)?)?$",
        description="an address such as http://proxy.example.se:8080 through which sources are read, also a private one;"
        " empty: none",
    )
    timeout: int = Field(90, ge=1, le=600, description="seconds until a request is given up")
    source_timeout: int = Field(
        1800,
        ge=10,
        le=86_400,
        description="seconds until a source that is still being read is left; the part that was read is kept",
    )
    parse_timeout: int = Field(15, ge=1, le=600, description="seconds that the program may take to read one answer")
    browser: str = Field(
        "",
        pattern=r"^(/.+|[A-Za-z]:[\\/].+)?$",
        description="the whole path of Chromium or Chrome, such as /usr/bin/chromium, for sources with browser = true;"
        " empty: none",
    )
    retries: int = Field(3, ge=0, le=10, description="how often a failed request is tried again")


class Mail(Table):
    """Table of the delivery of mails."""

    transport: Literal["files", "smtp"] = Field("files", description="files: .eml in data_dir/outbox; smtp: a server")
    host: str = "127.0.0.1"
    port: int = Field(25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    username: str = ""
    password_file: str = Field("", description="file with the password; else $MONITOR_SMTP_PASSWORD")
    sender: str = Field("EU-bevakningen <eu@example.se>", alias="from")
    timeout: int = Field(30, ge=1, le=600, description="seconds until the server is given up")
    per_day: int = Field(500, ge=1, description="brake: at most this many mails in 24 hours; the rest waits")
    refusals: int = Field(3, ge=1, le=20, description="so many refusals in a row stop an address until it is corrected")


class Web(Table):
    """Table of access in the browser. Reading is open; the coordinator logs in with a password, or through a proxy."""

    login_header: str = Field("", description="header in which a reverse proxy names who is logged in; empty: off")
    login_from: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"), strict=False, description="addresses from which that header is believed"
    )
    coordinators: tuple[str, ...] = Field((), strict=False, description="names in that header that are coordinators")
    proxies: tuple[str, ...] = Field(
        (),
        strict=False,
        description="addresses of reverse proxies whose X-Forwarded-For is believed when wrong passwords are counted",
    )


class Mcp(Table):
    """Table of the server for assistants (Model Context Protocol), which reads the archive with the rights of any reader."""

    enabled: bool = Field(False, description="true: `monitor mcp` answers, and `monitor serve` under /mcp")


class Handover(Table):
    """Table of readings that one machine makes and another, which has the archive, stores.

    Both machines have the same secret. It is never part of the settings.
    """

    accept: bool = Field(False, description="true: `monitor serve` stores readings that other machines hand over")
    to: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+/?)?$",
        description="an address such as https://eu.example.se of the archive that readings are handed over to; empty: the"
        " archive is here",
    )
    secret_file: str = Field("", description="file with the secret of both machines; else $MONITOR_HANDOVER_SECRET")


class Copy(Table):
    """Table of the copies of the archive on other machines, which Litestream keeps."""

    to: str = Field(
        "",
        pattern=r"^((file|sftp|s3|gs|abs|oss|nats|webdavs?)://\S+)?$",
        description="an address such as sftp://eu@standby.example.se/copy of the copies; empty: none are kept",
    )
    key_file: str = Field("", description="file with the key for an sftp address")
    seconds: float = Field(1.0, ge=0.1, le=3600, description="seconds between two copies: the most that a crash may lose")
    before_mails: bool = Field(
        True, description="true: a mail goes only when the copy has that it is about to go, so that none goes twice"
    )


class OpenData(Table):
    """Table of what the catalogue for data portals (/dcat.rdf) says of licence and publisher."""

    licence: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="an address such as http://creativecommons.org/publicdomain/zero/1.0/; empty: none is stated",
    )
    publisher: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="municipality as publisher, such as http://dataportal.se/organisation/SE2120000522; empty: one of ours",
    )


class Oidc(Table):
    """Table of the log-in with the municipality's own accounts (OpenID Connect), such as Entra ID or Keycloak."""

    issuer: str = Field(
        "",
        pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?\S*)?$",
        description="an address such as https://login.microsoftonline.com/TENANT/v2.0; empty: off",
    )
    client_id: str = Field("", description="id that the provider knows this archive by")
    client_secret_file: str = Field("", description="file with the secret of the client; else $MONITOR_OIDC_SECRET")
    scopes: tuple[str, ...] = Field(("profile", "email"), strict=False, description="what is asked for besides openid")
    claim: str = Field("roles", min_length=1, description="claim with the roles; realm_access.roles for Keycloak")
    coordinator: tuple[str, ...] = Field((), strict=False, description="values of the claim that make a coordinator")
    reader: tuple[str, ...] = Field((), strict=False, description="values of the claim that make a reader")
    login_to_read: bool = Field(False, description="true: the pages are open only to those who have logged in")


class Recipient(Table):
    """Table of one address of one department. Personal data: never in the repository."""

    department: str = Field(min_length=1)
    email: Email
    language: Literal["sv", "en"] = "sv"


class TeamsChannel(Table):
    """Table of one department's channel in Microsoft Teams, which gets the department's mails as cards as well.

    The address of the channel's workflow is a secret: whoever has it can post there. It is never part of the settings.
    """

    department: str = Field(min_length=1)
    address_file: str = Field("", description="file with the address of the workflow; else $MONITOR_TEAMS_<DEPARTMENT>")
    language: Literal["sv", "en"] = "sv"


class Subscription(Table):
    """Table of who may sign up for mails without the coordinator."""

    words = TableWords(
        title="Anmälan",
        lead="Vilka som kan anmäla sig själva till mejlen, utan att du lägger till dem.",
        effect="Gäller genast. Den som redan är anmäld är kvar.",
    )

    domains: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^@\s<>\"]+\.[^@\s<>\".]+$", description="a domain such as nassjo.se")], ...],
        Caption(
            "Domäner",
            "En på varje rad, som nassjo.se. Tomt: ingen kan anmäla sig själv.",
            "en domän som nassjo.se på varje rad, utan @",
        ),
    ] = Field((), strict=False, description="mail domains whose addresses may sign up by themselves; empty: nobody may")


class Translate(Table):
    """Table of the machine translation of titles and summaries into Swedish. The password is in a file, never here."""

    engine: Literal["", "libretranslate", "etranslation", "fxtranslate"] = Field(
        "", description="engine that translates; empty: none, and summaries are written from the facts alone"
    )
    url: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+\S*)?$",
        description="an address such as http://127.0.0.1:5000 of the engine; empty: the usual one",
    )
    folder: str = Field("", description="folder with the models of fxtranslate, one folder per pair such as en-sv")
    application: str = Field("", description="name of the application that the Commission registered for eTranslation")
    password_file: str = Field("", description="file with the password or key of the engine; else $MONITOR_TRANSLATE_PASSWORD")
    timeout: int = Field(60, ge=1, le=600, description="seconds until one request to the engine is given up")
    longest: int = Field(600, ge=1, le=7200, description="seconds after which a run begins no further request")
    calls: int = Field(200, ge=1, le=5000, description="how many calls one run translates at most, those told last first")


class Documents(Table):
    """Table of the documents that belong to no one call."""

    words = TableWords(
        title="Arbetsprogram",
        lead="EU-programmens arbetsprogram, där kommande utlysningar står upp till arton månader i förväg.",
        effect="Hämtas nästa gång dokument hämtas, och sedan en gång i veckan.",
    )

    programmes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$", description="an address of a PDF or Word file")], ...],
        Caption(
            "Adresser till arbetsprogram",
            "En PDF- eller Word-fil på varje rad. Filer som inte finns på webben läggs i mappen data/documents/arbetsprogram.",
            "en adress som https://example.eu/program.pdf på varje rad",
        ),
    ] = Field((), strict=False, description="addresses of work programmes, whose planned calls are told as coming")


class Schedule(Table):
    """Table of the times of jobs."""

    words = TableWords(
        title="Tider",
        lead="När källorna läses och mejlen går.",
        effect="Gäller från nästa gång. Det som redan har börjat görs klart.",
    )

    crawl: Annotated[Clock, Caption("Källorna läses", "Varje dag.", "ett klockslag som 05:30", form="clock")] = Field(
        "05:30", description="a time such as 05:30: when the sources are read, every day"
    )
    digest: Annotated[WeeklyClock, Caption("Veckans mejl byggs och går", expects="en dag och ett klockslag", form="weekly")] = (
        Field("mon 07:00", description="a day and a time such as mon 07:00: when the week's mails are made")
    )
    backup: Annotated[Clock, Caption("Säkerhetskopian tas", "Varje natt.", "ett klockslag som 02:15", form="clock")] = Field(
        "02:15", description="a time such as 02:15: when the back-up is made, every night"
    )
    note: Annotated[
        WeeklyClockOrNever,
        Caption("Veckobrevet till samordnaren", expects="en dag och ett klockslag, eller aldrig", form="weekly", choices=NEVER),
    ] = Field("mon 08:00", description="a day and a time such as mon 08:00: the week's note to the coordinator; empty: never")
    canary: Annotated[
        WeeklyClockOrNever,
        Caption(
            "Veckans provmejl till samordnaren",
            "Provar hela vägen från källa till brevlåda.",
            "en dag och ett klockslag, eller aldrig",
            form="weekly",
            choices=NEVER,
        ),
    ] = Field(
        "tue 09:00", description="a day and a time such as tue 09:00: the week's test mail to the coordinator; empty: never"
    )
    longest: Annotated[int, Caption("Längsta läsning i minuter", "En läsning som tar längre tid avbryts.")] = Field(
        180, ge=1, le=1440, description="minutes after which a job that has not ended is ended"
    )
    time_zone: Annotated[str, AfterValidator(_known_zone), Caption("Tidszon", expects="en tidszon som Europe/Stockholm")] = (
        "Europe/Stockholm"
    )


class Keep(Table):
    """Table of the times after which data is erased."""

    words = TableWords(
        title="Gallring",
        lead="Hur länge uppgifter sparas.",
        effect="Gäller från nästa gallring, efter nattens säkerhetskopia. Det som har gallrats går inte att få tillbaka.",
    )

    backups: Annotated[int, Caption("Säkerhetskopior, antal", "Så många behålls; den äldsta går först.")] = Field(
        14, ge=1, le=1000, description="how many nightly back-ups are kept; the oldest goes first"
    )
    addresses: Annotated[int, Caption("Adresser i mejl som gått, dagar", "Så länge finns adressen kvar.")] = Field(
        400, ge=30, description="days after which the address is erased from mails that have left"
    )
    notes: Annotated[int, Caption("Svar och anteckningar, dagar", "Så länge finns det som människor har skrivit kvar.")] = Field(
        1100, ge=30, description="days after which what people wrote in answers and follow-up is erased"
    )
    mails: Annotated[int, Caption("Mejl som lagts i mapp, dagar", "Så länge finns filerna kvar.")] = Field(
        400, ge=7, description="days after which mails delivered as files are removed from the folder outbox"
    )
    documents: Annotated[int, Caption("Källornas dokument, dagar", "Så länge finns de kvar.")] = Field(
        400, ge=30, description="days after which documents as they were read are removed"
    )
    jobs: Annotated[int, Caption("Körningar, dagar", "Så länge finns raderna om jobb, och om läsningar utan ändring, kvar.")] = (
        Field(400, ge=30, description="days after which the record of jobs and of source runs without changes is removed")
    )
