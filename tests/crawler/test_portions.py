"""Items of an answer go through the steps together: in their order, none lost where reading breaks off, and the answer
counts as read only when all of them are kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse

from crawler.items import Comment, Item
from crawler.logs import DiscreetFormatter
from crawler.pacing import Turns
from crawler.platforms.base import PlatformSpider
from crawler.platforms.walks import Work
from crawler.portions import LONG, MOST_ITEMS, Portion, portions
from crawler.registry import SourceEntry
from crawler.runs import Tally
from tests.pipelines.recording import COMMENT

REQUEST = Request("http://127.0.0.1/more")


def some(count: int, **changes: str) -> list[Comment]:
    return [replace(COMMENT, id=f"isso:thread:{number}", **changes) for number in range(count)]


def as_portion(items: list[Item]) -> Portion:
    return Portion(tuple(items), taken=lambda: None)


def given(results: Iterator[Item | Request]) -> list[list[Item] | Request]:
    return [each if isinstance(each, Request) else [*each.items] for each in portions(results, as_portion)]


def test_items_come_some_at_a_time_in_their_order_and_requests_at_once() -> None:
    items = some(MOST_ITEMS + 2)
    found = given(iter([items[0], REQUEST, *items[1:]]))
    assert found == [REQUEST, items[:MOST_ITEMS], items[MOST_ITEMS:]]
    assert given(iter(())) == []


def test_long_texts_fill_a_portion_sooner() -> None:
    letters = some(4, text="长" * (LONG // 2))
    assert given(iter(letters)) == [letters[:2], letters[2:]]


def test_what_is_no_text_is_for_the_steps_to_refuse() -> None:
    wrong = some(2, text=None)
    assert given(iter(wrong)) == [wrong]


@pytest.mark.parametrize("trouble", [CloseSpider("sample"), KeyError("text")])
def test_what_was_found_before_reading_broke_off_is_given_first(trouble: Exception) -> None:
    items, found = some(3), []

    def broken() -> Iterator[Item]:
        yield from items
        raise trouble

    with pytest.raises(type(trouble)) as caught:
        for each in portions(broken(), as_portion):
            found += each.items
    assert (caught.value, found) == (trouble, items)


def test_an_answer_is_read_only_when_all_its_items_are_taken(tmp_path: Path) -> None:
    entry = SourceEntry.model_validate({"id": "thread", "platform": "isso"})
    done: list[str] = []

    class Reader(PlatformSpider):
        name = "reader"

        def addresses(self) -> list[str]:
            return []

    spider = Reader(entry, Tally("thread", "isso"), Turns(tmp_path / "ledger.sqlite", 0), ZoneInfo("Asia/Shanghai"))
    work = Work(done=lambda: done.append("read"))
    response = HtmlResponse("http://127.0.0.1/", request=Request("http://127.0.0.1/"))
    items = some(MOST_ITEMS + 1)
    first, second = spider._read(response, then=lambda _: iter(items), facts={}, at=(None, work))
    assert (spider.tally.answered, done) == (1, [])
    second.taken()
    assert done == []
    first.taken()
    assert done == ["read"]


def test_no_log_repeats_an_item() -> None:
    portion = Portion(some(2), taken=lambda: None, refused=[(COMMENT, "空的")])
    formatter = DiscreetFormatter()
    for line in (formatter.scraped(portion, None, None), formatter.item_error(portion, KeyError(), None, None)):
        written = line["msg"] % line["args"]
        assert COMMENT.text not in written
        assert COMMENT.author not in written
    assert COMMENT.text not in repr(portion)
