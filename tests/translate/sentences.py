"""Sentences in English with their right Swedish translations, and faults that can be planted in them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MANADER = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAGAR = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
NUMBERS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "twenty-five",
    "forty",
    "ninety-nine",
]
TAL = [
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
    "tretton",
    "fjorton",
    "femton",
    "tjugofem",
    "fyrtio",
    "nittionio",
]
VALUES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 25, 40, 99)
ORDINALS = ["first", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
ORDNING = ["första", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde"]
UNITS = (("month", "months", "månad", "månader"), ("year", "years", "år", "år"), ("week", "weeks", "vecka", "veckor"),
         ("working day", "working days", "arbetsdag", "arbetsdagar"), ("hour", "hours", "timme", "timmar"))  # fmt: skip
FRACTIONS = (("half", "hälften"), ("one third", "en tredjedel"), ("two thirds", "två tredjedelar"), ("a quarter", "en fjärdedel"),
             ("three quarters", "tre fjärdedelar"), ("two fifths", "två femtedelar"))  # fmt: skip
CODES = ("LIFE-2027-SAP-ENV", "CERV-2026-CITIZENS-TOWN-TT", "ERASMUS-2027", "HORIZON-CL5-2027-D3-01", "CEF 2", "B2", "2021/1057",
         "LIFE-2026-SAP-ENV", "CERV-2026-CITIZENS-TOWN-NT", "B1", "2021/1058")  # fmt: skip
REFERENCES = (("Article 5(2)(a)", "artikel 5(2)(a)"), ("Article 5(2)(b)", "artikel 5.2 b"), ("Section 2.1", "avsnitt 2.1"),
              ("Section 2.2", "avsnitt 2.2"), ("Part A", "del A"), ("Part B", "del B"), ("Annex II", "bilaga II"),
              ("Annex III", "bilaga III"), ("Phase I", "fas I"), ("Phase V", "fas V"), ("Grade A", "grad A"), ("call 2a", "utlysning 2a"),
              ("call 2b", "utlysning 2b"))  # fmt: skip
BLANKS = (" ", "\u00a0", "\u202f")

Pick = Callable[[list | tuple | range], object]


@dataclass(frozen=True)
class Written:
    """Value as both languages write it, and the Swedish ways to write it wrongly."""

    en: str
    sv: str
    faults: tuple[str, ...]
    value: object


def grouped(number: int, sign: str) -> str:
    return f"{number:,}".replace(",", sign)


def scaled(number: int, sign: str) -> str:
    """Return millions with a decimal sign: 2500000 as 2.5."""
    whole, rest = divmod(number, 1_000_000)
    return f"{whole}{sign}{rest // 100_000}" if rest else str(whole)


def amount_en(number: int, pick: Pick) -> str:
    forms = [f"EUR {grouped(number, ',')}", f"EUR {grouped(number, pick(BLANKS))}", f"€{grouped(number, ',')}",
             f"{grouped(number, ',')} euro", f"{grouped(number, ' ')} euros"]  # fmt: skip
    if number % 100_000 == 0 and number >= 1_000_000:
        forms += [f"EUR {scaled(number, '.')} million", f"€{scaled(number, '.')}m", f"{scaled(number, '.')} million euro",
                  f"€{scaled(number, '.')} million", f"{scaled(number, '.')} MEUR"]  # fmt: skip
    elif number < 1_000_000 and number % 1000 == 0:
        forms += [f"EUR {number // 1000}k", f"€{number // 1000}k"]
    return str(pick(forms))


def amount_sv(number: int, pick: Pick) -> str:
    forms = [f"{grouped(number, pick(BLANKS))} euro", f"{grouped(number, '.')} euro", f"EUR {grouped(number, ' ')}"]
    if number % 100_000 == 0 and number >= 1_000_000:
        forms += [f"{scaled(number, ',')} miljoner euro", f"{scaled(number, ',')} MEUR"]
    elif number < 1_000_000 and number % 1000 == 0:
        forms += [f"{number // 1000} tusen euro"]
    return str(pick(forms))


def amount(pick: Pick) -> Written:
    number = int(pick(range(1, 1000))) * int(pick((1000, 1000, 100_000, 1_000_000)))
    digits = str(number)
    place = int(pick(range(len(digits.rstrip("0")))))
    changed = int(digits[:place] + str(int(digits[place]) % 9 + 1) + digits[place + 1 :])
    others = [number * 1000, number * 10, *([changed] if changed != number else [])]
    right = amount_sv(number, pick)
    lost = f"{grouped(number, ' ')[:-4]} euro"
    faults = [*(amount_sv(other, pick) for other in others), lost, right.replace("EUR", "SEK").replace("euro", "kronor")]
    return Written(amount_en(number, pick), right, tuple(faults), number)


def share(pick: Pick) -> Written:
    number = int(pick(range(2, 100)))
    tenths = int(pick((0, 0, 1, 5)))
    en = f"{number}.{tenths}" if tenths else str(number)
    sv = en.replace(".", ",")
    unit = str(pick((" %", "%", "\u00a0%", " procent")))
    faults = [f"{number % 98 + 1}{sv[len(str(number)) :]}{unit}" if number % 98 + 1 != number else f"{number + 1} %", sv,
              f"{sv} procentenheter", f"{sv} euro", f"{number}{tenths or 0} %"]  # fmt: skip
    if tenths:
        faults.append(f"{en} %")
    return Written(f"{en}{pick(('%', ' %', ' per cent', ' percent'))}", f"{sv}{unit}", tuple(faults), number * 10 + tenths)


def day(pick: Pick) -> Written:
    when = date(2026, 1, 1) + timedelta(int(pick(range(1200))))
    other = when + timedelta(int(pick((1, -1, 31, 365))))

    def sv(at: date) -> str:
        return str(pick((f"den {at.day} {MANADER[at.month - 1]} {at.year}", f"{at.day} {MANADER[at.month - 1]} {at.year}",
                         at.isoformat(), f"den {at.day}:e {MANADER[at.month - 1]} {at.year}")))  # fmt: skip

    month = MONTHS[when.month - 1]
    short = month[:3]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(when.day % 10 if when.day not in (11, 12, 13) else 0, "th")
    en = pick((f"{when.day} {month} {when.year}", f"{month} {when.day}, {when.year}", f"{when.day} {short} {when.year}",
               f"{short} {when.day}, {when.year}", f"the {when.day}{ending} of {month} {when.year}", when.isoformat(),
               f"{when.day:02d}/{when.month:02d}/{when.year}"))  # fmt: skip
    return Written(str(en), sv(when), (sv(other), sv(when).replace(str(when.year), str(when.year + 1))), when)


def listed(english: tuple | list, swedish: tuple | list) -> Callable[[Pick], Written]:
    """Return the writer of values that stand in two lists side by side."""

    def write(pick: Pick) -> Written:
        place = int(pick(range(len(english))))
        step = int(pick(range(1, len(english))))
        return Written(english[place], swedish[place], (swedish[(place + step) % len(swedish)],), place)

    return write


def reference(pick: Pick) -> Written:
    place = int(pick(range(len(REFERENCES))))
    en, sv = REFERENCES[place]
    # A fault is another number or letter; another noun before the same letter is out of the check's reach.
    faults = tuple(other for name, other in REFERENCES if name.split()[1] != en.split()[1])
    return Written(en, sv, faults, place)


def weekday(pick: Pick) -> Written:
    named = listed(DAYS, DAGAR)(pick)
    inner = day(pick)
    inner = Written(inner.en, inner.sv.removeprefix("den "), (), inner.value)
    return Written(f"{named.en} {inner.en}", f"{named.sv} den {inner.sv}", (f"{named.faults[0]} den {inner.sv}",), inner.value)


def duration(pick: Pick) -> Written:
    place, unit = int(pick(range(len(VALUES)))), int(pick(range(len(UNITS))))
    other, wrong = (place + 1) % len(VALUES), (unit + 1) % len(UNITS)
    _, many, _, manga = UNITS[unit]
    en = pick((f"{VALUES[place]} {many}", f"{NUMBERS[place]} {many}"))
    sv = pick((f"{VALUES[place]} {manga}", f"{TAL[place]} {manga}"))
    return Written(str(en), str(sv), (f"{TAL[other]} {manga}", f"{VALUES[place]} {UNITS[wrong][3]}"), (place, unit))


def compound(pick: Pick) -> Written:
    place = int(pick(range(len(VALUES))))
    other = (place + 1) % len(VALUES)
    en = pick((f"{NUMBERS[place]}-year", f"{VALUES[place]}-year"))
    sv = pick((f"{TAL[place]}åriga", f"{VALUES[place]}-åriga"))
    return Written(str(en), str(sv), (f"{TAL[other]}åriga", f"{VALUES[other]}-åriga", f"{TAL[place]}månaders"), place)


def count(pick: Pick) -> Written:
    place = int(pick(range(len(VALUES))))
    other = (place + int(pick(range(1, len(VALUES))))) % len(VALUES)
    en, sv = pick((NUMBERS[place], str(VALUES[place]))), pick((TAL[place], str(VALUES[place])))
    return Written(str(en), str(sv), (TAL[other], str(VALUES[other]), "flera"), place)


def big(pick: Pick) -> Written:
    place = int(pick(range(len(VALUES))))
    scale = int(pick(range(3)))
    en = ("thousand", "million", "billion")
    sv = ("tusen", "miljoner", "miljarder")
    right = pick((f"{TAL[place]} {sv[scale]} euro", f"{VALUES[place]} {sv[scale]} euro"))
    other = (place + 1) % len(VALUES)
    faults = (f"{TAL[place]} {sv[(scale + 1) % 3]} euro", f"{TAL[other]} {sv[scale]} euro", f"{TAL[place]} euro")
    return Written(f"{NUMBERS[place]} {en[scale]} euro", str(right), faults, (place, scale))


def clock(pick: Pick) -> Written:
    hour, minute = int(pick(range(24))), int(pick((0, 0, 15, 30, 59)))
    half = "am" if hour < 12 else "pm"
    short = f"{hour % 12 or 12} {half}" if not minute else f"{hour % 12 or 12}:{minute:02d} {half}"
    en = pick((f"{hour:02d}:{minute:02d}", f"{hour:02d}.{minute:02d} CET", short, short.replace("m", ".m.").replace(" ", "")))
    zone = " CET" if "CET" in str(en) else ""

    def sv(hours: int, minutes: int) -> str:
        return f"{pick(('kl. ', 'klockan '))}{hours:02d}{pick(('.', ':'))}{minutes:02d}{zone}"

    return Written(str(en), sv(hour, minute), (sv((hour + 12) % 24, minute), sv((hour + 1) % 24, minute), sv(hour, (minute + 1) % 60)),
                   (hour, minute))  # fmt: skip


KINDS: dict[str, Callable[[Pick], Written]] = {
    "amount": amount, "share": share, "day": day, "weekday": weekday, "duration": duration, "compound": compound, "count": count,
    "big": big, "clock": clock, "month": listed(MONTHS, MANADER), "ordinal": listed(ORDINALS, ORDNING),
    "quarter": listed(("first", "second", "third", "fourth"), ("första", "andra", "tredje", "fjärde")),
    "fraction": listed(*zip(*FRACTIONS, strict=True)), "code": listed(CODES, CODES), "reference": reference,
}  # fmt: skip

FRAMES = (
    ("The total budget of the call is {a:amount}.", "Utlysningens totala budget är {a}."),
    ("Grants between {a:amount} and {b:amount} cover {c:share} of the costs.", "Bidrag på mellan {a} och {b} täcker {c} av kostnaderna."),
    ("The funder pays {a:share} and the applicant {b:share}.", "Finansiären betalar {a} och sökanden {b}."),
    ("The call opens on {a:day} and closes on {b:day}.", "Utlysningen öppnar {a} och stänger {b}."),
    ("It opens in {a:month} and closes in {b:month}.", "Den öppnar i {a} och stänger i {b}."),
    ("Applications must arrive by {a:weekday}.", "Ansökan måste ha kommit in senast {a}."),
    ("Projects last between {a:duration} and {b:duration}.", "Projekten varar mellan {a} och {b}."),
    ("We support {a:compound} projects.", "Vi stöder {a} projekt."),
    ("At least {a:count} partners from {b:count} countries must take part.", "Minst {a} partner från {b} länder måste delta."),
    ("The budget is {a:big}.", "Budgeten är {a}."),
    ("Apply by {a:day} at {b:clock}.", "Sök senast {a} {b}."),
    ("This is the {a:ordinal} call of the programme.", "Detta är den {a} utlysningen i programmet."),
    ("Decisions come in the {a:quarter} quarter of 2027.", "Beslut kommer i det {a} kvartalet 2027."),
    ("The funding covers {a:fraction} of the costs.", "Finansieringen täcker {a} av kostnaderna."),
    ("The call {a:code} is open to towns.", "Utlysningen {a} är öppen för städer."),
    ("See {a:reference} for the rules on costs.", "Se {a} för reglerna om kostnader."),
    ("In 2027, {a:count} towns share {b:amount}.", "Under 2027 delar {a} städer på {b}."),
    ("The call {a:code} follows {b:code} and pays {c:share}.", "Utlysningen {a} följer på {b} och betalar {c}."),
    ("The {a:ordinal} stage takes {b:duration}.", "Det {a} steget tar {b}."),
    ("Up to {a:amount} per project, at most {b:share}, for {c:duration}.", "Upp till {a} per projekt, högst {b}, under {c}."),
    ("From {a:month} to {b:month} 2027 the office is closed.", "Från {a} till {b} 2027 är kontoret stängt."),
    ("The meeting starts at {a:clock} on {b:day}.", "Mötet börjar {a} den dag som är {b}."),
    ("Of the {a:big}, {b:fraction} goes to {c:count} regions.", "Av {a} går {b} till {c} regioner."),
    ("Under {a:reference}, a report is due within {b:duration}.", "Enligt {a} ska en rapport lämnas inom {b}."),
)  # fmt: skip
