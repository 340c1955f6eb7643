"""`python -m tests.web.lighthouse PROGRAM`: Lighthouse's score of accessibility for every page, with data of the sample.

PROGRAM is Lighthouse's command (`npm install lighthouse`, then `node_modules/.bin/lighthouse`; see
https://github.com/GoogleChrome/lighthouse). The pages of the coordinator are opened as the coordinator, each narrow as a telephone
and wide. Exit code 1 when a page is below 1.00; the audits that failed are named.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from benchmarks.pages import pages_to_measure, samples_of
from monitor.config import load_config
from monitor.web.framework.app import make_app
from monitor.web.framework.auth import save_password
from monitor.web.framework.request import Site
from tests.web.chromium import ARGUMENTS, CHROMIUM, served
from tests.web.conftest import FakeJobs, token
from tests.web.sample import NOW, PASSWORD, make_sample

FORMS = {"narrow": (), "wide": ("--preset=desktop",)}


def main(arguments=None):
    """Print a line for each page; return 1 when one of them is below 1.00."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.lighthouse", description=__doc__)
    parser.add_argument("program", help="Lighthouse's command")
    parser.add_argument("--only", default="", metavar="TEXT", help="only pages whose address has this text")
    options = parser.parse_args(arguments)
    below = 0
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        config = make_sample(Path(folder) / "installation")
        save_password(config.data_dir, PASSWORD)
        config = load_config(config.path)
        site = Site(config, lambda: NOW, FakeJobs(config))
        with served(make_app(site)) as base:
            cookie = log_in(base)
            pages = [page for page in pages_to_measure(samples_of(config)) if not page.name.endswith("/nasta/mejl")]
            for path in filter(None, (first_answered(base, page.addresses, cookie) for page in pages)):
                if options.only not in path:
                    continue
                for name, more in FORMS.items():
                    score, failed = judge(options.program, base + path, cookie, more, Path(folder))
                    print(f"{score:.2f} {name} {path} {', '.join(failed)}".rstrip(), flush=True)
                    below += score < 1
        site.archive.close()
    print(f"{below} below 1.00")
    return int(bool(below))


def log_in(base):
    """Return the Cookie header of the coordinator."""
    with httpx.Client(base_url=base) as client:
        client.post("/logga-in", data={"losen": PASSWORD, "csrftoken": token(client.get("/logga-in").text)})
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def first_answered(base, addresses, cookie):
    """Return the first address with a page; None where the sample has none, as for a word that no call has."""
    with httpx.Client(base_url=base, headers={"Cookie": cookie}) as client:
        return next((address for address in addresses if client.get(address).status_code == 200), None)


def judge(program, address, cookie, more, folder):
    """Return the score of a page, 0 to 1, and the names of the audits that failed."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    subprocess.run(
        [
            program,
            address,
            "--only-categories=accessibility",
            "--output=json",
            f"--output-path={report}",
            f"--extra-headers={json.dumps({'Cookie': cookie})}",
            f"--chrome-flags={' '.join(['--headless=new', *ARGUMENTS])}",
            "--quiet",
            *more,
        ],
        env={"CHROME_PATH": str(CHROMIUM), "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)},
        check=True,
        timeout=180,
    )
    found = json.loads(report.read_text("utf-8"))
    failed = [name for name, audit in found["audits"].items() if audit["score"] is not None and audit["score"] < 1]
    return found["categories"]["accessibility"]["score"], failed


if __name__ == "__main__":
    sys.exit(main())
