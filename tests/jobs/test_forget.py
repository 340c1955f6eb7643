"""An address that is forgotten is nowhere in the installation's folder: not in a table, packed or not, and not in a file."""

import base64
import json
import quopri
import zlib
from datetime import date, timedelta

import pytest

from monitor.archive.feedback import store_answer
from monitor.archive.outbox import count_refusal
from monitor.archive.recipients import add_recipient, ask_to_join, find_event, join
from monitor.archive.retention import count_published
from monitor.jobs.mask_files import mask_files
from monitor.jobs.tidy import forget, list_mentions
from monitor.settings import Recipient
from monitor.subscription import AddressMask
from monitor.vocabulary import Pace
from tests.digest.test_recipients import BO, choose, leave
from tests.mailing import MONDAY, World, a_call, read_mail, text_of

GONE = "Eva.O'Neil+eu@example.se"
NEAR = ["Maj.Eva.O'Neil+eu@example.se", "eva.o'neil+eu@example.se.com"]
"""Addresses that have the forgotten one in them."""
FORMS = [
    form.lower() for form in (GONE, GONE.replace("'", "&#39;"), GONE.replace("'", "&#x27;"), "Eva.O%27Neil%2Beu%40example.se")
]


@pytest.fixture
def world(tmp_path):
    people = [Recipient(department="kultur-fritid", email=one) for one in (GONE, BO, *NEAR)]
    return World(tmp_path, recipients=people).welcomed()


def texts_of_tables(world):
    """Yield the place and the text of every value of every table, unpacked where it is packed."""
    with world.archive() as archive:
        tables = [row[0] for row in archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in archive.db.query(f'SELECT * FROM "{table}"'):
                for column, value in row.items():
                    yield f"{table}.{column}", _unpacked(value)


def _unpacked(value):
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode("utf-8", "replace")
    except zlib.error:
        return value.decode("utf-8", "replace")


def texts_of_files(folder):
    """Yield the place and the text of every file, with the parts of mails as they read."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        yield path.name, content.decode("utf-8", "replace")
        if path.suffix == ".eml":
            mail = read_mail(content)
            yield path.name, "\n".join(f"{name}: {value}" for name, value in mail.items())
            for part in mail.walk():
                if not part.is_multipart():
                    yield path.name, part.get_payload(decode=True).decode("utf-8", "replace")


def places(world):
    """Return the places in which the address stands, apart from longer addresses that have it in them."""
    found = set()
    for place, text in (*texts_of_tables(world), *texts_of_files(world.config.data_dir)):
        lowered = text.lower()
        for longer in (NEAR[0].lower(), NEAR[1].lower()):
            for form in (longer, longer.replace("'", "&#39;"), longer.replace("'", "&#x27;")):
                lowered = lowered.replace(form, "")
        if any(form in lowered for form in FORMS):
            found.add(place)
    return found


def test_a_forgotten_address_is_nowhere(world):
    data = world.config.data_dir
    with world.archive() as archive:
        add_recipient(archive.db, "social", GONE, "sv", MONDAY)
        ask_to_join(archive.db, GONE, ["social"], "en", MONDAY)
        join(archive.db, find_event(archive.db, 1), ["social"], MONDAY)
    choose(world, GONE, MONDAY, pace=Pace.MONTHLY, paused_until=date(2026, 7, 1))
    leave(world, NEAR[0], MONDAY)
    leave(world, NEAR[1], MONDAY)
    world.publish(a_call("1", "2026-12-01"), at=MONDAY)
    world.digest(MONDAY)
    world.send_for_real(MONDAY)
    leave(world, GONE, MONDAY + timedelta(hours=2))
    world.send(MONDAY + timedelta(hours=2))
    with world.archive() as archive, archive.db.atomic():
        store_answer(archive.db, "social", ("portal", "1"), "intressant", note=f"Ring\n{GONE}", digest="", now=MONDAY)
        count_refusal(archive.db, GONE, f"550 <{GONE}> no such user", MONDAY, 1)
        values = [MONDAY.isoformat(), json.dumps([["recipient", "", f"rad\n{GONE.upper()}"]])]
        archive.db.execute("INSERT INTO setting_changes (at, who, note, file, differences) VALUES (?, '', '', 'x', ?)", values)
    (data / "monitor.log").write_text(f"mail_failed reply='550 <{GONE}>'\nannat\n", "utf-8")
    (data / "preview").mkdir()
    (data / "preview" / "x.sv.html").write_text(f'<a href="mailto:{GONE}">å</a>', "utf-8")
    before = places(world)
    assert {"renderings.text", "renderings.html", "recipients.email", "setting_changes.differences", "monitor.log"} <= before
    assert any("-mottagare" in place and place.endswith(".eml") for place in before)
    with world.archive() as archive:
        forget(world.config, archive, GONE.upper())
    assert places(world) == set()
    letters = "".join(text for place, text in texts_of_tables(world) if place == "renderings.text")
    assert "E…u@example.se har anmält sig till mejlen för social" in letters
    assert NEAR[0] in letters, "an address that ends with it is another one"
    assert NEAR[1] in letters
    assert (data / "monitor.log").read_text("utf-8") == "mail_failed reply='550 <E…u@example.se>'\nannat\n"
    (mail,) = [read_mail(path.read_bytes()) for path in (data / "outbox").rglob("*mottagare*.eml")]
    assert "har anmält sig till mejlen för social och bekräftat det." in text_of(mail)
    assert NEAR[0] in text_of(mail)
    with world.archive() as archive:
        assert forget(world.config, archive, GONE)["texts"] == 0, "once is enough"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Skriv till bo@ort.se.", "Skriv till b…@ort.se."),
        ('{"a": "rad\\nBo@Ort.se"}', '{"a": "rad\\nB…@Ort.se"}'),
        ("mailto%3Abo%40ort.se&x", "mailto%3Ab…@ort.se&x"),
        ("<bo@ort.se>, (bo@ort.se)", "<b…@ort.se>, (b…@ort.se)"),
        ("jakobo@ort.se", "jakobo@ort.se"),
        ("k.bo@ort.se", "k.bo@ort.se"),
        ("bo@ort.se.com bo@ort.seb bo@ort.se-x", "bo@ort.se.com bo@ort.seb bo@ort.se-x"),
        ("bo@ortxse", "bo@ortxse"),
    ],
)
def test_a_mask_takes_the_address_and_no_longer_one(text, masked):
    assert AddressMask("bo@ort.se").apply(text) == masked


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_mail_to_others_stays_a_mail_whatever_its_encoding(tmp_path, encoding):
    text = "Åsa: " + "x" * 60 + " bo@ort.se har slutat få mejlen.\n"
    encode = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "8bit": bytes}[encoding]
    head = 'To: eu@ort.se\nSubject: Om bo@ort.se\nContent-Type: text/plain; charset="utf-8"; format=flowed\n'
    outbox = tmp_path / "outbox"
    outbox.mkdir()
    raw = head.encode() + f"Content-Transfer-Encoding: {encoding}\n\n".encode() + encode(text.encode())
    (outbox / "1.eml").write_bytes(raw)
    (outbox / "2.eml").write_bytes(raw.replace(b"Om bo@ort.se", b"Om oss").partition(b"\n\n")[0] + b"\n\nHej")
    other = (outbox / "2.eml").read_bytes()
    assert mask_files(tmp_path, "BO@ort.se") == 1
    mail = read_mail((outbox / "1.eml").read_bytes())
    assert mail["Subject"] == "Om b…@ort.se"
    assert mail.get_content().strip() == text.strip().replace("bo@ort.se", "b…@ort.se")
    assert mail["Content-Type"].params["format"] == "flowed"
    assert (outbox / "2.eml").read_bytes() == other, "a mail without it is left alone"


def test_what_publishers_and_rules_say_is_left_to_a_person(world, tmp_path):
    world.crawl(a_call("1", "2026-12-01", summary="Frågor: bo@ort.se, jakobo@ort.se"), at=MONDAY)
    with world.archive() as archive:
        assert count_published(archive.db, "BO@ort.se") == 1
        assert count_published(archive.db, "o@ort.se") == 0
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "departments.toml").write_text('note = "ring bo@ort.se"', "utf-8")
    config = world.config.model_copy(update={"rules": world.config.rules.model_copy(update={"dir": str(rules)})})
    said = " ".join(list_mentions(config, "bo@ort.se", published=1))
    assert "Adressen står i 1 texter som utgivare själva har lagt ut." in said
    assert "Adressen står kvar i reglerna: departments.toml." in said
    assert "reglerna" not in " ".join(list_mentions(config, "o@ort.se"))
