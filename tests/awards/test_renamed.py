"""A publisher that renames a column or a field: the file is refused, whichever it is, and the last import stays."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from monitor.awards.importers_national import EXPECTED
from monitor.awards.model import ORIGINS
from monitor.awards.rounds import CLOSED_CALL, import_rounds, stored_rounds
from monitor.awards.store import import_source, list_imports, open_awards
from monitor.awards.tables import alternatives, column
from monitor.awards.updates import UPDATE, import_updates, updates_of
from monitor.errors import SourceError
from tests.awards import files

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def writer_of(source, table):
    """Return the writer of the sample file of a source, or of one of its tables when they are files of their own."""
    return {
        "cordis-horizon": files.write_cordis,
        "cordis-h2020": lambda folder: files.write_cordis(folder, name="cordis-h2020projects-csv.zip"),
        "kohesio": files.write_kohesio,
        "keep": files.write_keep,
        "interreg": lambda folder: files.write_json(folder / "1.json", files.interreg_rows()),
        "erasmus": lambda folder: files.write_json(folder / "1.json", files.erasmus_page(3, range(3))),
        "portal": lambda folder: files.write_json(folder / "life.1.json", files.portal_page(3, range(3))),
        "dashboard": files.write_dashboard if table == "participants" else files.write_dashboard_projects,
        "life": lambda folder: files.write_json(folder / "1.json", files.life_page(3, range(3))),
        "esf": files.write_esf,
        "projektbank": lambda folder: files.write_json(folder / "1.json", files.projektbank_rows()),
        "vinnova": lambda folder: files.write_json(folder / "1.json", files.vinnova_rows()),
    }[source]


def rename(path, table, name):
    """Rename a column of a table, or a field wherever it stands, by all its alternative names."""
    if path.suffix == ".zip":
        rename_in_zip(path, table, name)
    elif path.suffix == ".xlsx":
        rename_in_sheet(path, table, name)
    elif path.suffix == ".csv":
        path.write_text(renamed_header(path.read_text("utf-8"), name), "utf-8")
    else:
        value = json.loads(path.read_text("utf-8"))
        for one in alternatives(name):
            value = renamed_field(value, one.split(".")[-1])
        files.write_json(path, value)


def renamed_header(text, name):
    head, _, body = text.partition("\n")
    mark = ";" if ";" in head else ","
    columns = next(csv.reader([head.removeprefix("\ufeff")], delimiter=mark))
    found = [one for one in columns if column(one) in map(column, alternatives(name))]
    assert found, "the sample has no such column"
    line = io.StringIO()
    quoting = csv.QUOTE_ALL if head.removeprefix("\ufeff").startswith('"') else csv.QUOTE_MINIMAL
    writer = csv.writer(line, delimiter=mark, quoting=quoting, lineterminator="\n")
    writer.writerow([f"New {one}" if one in found else one for one in columns])
    return line.getvalue() + body


def rename_in_zip(path, table, name):
    with zipfile.ZipFile(path) as packed:
        members = {member: packed.read(member).decode() for member in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for member, text in members.items():
            packed.writestr(member, renamed_header(text, name) if member.endswith(table) else text)


def rename_in_sheet(path, table, name):
    from openpyxl import load_workbook

    book = load_workbook(path)
    wanted = {column(one) for one in alternatives(name)}
    found = [cell for cell in book[table][1] if column(cell.value) in wanted]
    assert found, "the sample has no such column"
    for cell in found:
        cell.value = f"New {cell.value}"
    book.save(path)


def renamed_field(value, name):
    if isinstance(value, list):
        return [renamed_field(item, name) for item in value]
    if isinstance(value, dict):
        return {f"new{key}" if key == name else key: renamed_field(item, name) for key, item in value.items()}
    if isinstance(value, str) and value.startswith("["):
        return json.dumps(renamed_field(json.loads(value), name))
    return value


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Return an opener of a file into which the sample of a source was imported."""
    opened = {}

    def open_imported(source, table):
        if (source, table) not in opened:
            folder = tmp_path_factory.mktemp(source)
            manager = open_awards(folder / "awards.db")
            db = manager.__enter__()
            import_source(db, source, [writer_of(source, table)(folder)], NOW)
            opened[source, table] = (manager, db)
        return opened[source, table][1]

    yield open_imported
    for manager, _ in opened.values():
        manager.__exit__(None, None, None)


def contents(db):
    return [
        db.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
        for table in ("projects", "participants", "organisations")
    ]


def cases():
    for source, tables in EXPECTED.items():
        for table, names in tables.items():
            for name in names:
                yield pytest.param(source, table, name, id=f"{source}-{table}-{alternatives(name)[0]}")


@pytest.mark.parametrize(("source", "table", "name"), list(cases()))
def test_a_renamed_column_is_refused_by_its_name(imported, tmp_path, source, table, name):
    db = imported(source, table)
    before = contents(db)
    path = writer_of(source, table)(tmp_path)
    rename(path, table, name)
    with pytest.raises(SourceError) as refused:
        import_source(db, source, [path], NOW)
    told = str(refused.value)
    assert f"”{alternatives(name)[0]}”" in told
    assert "väntades; utgivaren kan ha bytt namn" in told
    assert path.name in told or table in told
    assert contents(db) == before
    assert list_imports(db)[0]["problem"] == told


def test_every_source_names_its_columns():
    assert EXPECTED.keys() == ORIGINS.keys()


def answers(folder, fields, count=2):
    rows = [
        {"metadata": {"type": ["1"], "identifier": [f"LIFE-{2024 - number}-X"], "title": [f"Nature {number}"],
                      "startDate": ["2024-04-18T00:00:00.000+0000"], "description": ["9 proposals submitted"]} | fields}
        for number in range(count)
    ]  # fmt: skip
    return files.write_json(folder / "answer.json", {"apiVersion": "2", "totalResults": count, "results": rows})


def kept(db):
    return [(one.code, one.title, one.opens) for one in stored_rounds(db)], updates_of(db, "LIFE", lambda code: True)


@pytest.mark.parametrize(
    ("add", "name"),
    [*((import_rounds, name) for name in CLOSED_CALL), *((import_updates, name) for name in UPDATE)],
    ids=lambda value: getattr(value, "__name__", alternatives(value)[0] if isinstance(value, str | tuple) else None),
)
def test_a_renamed_field_of_a_list_is_refused_and_overwrites_nothing(tmp_path, add, name):
    with open_awards(tmp_path / "awards.db") as db:
        add(db, [answers(tmp_path, {})])
        before = kept(db)
        path = answers(tmp_path, {})
        rename(path, "", name)
        with pytest.raises(SourceError, match=rf"answer\.json: fältet ”{alternatives(name)[0]}”.* saknas i alla 2 poster"):
            add(db, [path])
        assert kept(db) == before


def test_single_projects_may_lack_a_field(tmp_path):
    page = files.portal_page(3, range(3))
    for name in ("acronym", "overallBudget", "participants", "endDate"):
        del page["results"][0]["metadata"][name]
    with open_awards(tmp_path / "awards.db") as db:
        report = import_source(db, "portal", [files.write_json(tmp_path / "life.1.json", page)], NOW)
        assert (report.projects, report.participants, report.skipped) == (3, 2, {})


def test_fetched_pages_are_judged_together_and_apart_from_files_laid_beside_them(tmp_path):
    pages = [files.portal_page(60, keys) for keys in (range(30), range(30, 60))]
    for row in pages[1]["results"]:
        del row["metadata"]["overallBudget"]  # a programme that pays lump sums
    paths = [tmp_path / f"hamtad-a.000{number}.json" for number in (1, 2)]
    laid = files.write_json(tmp_path / "egen.1.json", files.portal_page(2, range(70, 72)))
    with open_awards(tmp_path / "awards.db") as db:
        for path, page in zip(paths, pages, strict=True):
            files.write_json(path, page)
        assert import_source(db, "portal", [laid, *paths], NOW).projects == 62
        for row in pages[0]["results"]:
            del row["metadata"]["overallBudget"]
        files.write_json(paths[0], pages[0])
        with pytest.raises(SourceError, match=r"hamtad-a\.0001\.json: fältet ”metadata\.overallBudget” saknas i alla 60"):
            import_source(db, "portal", [laid, *paths], NOW)


def test_a_last_page_of_one_project_may_lack_a_field_but_a_page_of_many_may_not(tmp_path):
    pages = [files.portal_page(26, keys) for keys in (range(25), range(25, 26))]
    del pages[1]["results"][0]["metadata"]["acronym"]
    paths = [files.write_json(tmp_path / f"life.{number}.json", page) for number, page in enumerate(pages)]
    with open_awards(tmp_path / "awards.db") as db:
        assert import_source(db, "portal", paths, NOW).projects == 26
        for row in pages[0]["results"]:
            del row["metadata"]["euContributionAmount"]
        files.write_json(paths[0], pages[0])
        with pytest.raises(SourceError, match=r"life\.0\.json: fältet ”metadata\.euContributionAmount” saknas i alla 25"):
            import_source(db, "portal", paths, NOW)
