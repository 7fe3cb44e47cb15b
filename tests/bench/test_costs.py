"""Each thing that is done to a comment costs something, and all of it is told together."""

from pathlib import Path

from bench.costs import costs, costs_table


def test_each_thing_is_timed(tmp_path: Path):
    found = costs(tmp_path / "data", 50)
    assert len(found) == 8
    assert min(found.values()) > 0


def test_the_sum_is_told():
    assert costs_table({"parsed": 20.4, "masked": 50.3}).splitlines()[-1] == "| together | 71 |"
