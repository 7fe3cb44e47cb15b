"""Both read the same pages, and what is left of the bare spider's speed is told."""

from pathlib import Path

from bench.crawling import SOURCES, Reading, readings, readings_table


def test_what_is_left_of_the_bare_spiders_speed_is_told():
    bare, whole = Reading(100, 2.0, 1.5), Reading(100, 8.0, 6.25)
    rows = readings_table({"town-weibo": [(bare, whole)] * 3}).splitlines()
    assert rows[2] == "| Weibo, 20 an answer: bare Scrapy spider (baseline) | 100 | 2.0 | 1.5 | 1.00 |"
    assert rows[3] == "| Weibo, 20 an answer: `lianxin crawl`, the index included | 100 | 8.0 | 6.2 | 0.25 |"


def test_bare_spiders_read_all_that_crawls_read(tmp_path: Path):
    found = dict(readings(tmp_path, [*SOURCES], comments=60, letters=12, rounds=1))
    assert list(found) == [*SOURCES]
    for ((bare, whole),) in found.values():
        assert bare.items == whole.items > 12
