"""LibreTranslate on a server of one's own: https://docs.libretranslate.com/api/operations/translate/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.translate.engine import TARGET, BatchAnswer, TranslationError, require_all
from monitor.translate.http import post_json


@dataclass(frozen=True, slots=True, kw_only=True)
class LibreTranslate:
    """Engine that answers at once: POST /translate with a list of texts."""

    url: str
    """Address of the server, such as http://127.0.0.1:5000."""
    api_key: str = ""
    seconds: float = 60

    @property
    def name(self) -> str:
        """Return the name of the engine."""
        return "libretranslate"

    @property
    def batch_characters(self) -> int:
        """Return the most characters of one batch: servers limit a request to 2,000 or more by their option --char-limit."""
        return 1_900

    def submit(self, sentences: Sequence[str], language: str) -> BatchAnswer:
        """Return the translations; raises like `Engine.submit`."""
        address = f"{self.url.rstrip('/')}/translate"
        payload = {"q": list(sentences), "source": language, "target": TARGET, "format": "text"}
        if self.api_key:
            payload["api_key"] = self.api_key
        status, answer = post_json(address, payload, self.seconds)
        if not isinstance(answer, dict):
            raise TranslationError(address, "svaret är inget objekt; väntade translatedText")
        if status != 200 or "error" in answer:
            raise TranslationError(address, f"HTTP {status}: {str(answer.get('error', ''))[:200] or 'ingen förklaring'}")
        translated = answer.get("translatedText")
        if not isinstance(translated, list):
            raise TranslationError(address, "translatedText är ingen lista; väntade en text för varje mening")
        return BatchAnswer(translations=require_all(address, sentences, translated))
