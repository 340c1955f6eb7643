"""Join the labelled calls with their captured texts into files for `monitor rules evaluate`: python -m tests.matching.labelled OUT_DIR."""

import ast
import csv
import hashlib
import json
import sys
import tarfile
from pathlib import Path

from lxml import html

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
BLOCKS = ("p", "li", "br", "h4", "h5", "div", "tr", "ul", "ol")


def plain_text(markup):
    """Markup as plain text, one line per block."""
    if not markup.strip():
        return ""
    root = html.fromstring(f"<div>{markup}</div>")
    for element in root.iter(*BLOCKS):
        element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in root.text_content().splitlines())
    return "\n".join(line for line in lines if line and line != "null")


def captured_topics(shared):
    """Text and parent title of every captured topic by identifier; the longest text when it was captured several times."""
    topics = {}
    for archive in sorted((shared / "data/eu/sedia-search-raw").glob("*.tar.gz")):
        with tarfile.open(archive) as pages:
            for member in pages:
                if "page-" not in member.name:
                    continue
                for row in json.load(pages.extractfile(member))["results"]:
                    metadata = row.get("metadata") or {}
                    identifier = next(iter(metadata.get("identifier") or [""]))
                    markup = next(iter(metadata.get("descriptionByte") or [""]))
                    known = topics.get(identifier)
                    if identifier and (known is None or len(markup) > len(known[0])):
                        topics[identifier] = (markup, next(iter(metadata.get("callTitle") or [""])))
    return topics


def captured_cascade_calls(shared):
    """Text and parent title of every captured cascade call by reference."""
    csv.field_size_limit(10**8)
    calls = {}
    for snapshot in sorted((shared / "data/eu/sedia-search-csv").glob("*.csv")):
        with snapshot.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                reference = row["reference"]
                if "COMPETITIVE_CALL" not in reference:
                    continue
                markup = _first(row.get("metadata.description", ""))
                known = calls.get(reference)
                if known is None or len(markup) > len(known[0]):
                    calls[reference] = (markup, _first(row.get("metadata.title", "")))
    return calls


def _first(cell):
    values = ast.literal_eval(cell) if cell.startswith("[") else []
    return values[0] if values else ""


def joined_calls(shared):
    """`labels/calls.jsonl` with the texts of the captures."""
    topics, cascade = captured_topics(shared), captured_cascade_calls(shared)
    for row in read_rows(shared / "data/labels/calls.jsonl"):
        markup, call_title = (cascade if row["id"].endswith("COMPETITIVE_CALLen") else topics).get(row["id"], ("", ""))
        yield {**_kept(row), "text": plain_text(markup), "call_title": call_title, "language": "en"}


def joined_titles(shared):
    """`labels/titles.jsonl`: titles alone."""
    for row in read_rows(shared / "data/labels/titles.jsonl"):
        yield {**_kept(row), "text": "", "language": "en"}


def joined_pages(shared):
    """`sv/pages.jsonl` in the same form."""
    for row in read_rows(shared / "data/sv/pages.jsonl"):
        yield {"id": row["url"], "title": row["title"], "text": row["text"], "language": row["lang"], "labels": row["labels"]}


def read_rows(path):
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _kept(row):
    return {key: row[key] for key in ("id", "title", "programme", "labels", "maybe", "can_take_part")}


def is_held_back(row):
    """Two fifths of the labels, chosen by their ids alone."""
    return int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 100 >= 60


JOINED = {"calls": joined_calls, "titles": joined_titles, "pages": joined_pages}


def write_joined(shared, folder):
    """Write <name>.jsonl, and the parts that were looked at and held back, for each of JOINED."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, join in JOINED.items():
        rows = list(join(shared))
        parts = {
            name: rows,
            f"{name}-open": [row for row in rows if not is_held_back(row)],
            f"{name}-held-back": [row for row in rows if is_held_back(row)],
        }
        for part, chosen in parts.items():
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen)
            (folder / f"{part}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_joined(SHARED, Path(sys.argv[1]))
