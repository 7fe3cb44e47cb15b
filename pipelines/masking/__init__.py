"""Masking: what could lead to a person is replaced by a mark that says what stood there. Pure; knows no item."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.masking.addresses import find_rooms
from pipelines.masking.contacts import find_accounts, find_known, find_mails, find_mentions
from pipelines.masking.names import find_names
from pipelines.masking.numbers import find_landlines, find_numbers
from pipelines.masking.spans import Span
from pipelines.spelling import fold_in_place

_PASSES = 20  # people's texts need two or three; the limit keeps a hostile one linear


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text and how often each mark was set."""

    text: str
    counts: Mapping[str, int]


def mask(text: str, *, official: bool = False, known: str | None = None) -> Masked:
    """Replace what is personal by [电话] [邮箱] [证件] [银行卡] [账号] [车牌] [提及] [姓名] [门牌].

    `known` is a name or account that must not stand in this text: the writer's own, or the one who is answered.
    In an `official` text landlines, 400 numbers and e-mail at gov.cn stay: they are public service addresses.
    Repeats until nothing is found (a mark can bare what stood beside it), so masking a masked text changes nothing.
    """
    counts: Counter[str] = Counter()
    if not _names(text, known) and _is_plain(text, official):
        return Masked(text, counts)
    for _ in range(_PASSES):
        spans = _apart(_find(fold_in_place(text), official, known), len(text))
        if not spans:
            break
        counts.update(span.mark for span in spans)
        text = _replaced(text, spans)
    return Masked(text, counts)


def _names(text: str, known: str | None) -> bool:
    return known is not None and fold_in_place(known).strip() in fold_in_place(text)


@lru_cache(maxsize=1000)
def _is_plain(text: str, official: bool) -> bool:
    """Whether there is nothing to be found in a text. Asked twice of most: for the evidence and for the journal."""
    return next(_find(fold_in_place(text), official, None), None) is None


def _find(folded: str, official: bool, known: str | None) -> Iterator[Span]:
    """Every span, the surest detectors first."""
    if known:
        yield from find_known(folded, fold_in_place(known))
    yield from find_mails(folded, offices_too=not official)
    yield from find_numbers(folded)
    if not official:
        yield from find_landlines(folded)
    yield from find_accounts(folded)
    yield from find_rooms(folded)
    yield from find_mentions(folded)
    yield from find_names(folded)


def _apart(spans: Iterator[Span], length: int) -> list[Span]:
    """In reading order, without those that overlap an earlier found one."""
    taken = bytearray(length)
    kept = []
    for span in spans:
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _replaced(text: str, spans: list[Span]) -> str:
    pieces, place = [], 0
    for span in spans:
        pieces += (text[place : span.start], span.mark)
        place = span.end
    return "".join([*pieces, text[place:]])
