"""How an answer of the index is read: its documents, its buckets, every page of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pipelines.documents import Source
from pipelines.index import Answer, Body, Index

PAGE = 1000
Part = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Counts:
    """Comments by label. `unknown` are those without a judged mood."""

    negative: int = 0
    neutral: int = 0
    positive: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All comments."""
        return self.judged + self.unknown

    @property
    def judged(self) -> int:
        """Comments whose mood was judged: what shares are of."""
        return self.negative + self.neutral + self.positive

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.negative + other.negative,
            self.neutral + other.neutral,
            self.positive + other.positive,
            self.unknown + other.unknown,
        )


def total(answer: Answer) -> int:
    """How many documents matched."""
    return cast(int, cast(Part, cast(Part, answer["hits"])["total"])["value"])


def hits(part: Part) -> list[Part]:
    """The hits of an answer, or of a `top_hits`."""
    return cast(list[Part], cast(Part, part["hits"])["hits"])


def sources(answer: Part) -> list[Source]:
    """The documents of an answer."""
    return [cast(Source, hit["_source"]) for hit in hits(answer)]


def sources_under(bucket: Part, name: str) -> list[Source]:
    """The documents of a `top_hits` under a bucket."""
    return sources(cast(Part, bucket[name]))


def aggregation(part: Part, name: str) -> Part:
    """One aggregation of an answer."""
    return cast(Part, cast(Part, part["aggregations"])[name])


def buckets(part: Part) -> list[Part]:
    """The buckets of a `terms` or `date_histogram`."""
    return cast(list[Part], part["buckets"])


def keyed(part: Part) -> dict[str, Part]:
    """The buckets of a `filters` aggregation, by key."""
    return cast(dict[str, Part], part["buckets"])


def label_counts(bucket: Part) -> Counts:
    """The labels under a bucket; comments without one are `unknown`."""
    found = {str(label["key"]): cast(int, label["doc_count"]) for label in buckets(cast(Part, bucket["labels"]))}
    judged = [found.get(name, 0) for name in ("negative", "neutral", "positive")]
    return Counts(*judged, unknown=cast(int, bucket["doc_count"]) - sum(judged))


def every(index: Index, name: str, body: Body) -> Iterator[Source]:
    """Every document a sorted body matches, page by page, so that no number of them fills memory."""
    after: object = None
    while True:
        answer = index.search(name, body if after is None else {**body, "search_after": after})
        page = hits(answer)
        yield from (cast(Source, hit["_source"]) for hit in page)
        if len(page) < cast(int, body["size"]):
            return
        after = page[-1]["sort"]
