"""What lies in deploy/: no engine runs it here, so its shape is checked, and that what it names is there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft202012Validator

from crawler.config import Config
from crawler.registry.cron import Cron
from lianxin.cli import COMMANDS
from lianxin.indexing import app as index_app

DEPLOY = Path(__file__).parent.parent / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ("follower", "pages", "scheduler", "lianxin")
COLLECTING = ("scheduler", "lianxin")
UNIT = DEPLOY / "lianxin-schedule.service"
PASSWORD = "/run/secrets/elastic_password"


def megabytes(text):
    return int(text[:-1]) * {"m": 1, "g": 1024}[text[-1]]


def test_the_file_is_what_the_compose_specification_calls_one():
    assert list(Draft202012Validator(get_builtin_schema("vendor.compose-spec")).iter_errors(COMPOSE)) == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_bound_on_its_memory(name):
    assert megabytes(SERVICES[name]["mem_limit"]) >= 1024


def test_the_heap_is_half_of_the_memory_and_nothing_is_swapped():
    service = SERVICES["elasticsearch"]
    least, most = re.fullmatch(r"-Xms(\w+) -Xmx(\w+)", service["environment"]["ES_JAVA_OPTS"]).groups()
    assert least == most
    assert 2 * megabytes(most) == megabytes(service["mem_limit"])
    assert service["memswap_limit"] == service["mem_limit"]


def test_the_password_comes_from_a_file_everywhere():
    assert COMPOSE["secrets"]["elastic_password"] == {"file": "./secrets/elastic_password"}
    assert SERVICES["elasticsearch"]["environment"]["ELASTIC_PASSWORD_FILE"] == PASSWORD
    for name in ("elasticsearch", *OURS):
        assert SERVICES[name]["secrets"] == ["elastic_password"]
    for service in SERVICES.values():
        assert not any(re.search("PASSWORD$", key) for key in service.get("environment", {}))
        assert "@" not in service.get("environment", {}).get("LIANXIN_INDEX", "").removeprefix("https://elastic@")


def test_the_server_is_asked_whether_it_serves_and_the_password_is_no_argument():
    check = SERVICES["elasticsearch"]["healthcheck"]
    assert check["test"][0] == "CMD-SHELL"
    printing, asking = check["test"][1].replace("$$", "$").split("|")
    assert PASSWORD in printing
    assert printing.startswith("printf")
    words = shlex.split(asking)
    assert words[0] == "curl"
    assert "--fail" in words
    assert words[words.index("--config") + 1] == "-"
    assert words[-1].startswith("https://localhost:9200/_cluster/health?wait_for_status=yellow")
    assert {"interval", "timeout", "retries", "start_period"} <= check.keys()


@pytest.mark.parametrize("name", OURS)
def test_ours_wait_for_what_they_need_and_speak_tls(name):
    service = SERVICES[name]
    settings = service["environment"]
    assert settings["LIANXIN_INDEX"].startswith("https://")
    assert {key.removeprefix("LIANXIN_").lower() for key in settings} <= Config.model_fields.keys()
    mounted = {part.split(":")[1] for part in service["volumes"]}
    assert {settings["LIANXIN_DATA"], str(Path(settings["LIANXIN_INDEX_CA_FILE"]).parent)} <= mounted
    conditions = {each: given["condition"] for each, given in service["depends_on"].items()}
    collecting = {"certificates": "service_completed_successfully"}  # the index may be away
    assert conditions == (collecting if name in COLLECTING else {"elasticsearch": "service_healthy"})


def test_no_port_is_published():
    assert not any("ports" in service for service in SERVICES.values())


def test_data_lie_in_volumes_that_are_named():
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }
    assert used == COMPOSE["volumes"].keys()
    assert "elasticsearch:/usr/share/elasticsearch/data" in SERVICES["elasticsearch"]["volumes"]


def test_the_server_and_its_client_have_the_same_major():
    project = (DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8")
    client = re.search(r'"elasticsearch~=(\d+)\.', project)[1]
    for name in ("elasticsearch", "certificates"):
        assert re.fullmatch(rf"elasticsearch:{client}\.\d+\.\d+", SERVICES[name]["image"])


def test_the_image_copies_what_there_is_and_every_package():
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert all((DEPLOY.parent / name).exists() for name in copied)
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{name}" for name in copied} <= set(allowed)
    project = (DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8")
    packages = re.search(r"^packages = (\[.*\])$", project, re.MULTILINE)[1]
    assert set(yaml.safe_load(packages)) <= set(copied)


def test_the_image_holds_what_snownlps_model_compiles_to(tmp_path):
    """Ours run read-only: what is compiled at their start would be compiled at each."""
    assert all(SERVICES[name]["read_only"] for name in OURS)
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (compiling,) = [line for line in lines if line.startswith("RUN python ")]
    setting, folder = next(line for line in lines if "CACHE_HOME" in line).removeprefix("ENV ").split("=")
    assert folder.startswith("/home/lianxin/")  # which its user may write while the image is built
    assert lines.index("USER 1000:1000") < lines.index(f"ENV {setting}={folder}") < lines.index(compiling)
    assert not any(setting in service.get("environment", {}) for service in SERVICES.values())
    _, _, *arguments = shlex.split(compiling)
    environment = {**os.environ, setting: str(tmp_path)}
    subprocess.run([sys.executable, *arguments], cwd=DEPLOY.parent, env=environment, check=True, timeout=120)
    assert [path.name.partition("-")[0] for path in (tmp_path / "lianxin").iterdir()] == ["tables"]


@pytest.mark.parametrize("path", ["deploy/compose.yaml", "docs/scale.md"])
def test_every_command_that_is_named_exists(path):
    text = (DEPLOY.parent / path).read_text(encoding="utf-8")
    named = re.findall(r"(?:\$ |&& |run --rm lianxin |`)(?:lianxin )?(index \w+|\w+)", text)
    ours = {words for words in named if words.split()[0] in {"index", "init", "crawl", "schedule", "serve"}}
    assert ours
    known = {*COMMANDS, *(f"index {command.name}" for command in index_app.registered_commands)}
    assert ours <= known


@pytest.mark.parametrize("path", ["docs/scale.md", "docs/bench.md"])
def test_every_link_leads_somewhere(path):
    text = (DEPLOY.parent / path).read_text(encoding="utf-8")
    assert all((DEPLOY.parent / "docs" / link).exists() for link in re.findall(r"\]\((?!https?:)([^)#]+)", text))


def unit():
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(UNIT.read_text(encoding="utf-8"))
    return parser


def test_the_unit_runs_a_command_that_exists_and_stops_it_in_order():
    service = unit()["Service"]
    program, command = service["ExecStart"].split()
    assert (Path(program).name, command in COMMANDS) == ("lianxin", True)
    assert service["KillMode"] == "mixed"  # else the children are told twice: by systemd, and by the scheduler
    assert service["TimeoutStopSec"] == "5min"
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("on-failure", "2")


def test_the_unit_s_settings_are_ours_and_its_data_can_be_written():
    text = UNIT.read_text(encoding="utf-8")
    settings = dict(re.findall(r"^#\s+LIANXIN_(\w+)=(\S+)$", text, re.MULTILINE))
    assert {name.lower() for name in settings} <= Config.model_fields.keys()
    assert unit()["Service"]["ReadWritePaths"] == settings["DATA"]
    assert unit()["Service"]["EnvironmentFile"] in text.split("[Unit]")[0]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_unit_and_finds_it_closed(tmp_path):
    here = tmp_path / UNIT.name
    program = unit()["Service"]["ExecStart"].split()[0]
    here.write_text(UNIT.read_text(encoding="utf-8").replace(program, sys.executable), encoding="utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", str(here)]
    verified = subprocess.run(verify, capture_output=True, encoding="utf-8", check=False, timeout=60)
    assert (verified.returncode, verified.stderr) == (0, "")
    closed = ["systemd-analyze", "security", "--offline=true", "--threshold=30", str(here)]
    assert subprocess.run(closed, capture_output=True, check=False, timeout=60).returncode == 0


def test_the_cron_file_is_one_and_its_command_exists():
    lines = (DEPLOY / "lianxin-crawl.cron").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in said if re.match(r"\w+=", line))
    assert {name.removeprefix("LIANXIN_").lower() for name in settings} - {"mailto"} <= Config.model_fields.keys()
    (job,) = [line for line in said if not re.match(r"\w+=", line)]
    *times, user, program, command, everything = job.split()
    assert Cron(" ".join(times)).hours() == {6, 18}
    assert (user, Path(program).name, command in COMMANDS, everything) == ("lianxin", "lianxin", True, "--all")
    assert "%" not in job  # cron makes a new line of it
