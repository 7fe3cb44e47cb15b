from bench.crawling import Reading, readings_table


def test_what_is_left_of_the_bare_spiders_speed_is_told():
    bare, whole = Reading(100, 2.0, 1.5), Reading(110, 8.0, 6.25)
    rows = readings_table([(bare, whole)] * 3).splitlines()
    assert rows[2] == "| a bare Scrapy spider (baseline) | 100 | 2.0 | 1.5 | 1.00 |"
    assert rows[3] == "| `lianxin crawl`, the index included | 110 | 8.0 | 6.2 | 0.25 |"
