"""Bulk: documents into one index, every item of every answer accounted for, what may be sent again sent again.

A document ends as stored, refused or overtaken, or `send` raises: there is no fourth way.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from crawler.errors import ServiceAway
from pipelines.documents import Source
from pipelines.index.contract import Refused
from pipelines.index.elasticsearch import reasons
from pipelines.index.elasticsearch.connection import Connection, Response, jitter

MOST_DOCUMENTS = 1_000
MOST_BYTES = 5_000_000
LONGEST_PAUSE = 10.0  # seconds

_OPTIONS = {
    "require_alias": "true",
    "filter_path": "items.*._id,items.*.status,items.*.error.type,items.*.error.reason",
}
_ABOUT_ONE_DOCUMENT = frozenset(
    {
        "action_request_validation_exception",
        "document_parsing_exception",
        "mapper_parsing_exception",
        "strict_dynamic_mapping_exception",
    }
)
"""Errors that are a document's own. Any other is the cluster's and may be mended: nothing is refused for it."""


class Gone(ServiceAway):
    """What was to be written is not there, or may not be written any more."""

    def __init__(self) -> None:
        super().__init__("写的时候索引换成了新的一代，或者被删除了，请再运行一次。")


@dataclass(slots=True)
class Parcel:
    """One document on its way: its two lines of NDJSON. `doubtful` when an earlier attempt may have stored it."""

    id: str
    lines: bytes
    doubtful: bool = False

    @property
    def source(self) -> Source:
        """The document in it."""
        return orjson.loads(self.lines.split(b"\n", 1)[1])


@dataclass(slots=True)
class Delivery:
    """What became of the parcels that are not simply stored."""

    refused: list[Refused] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)


Lookup = Callable[[Sequence[str]], Mapping[str, Source]]


def parcel(identity: str, content: bytes, action: str = "index", **options: int) -> Parcel:
    """A document to store, as JSON: `index` replaces, `create` does not."""
    about = orjson.dumps({action: {"_id": identity, **options}})
    return Parcel(identity, b"%b\n%b\n" % (about, content))


class Bulk:
    """Sends parcels to one alias of Elasticsearch."""

    def __init__(
        self,
        connection: Connection,
        alias: str,
        fields: Iterable[str],
        patience: float,
        stored: Lookup = lambda _: {},
        held_up: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`patience`: seconds without any progress before giving up; `stored` reads what the index has now.

        `held_up` hears each new reason for which nothing is taken.
        """
        self._connection = connection
        self._path = f"/{alias}/_bulk"
        # Elasticsearch gives up waiting for a missing shard before we give up waiting for Elasticsearch.
        self._timeout = f"{int(connection.timeout * 750)}ms"
        self._fields = frozenset(fields)
        self._patience = patience
        self._stored = stored
        self._held_up = held_up
        self._why = self._told = ""
        self._delivery = Delivery()

    def send(self, parcels: Sequence[Parcel]) -> Delivery:
        """Bring all of them in. Raises ServiceAway with the reason, Gone; then some may be stored, some not."""
        left, tries, end = list(parcels), 0, time.monotonic() + self._patience
        while left:
            before, left = len(left), self._round(left)
            if len(left) < before:
                tries, end = 0, time.monotonic() + self._patience
            elif time.monotonic() >= end:
                why = self._why.removesuffix("。")
                raise ServiceAway(f"{why}；有 {len(left)} 篇还没有写进索引，再运行一次会接着写。")
            elif self._why != self._told:
                self._told = self._why
                self._held_up(f"{self._why}正在等着写，{self._patience:g} 秒都写不进就停下。")
            if left:
                time.sleep(min(jitter(tries, LONGEST_PAUSE), max(0.0, end - time.monotonic())))
            tries += 1
        return self._delivery

    def _round(self, parcels: Sequence[Parcel]) -> list[Parcel]:
        """Send each chunk once; gives those to be sent again. Ends at a chunk of which nothing was taken."""
        left: list[Parcel] = []
        chunks = list(_chunks(parcels))
        for place, chunk in enumerate(chunks):
            again = self._attempt(chunk)
            left += again
            if len(again) == len(chunk):
                return left + [each for later in chunks[place + 1 :] for each in later]
        return left

    def _attempt(self, chunk: Sequence[Parcel]) -> list[Parcel]:
        """Send a chunk; gives those of it to be sent again."""
        lines = b"".join(each.lines for each in chunk)
        try:
            response = self._connection.send("POST", self._path, lines, **_OPTIONS, timeout=self._timeout)
        except reasons.Lost as lost:
            return self._again(chunk, str(lost), doubtful=lost.taken)
        if response.status == 413 or (response.status == 400 and response.types & _ABOUT_ONE_DOCUMENT):
            return self._in_halves(chunk, response)
        if response.ok:
            return self._settle(chunk, _items(response))
        if "index_not_found_exception" in response.types:
            raise Gone
        trouble = reasons.trouble(response.status, response.body, self._connection.shown)
        if response.status in (401, 403) and "cluster_block_exception" not in response.types and trouble:
            raise trouble
        why = str(trouble or reasons.refusal(self._connection.shown, response.types))
        return self._again(chunk, why, doubtful=response.status not in (401, 403, 429))

    def _in_halves(self, chunk: Sequence[Parcel], response: Response) -> list[Parcel]:
        """A request was refused whole, for its size or for one document in it."""
        if len(chunk) > 1:
            middle = len(chunk) // 2
            left = self._attempt(chunk[:middle])
            if len(left) == middle:  # whoever takes nothing small is not asked for the rest either
                return list(chunk)
            return [*left, *self._attempt(chunk[middle:])]
        if response.status == 413:  # what was too large for anybody did not fit: this is a setting, and can be mended
            why = f"前面的代理不收 {len(chunk[0].lines)} 字节的请求，{reasons.RAISE_LIMIT}"
            return self._again(chunk, self._sentence(why), doubtful=False)
        kind = "、".join(sorted(response.types & _ABOUT_ONE_DOCUMENT))
        self._delivery.refused.append(Refused(chunk[0].id, f"Elasticsearch 不收（{kind}）。"))
        return []

    def _settle(self, chunk: Sequence[Parcel], items: Mapping[str, Mapping[str, object]]) -> list[Parcel]:
        """Look up each document in the answer."""
        left: list[Parcel] = []
        unsure: list[Parcel] = []
        for each in chunk:
            item = items.get(each.id)
            if item is None:
                why = self._sentence(reasons.UNACCOUNTED if items else reasons.STRANGE)
                left += self._again([each], why, doubtful=True)
                continue
            status, error = item["status"], item.get("error") or {}
            if status < 300:
                continue
            if status == 409 and each.doubtful:
                unsure.append(each)
            elif status == 409:
                self._delivery.overtaken.append(each.id)
            elif why := self._not_now(status, error):
                left += self._again([each], why, doubtful=status >= 500)
            elif error.get("type") in _ABOUT_ONE_DOCUMENT or reasons.field_in(error, self._fields):
                self._delivery.refused.append(Refused(each.id, reasons.refused(error, self._fields)))
            else:
                why = reasons.refusal(self._connection.shown, [str(error.get("type"))])
                left += self._again([each], why, doubtful=False)
        self._make_sure(unsure)
        return left

    def _not_now(self, status: int, error: Mapping[str, object]) -> str | None:
        """Why an item may be sent again; None where it may not."""
        if error.get("type") == "index_not_found_exception":
            raise Gone
        why = reasons.blocked(status, [str(error.get("type"))], str(error.get("reason")))
        return self._sentence(why) if why else None

    def _make_sure(self, unsure: Sequence[Parcel]) -> None:
        """A conflict after an attempt without an answer: with ourselves, where what is stored is what we sent."""
        if unsure:
            stored = self._stored([each.id for each in unsure])
            self._delivery.overtaken += [each.id for each in unsure if stored.get(each.id) != each.source]

    def _again(self, parcels: Sequence[Parcel], why: str, doubtful: bool) -> list[Parcel]:
        self._why = why
        for each in parcels:
            each.doubtful |= doubtful
        return list(parcels)

    def _sentence(self, why: str) -> str:
        return f"Elasticsearch（{self._connection.shown}）{why}。"


def _items(response: Response) -> dict[str, Mapping[str, object]]:
    """The items of an answer by id; whatever is not an item is left out."""
    listed = (response.body or {}).get("items")
    items: dict[str, Mapping[str, object]] = {}
    for entry in listed if isinstance(listed, list) else ():
        (item,) = entry.values() if isinstance(entry, Mapping) and len(entry) == 1 else (None,)
        if isinstance(item, Mapping) and isinstance(item.get("status"), int) and isinstance(item.get("_id"), str):
            items[str(item["_id"])] = item
    return items


def _chunks(parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """Parcels in requests of bounded count and bytes; one that is larger goes alone."""
    chunk: list[Parcel] = []
    size = 0
    for each in parcels:
        if chunk and (len(chunk) == MOST_DOCUMENTS or size + len(each.lines) > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(each)
        size += len(each.lines)
    if chunk:
        yield chunk
