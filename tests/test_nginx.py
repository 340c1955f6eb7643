"""The shipped nginx configuration on loopback: a real nginx in front of a real `monitor serve`, with a login that a test plays."""

import http.client
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.commands import Installation, breathe
from tests.publishers import Answer, serve
from tests.small_rules import write_rules

ROOT = Path(__file__).resolve().parent.parent
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = pytest.mark.skipif(not NGINX or not shutil.which("openssl"), reason="nginx or openssl is not installed")
SETTINGS = """\
[municipality]
base_url = "https://eu.example.se"
[rules]
dir = "rules"
[web]
login_header = "X-Remote-User"
login_from = ["127.0.0.1"]
coordinators = ["anna.andersson"]
"""
FRAME = """\
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}
http {{
    access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    include {folder}/site.conf;
}}
"""


def free_ports(number):
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def login(asked):
    """oauth2-proxy as nginx sees it: who is logged in has a cookie."""
    name = asked.headers.get("Cookie", "").partition("inloggad=")[2]
    return Answer(status=202, headers={"X-Auth-Request-User": name}) if name else Answer(status=401)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Ports of the site over TLS and in clear, behind nginx."""
    place = Installation(tmp_path_factory.mktemp("nginx"))
    write_rules(place.folder / "rules")
    place.configure(SETTINGS)
    backend, secure, clear = free_ports(3)
    key, certificate = place.folder / "key.pem", place.folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=eu.example.se", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    with serve(login) as oauth:
        text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
        for ours, here in {
            "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
            "listen 80": f"listen 127.0.0.1:{clear}",
            "/etc/ssl/eu.example.se.pem": str(certificate),
            "/etc/ssl/private/eu.example.se.key": str(key),
            "127.0.0.1:8001": f"127.0.0.1:{backend}",
            "http://127.0.0.1:4180": oauth.url,
        }.items():
            assert ours in text
            text = text.replace(ours, here)
        (place.folder / "site.conf").write_text(text, "utf-8")
        (place.folder / "nginx.conf").write_text(FRAME.format(folder=place.folder), "utf-8")
        programs = [
            subprocess.Popen(place.command("serve", "--port", str(backend)), stderr=subprocess.DEVNULL),
            subprocess.Popen(
                [str(NGINX), "-p", str(place.folder), "-c", str(place.folder / "nginx.conf")], stderr=subprocess.DEVNULL
            ),
        ]
        try:
            assert reached(backend, programs[0]), "monitor serve does not answer"
            assert reached(secure, programs[1]), (place.folder / "error.log").read_text("utf-8")
            yield secure, clear
        finally:
            for program in programs:
                program.terminate()
                program.wait(timeout=20)


def reached(port, program):
    end = time.monotonic() + 60
    while time.monotonic() < end and program.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        breathe()
    return False


def ask(port, path, *, method="GET", body=None, tls=True, **headers):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    made = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30) if tls else http.client.HTTPConnection(
        "127.0.0.1", port, timeout=30
    )  # fmt: skip
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        made.request(method, path, body=body, headers={"Host": "eu.example.se", **named})
        answer = made.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8")
    finally:
        made.close()


def test_anyone_reads_and_the_one_logged_in_is_the_coordinator(site):
    secure, _ = site
    status, _, page = ask(secure, "/")
    assert (status, "EU-bevakningen" in page) == (200, True)
    status, headers, _ = ask(secure, "/samordna")
    assert (status, headers["Location"].partition("?")[0]) == (302, "/logga-in")
    status, _, page = ask(secure, "/samordna", Cookie="inloggad=anna.andersson")
    assert (status, "anna.andersson" in page) == (200, True)
    assert ask(secure, "/samordna", Cookie="inloggad=bo.berg")[0] == 302, "logged in, but no coordinator"


def test_the_header_counts_from_nginx_alone(site):
    secure, _ = site
    assert ask(secure, "/samordna", X_Remote_User="anna.andersson")[0] == 302
    assert ask(secure, "/samordna", X_Remote_User="anna.andersson", Cookie="inloggad=bo.berg")[0] == 302


def test_a_form_is_posted_through_it(site):
    secure, _ = site
    who = "inloggad=anna.andersson"
    _, headers, page = ask(secure, "/samordna", Cookie=who)
    token = page.split('name="csrftoken" value="')[1].split('"')[0]
    cookies = "; ".join([*(one.partition(";")[0] for one in headers.get_all("Set-Cookie") or ()), who])
    body = urllib.parse.urlencode({"forvaltning": "kommunledning", "rad": "Välkomna", "csrftoken": token})
    form = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    status, headers, _ = ask(secure, "/samordna/rad", method="POST", body=body, **form)
    assert (status, headers["Location"]) == (303, "/samordna?klart=rad")


def test_what_is_for_the_watchman_is_shut_and_clear_text_leads_to_tls(site):
    secure, clear = site
    assert [ask(secure, path)[0] for path in ("/-/health", "/-/metrics")] == [403, 403]
    status, headers, _ = ask(clear, "/sok?q=x", tls=False)
    assert (status, headers["Location"]) == (301, "https://eu.example.se/sok?q=x")
