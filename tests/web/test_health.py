"""The two addresses for monitoring programs: open to all, without names of persons."""


def test_health_and_measures_answer_without_login(browser):
    health = browser.get("/-/health")
    assert health.status_code in (200, 503)
    assert health.headers["content-type"].startswith("text/plain")
    measures = browser.get("/-/metrics")
    assert measures.status_code == 200
    assert "monitor_calls" in measures.text
    assert "@" not in health.text + measures.text


def test_what_else_datasette_tells_about_itself_stays_closed(browser):
    assert browser.get("/-/versions").status_code == 403


def test_an_unusable_archive_is_503_at_both_addresses(browser, site):
    for name in ("", "-wal", "-shm"):
        path = site.config.archive.with_name(site.config.archive.name + name)
        path.write_bytes(b"not a database " * 5000) if not name else path.unlink(missing_ok=True)
    health = browser.get("/-/health")
    assert health.status_code == 503
    measures = browser.get("/-/metrics")
    assert measures.status_code == 503
    assert measures.headers["content-type"].startswith("text/plain")
    assert "monitor_calls" not in measures.text
    assert str(site.config.data_dir) not in measures.text
