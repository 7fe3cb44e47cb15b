"""Evidence: what a platform answered, masked, kept for some days, so that a mended parser can read it once more.

A crawl has one file, `<run>.jsonl.gz`, mode 0600. Each line is a gzip member of its own, so that of a killed crawl all
but the last, half-written one can be read. A line is an answer, or what the ledger told before it. Neither the question
nor its cookies are kept, only a digest by which the same question finds its answer.
"""

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from pydantic import JsonValue
from scrapy import Request

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse, on_disk
from crawler.recalled import Told
from crawler.runs import MOMENT

ENDING = ".jsonl.gz"
LAST = "last"
"""In place of a run: the newest of its source."""

_NAME = re.compile(rf"(?P<source>.+)-(?P<moment>[0-9]{{8}}T[0-9]{{6}}\.[0-9]{{6}}Z){re.escape(ENDING)}")
_CHUNK = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Fields:
    """What of a platform's answers may be kept, by the names in its JSON: `name`, or `parent.name` where the name alone
    says too little; the parent of what stands at the top is empty.

    people  who somebody is: becomes a pseudonym
    places  where somebody is: cut to the province
    facts   numbers, codes, cursors, moments: stay as they are
    words   what somebody wrote: masked
    pages   CSS of the parts of web pages that may be kept, masked; None where no page may be

    Of what has none of these names only truth values and small numbers are kept: it may be anybody's name.
    """

    people: frozenset[str]
    places: frozenset[str]
    facts: frozenset[str]
    words: frozenset[str]
    pages: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is kept. `asked` is the digest of the question, `url` its address without the query.

    `cookies` are the names of those that were set. `body` is None where nothing of it may be kept.
    """

    asked: str
    url: str
    at: datetime
    status: int
    content_type: str
    cookies: tuple[str, ...]
    body: str | None


def digest_of(request: Request) -> str:
    """32 hexadecimal digits of method, address and body."""
    whole = b"\0".join((request.method.encode(), request.url.encode(), request.body))
    return hashlib.blake2b(whole, digest_size=16).hexdigest()


def evidence_path(config: Config, run: str) -> Path:
    """Where the evidence of a run is, or will be."""
    return config.evidence_folder / f"{run.replace(':', '-')}{ENDING}"


def kept_run(config: Config, source: str, named: str) -> str:
    """The run of a source whose evidence is meant. Raises WrongUse with those that there are."""
    moments = (_NAME.fullmatch(path.name) for path in config.evidence_folder.glob(f"{source}-*{ENDING}"))
    runs = sorted(f"{source}:{found['moment']}" for found in moments if found and found["source"] == source)
    if named == LAST and runs:
        return runs[-1]
    if named not in runs:
        none = "这个来源一次也没有留下。" if config.evidence_days else "LIANXIN_EVIDENCE_DAYS 设成了 0，什么都不留。"
        there = f"留有的：{'、'.join(runs)}。" if runs else none
        raise WrongUse(f"采集“{named}”没有留下平台的回答，不能重读。{there}")
    return named


def forget_old(config: Config, now: datetime) -> None:
    """Delete the evidence that is older than is to be kept.

    Other crawls delete, too: what is gone meanwhile is passed over. Raises ServiceAway with the first file that the
    disk keeps from being deleted, once all others are.
    """
    until = (now - timedelta(days=config.evidence_days)).timestamp()
    with on_disk(config.evidence_folder):
        paths = sorted(config.evidence_folder.glob(f"*{ENDING}"))
    stuck: list[ServiceAway] = []
    for path in paths:
        try:
            with on_disk(path), suppress(FileNotFoundError):
                if path.stat().st_mtime < until or not config.evidence_days:
                    path.unlink()
        except ServiceAway as trouble:
            stuck.append(trouble)
    if stuck:
        raise stuck[0]


class EvidenceWriter:
    """Appends to the evidence of one run. Raises ServiceAway where the disk refuses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with on_disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            self._file = os.fdopen(handle, "wb", buffering=0)

    def keep(self, answer: Answer) -> None:
        """Add an answer."""
        self._add({"answer": {**asdict(answer), "at": answer.at.isoformat()}})

    def keep_told(self, told: Told) -> None:
        """Add what the ledger told."""
        self._add({"told": told})

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _add(self, line: Mapping[str, object]) -> None:
        text = json.dumps(line, ensure_ascii=False)  # a half of a surrogate pair is what orjson does not take
        with on_disk(self._path):
            self._file.write(gzip.compress(text.encode("utf-8", "surrogatepass") + b"\n", mtime=0))


class Evidence:
    """The evidence of one run, to be asked again. Of a question that was answered twice the later answer counts.

    run, begun   the run, and the moment at which it began; `told` is what the ledger told it
    """

    def __init__(self, config: Config, run: str) -> None:
        self.run = run
        self.begun = datetime.strptime(run.rpartition(":")[2], MOMENT).replace(tzinfo=UTC)
        self.told: Told = {}
        self._path = path = evidence_path(config, run)
        self._places: dict[str, int] = {}
        with on_disk(path), path.open("rb") as file:
            for place, line in _lines(file):
                if "told" in line:
                    self.told |= line["told"]
                else:
                    self._places[line["answer"]["asked"]] = place

    def answer(self, asked: str) -> Answer | None:
        """What was answered to a question; None where that is not kept."""
        if asked not in self._places:
            return None
        with on_disk(self._path), self._path.open("rb") as file:
            file.seek(self._places[asked])
            told = next(_lines(file))[1]["answer"]
        return Answer(**{**told, "at": datetime.fromisoformat(told["at"]), "cookies": tuple(told["cookies"])})


def _lines(file: BinaryIO) -> Iterator[tuple[int, dict[str, dict[str, JsonValue]]]]:
    """Every whole line from here on, with its first byte; what a killed crawl left half-written ends them."""
    place, rest = file.tell(), b""
    while True:
        packed, start, pieces = zlib.decompressobj(_GZIP), place, []
        while not packed.eof:
            chunk = rest or file.read(_CHUNK)
            if not chunk:
                return
            try:
                pieces.append(packed.decompress(chunk))
            except zlib.error:
                return
            place, rest = place + len(chunk), b""
        rest = packed.unused_data
        place -= len(rest)
        yield start, json.loads(b"".join(pieces).decode("utf-8", "surrogatepass"))
