"""eTranslation of the European Commission, REST v2: free for public bodies, authenticated, answered later by a callback.

https://language-tools.ec.europa.eu/dev-corner/etranslation/rest-v2/text. A request is answered with a number; the translation is
posted to an address of ours. There is no address from which it could be fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.translate.engine import BatchAnswer, TranslationError, require_all
from monitor.translate.http import post_json

URL = "https://language-tools.ec.europa.eu/etranslation/api/askTranslate"
CALLBACK_PATH = "/oversattning"
"""Path of our pages below which the service posts translations; the secret reference of the batch follows."""
MOST_CHARACTERS = 5_000
"""Characters of the longest text that the service takes as `textToTranslate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ETranslation:
    """Engine that answers later, to `callback`."""

    application: str
    """Name of the application, as the Commission registered it."""
    password: str
    callback: str
    """Address that the service posts translations to, with a secret of ours in it; `{reference}` is filled in."""
    reference: str
    """Reference of the batch, unique and not to be guessed."""
    url: str = URL
    domain: str = "GEN"
    seconds: float = 60

    @property
    def name(self) -> str:
        """Return the name of the engine."""
        return "etranslation"

    @property
    def batch_characters(self) -> int:
        """Return the most characters of one batch."""
        return MOST_CHARACTERS - 100

    def submit(self, sentences: Sequence[str], language: str) -> BatchAnswer:
        """Return the reference under which the translations come; raises like `Engine.submit`."""
        address = self.callback.format(reference=self.reference)
        payload = {
            "callerInformation": {"externalReference": self.reference},
            "textToTranslate": "\n".join(sentences),
            "sourceLanguage": language.upper(),
            "targetLanguages": ["SV"],
            "domain": self.domain,
            "notifications": {"success": {"http": address}, "failure": {"http": address}},
        }
        status, answer = post_json(self.url, payload, self.seconds, user=(self.application, self.password))
        if status == 401:
            raise TranslationError(self.url, "tjänsten tar inte emot namnet och lösenordet (HTTP 401)")
        number = answer.get("requestId") if isinstance(answer, dict) else answer
        if status != 200 or not str(number).isdigit() or int(str(number)) <= 0:
            raise TranslationError(self.url, f"HTTP {status}: {_reason(answer)}")
        return BatchAnswer(reference=self.reference)


def read_callback(document: Any, sentences: Sequence[str]) -> tuple[str, ...]:
    """Return the translations of a batch from the document that the service posted.

    Args:
        document: The posted JSON: `translatedText` of a success, `errorCode` and `errorMessage` of a failure.
        sentences: Sentences of the batch in the order in which they were handed over.

    Raises:
        TranslationError: The service failed, or its text has not the lines that it was given.
    """
    where = "etranslation"
    if not isinstance(document, Mapping):
        raise TranslationError(where, "meddelandet är inget objekt; väntade translatedText eller errorCode")
    if document.get("errorCode") is not None:
        raise TranslationError(where, _reason(document))
    if str(document.get("targetLanguage", "SV")).upper() != "SV":
        raise TranslationError(where, f"språket är {str(document['targetLanguage'])[:20]}; väntade SV")
    text = document.get("translatedText")
    if not isinstance(text, str):
        raise TranslationError(where, "meddelandet saknar translatedText")
    return require_all(where, sentences, text.strip("\n").split("\n"))


def _reason(answer: Any) -> str:
    if not isinstance(answer, Mapping):
        return f"svaret är {str(answer)[:50]}; väntade requestId"
    code, message = answer.get("errorCode"), answer.get("errorMessage")
    return " ".join(str(part)[:200] for part in (code, message) if part is not None) or "svaret saknar requestId"
