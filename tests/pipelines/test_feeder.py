"""The index is a view of the journal: fed in any pieces, or rebuilt, it holds the same documents."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.config import Config
from crawler.registry import Registry
from crawler.runs import Run
from pipelines.batch import as_of
from pipelines.documents import CommentDocument, PostDocument, from_source
from pipelines.feeder import feed, outdated, rebuild
from pipelines.index import Index, open_index
from pipelines.index.mapping import COMMENTS, INDICES, POSTS, RUNS
from pipelines.journal import Event
from pipelines.lag import Lag, lag
from sentiment.mood_model import shipped_id
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, AT, COMMENT, EVENTS, LETTER, POST, REPLY, RUN, SOURCES, write


@pytest.fixture
def config(installation: Installation) -> Config:
    """With nothing in the journal."""
    installation.write(SOURCES, accounts=ACCOUNTS)
    return installation.config()


def comment(index: Index, name: str) -> CommentDocument:
    return from_source(CommentDocument, index.get(COMMENTS, [name])[name])


def everything(index: Index) -> dict[str, object]:
    names = {COMMENTS: [COMMENT.id, LETTER.id], POSTS: [POST.id], RUNS: [RUN.id]}
    return {name: index.get(name, ids) for name, ids in names.items()}


def test_a_comment_takes_policy_stage_account_and_mood_with_it(
    config: Config, registry: Registry, index: Index
) -> None:
    write(config.journal_folder, *EVENTS)
    fed = feed(config, registry, index)
    assert (fed.posts, fed.comments, fed.replies, fed.runs, fed.orphans) == (1, 2, 1, 1, 0)
    under_post = comment(index, COMMENT.id)
    assert under_post.policy_stages == ("lift:before",)
    assert under_post.attribution == ("post:isso:thread:/a",)
    assert (under_post.account, under_post.unit, under_post.region) == ("site", "示例县人民政府", "示例县")
    assert under_post.label in {"positive", "neutral", "negative"}
    assert under_post.sentiment_model == shipped_id()
    letter = comment(index, LETTER.id)
    assert letter.policy_stages == ("lift:during",)
    assert letter.attribution == ("alias:加装电梯",)
    assert (letter.answered_by, letter.reply_hours, letter.domain) == (("示例县住建局",), 30.0, ("城建",))
    assert letter.replies[0].text == "已开工"
    post = from_source(PostDocument, index.get(POSTS, [POST.id])[POST.id])
    assert post.policies == ("lift",)


def test_feeding_twice_changes_nothing(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, *EVENTS)
    feed(config, registry, index)
    before = everything(index)
    assert lag(config.journal_folder, index.acknowledged().taken) == Lag(0, 0)
    assert feed(config, registry, index).comments == 0
    assert everything(index) == before


def test_any_cut_of_the_journal_gives_the_same_index(config: Config, registry: Registry, index: Index) -> None:
    for event in EVENTS:
        write(config.journal_folder, event)
        feed(config, registry, index)
    in_pieces = everything(index)
    rebuild(config, registry, index)
    assert everything(index) == in_pieces
    assert comment(index, LETTER.id).reply_hours == 30.0


def test_a_new_version_keeps_replies_and_first_sight(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, *EVENTS)
    feed(config, registry, index)
    later = AT + timedelta(days=9)
    write(config.journal_folder, replace(LETTER, text="改过的话", collected_at=later))
    feed(config, registry, index)
    letter = comment(index, LETTER.id)
    assert (letter.text, letter.first_seen, letter.last_seen) == ("改过的话", AT, later)
    assert letter.answered_by == ("示例县住建局",)
    as_fed = everything(index)
    rebuild(config, registry, index)
    assert everything(index) == as_fed


def test_a_reply_waits_for_its_comment(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, REPLY)
    assert feed(config, registry, index).orphans == 1
    write(config.journal_folder, LETTER)
    fed = feed(config, registry, index)
    assert (fed.orphans, fed.replies) == (0, 1)
    assert comment(index, LETTER.id).reply_hours == 30.0


def test_a_reply_before_its_comment_gives_no_negative_time(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, LETTER, replace(REPLY, replied_at=LETTER.posted_at - timedelta(hours=1)))
    feed(config, registry, index)
    letter = comment(index, LETTER.id)
    assert (letter.reply_hours, letter.reply_flags) == (None, ("before-comment",))


def test_a_later_reply_counts_where_the_first_is_dated_before_its_comment(
    config: Config, registry: Registry, index: Index
) -> None:
    early = replace(REPLY, id="liuyan:1-0", replied_at=LETTER.posted_at - timedelta(hours=1))
    write(config.journal_folder, LETTER, early, REPLY)
    feed(config, registry, index)
    letter = comment(index, LETTER.id)
    assert (letter.reply_hours, letter.reply_flags) == (30.0, ("before-comment",))


def test_an_edited_registry_takes_effect_with_the_next_feeding(
    installation: Installation, config: Config, registry: Registry, index: Index
) -> None:
    write(config.journal_folder, *EVENTS)
    feed(config, registry, index)
    assert not outdated(config, registry, index)
    installation.write(SOURCES + 'policies = ["lift"]\n', accounts=ACCOUNTS)
    edited = installation.registry()
    assert outdated(config, edited, index)
    feed(config, edited, index)
    assert comment(index, LETTER.id).attribution == ("source:board",)


def test_a_policy_that_is_gone_from_the_registry_is_gone_from_the_documents(
    installation: Installation, config: Config, registry: Registry, index: Index
) -> None:
    write(config.journal_folder, *EVENTS)
    feed(config, registry, index)
    installation.write(SOURCES, policies="", accounts=ACCOUNTS)
    write(config.journal_folder, replace(COMMENT, id="isso:thread:2"))
    feed(config, installation.registry(), index)
    assert comment(index, COMMENT.id).policies == comment(index, "isso:thread:2").policies == ()


def test_a_torn_last_line_is_not_behind(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, *EVENTS)
    (path,) = config.journal_folder.glob("*.jsonl")
    with path.open("ab") as file:
        file.write(b'{"type": "com')
    feed(config, registry, index)
    assert lag(config.journal_folder, index.acknowledged().taken) == Lag(0, 0)


EARLIER, LATER, LAST = AT - timedelta(days=1), AT + timedelta(days=2), AT + timedelta(days=3)
TOO_MANY = 2**40  # for a 32-bit integer
VERSIONS: list[Event] = [
    replace(RUN, outcome="failed", reason="没有正常结束"),
    replace(RUN, finished_at=LATER, stored=2, masks={"[电话]": 1}),
    POST,
    replace(POST, title="路灯公告", text="路灯", collected_at=LATER),
    replace(POST, comment_count=TOO_MANY, collected_at=LAST),
    COMMENT,
    replace(COMMENT, text="改过的话", collected_at=LATER),
    replace(COMMENT, likes=TOO_MANY, collected_at=EARLIER),
    replace(COMMENT, id="isso:thread:2", text="另一个人说加装电梯"),
    LETTER,
    replace(LETTER, status="办理中", collected_at=EARLIER),
    replace(LETTER, dislikes=TOO_MANY, collected_at=LAST),
    REPLY,
    replace(REPLY, text="已完工", replied_at=REPLY.replied_at + timedelta(hours=1), collected_at=LATER),
    replace(REPLY, unit="局" * 11_000, collected_at=LAST),
    replace(REPLY, id="liuyan:1-2", replied_at=LETTER.posted_at + timedelta(hours=50)),
]


def documents(index: Index) -> dict[str, list[object]]:
    """Every document whole."""
    return {name: [hit["_source"] for hit in index.scan(name, {"sort": ["id"], "size": 100})] for name in INDICES}


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    """The documents of one feeding of all versions, the oldest first."""
    installation = Installation(tmp_path_factory.mktemp("in-order"))
    installation.write(SOURCES, accounts=ACCOUNTS)
    config = installation.config()
    write(config.journal_folder, *sorted(VERSIONS, key=as_of))
    index = open_index(config)
    feed(config, installation.registry(), index)
    found = documents(index)
    index.close()
    return found


def test_of_each_item_the_newest_version_that_an_index_can_take_counts(in_order: dict[str, list[object]]) -> None:
    first, second, letter = (from_source(CommentDocument, source) for source in in_order[COMMENTS])
    assert (first.text, first.likes, first.policies, first.first_seen) == ("改过的话", 3, (), AT)
    assert (second.text, second.policies) == ("另一个人说加装电梯", ("lift",))
    assert (letter.status, letter.first_seen, letter.last_seen) == ("已办理", EARLIER, AT)
    assert [(reply.id, reply.text) for reply in letter.replies] == [("liuyan:1-1", "已完工"), ("liuyan:1-2", "已开工")]
    assert letter.reply_hours == 31.0
    (post,) = (from_source(PostDocument, source) for source in in_order[POSTS])
    assert (post.title, post.comment_count) == ("路灯公告", None)
    (run,) = (from_source(Run, source) for source in in_order[RUNS])
    assert (run.outcome, run.finished_at, run.stored, run.masks) == ("complete", LATER, 2, {"[电话]": 1})


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    order=st.permutations(VERSIONS),
    pieces=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    batch=st.integers(1, len(VERSIONS)),
)
def test_any_order_and_any_cut_of_the_journal_give_the_same_documents(
    tmp_path_factory: pytest.TempPathFactory,
    in_order: dict[str, list[object]],
    order: list[Event],
    pieces: list[int],
    batch: int,
) -> None:
    installation = Installation(tmp_path_factory.mktemp("order"))
    installation.write(SOURCES, accounts=ACCOUNTS)
    config, registry = installation.config(), installation.registry()
    index = open_index(config)
    rest = list(order)
    for size in [*pieces, len(rest)]:
        written, rest = rest[:size], rest[size:]
        if written:
            write(config.journal_folder, *written)
            feed(config, registry, index, batch=batch)
    found = documents(index)
    index.close()
    assert found == in_order


def test_a_comment_that_names_no_policy_belongs_to_none(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, replace(LETTER, title="路灯坏了", text="请修一下"))
    feed(config, registry, index)
    assert comment(index, LETTER.id).policies == ()
