"""Sixty calls of the captures, as the program shows them, beside the truth of a reader who had not seen the program.

A line of `sixty.jsonl` has the facts of one call with the words that state them; `alt` has other answers that a careful reader
may give. The texts lie in the captures, never here. `python -m tests.documents.sixty` prints the shares and each wrong fact.
"""

import ast
import csv
import json
import re
import tarfile
from collections import Counter
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import lxml.html
from scrapy.http import TextResponse

from monitor.calls import Precision
from monitor.collect.article import Article, describe_item
from monitor.collect.portal.rows import parse_row
from monitor.collect.reading import ParsedResponse
from monitor.config import load_config
from monitor.documents.facts import gather_facts
from monitor.documents.statements import FactName
from monitor.language.call_reading import read_call
from monitor.matching.engine import judge_call
from monitor.matching.rules.files import read_texts
from monitor.matching.rules.load import load_rules
from monitor.paths import RULES

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
TRUTH = [json.loads(line) for line in Path(__file__).with_name("sixty.jsonl").read_text("utf-8").splitlines()]
FACTS = (
    "kind", "deadlines", "opens", "total", "project_min", "project_max", "funder_share", "can_take_part", "partners", "months",
    "stages", "place",
)  # fmt: skip
ANSWERS = {"ja": "yes", "som partner": "partner", "nej": "no", "framgår inte": "unknown"}
NOTHING = (None, [], "unknown", {"min": None, "countries": None})


@cache
def settings():
    return load_config(None)


def portal_rows(shared):
    """Return the rows of the search API that the truth names, by identifier; of each page no other row is parsed."""
    rows = {}
    for name in {truth["file"] for truth in TRUTH if truth["file"].endswith(".tar.gz")}:
        wanted = {}
        for truth in TRUTH:
            if truth["file"] == name:
                wanted.setdefault(truth["where"].partition(" ")[0], []).append(truth)
        with tarfile.open(shared / name) as archive:
            for member in archive:
                page = archive.extractfile(member).read().decode() if member.name in wanted else ""
                for truth in wanted.pop(member.name, ()):
                    start = page.rindex('{"apiVersion"', 0, page.index(f'"reference":"{truth["reference"]}"'))
                    rows[truth["id"]] = json.JSONDecoder().raw_decode(page, start)[0]
                if not wanted:
                    break
    return rows


def cascade_row(file, reference):
    """Return a row of a snapshot in the form of the search API."""
    csv.field_size_limit(10**8)
    with file.open(encoding="utf-8", newline="") as lines:
        row = next(row for row in csv.DictReader(lines) if row["reference"] == reference)
    metadata = {
        name.removeprefix("metadata."): ast.literal_eval(cell)
        for name, cell in row.items()
        if name.startswith("metadata.") and cell.startswith("[")
    }
    return {**row, "metadata": metadata}


def grant_text(file, title):
    """Return a row of the table of grants as lines with the labels that the publisher's pages have."""
    labels = {"kind": "Form", "open": "Öppnar", "last day": "Sista ansökningsdag", "report": "Redovisning", "who": "Vem kan söka"}
    lines = [line.strip("| ").split(" | ") for line in file.read_text("utf-8").splitlines() if line.startswith("|")]
    above = {}
    for cells in lines[2:]:
        row = dict(zip(lines[0], cells, strict=True))
        row = {name: above[name] if cell == "same" else cell for name, cell in row.items()}
        above = row
        if row["grant"].startswith(title):
            return "\n".join(f"{label}: {row[name]}" for name, label in labels.items())
    raise LookupError(title)


def spider_call(kind, reader, body, source, url="https://example.org/", **stated):
    """Return what a function of a spider reads of an answer."""
    parsed = ParsedResponse()
    response = TextResponse(url, body=json.dumps(body).encode(), encoding="utf-8")
    getattr(import_module(f"spiders.{kind}"), reader)(parsed, response, source, NOW, **stated)
    return parsed


def shown_call(shared, truth, rows):
    """Return the Call of a line of the truth as its publisher's reader makes it, and the text of its source."""
    config, file = settings(), shared / truth["file"]
    if truth["file"].endswith((".tar.gz", ".csv")):
        row = rows[truth["id"]] if truth["file"].endswith(".gz") else cascade_row(file, truth["reference"])
        return parse_row(row, "funding-tenders"), json.dumps(row, ensure_ascii=False)
    if "vinnova" in truth["file"]:
        [row] = [row for row in json.loads(file.read_text("utf-8")) if row["Diarienummer"] == truth["id"]]
        vinnova = import_module("spiders.vinnova")
        return vinnova.read_round(config.source("vinnova"), row, {}), json.dumps(row, ensure_ascii=False)
    if "haveyoursay" in truth["file"]:
        source, listed = config.source("tyck-till"), json.loads(file.read_text("utf-8"))
        addresses = spider_call("haveyoursay", "read_initiatives", listed, source).addresses
        stated = next(json.loads(text) for text in addresses if json.loads(text)["id"] == truth["id"])
        own = file.with_name(f"groupInitiatives_{truth['id']}_cut.json")
        summary = re.search(r'"dossierSummary":"(.*?)"', own.read_text("utf-8"))[1] if own.is_file() else ""
        body = {"dossierSummary": summary}
        return spider_call("haveyoursay", "read_initiative", body, source, stated=stated).calls[0], json.dumps(listed)
    if "remisser" in truth["file"]:
        row = json.loads(file.read_text("utf-8").splitlines()[int(re.search(r"\d+", truth["where"])[0])])
        title, _, text = row["markdown"].lstrip("# ").partition("\n")
        source, url = config.source("regeringen-remisser"), row["url"]
    else:
        title, text = truth["title"], grant_text(file, truth["title"])
        source, url = config.source("skolverket"), f"https://www.skolverket.se/{truth['id']}"
    described = describe_item(Article(title=title, text=text), source=source, call_id=truth["id"], url=url, now=NOW)
    return described.call, f"{title}\n{text}"


def shown_facts(rules, call):
    """Return the facts that the program shows of a call, in the form of the truth, and the statements of its texts."""
    reading = read_call(call)
    facts = {fact.name: fact for fact in gather_facts(call, reading)}
    gates = judge_call(rules, call).gates

    def value(name):
        return facts[name].value

    def amount(name):
        return value(name) and {"amount": value(name)[0], "currency": value(name)[1]}

    shown = {
        "kind": call.kind.value,
        "deadlines": [moment(item) for item in call.deadlines if not item.year_guessed],
        "opens": call.opens and call.opens.isoformat(),
        "total": amount(FactName.TOTAL),
        "project_min": amount(FactName.PROJECT_MIN),
        "project_max": amount(FactName.PROJECT_MAX),
        "funder_share": value(FactName.FUNDER_SHARE),
        "can_take_part": "unknown" if gates.guessed or gates.step in ("outside", "not-a-call") else ANSWERS[gates.answer],
        "partners": {"min": value(FactName.PARTNERS), "countries": value(FactName.COUNTRIES)},
        "months": value(FactName.MONTHS),
        "stages": value(FactName.STAGES),
        "place": ", ".join(value(FactName.PLACE) or ()) or None,
    }
    quotes = [(fact.name, said.quote) for fact in facts.values() for said in fact.statements if said.quote]
    return shown, quotes


def moment(deadline):
    """Return a deadline as the truth has it: its day, with the publisher's clock where a time is stated."""
    return deadline.at.date().isoformat() + (f"{deadline.at:T%H:%M}" if deadline.precision is Precision.MINUTE else "")


def outcome(fact, found, truth):
    """Return "right", "wrong" or "silent" for a fact; a value where the truth has none is wrong."""
    allowed = [truth[fact], *truth["alt"].get(fact, ())]
    if any(agrees(fact, found, true) for true in allowed):
        return "right"
    return "silent" if found in NOTHING else "wrong"


def agrees(fact, found, true):
    if found in NOTHING or true in NOTHING:
        return found in NOTHING and true in NOTHING
    if fact == "deadlines":
        return len(found) == len(true) and all(map(same_moment, sorted(found), sorted(true)))
    if fact == "partners":
        return all(found[name] is None or found[name] == true[name] for name in found)
    if fact == "place":
        return found in true
    return found == true


def same_moment(found, true):
    """Tell whether the days are the same, and the hours at the publisher's clock where both state one."""
    return found[:10] == true[:10] and (len(found) == 10 or len(true) == 10 or found[11:16] == true[11:16])


def letters(text):
    """Return the letters and signs of a text without blanks, so that line ends do not count."""
    return "".join(text.split())


def source_letters(text):
    """Return the letters of a source: of HTML its text, of JSON its values."""
    plain = (
        text.encode().decode("unicode_escape").encode("latin-1", "ignore").decode("utf-8", "ignore") if "\\n" in text else text
    )
    return letters(plain) + letters(lxml.html.fromstring(f"<div>{plain}</div>").text_content())


def measure(shared):
    """Return (truth, fact, outcome, shown value) of each fact, and each quote that does not stand in its source."""
    rules = load_rules(RULES, read_texts(RULES).texts)  # their own tests check them
    rows, outcomes, unfound = portal_rows(shared), [], []
    for truth in TRUTH:
        call, text = shown_call(shared, truth, rows)
        shown, quotes = shown_facts(rules, call)
        outcomes += [(truth, fact, outcome(fact, shown[fact], truth), shown[fact]) for fact in FACTS]
        source = source_letters(text)
        unfound += [(truth["id"], name, quote) for name, quote in quotes if letters(quote) not in source]
    return outcomes, unfound


def shares(outcomes):
    """Return the count of each outcome: of all facts, and of those that are stated or shown."""
    stated = Counter(result for truth, fact, result, found in outcomes if truth[fact] not in NOTHING or found not in NOTHING)
    return Counter(result for _, _, result, _ in outcomes), stated


if __name__ == "__main__":
    from tests.conftest import SHARED

    measured, missing = measure(SHARED)
    for truth, fact, result, found in measured:
        if result != "right":
            print(
                result, truth["id"], fact, found, "true:", truth[fact], truth["alt"].get(fact, ""), truth["quotes"].get(fact, "")
            )
    for row in missing:
        print("quote not in the source:", *row)
    for counts in shares(measured):
        print(dict(counts), f"right {counts['right'] / counts.total():.1%}")
