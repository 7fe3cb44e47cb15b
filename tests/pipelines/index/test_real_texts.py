import csv

import pytest

from pipelines.index.mapping import COMMENTS

FILE = "comments/three_child_policy.csv"


@pytest.mark.real_data
def test_a_phrase_of_han_characters_is_found_wherever_it_is_written(empty_index, real_data):
    with (real_data / FILE).open(encoding="utf-8-sig", newline="") as file:
        texts = [max(row.values(), key=lambda cell: len(cell or "")) for row in csv.DictReader(file)]
    empty_index.put(COMMENTS, [{"id": f"{number}", "text": text} for number, text in enumerate(texts)])
    assert len(texts) > 1_400
    for phrase in ("三孩", "生育", "教育成本", "房价", "产假", "女性", "生不起", "延迟退休", "好的政策"):
        body = {"query": {"match_phrase": {"text": phrase}}, "size": 10_000, "_source": ["id"]}
        found = {int(hit["_id"]) for hit in empty_index.search(COMMENTS, body)["hits"]["hits"]}
        written = {number for number, text in enumerate(texts) if phrase in text}
        assert written <= found
        assert all(phrase in "".join(filter(str.isalnum, texts[number])) for number in found)
