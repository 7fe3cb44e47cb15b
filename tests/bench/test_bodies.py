import pytest

from bench.bodies import Timing, bodies_table, timed
from bench.bulk import Filled, fill_both, fills_table
from bench.elasticsearch import Baseline
from bench.measuring import Spent
from bench.questions import questions
from bench.stock import lay_in
from pipelines.index.dialect import validate
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS

SIZE = 1000


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    return lay_in(tmp_path_factory.mktemp("bench") / "stock", SIZE)


def test_every_body_is_in_the_dialect(stock):
    for index, body in questions(stock).values():
        validate(index, body)


def test_both_are_filled_and_asked_the_same(stock, tmp_path, elasticsearch, monkeypatch):
    monkeypatch.setattr("bench.bodies.RUNS", 2)
    baseline = Baseline(elasticsearch)
    fills = fill_both(tmp_path / "index", baseline, stock)
    assert all(fill.comments == SIZE and fill.stored_bytes > 100 * SIZE for fill in fills)
    embedded = EmbeddedIndex(tmp_path / "index")
    asked = questions(stock)
    totals = {
        name: [each.search(*body)["hits"]["total"] for each in (embedded, baseline)] for name, body in asked.items()
    }
    timings = timed(embedded, baseline, asked)
    embedded.close()
    baseline.clear()
    assert {name: total for name, total in totals.items() if total[0] != total[1]} == {}
    assert totals["comments.newest"][0]["value"] > 0
    assert [timing.name for timing in timings] == list(asked)
    assert all(len(timing.embedded) == len(timing.elasticsearch) == 2 for timing in timings)


def test_a_slow_body_is_marked():
    quick, slow = Timing("quick", [0.01] * 2, [0.01] * 2, [0.009] * 2), Timing("slow", [0.1] * 2, [0.2] * 2, [0.1] * 2)
    lines = bodies_table([quick, slow, Timing("slower than it", [0.02] * 2, [0.01] * 2, [0.02] * 2)]).splitlines()
    assert lines[2].startswith("| quick | 10.0 | 10.0 | 9.0 | 10.0 | 10.0 | 1.00 | 2 |")
    assert lines[3].startswith("| slow ✗ |")
    assert lines[4].startswith("| slower than it ✗ |")


def test_a_way_is_shown_against_the_one_after_it():
    ours, theirs = Filled("ours", 100, Spent(2.0, 1.0), 5000), Filled("theirs", 100, Spent(1.0, 0.5))
    assert fills_table([ours, theirs]).splitlines()[2:] == [
        "| ours | 100 | 50 | 100 | 0.50 | 50 |",
        "| theirs | 100 | 100 | 200 | 1 |  |",
    ]


def test_the_stock_is_read_page_by_page(stock):
    assert [len(page) for page in stock.pages(COMMENTS)] == [SIZE]
    assert 500 < stock.document_bytes() < 2000
