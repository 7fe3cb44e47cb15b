import orjson
import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from bench.noop_server import noop_server, stored


def test_every_item_is_answered_by_its_id():
    request = b'{"index":{"_index":"a","_id":"1"}}\n{"x":1}\n{"create":{"_index":"a","_id":"2"}}\n{"x":2}\n'
    answer = orjson.loads(stored(request))
    assert answer["errors"] is False
    assert [(name, item["_id"], item["status"]) for each in answer["items"] for name, item in each.items()] == [
        ("index", "1", 201),
        ("create", "2", 201),
    ]
    assert answer["items"][0]["index"]["result"] == "created"


def test_a_brief_answer_has_what_was_asked_for():
    request = b'{"index":{"_id":"1"}}\n{"x":1}\n'
    assert orjson.loads(stored(request, brief=True)) == {"items": [{"index": {"_id": "1", "status": 201}}]}


def test_it_takes_all_and_stores_nothing(elasticsearch):
    with noop_server(elasticsearch) as url:
        client = Elasticsearch(url)
        client.indices.create(index="lianxin-noop")
        actions = [{"_index": "lianxin-noop", "_id": str(number), "_source": {"n": number}} for number in range(20)]
        assert all(taken for taken, _ in streaming_bulk(client, actions, chunk_size=7))
        client.indices.refresh(index="lianxin-noop")
        assert client.count(index="lianxin-noop")["count"] == 0
        with pytest.raises(Exception, match="index_not_found"):
            client.count(index="lianxin-elsewhere")
