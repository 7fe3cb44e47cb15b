"""Progress in the index itself: one document a segment of a journal, so that several machines can share one cluster."""

from collections.abc import Mapping

import orjson

from crawler.errors import ServiceAway
from pipelines.index.contract import Progress
from pipelines.index.elasticsearch.bulk import Bulk, parcel
from pipelines.index.elasticsearch.connection import Connection
from pipelines.index.elasticsearch.generations import open_alias, physical
from pipelines.index.elasticsearch.reading import read_documents, search
from pipelines.index.elasticsearch.reasons import refusal
from pipelines.index.elasticsearch.templates import PROGRESS

RECIPE = "recipe"
_SEGMENT = "segment:"
_PAGE = 1_000


class ProgressBook:
    """How far one generation reaches."""

    def __init__(self, connection: Connection, generation: str, patience: float) -> None:
        self.generation = generation
        self._connection = connection
        self._index = physical(PROGRESS, generation)
        self._alias = open_alias(PROGRESS, generation)
        self._patience = patience

    def read(self) -> Progress:
        """As it is now, whoever wrote it. Raises ServiceAway."""
        taken: dict[str, int] = {}
        waiting: list[tuple[str, int]] = []
        self._connection.get("POST", f"/{self._index}/_refresh")
        body: dict[str, object] = {
            "size": _PAGE,
            "query": {"exists": {"field": "segment"}},
            "sort": [{"segment": "asc"}],
        }
        while hits := search(self._connection, self._index, body)["hits"]["hits"]:
            for hit in hits:
                source = hit["_source"]
                taken[source["segment"]] = source["taken"]
                waiting += [(source["segment"], start) for start in source["waiting"]]
            body["search_after"] = hits[-1]["sort"]
        about = read_documents(self._connection, self._index, [RECIPE]).get(RECIPE, {})
        recipe = about.get("_source", {}).get("recipe", "")
        return Progress(taken, tuple(waiting), recipe)

    def write(self, known: Progress, progress: Progress) -> None:
        """Store what differs from `known`; other machines' segments stay as they are. Raises ServiceAway, Gone."""
        before, now = _segments(known), _segments(progress)
        parcels = [
            parcel(_SEGMENT + segment, orjson.dumps(source))
            for segment, source in now.items()
            if before.get(segment) != source
        ]
        if progress.recipe != known.recipe:
            parcels.append(parcel(RECIPE, orjson.dumps({"recipe": progress.recipe})))
        refused = Bulk(self._connection, self._alias, (), self._patience).send(parcels).refused
        if refused:
            raise ServiceAway(f"索引不收读到哪里的记录：{refused[0].reason}")

    def clear(self) -> None:
        """Forget all: what was taken in is lost and has to come again. Raises ServiceAway."""
        names = [*(_SEGMENT + segment for segment in self.read().taken), RECIPE]
        lines = b"".join(orjson.dumps({"delete": {"_id": name}}) + b"\n" for name in names)
        items = self._connection.get("POST", f"/{self._alias}/_bulk", lines, require_alias="true").get("items")
        statuses = [item["delete"]["status"] for item in items]
        if len(statuses) != len(names) or set(statuses) - {200, 404}:
            raise ServiceAway(refusal(self._connection.shown))


def _segments(progress: Progress) -> dict[str, Mapping[str, object]]:
    waiting: dict[str, list[int]] = {segment: [] for segment in progress.taken}
    for segment, start in progress.waiting:
        waiting.setdefault(segment, []).append(start)
    return {
        segment: {"segment": segment, "taken": progress.taken.get(segment, 0), "waiting": starts}
        for segment, starts in waiting.items()
    }
