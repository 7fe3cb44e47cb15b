from threading import Thread

import pytest

from crawler.errors import WrongUse
from pipelines.index import Index
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS
from pipelines.index.updating import change, update

STORED = {"id": "a", "text": "医保", "label": "negative", "themes": ["医保"]}


def test_some_fields_change_and_the_rest_stays(empty_index: Index) -> None:
    empty_index.put(COMMENTS, [STORED])
    assert update(empty_index, COMMENTS, "a", {"label": "positive", "stance": "support", "themes": None})
    expected = {"id": "a", "text": "医保", "label": "positive", "stance": "support"}
    assert empty_index.get(COMMENTS, ["a"]) == {"a": expected}
    assert not update(empty_index, COMMENTS, "nobody", {"label": "positive"})
    assert empty_index.get(COMMENTS, ["nobody"]) == {}


def test_what_the_mapping_refuses_changes_nothing(empty_index: Index) -> None:
    empty_index.put(COMMENTS, [STORED])
    with pytest.raises(WrongUse, match="字段 likes 不是 integer 类型"):
        update(empty_index, COMMENTS, "a", {"likes": "many"})
    assert empty_index.get(COMMENTS, ["a"]) == {"a": STORED}


def test_an_id_is_not_changed(empty_index: Index) -> None:
    empty_index.put(COMMENTS, [STORED])
    with pytest.raises(WrongUse, match="id 不能改"):
        update(empty_index, COMMENTS, "a", {"id": "b"})
    assert empty_index.get(COMMENTS, ["a", "b"]) == {"a": STORED}


def test_changes_made_at_once_all_count(tmp_path) -> None:
    EmbeddedIndex(tmp_path).put(COMMENTS, [STORED | {"likes": 0}])

    def like_five_times() -> None:
        index = EmbeddedIndex(tmp_path)
        for _ in range(5):
            assert change(index, COMMENTS, "a", lambda source: source | {"likes": source["likes"] + 1})
        index.close()

    threads = [Thread(target=like_five_times) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert EmbeddedIndex(tmp_path).get(COMMENTS, ["a"])["a"]["likes"] == 15
