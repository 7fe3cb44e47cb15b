"""The server for the tests: real, durable, and never left behind."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from elasticsearch import __versionstr__ as client_version

from tests.servers.elasticsearch import jdk
from tests.servers.elasticsearch.errors import Unavailable
from tests.servers.elasticsearch.home import home
from tests.servers.elasticsearch.server import ElasticsearchServer

OWNER = """
import sys, time
from pathlib import Path
from tests.servers.elasticsearch.server import ElasticsearchServer
with ElasticsearchServer(Path(sys.argv[1])) as server:
    print(server.nodes[0].pid, server.url, flush=True)
    time.sleep(300)
"""


def ask(url: str, method: str = "GET", body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def answers(url: str) -> bool:
    try:
        return bool(ask(url))
    except OSError:
        return False


def test_it_is_a_server_of_the_client_s_major(elasticsearch: str) -> None:
    assert ask(elasticsearch)["version"]["number"].split(".")[0] == client_version.split(".")[0]
    with urllib.request.urlopen(elasticsearch) as answer:
        assert answer.headers["X-elastic-product"] == "Elasticsearch"


def test_a_file_finds_no_index_of_ours_and_leaves_none(elasticsearch: str) -> None:
    assert ask(f"{elasticsearch}/lianxin-*") == {}
    ask(f"{elasticsearch}/lianxin-comments-1", "PUT", {})
    assert list(ask(f"{elasticsearch}/lianxin-*")) == ["lianxin-comments-1"]


@pytest.mark.usefixtures("elasticsearch_home")
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    with ElasticsearchServer(tmp_path) as server:
        ask(f"{server.url}/lianxin/_doc/1", "PUT", {"text": "群众"})
        server.kill()
        assert not answers(server.url)
        server.restart()
        assert ask(f"{server.url}/lianxin/_doc/1")["_source"] == {"text": "群众"}
    assert not answers(server.url)


@pytest.mark.usefixtures("elasticsearch_home")
def test_a_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with owner:
        pid, url = owner.stdout.readline().split()
        assert answers(url)
        owner.send_signal(signal.SIGKILL)
    end = time.monotonic() + 30
    while answers(url) and time.monotonic() < end:
        time.sleep(0.1)
    assert not answers(url), f"process {pid} is still there"


def make_jdk(folder: Path, version: str, *programs: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="any"\nJAVA_VERSION="{version}"\n', encoding="utf-8")
    for program in programs:
        (folder / "bin" / program).touch()
    return folder


def test_the_newest_jdk_with_a_compiler_is_taken_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jdk, "SYSTEM", tmp_path)
    monkeypatch.setenv("JAVA_HOME", str(make_jdk(tmp_path / "old", "17.0.2", "java", "javac")))
    make_jdk(tmp_path / "runtime-only", "25.0.1", "java")
    with pytest.raises(Unavailable, match="no JDK 21 or later"):
        jdk.java_home()
    named = make_jdk(tmp_path / "b", "21.0.1", "java", "javac")
    newest = make_jdk(tmp_path / "a", "25.0.1", "java", "javac")
    assert jdk.java_home() == newest
    monkeypatch.setenv("ELASTICSEARCH_JAVA_HOME", str(named))
    assert jdk.java_home() == named


def test_without_maven_nothing_half_made_is_taken_for_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_TEST_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    for _ in range(2):
        with pytest.raises(Unavailable, match="install the package maven"):
            home()
