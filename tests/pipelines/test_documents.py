"""Mapping, dataclasses and data dictionary say the same."""

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.runs import Run
from pipelines.documents import CommentDocument, OfficialReply, PostDocument, from_source, to_source
from pipelines.index.dictionary import dictionary
from pipelines.index.mapping import COMMENTS, INDICES, POSTS, RUNS, VERSION, elasticsearch_mapping

KINDS = {COMMENTS: CommentDocument, POSTS: PostDocument, RUNS: Run}
AT = datetime(2026, 6, 3, 12, 15, 44, 123_000, tzinfo=UTC)
DOCUMENT = CommentDocument(
    id="liuyan:1", kind="letter", platform="liuyan", source="board", url="http://a.cn", title="题", text="文",
    posted_at=AT, posted_precision="second", collected_at=AT, first_seen=AT, last_seen=AT, run="board:1",
    policies=("lift",), replies=(OfficialReply("liuyan:1-1", "示例县住建局", "复", AT, "http://a.cn", AT),),
    reply_hours=0.5, likes=0,
)  # fmt: skip


@pytest.mark.parametrize("index", list(INDICES))
def test_a_document_has_the_fields_of_its_mapping(index: str) -> None:
    assert {field.name for field in fields(KINDS[index])} == set(INDICES[index])


@pytest.mark.parametrize("index", list(INDICES))
def test_the_mapping_is_closed_and_versioned(index: str) -> None:
    mapping = elasticsearch_mapping(index)
    assert mapping["dynamic"] == "strict"
    assert mapping["_meta"] == {"lianxin": VERSION}
    assert mapping["properties"]["id"] == {"type": "keyword"}


def test_a_text_is_analysed_and_an_address_only_stored() -> None:
    properties = elasticsearch_mapping(COMMENTS)["properties"]
    assert properties["text"] == {"type": "text", "analyzer": "standard"}
    assert properties["url"] == {"type": "keyword", "index": False, "doc_values": False}
    assert properties["replies"] == {"type": "object", "enabled": False}


def test_a_document_comes_back_as_it_was() -> None:
    source = to_source(DOCUMENT)
    assert source["posted_at"] == "2026-06-03T12:15:44.123Z"
    assert "account" not in source
    assert source["likes"] == 0
    assert from_source(CommentDocument, source) == DOCUMENT


def test_the_data_dictionary_is_true() -> None:
    assert (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8") == dictionary(), (
        "run `make documents`"
    )
