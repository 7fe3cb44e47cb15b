from dataclasses import fields

import pytest

from bench.collected import registry, write_journal
from bench.rebuild import builds_table, rebuilt
from bench.stock import lay_in
from crawler.config import Config
from crawler.items import Comment, Post, Reply
from pipelines.index import open_index
from pipelines.index.mapping import COMMENTS
from pipelines.journal import read

SIZE = 600


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    return lay_in(tmp_path_factory.mktemp("bench") / "stock", SIZE)


def documents(stock):
    return {source["id"]: source for page in stock.pages(COMMENTS) for source in page}


def test_the_journal_holds_what_the_stock_holds(stock, tmp_path):
    write_journal(tmp_path, stock, SIZE)
    events = [entry.event for entry in read(tmp_path)]
    known = documents(stock)
    assert {event.id for event in events if isinstance(event, Comment)} == known.keys()
    answers = [reply for source in known.values() for reply in source.get("replies", [])]
    assert sorted(event.id for event in events if isinstance(event, Reply)) == sorted(each["id"] for each in answers)
    assert sum(isinstance(event, Post) for event in events) == 5


def test_only_so_many_comments_as_asked(stock, tmp_path):
    write_journal(tmp_path, stock, 10)
    assert sum(isinstance(entry.event, Comment) for entry in read(tmp_path)) == 10


def test_the_registry_knows_every_name_of_the_stock(stock):
    known = registry()
    for source in documents(stock).values():
        assert source["source"] in known.sources
        account = known.accounts[source["account"]]
        assert (account.unit, account.region) == (source["unit"], source["region"])
        assert set(source.get("policies", [])) <= known.policies.keys()


def test_what_is_rebuilt_holds_what_was_collected_and_is_told_in_parts(stock, tmp_path, monkeypatch):
    monkeypatch.setattr("bench.rebuild.SCORED", 20)
    whole, moods, wants, plain = rebuilt(tmp_path, stock)
    assert (whole.documents, moods.documents, wants.documents, plain.documents) == (SIZE, SIZE, SIZE, 20)
    assert 0 < wants.took.seconds < whole.took.seconds - moods.took.seconds
    assert whole.peak > 10_000_000
    assert builds_table([whole, moods]).count("\n") == 4
    index = open_index(Config(data=tmp_path))
    known = documents(stock)
    found = index.get(COMMENTS, list(known))
    index.close()
    assert found.keys() == known.keys()
    collected = {field.name for field in fields(Comment)} | {"replies", "answered_at", "answered_by", "reply_hours"}
    for name, source in known.items():
        assert {key: found[name].get(key) for key in collected} == {key: source.get(key) for key in collected}
        assert found[name]["sentiment_model"].startswith("policy-")
