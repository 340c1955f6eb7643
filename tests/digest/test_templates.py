"""Templates of one's own: file by file, and nothing that is missing or mistyped goes unseen."""

import shutil

import pytest

from monitor.digest.check import check_templates
from monitor.digest.render import load_templates
from monitor.errors import MailError
from monitor.paths import DIGESTS
from monitor.settings import Digests
from tests.mailing import MONDAY, html_of, text_of


def test_the_shipped_templates_work():
    assert check_templates((DIGESTS,)) == []


def test_one_file_and_one_phrase_of_ones_own(world, tmp_path):
    own = tmp_path / "mallar"
    own.mkdir()
    (own / "welcome.txt").write_text("Hej {{ mail.name }}!\n{{ mail.leave.url }}\n", "utf-8")
    (own / "sv.toml").write_text('[heading]\nwelcome = "Hej och välkomna"\n', "utf-8")
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
    "broken phrases": ("sv.toml", "heading = ", "sv.toml: is not valid TOML"),
    "phrase asks too much": ("en.toml", '[subject]\nquiet = "{nmae}"', "en.toml: the phrase 'subject.quiet' asks for a value"),
    "name that nobody uses": ("wekly.txt", "Hej", "no mail uses a file of this name"),
}


@pytest.mark.parametrize(("name", "text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, "utf-8")
    problems = check_templates((tmp_path, DIGESTS))
    assert any(said in problem for problem in problems), problems


def test_a_shipped_folder_without_a_template_is_an_error(tmp_path):
    shutil.copytree(DIGESTS, tmp_path / "digests")
    (tmp_path / "digests" / "quiet.txt").unlink()
    with pytest.raises(MailError, match=r"quiet\.txt"):
        load_templates((tmp_path / "digests",))
