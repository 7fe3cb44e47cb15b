"""A data folder and the `lianxin` command run on it as its users run it: in a process of its own."""

import atexit
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from crawler.config import Config
from crawler.items import Comment, Post, Reply
from crawler.registry import Registry, load_registry
from crawler.runs import Run
from pipelines.documents import CommentDocument, PostDocument, from_source
from pipelines.index import Index, open_index
from pipelines.index.mapping import COMMENTS, POSTS
from pipelines.journal import read
from tests.warm_server import Command, ask

POLICIES = """
[[policy]]
id = "lift"
name = "老旧小区加装电梯"
aliases = ["加装电梯"]
before = { from = 2026-06-01, until = 2026-07-01 }
during = { from = 2026-07-01, until = 2026-09-01 }
after = { from = 2026-09-01 }
"""
CONTACT = {"LIANXIN_CONTACT": "tests@lianxin.example"}
ASSESSED = """assessment = { on = 2026-01-01, by = "测试", note = "只在本机" }
enabled = true
inside = true
pace = { delay = 0 }
"""


@cache
def _warm_server() -> Path:
    """The socket of this process's server, which goes when this process does."""
    folder = TemporaryDirectory(prefix="lianxin-warm-")
    path = Path(folder.name) / "socket"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.warm_server", str(path)],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    atexit.register(folder.cleanup)
    atexit.register(server.wait)
    atexit.register(server.kill)
    while not path.exists() and server.poll() is None:
        time.sleep(0.05)
    return path


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Installation:
    """`data` is the folder; everything is read back from what lies in it."""

    data: Path

    def write(self, sources: str = "", policies: str = POLICIES, accounts: str = "") -> None:
        """The three registry files."""
        self.data.mkdir(parents=True, exist_ok=True)
        for name, text in (("policies", policies), ("accounts", accounts), ("sources", sources)):
            (self.data / f"{name}.toml").write_text(text, encoding="utf-8")

    def write_board(self, site: str, fid: int = 5001) -> None:
        """A registry with one liuyan board, `board`."""
        self.write(
            f'[[source]]\nid = "board"\nplatform = "liuyan"\n{ASSESSED}options = {{ fid = {fid}, site = "{site}" }}\n'
        )

    def write_thread(self, site: str, server: str, more: str = 'index_page = "/gov/", link_prefix = "/gov/"') -> None:
        """A registry with one Isso site, `thread`."""
        options = f'{{ site = "{site}", server = "{server}", officials = ["示例县住房和城乡建设局"], {more} }}'
        self.write(f'[[source]]\nid = "thread"\nplatform = "isso"\n{ASSESSED}options = {options}\n')

    def write_weibo(self, site: str, more: str = "", accounts: str = "") -> None:
        """A registry with the town's Weibo account, `weibo`. `more` are options."""
        sites = f'{{ m = "{site}", m_visitor = "{site}/weibo.cn", web = "{site}", web_visitor = "{site}/weibo.com" }}'
        account = 'account = "county"\n' if accounts else ""
        options = f"options = {{ uid = 8888010001, sites = {sites}{more and ', '}{more} }}\n"
        self.write(f'[[source]]\nid = "weibo"\nplatform = "weibo"\n{account}{ASSESSED}{options}', accounts=accounts)

    def run(self, *arguments: str, **environment: str) -> Finished:
        """`lianxin …` with this data folder."""
        command = Command(list(arguments), self._environment(environment), str(Path.cwd()))
        with TemporaryFile() as out, TemporaryFile() as err:
            code = ask(_warm_server(), command, out.fileno(), err.fileno(), timeout=300)
            out.seek(0)
            err.seek(0)
            return Finished(code, out.read().decode(), err.read().decode())

    @contextmanager
    def started(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """`lianxin …` that goes on by itself; killed at the end if it has not ended."""
        process = subprocess.Popen(
            [sys.executable, "-m", "lianxin", *arguments],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=self._environment({"PYTHONUNBUFFERED": "1", **environment}),
        )
        with process:
            try:
                yield process
                process.wait(timeout=60)
            finally:
                process.kill()

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**os.environ, "LIANXIN_DATA": str(self.data), "COLUMNS": "200", "PYTHONUTF8": "1", **CONTACT, **more}

    def config(self) -> Config:
        """The configuration with this folder and everything else as it comes."""
        return Config(data=self.data)

    def registry(self) -> Registry:
        """The registry as written."""
        return load_registry(self.data)

    def runs(self) -> list[Run]:
        """The newest record of each run, oldest run first."""
        return list({run.id: run for run in self._events(Run)}.values())

    def items(self) -> list[Post | Comment | Reply]:
        """Every item in the journal."""
        events = (entry.event for entry in read(self.data / "journal"))
        return [event for event in events if isinstance(event, Post | Comment | Reply)]

    def _events(self, kind: type[Run]) -> list[Run]:
        return [entry.event for entry in read(self.data / "journal") if isinstance(entry.event, kind)]

    def index(self) -> Index:
        """The embedded index."""
        return open_index(self.config())

    def comments(self) -> list[CommentDocument]:
        """Every comment in the index, by id."""
        return [from_source(CommentDocument, source) for source in self._sources(COMMENTS)]

    def posts(self) -> list[PostDocument]:
        """Every post in the index, by id."""
        return [from_source(PostDocument, source) for source in self._sources(POSTS)]

    def _sources(self, name: str) -> list[dict[str, object]]:
        index = self.index()
        answer = index.search(name, {"size": 10_000, "sort": [{"id": "asc"}], "track_total_hits": True})
        index.close()
        return [hit["_source"] for hit in answer["hits"]["hits"]]

    def journal_bytes(self) -> bytes:
        """Everything ever written to the journal."""
        return b"".join(path.read_bytes() for path in sorted((self.data / "journal").glob("*.jsonl")))
