"""Projects like a call: found by words and concepts in either language, shown only with what their own text says."""

import json
import sqlite3
from datetime import UTC, datetime

import pytest

from monitor.awards.similar import CallSubject, similar_projects
from monitor.awards.store import import_source, open_awards
from monitor.awards.texts import count_texts, count_words, find_texts, index_texts, narrow
from monitor.language.analyser import analyser
from monitor.language.concepts import Concept, Concepts
from tests.awards import files

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CONCEPTS = Concepts(
    [
        Concept(id="vatmark", sv=("våtmark", "kärr"), en=("wetland", "peatland"), broader="natur"),
        Concept(id="natur", sv=("natur", "naturvård"), en=("nature conservation",)),
        Concept(id="fagel", sv=("fågel",), en=("bird",)),
        Concept(id="life", sv=("LIFE",), en=("LIFE",), programme=("life",)),
        Concept(id="ansokan", sv=("ansökningsperiod",), en=("application deadline",), is_subject=False),
    ]
)
HOME, AWAY = ("GOTEBORGS KOMMUN", "SE", "SE212000135501"), ("DIMOS ATHINAION", "GR", "")


def portal(rows, code="LIFE-2024-OTHER"):
    """Return the portal's answer with a project for each (title, objective, owner)."""
    page = files.portal_page(len(rows), range(len(rows)), topic=code)
    for row, (title, objective, (name, country, vat)) in zip(page["results"], rows, strict=True):
        row["metadata"] |= {"title": [title], "objective": [objective]}
        partner = {"pic": "", "legalName": name, "country": country, "city": "", "vat": vat, "eucontribution": ""}
        row["metadata"]["participants"] = [json.dumps([partner])]
    return page


@pytest.fixture
def db(tmp_path):
    with open_awards(tmp_path / "awards.db") as opened:
        yield opened


def load(db, tmp_path, rows, **options):
    import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", portal(rows, **options))], NOW, allow_fewer=True)


def find(db, title, *, summary="", body="", **options):
    zones = {name: analyser().lemma_text(text) for name, text in {"title": title, "summary": summary, "body": body}.items()}
    return similar_projects(db, CallSubject(zones, CONCEPTS), analyser(), **options)


def test_a_swedish_call_finds_an_english_project_by_concepts_and_says_which(db, tmp_path):
    load(db, tmp_path, [("MIRES", "Peatlands are restored for birds.", AWAY), ("SHIPS", "Harbours for ships.", AWAY)])
    (found,) = find(db, "Stöd till våtmarker och fåglar")
    assert (found.title, found.shared) == ("MIRES", ("fågel", "våtmark"))
    assert (found.programme, found.year, found.granted, found.currency) == ("LIFE", 2024, 600000, "EUR")
    assert found.url.startswith("https://")
    assert find(db, "Stöd till våtmarker och fåglar", language="en")[0].shared == ("bird", "wetland")


def test_words_without_a_concept_count_beside_one(db, tmp_path):
    load(db, tmp_path, [("A", "Wetland buffalo graze here.", AWAY), ("B", "A wetland for all.", AWAY)])
    assert [one.shared for one in find(db, "Buffalo in wetlands")] == [("buffalo", "våtmark")]


def test_one_common_subject_is_not_enough_and_a_broader_one_adds_nothing(db, tmp_path):
    load(db, tmp_path, [("A", "A wetland.", AWAY), ("B", "Nature conservation in a wetland.", AWAY)])
    assert find(db, "Naturvård i våtmark") == []


def test_words_of_every_call_say_nothing(db, tmp_path):
    load(db, tmp_path, [("A", "Innovative solutions improve European systems.", AWAY)])
    assert find(db, "Innovative solutions that improve European systems") == []


def test_programmes_and_ways_to_apply_are_no_subjects(db, tmp_path):
    load(db, tmp_path, [("A", "LIFE birds until the application deadline.", AWAY)])
    assert find(db, "LIFE: application deadline for bird projects") == []


def test_the_nearest_of_equally_like_projects_stands_first(db, tmp_path):
    text = "Peatlands are restored for birds."
    swede, dane = ("EN FORENING", "SE", ""), ("EN FORENING", "DK", "")
    load(db, tmp_path, [("GR", text, AWAY), ("DK", text, dane), ("SE", text, swede), ("GBG", text, HOME)])
    order = [one.title for one in find(db, "Wetlands and birds", home="Nässjö")]
    assert order == ["GBG", "SE", "DK", "GR"]
    assert [one.coordinator for one in find(db, "Wetlands and birds", most=1)] == ["GOTEBORGS KOMMUN (SE)"]


def test_the_call_s_own_earlier_rounds_are_told_of_elsewhere(db, tmp_path):
    load(db, tmp_path, [("A", "Peatlands are restored for birds.", AWAY)], code="LIFE-2024-SAP-NAT")
    assert find(db, "Wetlands and birds", family="LIFE-SAP-NAT") == []
    assert len(find(db, "Wetlands and birds", family="LIFE-SAP-ENV")) == 1


def test_a_grant_in_the_lists_of_two_publishers_is_shown_once(db, tmp_path):
    load(db, tmp_path, [("A", "Peatlands are restored for birds.", AWAY)])
    row = {"id": 101100000, "title": "A", "objective": "Peatlands are restored for birds, again.", "totalCost": "1", "ecMaxContribution": "1",
           "topics": "LIFE-2024-OTHER"}  # fmt: skip
    organisation = {
        "projectID": 101100000,
        "organisationID": "",
        "name": "X",
        "country": "GR",
        "role": "coordinator",
        "ecContribution": "1",
    }
    paths = [tmp_path / "project.csv", tmp_path / "organization.csv"]
    paths[0].write_text(files.table(files.CORDIS_PROJECT, [row], ";"), "utf-8")
    paths[1].write_text(files.table(files.CORDIS_ORGANISATION, [organisation], ";"), "utf-8")
    import_source(db, "cordis-horizon", paths, NOW)
    assert db.execute("SELECT count(*) FROM projects").fetchone() == (2,)
    assert len(find(db, "Wetlands and birds")) == 1


def test_the_body_counts_where_title_and_summary_name_no_subject(db, tmp_path):
    load(db, tmp_path, [("A", "Peatlands are restored for birds.", AWAY)])
    assert find(db, "Call 7", body="It is about birds and wetlands.")[0].shared == ("fågel", "våtmark")
    assert find(db, "Ships", summary="Ships.", body="Nothing.") == []


def test_projects_that_are_gone_are_not_found_and_their_texts_go_in_time(db, tmp_path):
    load(db, tmp_path, [(f"OLD {n}", f"Peatlands for birds {n}.", AWAY) for n in range(600)])
    load(db, tmp_path, [("NEW", "Peatlands for birds.", AWAY)])
    assert [one.title for one in find(db, "Wetlands and birds")] == ["NEW"]
    assert db.execute("SELECT count(*) FROM texts").fetchone() == (1,)
    load(db, tmp_path, [("NEWER", "Peatlands for birds.", AWAY)])
    assert [one.title for one in find(db, "Wetlands and birds")] == ["NEWER"]


def test_texts_are_analysed_once_however_often_they_are_imported(db, tmp_path):
    rows = [("A", "Peatlands for birds.", AWAY), ("B", "Ships.", AWAY)]
    load(db, tmp_path, rows)
    before = db.execute("SELECT id, hash FROM texts ORDER BY id").fetchall()
    load(db, tmp_path, rows)
    assert db.execute("SELECT id, hash FROM texts ORDER BY id").fetchall() == before
    assert len(before) == 2


def test_another_version_of_the_analyser_makes_the_index_anew(db, tmp_path):
    load(db, tmp_path, [("A", "Peatlands for birds.", AWAY)])
    db.execute("UPDATE texts_analyser SET version = 'old'")
    with db.atomic():
        assert index_texts(db) == 1
        assert index_texts(db) == 0
    assert len(find(db, "Wetlands and birds")) == 1


def test_a_file_without_an_index_has_no_similar_projects_until_the_next_import(tmp_path):
    database = tmp_path / "awards.db"
    with open_awards(database) as db:
        load(db, tmp_path, [("A", "Peatlands for birds.", AWAY)])
        files.drop_texts(db)
    with open_awards(database, read_only=True) as db:
        assert find(db, "Wetlands and birds") == []
    with open_awards(database) as db:
        with db.atomic():
            assert index_texts(db) == 1
        assert len(find(db, "Wetlands and birds")) == 1


@pytest.mark.parametrize("title", ['"', 'NEAR("a" b) OR *', "våtmark' fågel\" --", "", "(((", "\x00 birds wetlands"])
def test_hostile_titles_harm_nothing(db, tmp_path, title):
    load(db, tmp_path, [(title or "x", f"{title} Peatlands for birds.", AWAY)])
    try:
        find(db, title, summary=title)
    except sqlite3.Error as error:
        pytest.fail(str(error))
    assert len(find(db, "Wetlands and birds")) == 1


WETLANDS = [
    ("Restoring wetlands", "Birds of the wetlands and bogs."),
    ("Birds", "A count of birds."),
    ("Roads", "Roads and more roads."),
]


def test_counts_of_words_are_never_less_than_the_texts_found(db, tmp_path):
    load(db, tmp_path, [(title, text, AWAY) for title, text in WETLANDS])
    counts = count_words(db, {"wetland", "bird", "road", "bog", "palace"})
    assert counts == {"wetland": 1, "bird": 2, "road": 1, "bog": 1}
    for alternatives in ([("bird",)], [("wetland", "bird"), ("road",)], [("bird", "of", "bog"), ("palace",)]):
        known = count_words(db, {word for sequence in alternatives for word in sequence})
        narrowed = narrow(alternatives, known)
        assert set(find_texts(db, alternatives)) <= set(find_texts(db, narrowed))
        assert len(find_texts(db, narrowed)) <= count_texts(db, narrowed, known, 100)
    assert count_texts(db, [("bird",)], counts, 1) == 2


def test_a_sequence_with_a_word_that_no_text_has_is_not_looked_up():
    assert narrow([("bird", "palace"), ("wetland", "and", "bird")], {"bird": 2, "wetland": 1, "and": 9}) == [("wetland", "bird")]
