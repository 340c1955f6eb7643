"""Templates of one's own: file by file, and nothing that is missing or mistyped goes unseen."""

import shutil

import pytest

from monitor.digest.answers import Signer
from monitor.digest.check import check_templates, old_phrases
from monitor.digest.render import load_templates, render_mail
from monitor.digest.sample import AUDIENCE, samples
from monitor.errors import MailError
from monitor.paths import DIGESTS
from monitor.settings import Digests
from monitor.vocabulary import BUILT_MAILS
from tests.mailing import MONDAY, html_of, text_of


def test_the_shipped_templates_work():
    assert check_templates((DIGESTS,)) == []


def test_one_file_and_one_phrase_of_ones_own(world, tmp_path):
    own = tmp_path / "mallar"
    own.mkdir()
    (own / "welcome.txt").write_text("Hej {{ mail.name }}!\n{{ mail.leave.url }}\n", "utf-8")
    (own / "sv.po").write_text('msgid "heading.welcome"\nmsgstr "Hej och välkomna"\n', "utf-8")
    assert check_templates((own, DIGESTS)) == []
    world.config = world.config.model_copy(update={"digests": Digests(dir=str(own))})
    (mail,) = world.week(MONDAY)
    assert text_of(mail).startswith("Hej Kultur- och fritidsförvaltningen!\nhttps://eu.example.se/avsluta/")
    assert "Hej och välkomna" in html_of(mail)
    assert "Om det här mejlet" in html_of(mail), "the rest is as it was"


MISTAKES = {
    "unknown value": ("weekly.txt", "{{ mail.finnsinte }}", "weekly.txt"),
    "broken tag": ("weekly.mjml", "{% if mail.title %}", "weekly.mjml, line 1"),
    "not MJML": ("quiet.mjml", "<mjml><mj-body><mj-text>öppen</mj-body></mjml>", "quiet.mjml: is not MJML"),
    "broken phrases": ("sv.po", 'msgid "link.leave"\nmsgstr "Sluta\n', "sv.po, line 2: is not a line of a catalogue"),
    "phrase twice": (
        "sv.po",
        2 * 'msgid "link.leave"\nmsgstr "Sluta"\n',
        "sv.po, line 3: the message 'link.leave' is there twice",
    ),
    "phrase without words": (
        "sv.po",
        'msgid "link.leave"\n\nmsgid "link.more"\nmsgstr "Fler"\n',
        "sv.po, line 3: is not a catalogue",
    ),
    "phrase asks too much": (
        "en.po",
        '# Ours\nmsgid "subject.quiet"\nmsgstr "{nmae}"\n',
        "en.po, line 2: the phrase 'subject.quiet' asks for a value",
    ),
    "phrase that nobody uses": (
        "sv.po",
        'msgid "subject.quite"\nmsgstr "Lugnt"\n',
        "sv.po, line 1: no mail uses a phrase 'subject.quite' (did you mean 'subject.quiet'?)",
    ),
    "broken phrases of an earlier version": ("sv.toml", "heading = ", "sv.toml: is not valid TOML"),
    "old phrase asks too much": (
        "en.toml",
        '[subject]\nquiet = "{nmae}"',
        "en.toml: the phrase 'subject.quiet' asks for a value",
    ),
    "name that nobody uses": ("wekly.txt", "Hej", "no mail uses a file of this name"),
}


@pytest.mark.parametrize(("name", "text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, "utf-8")
    problems = check_templates((tmp_path, DIGESTS))
    assert any(said in problem for problem in problems), problems


def test_a_catalogue_that_editors_have_saved(tmp_path):
    """Notepad puts a mark first, Poedit a compiled catalogue beside it."""
    (tmp_path / "sv.po").write_text('\ufeffmsgid "heading.welcome"\r\nmsgstr "Hej"\r\n', "utf-8", newline="")
    (tmp_path / "sv.mo").write_bytes(b"\xde\x12\x04\x95")
    assert check_templates((tmp_path, DIGESTS)) == []
    assert load_templates((tmp_path, DIGESTS)).wording("sv").say("heading.welcome") == "Hej"


def test_phrases_of_an_earlier_version_are_read_still_and_told_of(tmp_path):
    (tmp_path / "sv.toml").write_text(
        'and = "och"\n[date]\nmonths = ["januari", "februari", "mars"]\n[heading]\nwelcome = "Hej"\nnew = "Nya utlysningar"\n'
        '[count]\nnew = ["{n} färsk", "{n} färska"]\n',
        "utf-8",
    )
    folders = (tmp_path, DIGESTS)
    wording = load_templates(folders).wording("sv")
    assert (wording.say("heading.welcome"), wording.say("count.new", n=1), wording.say("count.new", n=2)) == (
        "Hej",
        "1 färsk",
        "2 färska",
    )
    assert wording.say("heading.quiet") == "Inget nytt den här veckan", "the rest is as it was"
    assert check_templates(folders) == []
    assert old_phrases(folders) == {tmp_path / "sv.toml": ["heading.welcome", "count.new"]}
    (tmp_path / "sv.po").write_text('msgid "heading.welcome"\nmsgstr "Välkomna"\n', "utf-8")
    assert load_templates(folders).wording("sv").say("heading.welcome") == "Välkomna", "the catalogue goes before the older form"
    assert old_phrases((DIGESTS,)) == {}


def test_a_shipped_folder_without_a_template_is_an_error(tmp_path):
    shutil.copytree(DIGESTS, tmp_path / "digests")
    (tmp_path / "digests" / "mail.txt").unlink()
    with pytest.raises(MailError, match=r"mail\.txt"):
        load_templates((tmp_path / "digests",))


@pytest.mark.parametrize("kind", BUILT_MAILS)
def test_a_kind_of_mail_has_its_own_template_where_there_is_one(tmp_path, kind):
    (tmp_path / f"{kind}.txt").write_text(f"Egen mall: {kind}\n", "utf-8")
    templates = load_templates((tmp_path, DIGESTS))
    for other, sample in samples().items():
        rendered = render_mail(templates, sample.selection, AUDIENCE, sample.occasion, Signer(b"sample"))
        assert rendered.renderings[0].text.startswith("Egen mall") == (other is kind)
