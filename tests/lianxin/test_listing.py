"""What `lianxin sources` says of how far a source's lists are read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.coverage import LETTERS, Cursor, Span
from crawler.ledger import Ledger
from crawler.zones import zone_named
from lianxin.listing import coverage

NOW = datetime(2026, 12, 2, 4, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    ("since", "cursor", "said"),
    [
        (NOW - timedelta(days=30), None, ["2026-11-02 至 2026-12-02"]),
        (NOW - timedelta(days=30), {"page": "3"}, ["2026-11-02 至 2026-12-02", "2026-11-02 以前的没有读"]),
        (NOW, None, ["2026-12-02 读过（列表里没有日期）"]),
        (NOW, {"page": "3"}, ["2026-12-02 读过，没有读到头（列表里没有日期）"]),
    ],
)
def test_days_are_told_only_of_lists_that_have_dates(
    ledger: Ledger, since: datetime, cursor: Cursor | None, said: list[str]
) -> None:
    ledger.note_spans("box", LETTERS, [Span(NOW, since, cursor)])
    assert list(coverage(ledger, "box", zone_named("Asia/Shanghai"))) == said
