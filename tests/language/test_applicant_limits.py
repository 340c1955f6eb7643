"""Limits on municipalities that are named as applicants."""

import pytest

from monitor.language.applicant_limits import limited
from monitor.language.applicant_roles import municipal_role
from monitor.language.applicants import find_applicants


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Municipalities are eligible only as associated partners.", "partner"),
        ("Universities may apply. Municipalities may take part only as associated partners.", "partner"),
        ("Municipalities and regions may take part as subcontractors only.", "not"),
        ("Applicants must be legal persons. Local authorities may take part only as subcontractors.", "not"),
        ("Kommuner kan delta endast som partner.", "partner"),
        ("Kommuner får delta enbart som underleverantörer.", "not"),
        ("Municipalities may apply, and companies may take part only as subcontractors.", "may"),
        ("Municipalities may apply and companies may take part only as subcontractors.", "may"),
        ("Municipalities may apply. Municipalities outside the region only as associated partners.", "may"),
        ("Local authorities in Italy may apply.", None),
        ("Kommuner i Norge kan söka.", None),
        ("Local authorities in Italy, Malta and Sweden may apply.", "may"),
        ("Municipalities in EU Member States, also in Italy, may apply.", "may"),
        ("Kommuner kan söka först 2028.", None),
        ("Kommuner kan söka från 2028 års medel.", "may"),
        ("Kommuner i Norrbotten kan söka.", "may"),
        ("Stödet går till kommunalförbund. Enskilda kommuner kan inte söka.", "not"),
        ("Stödet går till kommunalförbund och kommuner. Enskilda kommuner kan inte söka utan en partner.", "may"),
        ("Associations of municipalities can apply. A municipality acting on its own is not an eligible applicant.", "not"),
        ("Municipalities and associations of municipalities can apply. A municipality acting on its own needs no letter.", "may"),
        ("Towns with at least 90 000 inhabitants must lead. Smaller towns cannot apply but may join as partners.", "partner"),
        ("Towns with at least 90 000 inhabitants can apply. Smaller towns are welcome to the webinar.", "may"),
        ("Who can apply? Museums and municipalities with their registered address in Jutland.", "not"),
        ("Who can apply? Museums and municipalities with a seat in Sweden.", "may"),
    ],
)
def test_a_limit_is_read_with_the_statement(text, expected):
    language = "sv" if "ommuner" in text else "en"
    found = municipal_role(limited(find_applicants(text, language), text))
    assert (found.role.value if found else None) == expected
    assert found is None or found.statement.words in text
