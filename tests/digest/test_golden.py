"""Golden mails: six situations as they are rendered. A missing file is written and the test fails: look at it, then commit it."""

from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from icalendar import Calendar
from lxml import html as lxml_html

from monitor.digest import flowed
from monitor.digest.answers import Signer
from monitor.digest.render import SIZE_LIMIT, load_templates, render_mail
from monitor.digest.sample import AUDIENCE, flood, samples
from monitor.paths import DIGESTS
from monitor.vocabulary import MailKind

GOLDEN = Path(__file__).parent.parent / "mails"
SITUATIONS = {
    "welcome": (samples()[MailKind.WELCOME], "sv"),
    "weekly": (samples()[MailKind.WEEKLY], "sv"),
    "weekly-english": (samples()[MailKind.WEEKLY], "en"),
    "quiet": (samples()[MailKind.QUIET], "sv"),
    "correction": (samples()[MailKind.CORRECTION], "sv"),
    "many-at-once": (flood(), "sv"),
}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def rendered(name):
    sample, language = SITUATIONS[name]
    return render_mail(
        load_templates((DIGESTS,)), sample.selection, AUDIENCE, sample.occasion, Signer(b"golden" * 8), (language,)
    )


@pytest.mark.parametrize("name", SITUATIONS)
def test_mails_are_as_reviewed(name):
    mail = rendered(name)
    (one,) = mail.renderings
    parts = {
        "txt": f"{one.subject}\n\n{one.text}",
        "html": one.html,
        "ics": "".join(file.content.decode() for file in mail.calendars),
    }
    missing = [form for form in parts if not (GOLDEN / f"{name}.{form}").exists()]
    for form in missing:
        (GOLDEN / f"{name}.{form}").write_text(parts[form], "utf-8", newline="")
    assert not missing, f"{name}: {', '.join(missing)} was missing and has been written: look at it, then commit it"
    for form, text in parts.items():
        reviewed = (GOLDEN / f"{name}.{form}").read_bytes().decode()
        assert text == reviewed, f"{name}.{form}: if this is meant, remove the file and run again"


@pytest.mark.parametrize("name", SITUATIONS)
def test_no_line_of_the_text_is_longer_than_a_screen_but_the_link_to_a_groups_page(name):
    (one,) = rendered(name).renderings
    assert [line for line in one.text.splitlines() if len(line.rstrip()) > flowed.WIDTH and "/utskick/" not in line] == []
    assert "/s/" in one.text or name in ("quiet", "many-at-once")


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_preview_says_whose_mail_it_is(name):
    tree = lxml_html.fromstring(rendered(name).renderings[0].html)
    preview = tree.xpath("//body/div[contains(@style, 'display:none')]")[0].text_content().strip()
    assert preview.startswith(f"{AUDIENCE.name}, {'week' if SITUATIONS[name][1] == 'en' else 'vecka'} ")


class Balanced(HTMLParser):
    """Fails on a tag that closes what is not open."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", SITUATIONS)
def test_mails_are_valid(name):
    mail = rendered(name)
    (one,) = mail.renderings
    checker = Balanced()
    checker.feed(one.html)
    assert checker.open == []
    tree = lxml_html.fromstring(one.html)
    assert len(tree.xpath("//h1")) == 1
    assert tree.get("lang") == SITUATIONS[name][1]
    assert len(one.html.encode()) < SIZE_LIMIT
    levels = [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no heading level is skipped"
    for file in mail.calendars:
        calendar = Calendar.from_ical(file.content)
        assert calendar["METHOD"] == "PUBLISH"
        for event in calendar.walk("VEVENT"):
            start = event.decoded("dtstart")
            no_time = "ingen tid på dagen" in event.get("description", "") or "no time of day" in event.get("description", "")
            if event["STATUS"] == "CONFIRMED":
                assert no_time == (not isinstance(start, datetime)), "a day without a time is a whole day"
            assert not isinstance(start, datetime) or start.utcoffset() is not None
            assert len(event.walk("VALARM")) == (0 if event["STATUS"] == "CANCELLED" else 3)
            assert not any(problem for part in calendar.walk() for problem in part.errors)


def test_quiet_mail_attaches_nothing_and_says_what_was_read():
    mail = rendered("quiet")
    assert mail.calendars == ()
    assert mail.renderings[0].text.count("Alla källor är lästa.") == 1
