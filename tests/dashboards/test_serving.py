import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from dashboards.serving import serve

POLICIES = """
notice = "示例县为虚构。"
[[policy]]
id = "lift"
name = "既有住宅加装电梯"
before = { from = 2026-03-02 }
"""
SERVE = """
import sys
from pathlib import Path
from crawler.config import Config
from dashboards.serving import serve
serve(Config(data=Path(sys.argv[1])), "127.0.0.1", 0, lambda address: print(address, flush=True))
"""


@pytest.fixture
def data(tmp_path):
    (tmp_path / "policies.toml").write_text(POLICIES, encoding="utf-8")
    (tmp_path / "accounts.toml").write_text("", encoding="utf-8")
    (tmp_path / "sources.toml").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_an_address_that_others_could_reach_is_refused(host, data):
    with pytest.raises(WrongUse, match="还没有登录功能"):
        serve(Config(data=data), host, 8765)


def run(data: Path, code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE, text=True)


def test_the_pages_and_their_compressed_files_are_served(data):
    process = run(data, SERVE)
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as answer:
            page = answer.read().decode()
        assert "既有住宅加装电梯" in page
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        request = urllib.request.Request(address + style.lstrip("/"), headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "immutable" in answer.headers["Cache-Control"]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_a_port_in_use_is_a_sentence(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceAway, match=f"端口 {port} 用不了"):
            serve(Config(data=data), "127.0.0.1", port)
