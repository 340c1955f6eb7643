"""Rounds in other forms than one line each: several on one line, a name before a dash, and the columns of a table."""

from datetime import date

import pytest

from monitor.collect.rounds import find_rounds, round_title


def rounds(markup):
    grants = find_rounds(
        f"<main>{markup}</main>", "https://x.se/t", reference=date(2026, 11, 20), language="sv", zone="Europe/Stockholm"
    )
    return [
        (round_title(grant, item), str(item.opens or ""), f"{item.deadline.at:%Y-%m-%d}")
        for grant in grants
        for item in grant.rounds
    ]


def test_two_rounds_on_one_line_are_two_with_their_own_labels_and_openings():
    assert rounds("<h2>Hamnstöd</h2><p>Omgång 1: 3 mars–4 april 2027. Omgång 2: 5 oktober–6 november 2027.</p>") == [
        ("Hamnstöd: Omgång 1", "2027-03-03", "2027-04-04"),
        ("Hamnstöd: Omgång 2", "2027-10-05", "2027-11-06"),
    ]
    assert rounds("<h2>Hamnstöd</h2><p>Öppnar: 3 mars 2027. Sista ansökningsdag: 4 april 2027.</p>") == [
        ("Hamnstöd", "2027-03-03", "2027-04-04")
    ], "one round, whose opening stands in a sentence of its own"
    assert rounds("<h2>Hamnstöd</h2><p>Sök: 3 mars–4 april 2027. Redovisa: 1–31 maj 2028.</p>") == [
        ("Hamnstöd", "2027-03-03", "2027-04-04")
    ]


@pytest.mark.parametrize("dash", [" – ", " - ", ": "])
def test_a_name_before_the_days_is_the_grants(dash):
    markup = f"<ul><li>Båtplatser{dash}ansökan öppen 1–20 februari 2027</li><li>Fyrvård{dash}sök 2–30 mars 2027</li></ul>"
    days = [("2027-02-01", "2027-02-20"), ("2027-03-02", "2027-03-30")]
    assert rounds(f"<h2>Bidrag</h2>{markup}") == [("Båtplatser", *days[0]), ("Fyrvård", *days[1])]
    assert rounds(f"<h2>Kuststöd</h2>{markup}") == [("Kuststöd: Båtplatser", *days[0]), ("Kuststöd: Fyrvård", *days[1])]


@pytest.mark.parametrize("words", ["Hösten", "Andra omgången", "Ansökan hösten"])
def test_a_season_or_a_step_is_no_name(words):
    ((title, *_),) = rounds(f"<h2>Kuststöd</h2><p>{words} – ansökan öppen 1–20 februari 2027</p>")
    assert title == "Kuststöd"


def table(*rows):
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<h2>Bidrag</h2><table>{cells}</table>"


def test_a_table_whose_columns_say_when_a_grant_opens_and_closes_gives_its_rounds():
    found = table(
        ("Bidrag", "Öppnar", "Stänger"), ("Båtplatser", "1 maj 2027", "20 maj 2027"), ("Fyrvård", "2 juni 2027", "30 juni 2027")
    )
    assert rounds(found) == [("Båtplatser", "2027-05-01", "2027-05-20"), ("Fyrvård", "2027-06-02", "2027-06-30")]
    assert rounds(table(("Öppnar", "Stänger"), ("1 maj 2027", "20 maj 2027"))) == [("Bidrag", "2027-05-01", "2027-05-20")]
    decided = table(("Stöd", "Sista ansökningsdag", "Beslut"), ("Fyrvård", "30 juni 2027", "1 september 2027"))
    assert rounds(decided) == [("Fyrvård", "", "2027-06-30")]


def test_a_table_of_other_days_gives_no_rounds():
    assert rounds(table(("Bidrag", "Beslut", "Utbetalning"), ("Fyrvård", "1 maj 2027", "20 maj 2027"))) == []
    assert rounds(table(("Bidrag", "Öppnar", "Stänger"), ("Fyrvård", "meddelas senare", "meddelas senare"))) == []
