from collections import Counter
from itertools import islice

import pytest

from bench.documents import BEGIN, END, comments, posts, runs
from pipelines.documents import CommentDocument, PostDocument, from_source, moment, to_source
from pipelines.index.fitness import unfit
from pipelines.index.mapping import COMMENT_FIELDS, POST_FIELDS, RUN_FIELDS

COUNT = 3000


@pytest.fixture(scope="module")
def made():
    return list(comments(COUNT))


def test_the_same_seed_gives_the_same_documents(made):
    assert list(islice(comments(COUNT), 50)) == made[:50]
    assert next(comments(COUNT, seed=1)) != made[0]


def test_every_document_fits_the_mapping(made):
    for documents, fields in ((made, COMMENT_FIELDS), (posts(COUNT), POST_FIELDS), (runs(COUNT), RUN_FIELDS)):
        assert [unfit(document, fields) for document in documents if unfit(document, fields)] == []


def test_the_product_reads_them_as_its_own(made):
    for document in made[:200]:
        assert to_source(from_source(CommentDocument, document)) == {
            name: value for name, value in document.items() if value != []
        }
    for document in posts(COUNT):
        assert to_source(from_source(PostDocument, document)) == document


def test_ids_are_different_and_every_post_is_there(made):
    assert len({document["id"] for document in made}) == COUNT
    known = {post["id"] for post in posts(COUNT)}
    assert {document["post_id"] for document in made if "post_id" in document} <= known


def test_they_are_shaped_like_what_people_write(made):
    assert all(moment(BEGIN) <= document["posted_at"] <= moment(END) for document in made)
    writers = Counter(document["author"] for document in made)
    (_, most), *_ = writers.most_common(1)
    assert most > 10 * COUNT / len(writers)
    assert 20 < sum(len(document["text"]) for document in made) / COUNT < 80
    assert {document["label"] for document in made} == {"positive", "neutral", "negative"}
    stages = {stage.split(":")[1] for document in made for stage in document.get("policy_stages", [])}
    assert stages == {"before", "during", "after"}
    assert any("reply_hours" in document for document in made)
    assert any("policies" not in document for document in made)
