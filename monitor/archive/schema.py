"""Schema of the archive as migrations. A new column is a new migration at the end; a published migration is never edited.

Member installations read the tables `connection.SHARED_TABLES` (sources, runs, calls, versions, deadlines, events, documents,
fetches, corrections, story_decisions, texts, indexed, words, left_out, readings, call_documents, call_document_pages,
call_document_addresses, call_document_versions, call_document_links, call_references, call_changes, takeover_epoch) from the
archive of the installation that crawls, and `connection.MATCH_TABLES` (matches, unmatched, probation_matches, rule_versions)
too when they have no rules of their own. There these names are views: nothing may write to them, and no job of a member, nor
code that runs when an archive is opened, may update a column of `calls` ("cannot modify calls because it is a view"). A new
column whose value changes between crawls therefore needs a table of its own that is not shared, or has to be derived when it
is read, as `listing.STATUS_NOW` is. A new table is private to each installation unless its name is added there. A member and
its shared archive have the same migrations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

IS_ITEM = "vanished_at IS NULL AND closed_at IS NULL"
"""SQL condition on `calls` of those that a source shows now."""
HAS_NOTICES = "CASE WHEN json_valid(data) THEN json_extract(data, '$.notices[0]') END IS NOT NULL"
"""SQL condition on `calls` of the index of those with updates of their publisher; damaged data have none."""

# Existing archives store this text in sqlite_master, so long lines are continued by a backslash, which changes nothing in it.
_FIRST = """
CREATE TABLE sources (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, publisher TEXT NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL,
    language TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, last_run TEXT, last_accepted TEXT,
    health TEXT NOT NULL DEFAULT '', health_text TEXT NOT NULL DEFAULT '', health_since TEXT, health_seen TEXT
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL, baseline INTEGER NOT NULL,
    seen INTEGER NOT NULL, current INTEGER NOT NULL, new INTEGER NOT NULL, changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL, vanished INTEGER NOT NULL, skipped INTEGER NOT NULL, stats TEXT NOT NULL
);
CREATE INDEX runs_source ON runs (source, id);
CREATE TABLE calls (
    source TEXT NOT NULL, call_id TEXT NOT NULL, identifier TEXT NOT NULL, parent TEXT NOT NULL,
    kind TEXT NOT NULL, status TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL,
    conditions TEXT NOT NULL, url TEXT NOT NULL, programme TEXT NOT NULL, language TEXT NOT NULL,
    opens TEXT, next_deadline TEXT, last_deadline TEXT, deadline_model TEXT NOT NULL,
    budget_total INTEGER, budget_project INTEGER, currency TEXT NOT NULL, published TEXT,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, last_changed TEXT NOT NULL,
    vanished_at TEXT, closed_at TEXT, missed INTEGER NOT NULL DEFAULT 0, baseline INTEGER NOT NULL,
    story TEXT NOT NULL DEFAULT '', hash TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (source, call_id)
);
CREATE INDEX calls_identifier ON calls (identifier COLLATE NOCASE);
CREATE INDEX calls_deadline ON calls (next_deadline);
CREATE INDEX calls_story ON calls (story) WHERE story <> '';
CREATE TABLE versions (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, call_id TEXT NOT NULL, run INTEGER NOT NULL REFERENCES runs (id),
    at TEXT NOT NULL, hash TEXT NOT NULL, data BLOB NOT NULL
);
CREATE INDEX versions_call ON versions (source, call_id, id);
CREATE TABLE deadlines (
    source TEXT NOT NULL, call_id TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, precision TEXT NOT NULL,
    zone TEXT NOT NULL, stage INTEGER, text TEXT NOT NULL, PRIMARY KEY (source, call_id, number)
);
CREATE INDEX deadlines_at ON deadlines (at);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, call_id TEXT NOT NULL, run INTEGER NOT NULL REFERENCES runs (id),
    at TEXT NOT NULL, type TEXT NOT NULL, old TEXT, new TEXT, baseline INTEGER NOT NULL
);
CREATE INDEX events_call ON events (source, call_id, id);
CREATE INDEX events_type ON events (type, at);
CREATE TABLE documents (
    hash TEXT PRIMARY KEY, content_type TEXT NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE fetches (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, at TEXT NOT NULL, url TEXT NOT NULL, request TEXT NOT NULL,
    status INTEGER NOT NULL, headers TEXT NOT NULL, document TEXT NOT NULL REFERENCES documents (hash)
);
CREATE INDEX fetches_source ON fetches (source, at);
CREATE TABLE corrections (
    source TEXT NOT NULL, call_id TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (source, call_id, field)
);
CREATE TABLE rule_versions (
    hash TEXT PRIMARY KEY, first_used TEXT NOT NULL, files TEXT NOT NULL
);
CREATE TABLE matches (
    source TEXT NOT NULL, call_id TEXT NOT NULL, department TEXT NOT NULL, relevance REAL NOT NULL, fit REAL NOT NULL,
    level TEXT NOT NULL, themes TEXT NOT NULL, evidence TEXT NOT NULL, fit_card TEXT NOT NULL,
    rule_version TEXT NOT NULL, matched_at TEXT NOT NULL, PRIMARY KEY (source, call_id, department)
);
CREATE INDEX matches_department ON matches (department, level);
CREATE TABLE digests (
    id TEXT PRIMARY KEY, department TEXT NOT NULL, week TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
    created TEXT NOT NULL, items INTEGER NOT NULL, sections TEXT NOT NULL
);
CREATE UNIQUE INDEX digests_week ON digests (department, week) WHERE kind IN ('weekly', 'welcome', 'quiet');
CREATE TABLE renderings (
    digest TEXT NOT NULL REFERENCES digests (id), language TEXT NOT NULL,
    subject TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (digest, language)
);
CREATE TABLE calendars (
    digest TEXT NOT NULL REFERENCES digests (id), number INTEGER NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (digest, number)
);
CREATE TABLE digest_items (
    digest TEXT NOT NULL REFERENCES digests (id), department TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL,
    section TEXT NOT NULL, fact TEXT NOT NULL, position INTEGER NOT NULL, shown TEXT NOT NULL, told TEXT NOT NULL,
    UNIQUE (department, source, call_id, fact)
);
CREATE INDEX digest_items_digest ON digest_items (digest, position);
CREATE TABLE outbox (
    message_id TEXT PRIMARY KEY, digest TEXT NOT NULL REFERENCES digests (id), recipient TEXT NOT NULL, language TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
    sent_at TEXT, UNIQUE (digest, recipient)
);
CREATE INDEX outbox_state ON outbox (state, due);
CREATE TABLE suppressed (
    department TEXT NOT NULL, recipient TEXT NOT NULL, since TEXT NOT NULL, failures INTEGER NOT NULL, error TEXT NOT NULL,
    stopped INTEGER NOT NULL, PRIMARY KEY (department, recipient)
);
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, department TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL,
    answer TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '', theme TEXT NOT NULL DEFAULT '',
    handled_at TEXT, UNIQUE (department, source, call_id, answer)
);
"""


_DESK = """
CREATE TABLE followup (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, department TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL,
    state TEXT NOT NULL, note TEXT NOT NULL, who TEXT NOT NULL
);
CREATE INDEX followup_call ON followup (department, source, call_id, id);
CREATE TABLE desk_choices (
    department TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL, choice TEXT NOT NULL, who TEXT NOT NULL,\
 at TEXT NOT NULL,
    PRIMARY KEY (department, source, call_id)
);
CREATE TABLE desk_lines (
    department TEXT NOT NULL, week TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL, text TEXT NOT NULL,
    who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (department, week, source, call_id)
);
CREATE TABLE theme_versions (
    id INTEGER PRIMARY KEY, theme TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX theme_versions_theme ON theme_versions (theme, id);
CREATE INDEX calls_url ON calls (url);
CREATE INDEX calls_changed ON calls (last_changed);
CREATE INDEX calls_seen ON calls (first_seen);
CREATE INDEX digest_items_call ON digest_items (source, call_id);
CREATE INDEX fetches_url ON fetches (url);
"""

_SEARCH = """
CREATE TABLE indexed (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, call_id TEXT NOT NULL, hash TEXT NOT NULL, analyser TEXT NOT NULL,
    UNIQUE (source, call_id)
);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY REFERENCES indexed (id), title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL,\
 context TEXT NOT NULL
);
CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX calls_found ON calls (
    source, call_id, hash, kind, status, programme, identifier, deadline_model, next_deadline, last_deadline, first_seen,\
 vanished_at, story
);
CREATE VIRTUAL TABLE search USING fts5 (
    title, summary, body, context, content = '', tokenize = "unicode61 remove_diacritics 0 tokenchars '.<>=+'"
);
INSERT INTO search (search, rank) VALUES ('rank', 'bm25(10.0, 4.0, 1.0, 2.0)');
"""

WORD_WITHOUT_DOTS = "replace(replace(replace(replace(word, 'å', 'a'), 'ä', 'a'), 'ö', 'o'), 'é', 'e')"
"""SQL of a word's spelling as `monitor.language.dots.without_dots` has it, for the letters of Swedish. Part of an index."""
WORD_HAS_DOTS = "word GLOB '*[åäöé]*'"
"""SQL that tells words with such letters. Part of an index."""


def _note_change(row: str) -> str:
    """Return the statement of a trigger that gives the call of a row, `new` or `old`, the next number."""
    # Not INSERT OR REPLACE: in a trigger, what an upsert of the outer statement does on a conflict takes its place
    # (https://www.sqlite.org/lang_createtrigger.html).
    return (
        "INSERT INTO call_changes (source, call_id, change)"
        f" SELECT {row}.source, {row}.call_id, coalesce(max(change), 0) + 1 FROM call_changes WHERE true"
        " ON CONFLICT (source, call_id) DO UPDATE SET change = excluded.change;"
    )


MIGRATIONS = {
    "m001_first": _FIRST,
    "m004_desk": _DESK,
    # Decisions of a person about two records: "apart" or "together".
    "m005_story_decisions": (
        "CREATE TABLE story_decisions (source TEXT NOT NULL, call_id TEXT NOT NULL, other_source TEXT NOT NULL,"
        " other_call_id TEXT NOT NULL, decision TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL,"
        " PRIMARY KEY (source, call_id, other_source, other_call_id))"
    ),
    # Runs of the scheduler's jobs: one row per job and due time. `words` has the end of the output of a failed job.
    "m007_jobs": (
        "CREATE TABLE jobs (name TEXT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,"
        " started TEXT NOT NULL, finished TEXT, code INTEGER, words TEXT NOT NULL DEFAULT '', PRIMARY KEY (name, due))"
    ),
    # Tables of `monitor.archive.search.index`. A word in the title has the largest weight.
    "m006_search": _SEARCH,
    # The hash of the publisher's row that a call was last read from; "" where its source has no such rows.
    "m008_raw_hash": "ALTER TABLE calls ADD COLUMN raw_hash TEXT NOT NULL DEFAULT ''",
    # Version of the program that checked a version of the rules and matched with it; "" where unknown.
    "m009_program": "ALTER TABLE rule_versions ADD COLUMN program TEXT NOT NULL DEFAULT ''",
    # Bytes that the full-text index gathers before it writes them: a batch of calls has three million, and FTS5's default of one
    # million makes it write and merge more often (https://github.com/sqlite/sqlite/blob/master/ext/fts5/fts5_config.c).
    "m010_search_gathers": "INSERT INTO search (search, rank) VALUES ('hashsize', 4194304)",
    # Covering index for counting the calls by status; rows of `calls_found` are five times as long.
    "m011_living": (
        "CREATE INDEX calls_living ON calls (status, last_deadline, vanished_at, story) WHERE vanished_at IS NULL AND story = ''"
    ),
    # Items that were read and left out as not relevant, and a decision of a person about them: `taken_back` is when an item was
    # made a call by hand, `put_back` when it was left out by hand; NULL where the program decides.
    "m012_left_out": (
        "CREATE TABLE left_out (source TEXT NOT NULL, call_id TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,"
        " reason TEXT NOT NULL, data TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, taken_back TEXT,"
        " put_back TEXT, PRIMARY KEY (source, call_id))"
    ),
    # Largest share of the funder and least share of the applicant, in per cent of the costs. `rate` was the old name.
    "m013_shares": (
        "ALTER TABLE calls ADD COLUMN funder_share INTEGER;\n"
        "ALTER TABLE calls ADD COLUMN own_share INTEGER;\n"
        "UPDATE calls SET funder_share = json_extract(data, '$.budget.rate')"
        " WHERE json_extract(data, '$.budget.rate') IS NOT NULL"
    ),
    # Marks dates that were told in calendar entries whose UIDs were numbered by position: they keep these UIDs. Newer UIDs
    # are made from the day.
    "m014_numbered_dates": (
        "ALTER TABLE digest_items ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;\n"
        "UPDATE digest_items SET numbered = 1 WHERE fact LIKE 'deadline:%';\n"
        "CREATE INDEX digest_items_numbered ON digest_items (department) WHERE numbered = 1"
    ),
    # Weekly mails that could not be built, with the reason; deleted when they are built.
    "m015_digest_failures": (
        "CREATE TABLE digest_failures (department TEXT NOT NULL, week TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,"
        " PRIMARY KEY (department, week))"
    ),
    # Time when a letter to the coordinator reported an answer; answers that were handled before need no letter.
    "m016_answers_told": (
        "ALTER TABLE feedback ADD COLUMN told_at TEXT;\nUPDATE feedback SET told_at = handled_at WHERE handled_at IS NOT NULL"
    ),
    # Table of `monitor.archive.readings`: what the text of each call says, as JSON. It holds for this state and reader only.
    "m017_readings": (
        "CREATE TABLE readings (source TEXT NOT NULL, call_id TEXT NOT NULL, state TEXT NOT NULL, reader TEXT NOT NULL,"
        " reading TEXT NOT NULL, PRIMARY KEY (source, call_id))"
    ),
    # Words with dots by their spelling without, for searches typed as "nassjo" (`monitor.archive.search.tiers`).
    "m018_words_without_dots": f"CREATE INDEX words_without_dots ON words ({WORD_WITHOUT_DOTS}) WHERE {WORD_HAS_DOTS}",
    # Recipients with their choices. `folded` is the address in lower case; `known` is the time up to which the recipient has been
    # told what the department has; `left_out` has ids of themes as JSON. `origin` is settings, own or coordinator; `removed` is
    # when the coordinator took away a recipient that monitor.toml still has.
    # `outbox.follows` is the recipient's `known` before the mail, to go back to when the mail is not sent.
    # `recipient_events` has what recipients did: `answered_at` is when a mail told the recipient, `reported_at` the coordinator.
    # `own_items` has the calls of mails that only some recipients of a department got.
    "m021_recipients": (
        "CREATE TABLE recipients (department TEXT NOT NULL, folded TEXT NOT NULL, email TEXT NOT NULL, language TEXT NOT NULL,"
        " pace TEXT NOT NULL, left_out TEXT NOT NULL DEFAULT '[]', paused_until TEXT, origin TEXT NOT NULL, added TEXT NOT NULL,"
        " removed TEXT, known TEXT, PRIMARY KEY (department, folded));\n"
        "CREATE TABLE recipient_events (id INTEGER PRIMARY KEY, at TEXT NOT NULL, folded TEXT NOT NULL, email TEXT NOT NULL,"
        " department TEXT NOT NULL, event TEXT NOT NULL, language TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '',"
        " answered_at TEXT, reported_at TEXT);\n"
        "ALTER TABLE outbox ADD COLUMN follows TEXT;\n"
        "CREATE TABLE own_items (digest TEXT NOT NULL REFERENCES digests (id), source TEXT NOT NULL, call_id TEXT NOT NULL,"
        " section TEXT NOT NULL, position INTEGER NOT NULL, shown TEXT NOT NULL, PRIMARY KEY (digest, position))"
    ),
    # Changes of settings made in the browser: `differences` has place, old and new value of each, as JSON.
    "m022_setting_changes": (
        "CREATE TABLE setting_changes (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL,"
        " file TEXT NOT NULL, differences TEXT NOT NULL)"
    ),
    # Changes of the coordinator to a department's next mail: the place of a call in its part of the mail, from 1, and a comment.
    # `digest` is the mail that used them, NULL before it is built. A changed row is a new one, so that a mail that is being built
    # uses up only what it has read: ids are never given twice.
    "m023_mail_edits": (
        "CREATE TABLE mail_edits (id INTEGER PRIMARY KEY AUTOINCREMENT, department TEXT NOT NULL, source TEXT NOT NULL,"
        " call_id TEXT NOT NULL, place INTEGER, comment TEXT NOT NULL DEFAULT '', who TEXT NOT NULL, at TEXT NOT NULL,"
        " digest TEXT REFERENCES digests (id));\n"
        "CREATE UNIQUE INDEX mail_edits_waiting ON mail_edits (department, source, call_id) WHERE digest IS NULL"
    ),
    # What the guide of the first day has tried, and with which result. `setting` is what was tried, such as the address of a
    # source: a result holds for it alone.
    "m023_trials": (
        "CREATE TABLE trials (subject TEXT PRIMARY KEY, setting TEXT NOT NULL, state TEXT NOT NULL, started TEXT NOT NULL,"
        " finished TEXT, detail TEXT NOT NULL DEFAULT '')"
    ),
    # Numbers of calls in the addresses of their pages, in the order in which they were found (`monitor.archive.numbers`).
    "m024_call_numbers": (
        "ALTER TABLE calls ADD COLUMN number INTEGER;\n"
        "UPDATE calls SET number = rowid;\n"
        "CREATE UNIQUE INDEX calls_number ON calls (number)"
    ),
    # Table of `monitor.archive.unmatched`, written with `matches`: calls to apply for that no department is matched with.
    "m024_unmatched": (
        "CREATE TABLE unmatched (source TEXT NOT NULL, call_id TEXT NOT NULL, step TEXT NOT NULL, answer TEXT NOT NULL,"
        " guessed INTEGER NOT NULL, reason TEXT NOT NULL, theme TEXT NOT NULL, department TEXT NOT NULL, points REAL NOT NULL,"
        " threshold REAL NOT NULL, PRIMARY KEY (source, call_id))"
    ),
    # Amounts (whole units of `currency`) and days of what departments applied for; the states are in `followup`. `reports` has
    # the reporting days as JSON: day, label, done. `saved` tells versions apart.
    "m025_projects": (
        "CREATE TABLE projects (department TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL, title TEXT NOT NULL,"
        " currency TEXT NOT NULL, applied_amount INTEGER, granted_amount INTEGER, own_amount INTEGER, applied_on TEXT,"
        " decided_on TEXT, starts TEXT, ends TEXT, reports TEXT NOT NULL, who TEXT NOT NULL, saved TEXT NOT NULL,"
        " PRIMARY KEY (department, source, call_id))"
    ),
    # People's decisions whether an organisation belongs to a municipality (`monitor.awards.organisations`): the funded projects
    # themselves have a file of their own, which can be imported again, and these cannot.
    "m028_award_decisions": (
        "CREATE TABLE award_decisions (key TEXT NOT NULL, municipality TEXT NOT NULL, belongs INTEGER NOT NULL,"
        " who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (key, municipality))"
    ),
    # Facts of corrections that count for the recipients of one mail alone, such as those who get mails once a month: the
    # department, and the recipients' `known`, are told in the next mail.
    "m030_own_facts": (
        "CREATE TABLE own_facts (digest TEXT NOT NULL REFERENCES digests (id), source TEXT NOT NULL, call_id TEXT NOT NULL,"
        " fact TEXT NOT NULL, UNIQUE (digest, source, call_id, fact));\n"
        "CREATE INDEX own_items_call ON own_items (source, call_id)"
    ),
    # States of the steps of a department's plan for a call, by the ids of `rules/gates.toml`; no row: not begun.
    "m034_plan_steps": (
        "CREATE TABLE plan_steps (department TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL, step TEXT NOT NULL,"
        " state TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (department, source, call_id, step))"
    ),
    # Sentences of calls with their machine translations, and the batches that an engine answers later. `state` is sound, refused
    # (a check failed; see `reason`) or failed. A batch has its sentences as JSON.
    "m034_translations": (
        "CREATE TABLE translations (language TEXT NOT NULL, sentence TEXT NOT NULL, translated TEXT NOT NULL,"
        " engine TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (language, sentence));\n"
        "CREATE TABLE translation_batches (reference TEXT PRIMARY KEY, language TEXT NOT NULL, sentences TEXT NOT NULL,"
        " engine TEXT NOT NULL, at TEXT NOT NULL)"
    ),
    # Tables of `monitor.archive.call_documents`: documents that calls link to, by content, with their pages as text; each address
    # with its present document and its earlier ones; `statements` is what a document says of the facts of its call, as JSON,
    # and `reader` the version of the code that read it. An address "fil:<folder>/<name>" is a file that a person placed.
    "m033_call_documents": (
        "CREATE TABLE call_documents (hash TEXT PRIMARY KEY, name TEXT NOT NULL, format TEXT NOT NULL, size INTEGER NOT NULL,"
        " pages INTEGER NOT NULL, title TEXT NOT NULL, version TEXT NOT NULL, language TEXT NOT NULL, notes TEXT NOT NULL,"
        " problem TEXT NOT NULL, statements TEXT NOT NULL, reader TEXT NOT NULL, read_at TEXT NOT NULL);\n"
        "CREATE TABLE call_document_pages (id INTEGER PRIMARY KEY, document TEXT NOT NULL REFERENCES call_documents (hash),"
        " number INTEGER NOT NULL, label TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (document, number));\n"
        "CREATE TABLE call_document_addresses (url TEXT PRIMARY KEY, document TEXT REFERENCES call_documents (hash),"
        " checked TEXT, problem TEXT NOT NULL DEFAULT '');\n"
        "CREATE TABLE call_document_versions (url TEXT NOT NULL REFERENCES call_document_addresses (url),"
        " document TEXT NOT NULL REFERENCES call_documents (hash), since TEXT NOT NULL, PRIMARY KEY (url, document));\n"
        "CREATE TABLE call_document_links (source TEXT NOT NULL, call_id TEXT NOT NULL, url TEXT NOT NULL,"
        " position INTEGER NOT NULL, title TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (source, call_id, url));\n"
        "CREATE INDEX call_document_links_url ON call_document_links (url);\n"
        "CREATE VIRTUAL TABLE page_search USING fts5 (text, content = '',"
        " tokenize = \"unicode61 remove_diacritics 0 tokenchars '.<>=+'\")"
    ),
    # Result of the last search for another row of a source that gives nothing any more (`monitor.archive.findings`): `row` and
    # `sample` are JSON, "{}" where nothing was found.
    "m031_source_findings": (
        'CREATE TABLE source_findings (source TEXT PRIMARY KEY, at TEXT NOT NULL, url TEXT NOT NULL, "row" TEXT NOT NULL,'
        " sample TEXT NOT NULL, taken TEXT)"
    ),
    # Table of `monitor.archive.dossiers`: numbers that policy items name (COM(2025) 360), '' for an item that names none. `hash`
    # is that of the call when it was read.
    "m031_call_references": (
        "CREATE TABLE call_references (number TEXT NOT NULL, source TEXT NOT NULL, call_id TEXT NOT NULL, hash TEXT NOT NULL,"
        " PRIMARY KEY (source, call_id, number))"
    ),
    # Forecasts of rounds of calls as they were first made (`monitor.awards.promises`), the round that came, and the judgement.
    # Days are first days of months but for `opened`. `own_list` is the municipality's own list of its projects, as CSV.
    "m032_season_promises": (
        "CREATE TABLE season_promises (family TEXT NOT NULL, year INTEGER NOT NULL, title TEXT NOT NULL, programme TEXT NOT NULL,"
        " latest_code TEXT NOT NULL, month TEXT NOT NULL, earliest TEXT NOT NULL, latest TEXT NOT NULL, years TEXT NOT NULL,"
        " dated INTEGER NOT NULL, basis TEXT NOT NULL, departments TEXT NOT NULL, made TEXT NOT NULL, code TEXT NOT NULL,"
        " opened TEXT, verdict TEXT NOT NULL, judged TEXT, PRIMARY KEY (family, year));\n"
        "CREATE TABLE own_list (id INTEGER PRIMARY KEY, text TEXT NOT NULL, who TEXT NOT NULL, saved TEXT NOT NULL)"
    ),
    # Cards for channels of Microsoft Teams: `outbox.channel` is mail or teams, `renderings.card` the message as JSON, "" where no
    # channel gets it.
    "m035_channels": (
        "ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail';\n"
        "ALTER TABLE renderings ADD COLUMN card TEXT NOT NULL DEFAULT ''"
    ),
    # Tables of `monitor.archive.takeover`. `call_changes` numbers the last change of each call, by triggers, so that no way of
    # writing is forgotten; `taken_archives` has the cursor up to which another archive has been taken over.
    "m035_takeover": (
        "CREATE TABLE call_changes (source TEXT NOT NULL, call_id TEXT NOT NULL, change INTEGER NOT NULL,"
        " PRIMARY KEY (source, call_id)) WITHOUT ROWID;\n"
        "CREATE UNIQUE INDEX call_changes_change ON call_changes (change);\n"
        "INSERT INTO call_changes (source, call_id, change)"
        " SELECT source, call_id, row_number() OVER (ORDER BY last_changed, rowid) FROM calls;\n"
        f"CREATE TRIGGER calls_inserted AFTER INSERT ON calls BEGIN {_note_change('new')} END;\n"
        "CREATE TRIGGER calls_updated AFTER UPDATE OF data, status, last_changed, vanished_at, closed_at ON calls WHEN"
        " old.data IS NOT new.data OR old.status IS NOT new.status OR old.last_changed IS NOT new.last_changed OR"
        f" old.vanished_at IS NOT new.vanished_at OR old.closed_at IS NOT new.closed_at BEGIN {_note_change('new')} END;\n"
        f"CREATE TRIGGER corrections_inserted AFTER INSERT ON corrections BEGIN {_note_change('new')} END;\n"
        f"CREATE TRIGGER corrections_updated AFTER UPDATE OF value ON corrections BEGIN {_note_change('new')} END;\n"
        f"CREATE TRIGGER corrections_deleted AFTER DELETE ON corrections BEGIN {_note_change('old')} END;\n"
        "CREATE TABLE takeover_epoch (epoch TEXT NOT NULL);\n"
        "INSERT INTO takeover_epoch (epoch) VALUES (lower(hex(randomblob(8))));\n"
        "CREATE TABLE taken_archives (source TEXT PRIMARY KEY, cursor TEXT NOT NULL)"
    ),
    # `probation_matches` is written with `matches`: what themes on probation would tell departments. `theme_drafts` has themes
    # that the coordinator has begun in the browser, before they are files; `content` is JSON.
    "m036_probation": (
        "CREATE TABLE probation_matches (source TEXT NOT NULL, call_id TEXT NOT NULL, department TEXT NOT NULL,"
        " theme TEXT NOT NULL, level TEXT NOT NULL, points REAL NOT NULL, since TEXT NOT NULL,"
        " PRIMARY KEY (theme, source, call_id, department));\n"
        "CREATE TABLE theme_drafts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, content TEXT NOT NULL,"
        " who TEXT NOT NULL, saved TEXT NOT NULL, version INTEGER NOT NULL)"
    ),
    # Tables of `monitor.archive.planned`: `planned_documents` has the calls that each work programme plans as JSON, by the
    # version of the code that read it; `planned_calls` each of them with its departments, the call that came and the judgement.
    "m040_planned_calls": (
        "CREATE TABLE planned_documents (document TEXT PRIMARY KEY, reader TEXT NOT NULL, entries TEXT NOT NULL);\n"
        "CREATE TABLE planned_calls (name TEXT PRIMARY KEY, identifier TEXT NOT NULL, title TEXT NOT NULL,"
        " programme TEXT NOT NULL, year INTEGER NOT NULL, action TEXT NOT NULL, amount INTEGER, opens_from TEXT,"
        " opens_to TEXT, closes_from TEXT, closes_to TEXT, document TEXT NOT NULL, page INTEGER NOT NULL, place TEXT NOT NULL,"
        " quote TEXT NOT NULL, departments TEXT NOT NULL, made TEXT NOT NULL, code TEXT NOT NULL, opened TEXT,"
        " verdict TEXT NOT NULL, judged TEXT)"
    ),
    # Readings that other machines handed over, of `monitor.archive.handed_over`: stored in the same transaction as what was
    # read, so that a reading that comes twice is answered with its first report.
    "m041_handed_over": (
        "CREATE TABLE handed_over (reading TEXT PRIMARY KEY, source TEXT NOT NULL, at TEXT NOT NULL, report TEXT NOT NULL)"
    ),
    # `outbox.in_hand` is the time at which a mail that waits was about to go to the mail server (`monitor.archive.copies`).
    "m042_in_hand": "ALTER TABLE outbox ADD COLUMN in_hand TEXT",
    # Last trial reading of each source, `monitor.archive.source_checks`.
    "m043_source_checks": (
        "CREATE TABLE source_checks (source TEXT PRIMARY KEY, at TEXT NOT NULL, url TEXT NOT NULL, way TEXT NOT NULL,"
        " verdict TEXT NOT NULL, items INTEGER NOT NULL)"
    ),
    # Few calls have updates, and a call's page asks for those of all calls of its programme.
    "m044_notices": f"CREATE INDEX calls_with_notices ON calls (identifier) WHERE {HAS_NOTICES}",
    # Version of the analyser by which the pages of a document stand in `page_search`, '' for one whose pages do not yet.
    "m045_page_index": "CREATE TABLE page_index (document TEXT PRIMARY KEY, analyser TEXT NOT NULL)",
    # Pages about sources count their items at each visit.
    "m046_items_of_sources": f"CREATE INDEX calls_items ON calls (source) WHERE {IS_ITEM}",
    # `calendars.language` is that of the mails that the file is attached to, "" for those in every language.
    "m047_calendar_language": "ALTER TABLE calendars ADD COLUMN language TEXT NOT NULL DEFAULT ''",
}
"""Statements of each migration by its name, in the order of application."""


def migrations() -> Migrations:
    """Return the migrations for sqlite-utils, which applies them in order and records them in `_sqlite_migrations`."""
    from sqlite_utils.migrations import Migrations

    registered = Migrations("monitor")
    for name, script in MIGRATIONS.items():
        registered(name=name)(_migration(script))
    return registered


def _migration(script: str) -> Callable[[Database], None]:
    # Statement by statement: `executescript` would end the transaction that a migration and its record share.
    def apply(db: Database, /) -> None:
        for statement in filter(str.strip, script.split(";\n")):
            db.execute(statement)

    return apply
