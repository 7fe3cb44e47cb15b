"""Moving: every document of one index put into another, compared, and only then let serve there.

Puts what differs, so an interrupted move goes on where it ended.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

import orjson

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from pipelines.building import begun_for
from pipelines.documents import Source
from pipelines.feeder import JournalIncomplete
from pipelines.feeding_lock import alone
from pipelines.index import Index
from pipelines.index.mapping import INDICES
from pipelines.index.standing import STANDING
from pipelines.refusals import carry_over
from pipelines.watching import Watch

PAGE = 4000
SAMPLE = 2000
"""About how many documents of each index are compared whole."""

_DIGITS = 9  # of a float that count: engines add in different orders


@dataclass(frozen=True, slots=True)
class Row:
    """One thing compared: what it is, and a count or checksum of it on either side."""

    subject: str
    here: str
    there: str

    @property
    def equal(self) -> bool:
        """Whether both sides are alike."""
        return self.here == self.there


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was compared. `fed_meanwhile` where somebody fed the one side while it was put into the other."""

    rows: tuple[Row, ...]
    fed_meanwhile: bool = False

    @property
    def equal(self) -> bool:
        """Whether all of it is alike."""
        return all(row.equal for row in self.rows)

    @property
    def overtaken(self) -> bool:
        """Whether it is not, because of what was fed meanwhile."""
        return self.fed_meanwhile and not self.equal


def move(config: Config, source: Index, target: Index, watch: Watch, incomplete: bool = False) -> Comparison:
    """Put everything of `source` beside what `target` has, compare, and let it serve where nothing differs.

    `watch` counts documents. Where something differs, what was put is dropped and `target` serves as before; it is kept
    to go on with where another machine fed `source` meanwhile, whose documents may then differ for that alone. Raises
    ServiceAway where either index cannot be reached; run again, it goes on. Raises JournalIncomplete where `target` has
    taken in what `source` has not, unless `incomplete` says that it may go; WrongUse where the two are one.
    """
    check_apart(source, target)
    with alone(config, watch, "搬索引"):
        here = source.acknowledged().taken
        there = target.acknowledged().taken if target.made else {}
        missing = sorted(name for name, end in there.items() if end > here.get(name, 0))
        if missing and not incomplete:
            raise JournalIncomplete(
                f"要搬去的地方有 {len(missing)} 段日志的内容（如 {missing[0]}），这里没有，搬过去就会丢掉它们；"
                "确实不要了，就加上 --incomplete。"
            )
        building = begun_for(target, f"move of {source.generation}")
        try:
            reached = source.acknowledged()  # before the first page: what is fed meanwhile must come again
            comparison = _moved(source, building, watch)
            comparison = replace(comparison, fed_meanwhile=source.acknowledged() != reached)
            if comparison.equal:
                building.acknowledge(reached)
                carry_over(config, source, building)
                building.swap()
            elif not comparison.overtaken:
                building.discard()
        finally:
            building.close()
    return comparison


def check_apart(source: Index, target: Index) -> None:
    """Raise WrongUse where two addresses are those of one index."""
    if source.home == target.home:
        raise WrongUse("要搬去的地方就是索引现在所在的地方，不用搬。要按现在的登记文件重建，就不带 --to。")


def compare(here: Index, there: Index, samples: Mapping[str, list[str]]) -> Comparison:
    """Counts, checksums of the documents whose ids are given by index, and of the standing bodies' answers."""
    rows = [Row(f"{name} 篇数", str(_count(here, name)), str(_count(there, name))) for name in INDICES]
    for name, ids in samples.items():
        subject = f"{name} 抽查 {len(ids)} 篇的校验值"
        rows.append(Row(subject, _checksum(here.get(name, ids)), _checksum(there.get(name, ids))))
    for title, (name, body) in STANDING.items():
        answers = [_checksum(_plain(index.search(name, body))) for index in (here, there)]
        rows.append(Row(f"查询“{title}”的校验值", *answers))
    return Comparison(tuple(rows))


def _moved(source: Index, building: Index, watch: Watch) -> Comparison:
    counts = {name: _count(source, name) for name in INDICES}
    watch.expect(sum(counts.values()))
    samples: dict[str, list[str]] = {}
    for name, count in counts.items():
        begun = _count(building, name) > 0
        sampled: list[str] = []
        for page in _pages(source, name):
            _put_what_differs(building, name, page, begun)
            sampled += [identity for identity in page if _is_sampled(identity, count)]
            watch(len(page))
        samples[name] = sampled
    building.refresh()
    return compare(source, building, samples)


def _put_what_differs(building: Index, name: str, page: dict[str, Source], begun: bool) -> None:
    there = building.get(name, list(page)) if begun else {}
    news = [source for identity, source in page.items() if there.get(identity) != source]
    refused = building.put(name, news).refused if news else ()
    if refused:
        raise ServiceAway(f"新的索引不收 {refused[0].id}：{refused[0].reason}原来的索引照常使用。")


def _pages(source: Index, name: str) -> Iterator[dict[str, Source]]:
    hits = source.scan(name, {"sort": ["id"], "size": PAGE})
    while page := list(islice(hits, PAGE)):
        yield {hit["_id"]: hit["_source"] for hit in page}


def _is_sampled(identity: str, count: int) -> bool:
    """Whether an id is one of the about SAMPLE of `count`: always the same ones."""
    number = int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest())
    return number * count < SAMPLE * 2**64


def _count(index: Index, name: str) -> int:
    return index.search(name, {"size": 0})["hits"]["total"]["value"]


def _checksum(content: Mapping[str, object]) -> str:
    return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def _plain(part: object) -> object:
    """An answer with its floats cut to the digits that count."""
    if isinstance(part, float):
        return float(f"{part:.{_DIGITS}g}")
    if isinstance(part, dict):
        return {key: _plain(value) for key, value in part.items()}
    return [_plain(value) for value in part] if isinstance(part, list) else part
