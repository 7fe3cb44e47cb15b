"""The scorer's bench: what it feeds both, and that its tables say what was measured."""

from statistics import mean

from bench.sentiment import (
    COMMENTS,
    FRESH,
    RACERS,
    Race,
    comments,
    fresh_table,
    growth_table,
    one_run,
    race,
    race_table,
)


def test_comments_are_different_and_short() -> None:
    found = comments(COMMENTS)
    assert len(set(found)) == COMMENTS
    assert 30 < mean(map(len, found)) < 36
    assert found == comments(COMMENTS)


def test_a_run_is_unbroken_and_as_long_as_asked() -> None:
    assert len(one_run(1000)) == 1000
    assert all("\u4e00" <= character <= "\u9fa5" for character in one_run(1000))


def test_all_score_the_same_comments_in_turns() -> None:
    found = race(20, 2)
    assert (found.comments, len(found.stock), list(found.ours)) == (20, 2, list(RACERS))
    assert {len(taken) for taken in found.ours.values()} == {2}
    assert min(found.stock) > 0


def test_tables() -> None:
    shown = race_table(Race(100, [2.0, 2.0, 4.0], {"the policy model": [0.02, 0.04, 0.02]}))
    assert "| SnowNLP (baseline) | 50 | 1 |  |" in shown
    assert "| the policy model | 5,000 | 100 | 50 to 200 |" in shown
    assert [line.split(" | ")[0] for line in growth_table((500, 1000), 1).splitlines()[2:]] == ["| 500", "| 1,000"]


def test_a_new_process_of_each_says_its_seconds_and_its_memory() -> None:
    names = [line.split(" | ")[0].removeprefix("| ") for line in fresh_table(1).splitlines()[2:]]
    assert names == list(FRESH)
