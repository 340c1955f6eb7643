"""The compose file and the Helm chart: valid by others' schemas, and with the commands of drift.md."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "deploy" / "compose.yaml"
CHART = ROOT / "deploy" / "helm"
SCHEDULER = "tcp://scheduler:8786"
COMMANDS = {
    f"monitor worker {SCHEDULER} --members ''",
    f"monitor worker {SCHEDULER} --no-reading",
    f"monitor worker {SCHEDULER}",
    f"monitor run --cluster {SCHEDULER}",
    "monitor serve --host 0.0.0.0",
    f"monitor worker {SCHEDULER} --reads 4",
    "monitor copy keep",
    "monitor copy follow",
    "dask scheduler --port 8786",
}
"""Commands of the parts of a cluster."""
VARIANTS = (
    {},
    {
        "scheduler": {"enabled": False, "address": "tcp://dask:8786"},
        "smtpSecret": "smtp",
        "storage": {"className": "lokal"},
        "workers": [{"name": "a", "members": ["a*", "b*"]}, {"name": "c", "members": ["c*"]}],
        "readers": {"replicas": 3, "settings": "lasare"},
        "copies": {"enabled": True},
        "replica": {"enabled": True, "settings": "reserv"},
    },
)


def written(words):
    """Return a command as a person types it."""
    return " ".join(word if word else "''" for word in map(str, words))


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]


def test_drift_names_the_commands_of_a_cluster():
    named = set(re.findall(r"`((?:monitor|dask) [^`]+)`", (ROOT / "docs" / "drift.md").read_text("utf-8")))
    assert named >= COMMANDS


def test_the_compose_file_is_valid_by_the_compose_specification():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_services_run_the_commands_of_drift(services):
    typed = {written([*service.get("entrypoint", ["monitor"]), *service["command"]]) for service in services.values()}
    assert typed == COMMANDS


def test_the_scheduler_is_reached_from_inside_alone(services):
    """Whoever reaches it can run anything on the workers."""
    networks = yaml.safe_load(COMPOSE.read_text("utf-8"))["networks"]
    assert services["scheduler"]["networks"] == ["dask"]
    assert networks["dask"]["internal"] is True
    assert {name for name, service in services.items() if "ports" in service} == {"web", "replica-web"}
    assert services["web"]["networks"] == services["replica-web"]["networks"] == ["outside"]


def test_a_reader_and_the_replica_have_nothing_of_the_archives_disk(services):
    """A reader hands over by HTTP, and the replica gets what is copied: neither shares files with the archive."""
    volumes = {name: {one.partition(":")[0] for one in service["volumes"]} for name, service in services.items()}
    assert volumes["reader"] == {"readers"}
    assert volumes["replica"] == {"replica", "copies"}
    assert volumes["copies"] == {"data", "copies"}
    assert {name for name, service in services.items() if "profiles" in service} == {"reader", "copies", "replica", "replica-web"}


@pytest.fixture(scope="module", params=VARIANTS, ids=["default", "other-scheduler"])
def manifests(request):
    """Return what Helm's own engine makes of the chart, the value of the release being `eu`."""
    chart = pytest.importorskip("helm_python.chart", reason="Helm (PyPI helm-python-sdk) is not installed")
    rendered = chart.Chart.load(str(CHART)).render(request.param, name="eu", namespace="eu")
    return [one for text in rendered.values() for one in yaml.safe_load_all(text) if one]


@pytest.mark.parametrize("version", ["1.29", "1.37"])
def test_the_chart_is_valid_by_the_schemas_of_kubernetes(manifests, version):
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for manifest in manifests:
        validator.validate(manifest, version, strict=True)
    assert {"StatefulSet", "Service", "NetworkPolicy"} <= {manifest["kind"] for manifest in manifests}


def test_helm_has_nothing_to_say_of_the_chart():
    chart = pytest.importorskip("helm_python.chart", reason="Helm (PyPI helm-python-sdk) is not installed")
    found = chart.lint(str(CHART))
    assert found["errors"] == []
    assert [one["error"] for one in found["messages"]] == ["icon is recommended"]


def test_the_containers_run_the_commands_of_drift(manifests):
    typed = set()
    for manifest in manifests:
        for container in manifest["spec"].get("template", {}).get("spec", {}).get("containers", []):
            line = written([*container.get("command", ["monitor"]), *container["args"]])
            line = re.sub(r"tcp://(eu-scheduler|dask):8786", SCHEDULER, line)
            typed.add(re.sub(r" --threads 2$|(?<=--no-reading)(?: --members \S+)+", "", line.removesuffix(" --threads 2")))
    assert typed - COMMANDS == set()
    parts = {manifest["metadata"]["name"] for manifest in manifests if "template" in manifest["spec"]}
    expected = {f"monitor worker {SCHEDULER} --members ''", f"monitor run --cluster {SCHEDULER}"}
    if "eu-replica" in parts:
        expected |= {f"monitor worker {SCHEDULER} --reads 4", "monitor copy keep", "monitor copy follow"}
    assert expected <= typed


def test_a_part_that_needs_settings_says_so():
    chart = pytest.importorskip("helm_python.chart", reason="Helm (PyPI helm-python-sdk) is not installed")
    for values in ({"readers": {"replicas": 1}}, {"replica": {"enabled": True}}):
        with pytest.raises(Exception, match="väntade namnet på en Secret"):
            chart.Chart.load(str(CHART)).render(values, name="eu", namespace="eu")
