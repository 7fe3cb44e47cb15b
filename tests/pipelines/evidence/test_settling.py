"""What a replay reads is what is stored, as far as evidence can tell them apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Comment, Post
from crawler.runs import Tally
from pipelines.evidence.settling import fits, settled, stored_of
from pipelines.journal import JournalWriter

AT = datetime(2026, 6, 3, 12, tzinfo=UTC)
COMMENT = Comment(
    id="isso:s:1", platform="isso", source="s", kind="comment", text="请拨打 0771-5551234", url="http://a/",
    posted_at=AT, collected_at=AT, run="s:1", likes=3,
)  # fmt: skip
POST = Post(
    id="isso:s:2", platform="isso", source="s", title="咨询 0771-5551234 或者…", text="咨询 0771-5551234 或者上门",
    url="", posted_at=AT, collected_at=AT, run="s:1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("marked", "text", "so"),
    [
        ("请拨打 [电话]", "请拨打 0771-5551234", True),
        ("[提及]", "任何话", True),
        ("[提及]说得对", "[提及] 说得对", True),
        ("[电话][电话]", "12", True),
        ("[电话][电话]", "1", False),
        ("请拨打 [电话]", "请拨打 ", False),
        ("请拨打 [电话]。", "请拨打 0771-5551234", False),
        ("同意", "回复[提及]:同意", False),
        ("一样", "一样", True),
        ("a[电话]b[电话]c", "a1b2c", True),
        ("a[电话]b[电话]c", "a1c2b", False),
    ],
)
def test_what_may_have_stood_there(marked: str, text: str, so: bool) -> None:
    assert fits(marked, text) is so


@given(
    st.lists(st.text(alphabet="ab\n", max_size=4), min_size=1, max_size=6),
    st.text(alphabet="ab", min_size=1, max_size=3),
)
def test_a_text_fits_what_it_is_masked_to(pieces: list[str], masked: str) -> None:
    assert fits("[提及]".join(pieces), masked.join(pieces))


def test_words_that_differ_by_marks_alone_stay_as_they_are_stored() -> None:
    read = replace(COMMENT, text="请拨打 [电话]", likes=4)
    assert settled(read, COMMENT) == replace(COMMENT, likes=4)
    assert settled(replace(COMMENT, text="别的话"), COMMENT).text == "别的话"


def test_a_title_that_marks_cut_elsewhere_stays() -> None:
    read = replace(POST, title="咨询 [电话] 或者上门…", text="咨询 [电话] 或者上门")
    assert settled(read, POST) == POST
    assert settled(replace(read, title="咨询"), POST).title == "咨询"


def test_the_newest_state_of_each_item_counts(tmp_path: Path) -> None:
    later = replace(COMMENT, text="后来", collected_at=AT + timedelta(days=1))
    with JournalWriter(tmp_path) as journal:
        journal.append([later, COMMENT, replace(COMMENT, id="isso:s:9", source="other"), Tally("s", "isso").opening()])
    assert stored_of(tmp_path, "s") == {"isso:s:1": later}
