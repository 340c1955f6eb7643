"""Who may apply, said otherwise: refusals, roles, named countries and searches for partners, as publishers write them in four languages."""

from collections import Counter
from pathlib import Path

import pytest

from monitor.calls import Call, Section
from monitor.language.applicant_limits import limited
from monitor.language.applicant_roles import municipal_role
from monitor.language.applicants import find_applicants
from monitor.language.call_reading import read_call
from monitor.vocabulary import Kind


def rows(name):
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


CLAUSES, SEARCHES = rows("applicant_limits.tsv"), rows("partner_parts.tsv")


@pytest.mark.parametrize(("part", "language", "text"), CLAUSES)
def test_the_part_of_a_municipality_with_its_limits(part, language, text):
    found = municipal_role(limited(find_applicants(text, language), text))
    assert (found.role.value if found else "open") == part
    assert found is None or found.statement.words in text


@pytest.mark.parametrize(("part", "language", "text"), SEARCHES)
def test_the_part_of_a_municipality_where_partners_are_sought(part, language, text):
    sections = (Section(title="", text=text),)
    call = Call(source="s", call_id="1", title="", url="", sections=sections, language=language, kind=Kind.PARTNER_SEARCH)
    found = read_call(call).eligibility
    role = found.role.value if found else "open"
    assert ("partner" if role == "may" else role) == part


def test_the_rows_cover_four_languages():
    for table in (CLAUSES, SEARCHES):
        assert set(Counter(language for _, language, _ in table)) == {"sv", "en", "da", "nb"}
    assert len(CLAUSES) >= 200
