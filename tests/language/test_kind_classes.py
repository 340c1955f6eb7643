"""What an article is, in the classes that readers' texts were misread in: adverts, tenders, meetings, results, decisions, contests."""

import pytest

from tests.language.kind_classes import TEXTS
from tests.language.test_unseen import read


@pytest.mark.parametrize(("language", "kind", "title", "text"), TEXTS, ids=[row[2] for row in TEXTS])
def test_a_text_of_a_class_that_was_misread_is_what_it_is(language, kind, title, text):
    call = read({"id": "ours", "language": language, "title": title, "text": text, "published": "2026-11-20"})
    assert (call.kind.value if call else "other") == kind
