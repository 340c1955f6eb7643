"""An import is kept whole or not at all, whatever the file is and whenever the process dies."""

import json
import signal
import sqlite3
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from monitor.awards import rounds, store
from monitor.awards.rounds import import_rounds
from monitor.awards.store import import_source, list_imports, open_awards
from monitor.awards.updates import import_updates, updates_of
from monitor.collect import text as collect_text
from monitor.errors import ArchiveError, SourceError
from tests.awards import files
from tests.awards.killing import die_while, kill_at

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path):
    with open_awards(tmp_path / "awards.db") as opened:
        yield opened


def contents(db):
    return (
        list(db.execute("SELECT source, key, title, granted FROM projects ORDER BY source, key")),
        list(db.execute("SELECT count(*) FROM participants")),
        list(db.execute("SELECT name, pic, number FROM organisations ORDER BY name")),
    )


def test_an_import_says_how_much_it_kept(db, tmp_path):
    report = import_source(db, "cordis-horizon", [files.write_cordis(tmp_path)], NOW)
    assert (report.projects, report.participants, report.before) == (4, 12, 0)
    assert report.granted == {"EUR": Decimal("800001.00")}
    assert db.execute("SELECT count(*) FROM organisations").fetchone()[0] == 3


def test_a_second_import_replaces_the_first_and_harms_no_other_source(db, tmp_path):
    import_source(db, "esf", [files.write_esf(tmp_path)], NOW)
    import_source(db, "cordis-horizon", [files.write_cordis(tmp_path, 20)], NOW)
    report = import_source(db, "cordis-horizon", [files.write_cordis(tmp_path, 19)], NOW)
    assert (report.before, report.projects) == (20, 19)
    assert db.execute("SELECT source, count(*) FROM projects GROUP BY source ORDER BY 1").fetchall() == [
        ("cordis-horizon", 19),
        ("esf", 3),
    ]


def cut(path):
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def rename_column(old, new):
    def spoil(path):
        path.write_bytes(path.read_bytes().replace(old.encode(), new.encode()))

    return spoil


def double(path):
    head, _, body = path.read_text("utf-8").partition("\n")
    path.write_text(f"{head}\n{body}{body}", "utf-8")


def double_list(path):
    rows = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(rows + rows), "utf-8")


def double_partners(path):
    from openpyxl import load_workbook

    book = load_workbook(path)
    sheet = book["Partners"]
    for row in list(sheet.iter_rows(min_row=2, values_only=True)):
        sheet.append(row)
    book.save(path)


def latin(path):
    path.write_bytes(path.read_text("utf-8").encode("latin-1", "replace"))


def cut_organisations(path):
    """Leave the first organisation of the second file alone: each share that is missing must be noticed."""
    projects, organisations = files.cordis_rows(4)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("project.csv", files.table(files.CORDIS_PROJECT, projects, ";"))
        packed.writestr("organization.csv", files.table(files.CORDIS_ORGANISATION, organisations[:1], ";"))


def no_organisations(path):
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("project.csv", files.table(files.CORDIS_PROJECT, files.cordis_rows(4)[0], ";"))


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("project.csv", b"0" * 30_000_000)


def write_interreg(folder):
    return files.write_json(folder / "rawdata.json", files.interreg_rows(30))


def write_portal(folder):
    return files.write_json(folder / "life.1.json", files.portal_page(3, range(3)))


def fewer_than_stated(path):
    files.write_json(path, files.portal_page(3, range(2)))


def no_total(path):
    page = files.portal_page(3, range(3))
    del page["totalResults"]
    files.write_json(path, page)


def empty(path):
    path.write_bytes(b"")


def page_of_errors(path):
    path.write_text("<!doctype html><title>503</title>", "utf-8")


def nested(path):
    path.write_text("[" * 200_000, "utf-8")


SPOILT = [
    ("cordis-horizon", files.write_cordis, cut, "ZIP"),
    ("cordis-horizon", files.write_cordis, cut_organisations, "procent av bidragen"),
    ("cordis-horizon", files.write_cordis, no_organisations, "saknar organization.csv"),
    ("cordis-horizon", files.write_cordis, bomb, "för mycket"),
    ("cordis-horizon", files.write_cordis, empty, "ZIP"),
    ("kohesio", files.write_kohesio, rename_column("Project_EU_Budget", "EU_Budget"), "kolumnen ”Project_EU_Budget” saknas"),
    ("kohesio", files.write_kohesio, rename_column(",Postal_Code", ",Country"), "står två gånger"),
    ("kohesio", files.write_kohesio, double, "två gånger"),
    ("kohesio", files.write_kohesio, cut, "fält i stället för"),
    ("kohesio", files.write_kohesio, page_of_errors, "saknas"),
    ("kohesio", files.write_kohesio, empty, "saknas"),
    ("kohesio", files.write_kohesio, rename_column("48000.5", "many"), "går inte att läsa"),
    ("esf", files.write_esf, latin, "UTF-8"),
    ("esf", files.write_esf, cut, "avbruten"),
    ("esf", files.write_esf, double, "två gånger"),
    ("keep", files.write_keep, cut, "hel"),
    ("keep", files.write_keep, double_partners, "3 av 6 poster står två gånger"),
    ("keep", files.write_keep, page_of_errors, "hel"),
    ("interreg", write_interreg, cut, "JSON"),
    ("interreg", write_interreg, double_list, "dubbel"),
    ("interreg", write_interreg, rename_column("partnerbudget", "budget"), "”partnerbudget” saknas"),
    ("interreg", write_interreg, page_of_errors, "JSON"),
    ("interreg", write_interreg, nested, "JSON"),
    ("interreg", write_interreg, lambda path: path.write_text("[]", "utf-8"), "inga poster"),
    ("interreg", write_interreg, lambda path: path.write_text("[1, 2]", "utf-8"), "annan form"),
    ("portal", write_portal, fewer_than_stated, "utgivaren säger 3 projekt"),
    ("portal", write_portal, no_total, "totalResults"),
    ("portal", write_portal, cut, "JSON"),
    ("cordis-h2020", lambda folder: files.write_cordis(folder, name="cordis-h2020projects-csv.zip"), cut, "ZIP"),
    ("erasmus", lambda folder: files.write_json(folder / "1.json", files.erasmus_page(3, range(3))), cut, "JSON"),
    ("life", lambda folder: files.write_json(folder / "1.json", files.life_page(3, range(3))), cut, "JSON"),
    ("projektbank", lambda folder: files.write_json(folder / "1.json", files.projektbank_rows()), cut, "JSON"),
    ("projektbank", lambda folder: files.write_json(folder / "1.json", files.projektbank_rows()), double_list, "dubbla"),
    ("projektbank", lambda folder: files.write_json(folder / "1.json", files.projektbank_rows()), nested, "JSON"),
    ("vinnova", lambda folder: files.write_json(folder / "1.json", files.vinnova_rows()), cut, "JSON"),
    ("vinnova", lambda folder: files.write_json(folder / "1.json", files.vinnova_rows()), double_list, "dubbla"),
    ("vinnova", lambda folder: files.write_json(folder / "1.json", files.vinnova_rows()), page_of_errors, "JSON"),
    ("dashboard", files.write_dashboard, page_of_errors, "saknas"),
    ("dashboard", files.write_dashboard, double, "post 4 står två gånger i filen"),
    ("dashboard", files.write_dashboard_projects, double, "två gånger"),
    ("dashboard", files.write_dashboard, rename_column("Legal Name", "Name"), "Legal Name"),
    (
        "vinnova",
        lambda folder: files.write_json(folder / "1.json", files.vinnova_rows()),
        rename_column('Diarienummer"', 'Dnr"'),
        "Diarienummer",
    ),
    (
        "projektbank",
        lambda folder: files.write_json(folder / "1.json", files.projektbank_rows()),
        rename_column("projektnamn", "namn"),
        "projektnamn",
    ),
    (
        "erasmus",
        lambda folder: files.write_json(folder / "1.json", files.erasmus_page(3, range(3))),
        rename_column("projectName", "name"),
        "projectName",
    ),
    (
        "life",
        lambda folder: files.write_json(folder / "1.json", files.life_page(3, range(3))),
        rename_column("ecContribution", "grant"),
        "ecContribution",
    ),
]


@pytest.mark.parametrize(("source", "write", "spoil", "words"), SPOILT, ids=lambda value: getattr(value, "__name__", None))
def test_a_spoilt_file_is_refused_with_a_sentence_and_the_last_import_stays(db, tmp_path, source, write, spoil, words):
    path = write(tmp_path)
    import_source(db, source, [path], NOW)
    before = contents(db)
    spoil(path)
    with pytest.raises(SourceError, match=words):
        import_source(db, source, [path], NOW)
    assert contents(db) == before
    (row,) = list_imports(db)
    assert words in row["problem"]
    assert row["at"] == "2026-11-28T12:00:00+00:00"


@pytest.mark.parametrize(("source", "write"), [("dashboard", files.write_dashboard), ("interreg", write_interreg)])
def test_a_list_that_lies_twice_in_the_folder_is_refused(db, tmp_path, source, write):
    path = write(tmp_path)
    import_source(db, source, [path], NOW)
    before = contents(db)
    copy = path.with_stem("kopia")
    copy.write_bytes(path.read_bytes())
    with pytest.raises(SourceError, match=r"poster står också i en annan fil för källan; ta bort den ena filen"):
        import_source(db, source, [copy, path], NOW)
    assert contents(db) == before


def test_two_exports_may_share_single_rows(db, tmp_path):
    first = files.write_dashboard(tmp_path, 3).rename(tmp_path / "one.csv")
    head, row, *_ = first.read_text("utf-8").splitlines()
    other = tmp_path / "other.csv"
    other.write_text("\n".join([head, row, row.replace("351969.5", "5"), row.replace("351969.5", "6")]) + "\n", "utf-8")
    assert import_source(db, "dashboard", [first, other], NOW).participants == 6


def test_an_import_that_shrinks_by_more_than_a_tenth_needs_a_word(db, tmp_path):
    import_source(db, "kohesio", [files.write_kohesio(tmp_path, 10)], NOW)
    fewer = files.write_kohesio(tmp_path, 8)
    with pytest.raises(SourceError, match="8 projekt men förra gången var det 10"):
        import_source(db, "kohesio", [fewer], NOW)
    assert import_source(db, "kohesio", [fewer], NOW, allow_fewer=True).projects == 8
    assert list_imports(db)[0]["problem"] == ""


def without_partners(page):
    for row in page["results"][1:]:
        row["metadata"]["participants"] = ["[]"]


def in_thousands(page):
    for row in page["results"]:
        row["metadata"]["euContributionAmount"] = ["600"]


def shares_in_thousands(page):
    for row in page["results"]:
        (partners,) = row["metadata"]["participants"]
        shrunk = [{**one, "eucontribution": one["eucontribution"] / 1000} for one in json.loads(partners)]
        row["metadata"]["participants"] = [json.dumps(shrunk)]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (without_partners, "filerna har 1 deltagare men förra gången var det 40"),
        (in_thousands, r"filerna har 24 000 EUR i bidrag men förra gången var det \d"),
        (shares_in_thousands, r"EUR i deltagarnas andelar men förra gången var det \d"),
    ],
)
def test_fewer_participants_or_less_money_needs_a_word_too(db, tmp_path, spoil, words):
    page = files.portal_page(40, range(40))
    path = files.write_json(tmp_path / "life.1.json", page)
    import_source(db, "portal", [path], NOW)
    before = contents(db)
    spoil(page)
    with pytest.raises(SourceError, match=f"{words}.*Det förra behålls.*--allow-fewer"):
        import_source(db, "portal", [files.write_json(path, page)], NOW)
    assert contents(db) == before
    assert import_source(db, "portal", [path], NOW, allow_fewer=True).projects == 40
    assert import_source(db, "portal", [path], NOW).projects == 40


def test_another_currency_is_less_of_the_first(db, tmp_path):
    path = files.write_kohesio(tmp_path, 20)
    import_source(db, "kohesio", [path], NOW)
    path.write_text(path.read_text("utf-8").replace("EUR", "SEK"), "utf-8")
    with pytest.raises(SourceError, match="filerna har 0 EUR i "):
        import_source(db, "kohesio", [path], NOW)


def test_a_list_of_sums_that_shrinks_needs_a_word(db, tmp_path):
    path = files.write_dashboard(tmp_path, 10)
    import_source(db, "dashboard", [path], NOW)
    before = contents(db)
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:9]), "utf-8")
    with pytest.raises(SourceError, match="filerna har 8 deltagare men förra gången var det 10"):
        import_source(db, "dashboard", [path], NOW)
    assert contents(db) == before
    cheaper = files.write_dashboard(tmp_path, 10).read_text("utf-8").replace("351969.5", "3519.5")
    path.write_text(cheaper, "utf-8")
    with pytest.raises(SourceError, match="EUR i deltagarnas andelar"):
        import_source(db, "dashboard", [path], NOW)
    assert import_source(db, "dashboard", [path], NOW, allow_fewer=True).participants == 10


def test_a_tenth_less_is_still_an_import(db, tmp_path):
    import_source(db, "dashboard", [files.write_dashboard(tmp_path, 10)], NOW)
    assert import_source(db, "dashboard", [files.write_dashboard(tmp_path, 9)], NOW).participants == 9


def test_rows_that_differ_in_an_id_that_is_no_key_are_doubled(db, tmp_path):
    rows = files.interreg_rows(30)
    path = files.write_json(tmp_path / "rawdata.json", rows)
    import_source(db, "interreg", [path], NOW)
    before = contents(db)
    again = [{**row, "id": f"again-{number}"} for number, row in enumerate(rows)]
    for more in (again, again[:3]):
        with pytest.raises(SourceError, match=f"{len(more)} av {30 + len(more)} poster står två gånger"):
            import_source(db, "interreg", [files.write_json(path, rows + more)], NOW)
        assert contents(db) == before
    path.unlink()
    both = [files.write_json(tmp_path / "1.json", rows), files.write_json(tmp_path / "2.json", again)]
    with pytest.raises(SourceError, match="står också i en annan fil"):
        import_source(db, "interreg", both, NOW)


@pytest.mark.parametrize("times", [1, 3, 120])
def test_organisations_of_cordis_that_stand_twice_are_refused(db, tmp_path, times):
    projects, organisations = files.cordis_rows(40)
    path = tmp_path / "cordis-HORIZONprojects-csv.zip"
    files.pack_cordis(tmp_path, projects, organisations)
    import_source(db, "cordis-horizon", [path], NOW)
    before = contents(db)
    files.pack_cordis(tmp_path, projects, organisations + organisations[:times])
    with pytest.raises(SourceError, match=f"{times} av {120 + times} poster står två gånger"):
        import_source(db, "cordis-horizon", [path], NOW)
    assert contents(db) == before


def test_a_field_that_is_not_always_there_is_missed_when_it_was_there_before(db, tmp_path):
    path = files.write_json(tmp_path / "life.1.json", files.portal_page(30, range(30)))
    import_source(db, "portal", [path], NOW)
    before = contents(db)
    path.write_text(path.read_text("utf-8").replace("vat", "vatNo"), "utf-8")
    with pytest.raises(SourceError, match="organisationsnummer står inte i någon post men förra gången i 30"):
        import_source(db, "portal", [path], NOW)
    assert contents(db) == before
    assert import_source(db, "portal", [path], NOW, allow_fewer=True).projects == 30


def test_pages_of_two_erasmus_searches_are_refused(db, tmp_path):
    pages = [files.write_json(tmp_path / f"{total}.json", files.erasmus_page(total, range(total))) for total in (2, 3)]
    with pytest.raises(SourceError, match="olika sökningar"):
        import_source(db, "erasmus", pages, NOW)


def test_erasmus_years_that_do_not_add_up_are_refused(db, tmp_path):
    page = files.erasmus_page(3, range(3))
    page["aggregations"]["callYear"][0]["total"] = 17
    with pytest.raises(SourceError, match="åren har tillsammans 18"):
        import_source(db, "erasmus", [files.write_json(tmp_path / "1.json", page)], NOW)


def test_one_bad_row_among_many_is_named_and_left_out(db, tmp_path):
    path = files.write_kohesio(tmp_path, 200)
    path.write_text(path.read_text("utf-8").replace("48000.5", "many", 1), "utf-8")
    report = import_source(db, "kohesio", [path], NOW)
    assert report.projects == 199
    assert list(report.skipped.values()) == ["har ”many” som Project_EU_Budget, som ska vara ett belopp"]


def test_a_project_that_ends_before_it_starts_is_kept_without_an_end(db, tmp_path):
    rows = files.interreg_rows(2)
    for row in rows:
        row |= {"startdatum": "2023-09-01", "slutdatum": "2023-08-31"}
    report = import_source(db, "interreg", [files.write_json(tmp_path / "r.json", rows)], NOW)
    assert (report.projects, report.participants, report.skipped) == (1, 2, {})
    assert db.execute("SELECT starts, ends, year FROM projects").fetchall() == [("2023-09-01", "", 2023)]


def test_a_file_of_another_program_is_refused(tmp_path):
    (tmp_path / "awards.db").write_bytes(b"no database, but long enough to be read as a page of one" * 100)
    with pytest.raises(ArchiveError, match="inget arkiv"), open_awards(tmp_path / "awards.db"):
        pass


def test_a_file_of_a_newer_version_is_refused(tmp_path):
    with open_awards(tmp_path / "awards.db") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(ArchiveError, match="nyare version"), open_awards(tmp_path / "awards.db"):
        pass


WRITERS = {
    "cordis-horizon": files.write_cordis,
    "kohesio": files.write_kohesio,
    "keep": files.write_keep,
    "esf": files.write_esf,
    "interreg": write_interreg,
    "portal": write_portal,
    "erasmus": lambda folder: files.write_json(folder / "1.json", files.erasmus_page(3, range(3))),
    "life": lambda folder: files.write_json(folder / "1.json", files.life_page(3, range(3))),
    "cordis-h2020": lambda folder: files.write_cordis(folder, name="cordis-h2020projects-csv.zip"),
    "dashboard": files.write_dashboard,
    "projektbank": lambda folder: files.write_json(folder / "1.json", files.projektbank_rows()),
    "vinnova": lambda folder: files.write_json(folder / "1.json", files.vinnova_rows()),
}


@pytest.mark.parametrize("source", WRITERS)
@pytest.mark.parametrize(("kind", "count"), [("project", 1), ("participant", 2)])
def test_a_kill_during_an_import_leaves_the_last_one(tmp_path, source, kind, count):
    path = WRITERS[source](tmp_path)
    database = tmp_path / "awards.db"
    with open_awards(database) as db:
        import_source(db, source, [path], NOW)
        before = contents(db)
    method = f"add_{kind}"

    def work():
        setattr(store._Writer, method, kill_at(count, getattr(store._Writer, method)))
        with open_awards(database) as db:
            import_source(db, source, [path], NOW.replace(day=29))

    assert die_while(work) == signal.SIGKILL
    with open_awards(database) as db:
        assert contents(db) == before
        assert list_imports(db)[0]["at"] == "2026-11-28T12:00:00+00:00"
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        import_source(db, source, [path], NOW)
        assert contents(db) == before


@pytest.mark.parametrize("source", ["closed-calls", "portal-updates"])
def test_a_kill_while_a_list_is_added_to_leaves_it_as_it_was(tmp_path, monkeypatch, source):
    rows = [
        {"metadata": {"type": ["1"], "identifier": [f"LIFE-{year}-X"], "title": ["T"], "description": ["9 proposals submitted"],
                      "startDate": [f"{year}-04-18T00:00:00.000+0000"]}}
        for year in (2024, 2025)
    ]  # fmt: skip
    path = files.write_json(tmp_path / "1.json", {"apiVersion": "2", "totalResults": 2, "results": rows})
    table, add, module, name = {
        "closed-calls": ("rounds", import_rounds, rounds, "day"),
        "portal-updates": ("updates", import_updates, collect_text, "html_to_text"),
    }[source]
    database = tmp_path / "awards.db"

    def work():
        setattr(module, name, kill_at(2, getattr(module, name)))
        with open_awards(database) as db:
            add(db, [path])

    assert die_while(work) == signal.SIGKILL
    with open_awards(database) as db:
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        assert add(db, [path]) == 2


def test_a_file_of_the_first_version_gets_what_it_lacks(tmp_path):
    database = tmp_path / "awards.db"
    with open_awards(database) as db:
        import_source(db, "esf", [files.write_esf(tmp_path)], NOW)
        files.drop_texts(db)
        db.execute("DROP TABLE updates")
        db.execute("PRAGMA user_version = 1")
    with open_awards(database, read_only=True) as db:
        assert updates_of(db, "LIFE", lambda code: True) == []
    with open_awards(database) as db:
        assert db.execute("SELECT count(*) FROM updates").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM projects").fetchone() == (3,)


def test_vat_numbers_are_kept_abroad_as_well(db, tmp_path):
    import_source(db, "cordis-horizon", [files.write_cordis(tmp_path)], NOW)
    import_source(db, "portal", [write_portal(tmp_path)], NOW)
    found = db.execute("SELECT DISTINCT name, country, number, vat FROM organisations ORDER BY name").fetchall()
    assert found == [
        ("A UNIVERSITY", "GB", "", ""),
        ("DIMOS ATHINAION", "GR", "", "EL123456789"),
        ("GOTEBORGS KOMMUN", "SE", "2120001355", "SE212000135501"),
    ]


def test_organisations_of_one_name_with_two_vat_numbers_are_two(db, tmp_path):
    path = write_portal(tmp_path)
    page = json.loads(path.read_text("utf-8"))
    partners = [{"pic": "", "legalName": "STADT X", "country": "DE", "city": "X", "eucontribution": 1, "vat": vat}
                for vat in ("DE123456789", "DE987654321", "")]  # fmt: skip
    page["results"][0]["metadata"]["participants"] = [json.dumps(partners)]
    import_source(db, "portal", [files.write_json(path, page)], NOW)
    vats = db.execute("SELECT vat FROM organisations WHERE name = 'STADT X' ORDER BY 1").fetchall()
    assert vats == [("",), ("DE123456789",), ("DE987654321",)]


def test_an_older_file_keeps_its_rows_and_reads_vat_numbers_from_the_same_files_again(tmp_path):
    database = tmp_path / "awards.db"
    with open_awards(database) as db:
        import_source(db, "cordis-horizon", [files.write_cordis(tmp_path)], NOW, fingerprint="same")
        import_source(db, "esf", [files.write_esf(tmp_path)], NOW, fingerprint="same")
        whole = contents(db), db.execute("SELECT * FROM participants").fetchall()
        files.drop_vat_numbers(db)
        columns = [row[1] for row in db.execute("PRAGMA table_info(organisations)")]
        assert "vat" not in columns
    with open_awards(database) as db:
        assert (contents(db), db.execute("SELECT * FROM participants").fetchall()) == whole
        assert {row["source"]: row["fingerprint"] for row in list_imports(db)} == {"cordis-horizon": "", "esf": "same"}
        names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE tbl_name = 'organisations'")}
        assert {"organisations_by_pic", "organisations_by_number", "organisations_by_country"} <= names
        import_source(db, "cordis-horizon", [files.write_cordis(tmp_path)], NOW)
        assert db.execute("SELECT count(*) FROM organisations WHERE vat != ''").fetchone() == (2,)


def test_readers_see_the_last_import_while_the_next_is_written(tmp_path):
    database = tmp_path / "awards.db"
    with open_awards(database) as db:
        import_source(db, "esf", [files.write_esf(tmp_path)], NOW)
        with db.atomic():
            db.execute("DELETE FROM projects")
            reader = sqlite3.connect(database)
            assert reader.execute("SELECT count(*) FROM projects").fetchone() == (3,)
            reader.close()
