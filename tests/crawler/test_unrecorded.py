"""A run that could not be recorded, at its beginning or at its end, is failed with the reason; the others go on."""

import os
import subprocess
import sys

import pytest

from crawler.town.server import TownServer, answering
from tests.installation import CONTACT, Installation
from tests.servers.village import LETTERS, VILLAGE

BROKEN = """
import sys
from crawler.errors import ServiceAway
from lianxin.cli import main
from pipelines import recorder

work = getattr(recorder.Recorder, sys.argv[1])

def fails(self, *given):
    if self.tally.source == "second":
        raise ServiceAway("磁盘满了。")
    return work(self, *given)

setattr(recorder.Recorder, sys.argv[1], fails)
sys.argv = ["lianxin", "crawl", "--all"]
main()
"""


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("_open", "second：失败。磁盘满了。"),
        ("_written_out", "采集了，但结果没有记完：磁盘满了。"),
    ],
)
def test_one_run_that_could_not_be_recorded(installation: Installation, broken: str, said: str) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        sources = (installation.data / "sources.toml").read_text(encoding="utf-8")
        third = "".join(sources.replace('"board"', f'"{name}"') for name in ("second", "third"))
        installation.write(sources + third)
        ended = subprocess.run(
            [sys.executable, "-c", BROKEN, broken],
            capture_output=True, encoding="utf-8", timeout=300, check=False,
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1", "COLUMNS": "200"},
        )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert said in ended.stdout
    assert [f"{name}：完整" in ended.stdout for name in ("board", "third")] == [True, True]
    assert "Traceback" not in ended.stderr
    log = (installation.data / "logs" / "crawl.log").read_text(encoding="utf-8")
    assert "AttributeError" not in log
    assert {run.source: run.outcome for run in installation.runs()}.get("second", "failed") == "failed"
    assert len(installation.comments()) == LETTERS
