"""The mails in programs that show text only: w3m reads the HTML part, mutt the text part. Debian packages: w3m, mutt."""

import os
import pty
import re
import shutil
import subprocess
import threading

import pytest
from lxml import html as lxml_html

from monitor.digest import flowed
from monitor.mail.message import Letter, compose
from tests.digest.test_golden import SITUATIONS, rendered
from tests.mailing import MONDAY

W3M, MUTT = shutil.which("w3m"), shutil.which("mutt")
WIDE = 80
"""Columns of the terminal, to which mutt breaks the lines anew: more than those that are sent have."""


def plain(text):
    return text.replace("\u00a0", " ")


def words_of(text):
    return plain(text).split()


@pytest.mark.skipif(W3M is None, reason="w3m is not installed")
@pytest.mark.parametrize("name", SITUATIONS)
def test_w3m_shows_every_label_beside_its_value_and_links_apart(name):
    (form,) = rendered(name).renderings
    command = [W3M, "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "78"]
    shown = subprocess.run(command, input=form.html.encode(), capture_output=True, check=True, timeout=60).stdout.decode()
    lines = plain(shown).splitlines()
    assert max(map(len, lines)) <= 78
    for label in lxml_html.fromstring(form.html).xpath("//td[@class='label']/text()"):
        assert any(re.match(rf"{re.escape(label)} +\S", line) for line in lines), label
    assert not re.search(r"(?:webben|utlysningen|Intressant)(?:Intressant|Inte|Mer|Skicka)", shown), "links stand apart"
    assert "<" not in re.sub(r"<\S+@\S+>", "", shown), "no mark is shown"


def shown_by_mutt(folder, form):
    """Return the text that mutt hands to its pager, broken to WIDE columns."""
    letter = Letter(
        message_id="<1@example.se>",
        sender="eu@example.se",
        recipient="anna@example.se",
        reply_to="eu@example.se",
        department="kultur-fritid",
        created=MONDAY,
        language=form.language,
        subject=form.subject,
        html=form.html,
        text=form.text,
        leave_url="https://eu.example.se/avsluta/1",
    )
    (folder / "box").write_bytes(
        b"From eu@example.se Mon Jun  1 07:00:00 2026\n" + compose(letter).as_bytes().replace(b"\r\n", b"\n")
    )
    (folder / "pager").write_text(f'#!/bin/sh\ncp "$1" {folder}/shown\n', "utf-8")
    (folder / "pager").chmod(0o755)
    (folder / "muttrc").write_text(
        f"set folder={folder}\nset pager={folder}/pager\nset charset=utf-8\nset reflow_text=yes\nset wait_key=no\nset prompt_after=no\n"
        "set header_cache=\nset sort=date\nset move=no\nalternative_order text/plain\nignore *\nunignore subject\n"
        'push "<display-message><exit>"\n',
        "utf-8",
    )
    master, slave = pty.openpty()
    environment = {"TERM": "xterm", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        [MUTT, "-n", "-R", "-F", str(folder / "muttrc"), "-f", str(folder / "box")],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        start_new_session=True,
    ) as process:
        os.close(slave)
        reading = threading.Thread(target=_read_all, args=(master,))
        reading.start()
        try:
            process.wait(60)
        finally:
            process.kill()
    reading.join()
    os.close(master)
    return (folder / "shown").read_text("utf-8")


def _read_all(descriptor):
    """Read a terminal until its program ends, so that the program never waits for it."""
    try:
        while os.read(descriptor, 65_536):
            pass
    except OSError:  # what Linux answers at the end of a terminal
        return


@pytest.mark.skipif(MUTT is None, reason="mutt is not installed")
@pytest.mark.parametrize("name", SITUATIONS)
def test_mutt_breaks_the_paragraphs_anew_and_keeps_every_address_whole(name, tmp_path):
    (form,) = rendered(name).renderings
    shown = plain(shown_by_mutt(tmp_path, form))
    _status, headers, body = shown.split("\n\n", 2)
    assert " ".join(headers.split()) == f"Subject: {form.subject}".replace("\u00a0", " ")
    assert words_of(re.sub(r"\[-- .* --\]", "", body)) == words_of(form.text)
    assert set(re.findall(r"https://\S+", form.text)) <= set(shown.split())
    widths = [len(line) for line in body.splitlines() if "http" not in line]
    assert flowed.WIDTH < max(widths) <= WIDE, "the lines are broken to the window, not where they were sent"
