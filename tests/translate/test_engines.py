"""Engines against a server of ours that speaks their protocols, well and badly; LibreTranslate itself where it is installed."""

import contextlib
import shutil
import socket
import subprocess

import pytest

from monitor.translate.engine import TranslationError, batches
from monitor.translate.etranslation import ETranslation, read_callback
from monitor.translate.firefox import Firefox
from monitor.translate.http import MOST_BYTES
from monitor.translate.libretranslate import LibreTranslate
from tests.translate.server import engine_server

SENTENCES = ("Towns may apply.", "Apply by 3 May.")


@pytest.fixture(scope="module")
def server():
    with engine_server() as server:
        yield server


def test_libretranslate_gets_a_list_and_answers_with_one(server):
    server.libretranslate({"Towns may apply.": "Städer  får söka.", "Apply by 3 May.": "Sök senast 3 maj."})
    engine = LibreTranslate(url=f"{server.address}/", api_key="k", seconds=5)
    assert engine.submit(SENTENCES, "en").translations == ("Städer får söka.", "Sök senast 3 maj.")
    assert server.seen[-1]["json"] == {"q": list(SENTENCES), "source": "en", "target": "sv", "format": "text", "api_key": "k"}


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (403, {"error": "Invalid API key"}, "HTTP 403: Invalid API key"),
        (429, {"error": "Slowdown: 20 per 1 minute"}, "HTTP 429: Slowdown"),
        (500, {"error": "Cannot translate text"}, "HTTP 500: Cannot translate"),
        (200, {"translatedText": ["En."]}, "1 översättningar av 2 meningar"),
        (200, {"translatedText": ["En.", None]}, "ingen text"),
        (200, {"translatedText": "En."}, "ingen lista"),
        (200, ["En.", "Två."], "inget objekt"),
        (200, b"<html>proxy</html>", "inte JSON"),
        (302, {"error": "moved"}, "HTTP 302"),
        (200, b'"' + b"x" * (MOST_BYTES + 1) + b'"', "större än"),
    ],
)
def test_what_libretranslate_answers_wrongly_is_named(server, status, answer, said):
    server.answer = lambda request: (status, answer)
    with pytest.raises(TranslationError, match=said):
        LibreTranslate(url=server.address, seconds=5).submit(SENTENCES, "en")


def test_an_engine_that_hangs_or_drips_is_given_up(server):
    for pieces in ([], [b'{"translatedText": [', b'"a"']):
        server.pieces = pieces
        try:
            with pytest.raises(TranslationError, match=r"inget svar inom 0\.2 sekunder|inte färdigt efter 0\.2"):
                LibreTranslate(url=server.address, seconds=0.2).submit(SENTENCES, "en")
        finally:
            server.pieces = None
    with pytest.raises(TranslationError, match="går inte att nå"):
        LibreTranslate(url="http://127.0.0.1:9", seconds=1).submit(SENTENCES, "en")


def commission(server, password="hemlig"):
    return ETranslation(
        application="Nassjo_2026", password=password, callback="https://eu.example.se/oversattning/{reference}", reference="r1",
        url=f"{server.address}/askTranslate", seconds=5,
    )  # fmt: skip


def test_etranslation_answers_later_under_our_reference(server):
    server.etranslation("Nassjo_2026", "hemlig")
    submission = commission(server).submit(SENTENCES, "en")
    assert (submission.translations, submission.reference) == (None, "r1")
    asked = server.seen[-1]["json"]
    address = "https://eu.example.se/oversattning/r1"
    assert asked["textToTranslate"] == "Towns may apply.\nApply by 3 May."
    assert (asked["sourceLanguage"], asked["targetLanguages"]) == ("EN", ["SV"])
    assert asked["notifications"] == {"success": {"http": address}, "failure": {"http": address}}
    with pytest.raises(TranslationError, match="401"):
        commission(server, "fel").submit(SENTENCES, "en")


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {"requestId": -20028}, "requestId"),
        (200, {"errorCode": -20003, "errorMessage": "Invalid source language"}, "-20003 Invalid source language"),
        (502, {"errorMessage": "Bad gateway"}, "HTTP 502: Bad gateway"),
        (200, [], "väntade requestId"),
    ],
)
def test_what_etranslation_refuses_is_named(server, status, answer, said):
    server.answer = lambda request: (status, answer)
    with pytest.raises(TranslationError, match=said):
        commission(server).submit(SENTENCES, "en")


def test_a_callback_has_a_line_for_each_sentence():
    document = {
        "requestId": 4711,
        "externalReference": "r1",
        "targetLanguage": "SV",
        "translatedText": "Städer får söka.\nSök senast 3 maj.\n",
    }
    assert read_callback(document, SENTENCES) == ("Städer får söka.", "Sök senast 3 maj.")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"errorCode": -20005, "errorMessage": "Engine down"}, "-20005 Engine down"),
        ({"translatedText": "Bara en rad."}, "1 översättningar av 2"),
        ({"translatedText": "a\nb", "targetLanguage": "FR"}, "väntade SV"),
        ({"translatedText": 3}, "saknar translatedText"),
        ({}, "saknar translatedText"),
        (["x"], "inget objekt"),
    ],
)
def test_a_callback_that_does_not_fit_is_refused(document, said):
    with pytest.raises(TranslationError, match=said):
        read_callback(document, SENTENCES)


def test_firefox_models_come_from_a_folder(tmp_path):
    pytest.importorskip("fxtranslate", reason="fxtranslate is not installed")
    engine = Firefox(folder=tmp_path)
    with pytest.raises(TranslationError, match=r"model\.\*\.bin saknas"):
        engine.submit(SENTENCES, "en")
    (tmp_path / "en-sv").mkdir()
    (tmp_path / "en-sv" / "model.ensv.intgemm.alphas.bin").write_bytes(b"no model")
    with pytest.raises(TranslationError, match=r"srcvocab\.\*\.spm saknas"):
        engine.submit(SENTENCES, "en")
    (tmp_path / "en-sv" / "vocab.ensv.spm").write_bytes(b"no vocabulary")
    with pytest.raises(TranslationError, match="trasig"):
        engine.submit(SENTENCES, "en")


def test_batches_stay_within_the_limit_of_the_engine():
    assert batches(["aaaa", "bbbb", "cc", "x" * 20], 10) == [("aaaa", "bbbb"), ("cc",)]
    assert batches([], 10) == []


def test_libretranslate_itself_translates_where_it_is_installed_with_a_model(tmp_path):
    program = shutil.which("libretranslate")
    if program is None:
        pytest.skip("libretranslate is not installed")
    models = pytest.importorskip(
        "argostranslate.package", reason="argostranslate, which has libretranslate's models, is not installed"
    )
    if not any((one.from_code, one.to_code) == ("en", "sv") for one in models.get_installed_packages()):
        pytest.skip("libretranslate has no model from English to Swedish")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [
        program,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--load-only",
        "en,sv",
        "--disable-web-ui",
        "--disable-files-translation",
    ]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            engine = LibreTranslate(url=f"http://127.0.0.1:{port}", seconds=60)
            answer = retried(engine, server)
        finally:
            server.terminate()
    assert len(answer.translations) == len(SENTENCES)
    assert all(answer.translations)
    assert "maj" in answer.translations[1]


def retried(engine, server, most=120):
    """Return the first answer of a server that is starting; each try waits on the server's own port."""
    for _ in range(most):
        try:
            return engine.submit(SENTENCES, "en")
        except TranslationError:
            if server.poll() is not None:
                raise
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.5)
    return engine.submit(SENTENCES, "en")
