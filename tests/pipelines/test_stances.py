"""Staff's labels are events of the journal; the stance in the index follows them, however it was fed."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from crawler.config import Config
from crawler.items import Comment
from crawler.labelling import StanceLabel, TaughtStance
from crawler.ledger import Ledger
from crawler.registry import Registry
from pipelines.choosing import choose
from pipelines.documents import LABEL as BY_LABEL
from pipelines.documents import WORDS, CommentDocument, from_source
from pipelines.feeder import feed, outdated, rebuild
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS
from pipelines.journal import JournalWriter, decode, encode, stance_labels
from pipelines.labelled import labels_of
from pipelines.recorder import catch_up
from pipelines.stances import Book, checked, comments_of, teach_now
from tests.installation import Installation
from tests.sentiment.test_stance_model import lesson

AT = datetime(2026, 6, 30, 8, tzinfo=UTC)
TEXTS, STANCES = lesson(120)
LABEL = StanceLabel("liuyan:0", "lift", "oppose", AT)


def comment(number: int, text: str) -> Comment:
    return Comment(
        id=f"liuyan:{number}", platform="liuyan", source="board", kind="letter", title="加装电梯", text=text, url="",
        posted_at=AT, collected_at=AT, run="board:1",
    )  # fmt: skip


def label(number: int, stance: TaughtStance, later: int = 0) -> StanceLabel:
    return StanceLabel(f"liuyan:{number}", "lift", stance, AT + timedelta(hours=later))


def document(name: str, text: str, *policies: str) -> CommentDocument:
    return CommentDocument(
        id=name, kind="comment", platform="p", source="s", url="", title="", text=text, posted_at=AT,
        posted_precision="second", collected_at=AT, first_seen=AT, last_seen=AT, run="r",
        policies=policies or ("lift",),
    )  # fmt: skip


LABELS = [label(number, STANCES[number]) for number in range(60)]


@pytest.fixture
def config(installation: Installation) -> Config:
    installation.write('[[source]]\nid = "board"\nplatform = "liuyan"\n')
    return installation.config()


def write(config: Config, *events: Comment | StanceLabel) -> None:
    with JournalWriter(config.journal_folder) as journal:
        journal.append(events)


def stances(index: Index) -> dict[str, str | None]:
    return {document.id: document.stance for document in comments_of(index, "lift")}


def test_a_label_comes_back_as_it_was_and_is_found_among_comments(config: Config) -> None:
    write(config, comment(0, "一"), LABEL, comment(1, '{"type":"stance_label"'))
    assert decode(encode(LABEL)) == LABEL
    assert list(stance_labels(config.journal_folder)) == [LABEL]


def test_labels_are_read_once_and_anew_where_the_journal_is_another(config: Config) -> None:
    write(config, comment(0, "一"), LABEL)
    first = next(config.journal_folder.iterdir())
    assert labels_of(config) == labels_of(config) == {"lift": {LABEL.comment_id: LABEL}}
    copy = config.stances_folder / "labels.jsonl"
    written = copy.stat().st_mtime_ns
    assert labels_of(config)
    assert copy.stat().st_mtime_ns == written  # nothing was new
    write(config, label(0, "support", later=1), label(1, "unclear"))
    assert {name: each.stance for name, each in labels_of(config)["lift"].items()} == {
        "liuyan:0": "support",
        "liuyan:1": "unclear",
    }
    first.unlink()
    assert labels_of(config) == {"lift": {"liuyan:0": label(0, "support", later=1), "liuyan:1": label(1, "unclear")}}
    copy.unlink()
    assert len(labels_of(config)["lift"]) == 2


def test_a_label_tells_nothing_of_who_gave_it() -> None:
    assert list(asdict(LABEL)) == ["comment_id", "policy", "stance", "labelled_at"]


def test_a_label_is_no_item_to_the_ledger(config: Config) -> None:
    write(config, comment(0, "一"), LABEL)
    with Ledger(config.ledger_path) as ledger:
        catch_up(ledger, config.journal_folder)
        assert ledger.digest_of("liuyan:0")


def test_said_outright_then_labelled_then_labelled_otherwise(config: Config, registry: Registry, index: Index) -> None:
    write(config, comment(0, "坚决支持！"), comment(1, "看看再说"))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "support", "liuyan:1": "unclear"}
    write(config, label(0, "oppose", later=2), label(0, "support", later=1), label(1, "support"))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "oppose", "liuyan:1": "support"}
    assert not outdated(config, registry, index)


def test_a_newer_version_of_a_comment_keeps_its_label(config: Config, registry: Registry, index: Index) -> None:
    write(config, comment(0, "看看再说"), LABEL)
    feed(config, registry, index)
    write(config, replace(comment(0, "看看再说吧"), collected_at=AT + timedelta(days=1)))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "oppose"}


def test_a_label_that_comes_before_its_comment_waits(config: Config, registry: Registry, index: Index) -> None:
    write(config, LABEL)
    feed(config, registry, index)
    write(config, comment(0, "看看再说"))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "oppose"}


def test_a_comment_of_no_policy_has_no_stance(config: Config, registry: Registry, index: Index) -> None:
    write(config, replace(comment(0, "坚决支持"), title=""))
    feed(config, registry, index)
    assert from_source(CommentDocument, index.get(COMMENTS, ["liuyan:0"])["liuyan:0"]).stance is None


def test_a_comment_takes_its_intents_with_it(config: Config, registry: Registry, index: Index) -> None:
    write(config, comment(0, "请问什么时候开工？需要什么材料？"))
    feed(config, registry, index)
    assert next(comments_of(index, "lift")).intent == ("question",)


def test_good_labels_give_every_comment_its_stance_and_a_rebuild_the_same(
    config: Config, registry: Registry, index: Index
) -> None:
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *LABELS)
    feed(config, registry, index)
    found = checked(labels_of(config)["lift"], index)
    assert found is not None
    assert found.good
    told = stances(index)
    right = sum(told[f"liuyan:{number}"] == STANCES[number] for number in range(60, 120))
    assert right >= 55
    for model in (config.data / "stances").iterdir():
        model.unlink()  # what is lost is made again
    rebuild(config, registry, index)
    assert stances(index) == told


def test_only_the_newest_generations_are_remembered(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.stances.REMEMBERED", 2)
    write(config, comment(0, "看看再说"), LABEL)
    feed(config, registry, index)
    for _ in range(3):
        rebuild(config, registry, index)
        assert stances(index) == {"liuyan:0": "oppose"}
    applied = orjson.loads((config.stances_folder / "applied.json").read_bytes())
    assert len(applied) == 2
    assert list(applied)[-1].endswith(index.generation)


def test_labels_that_teach_nothing_change_only_their_own_comments(
    config: Config, registry: Registry, index: Index
) -> None:
    mixed = [label(number, ("support", "oppose")[number // 7 % 2]) for number in range(60)]
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *mixed)
    feed(config, registry, index)
    told = stances(index)
    assert {told[f"liuyan:{number}"] for number in range(60, 120)} == {"unclear"}
    assert {told[f"liuyan:{number}"] for number in range(60)} == {"support", "oppose"}


def test_what_is_chosen_is_unlabelled_different_and_the_same_each_time(
    config: Config, registry: Registry, index: Index
) -> None:
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *LABELS)
    feed(config, registry, index)
    labels, comments = labels_of(config)["lift"], list(comments_of(index, "lift"))
    model = teach_now(labels, index)
    labelled = [comment for comment in comments if comment.id in labels]
    chosen = choose(iter(comments), labelled, model, ["加装电梯"], 10)
    assert 1 <= len(chosen) <= 10
    assert not {each.id for each in chosen} & set(labels)
    assert len({each.text for each in chosen}) == len(chosen)
    assert not {each.text for each in chosen} & {TEXTS[number] for number in range(60)}
    assert choose(reversed(comments), labelled, model, ["加装电梯"], 10) == chosen


def test_at_first_what_is_said_outright_is_chosen_and_no_near_twins() -> None:
    texts = ["坚决反对！采光怎么办，一楼住户的损失谁来赔", "坚决反对！采光怎么办，一楼住户的损失谁来赔呢", "坚决支持"]
    texts_of_all = [*(f"第{number}次路过看看" for number in range(40)), *texts]
    documents = [document(str(number), text) for number, text in enumerate(texts_of_all)]
    chosen = choose(documents, (), None, ["加装电梯"], 2)
    assert sorted(each.text[:4] for each in chosen) == ["坚决反对", "坚决支持"]
    assert choose([], (), None, [], 5) == []


def test_no_more_comments_are_held_than_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.choosing.POOL", 20)
    first = document("0", "看看再说")
    many = (replace(first, id=str(number), text=f"第{number}条：{number**7}") for number in range(500))
    chosen = choose(many, (), None, ["加装电梯"], 100)
    assert 10 <= len(chosen) <= 20
    assert len({each.id[0] for each in chosen}) > 3  # from everywhere, not the first


ANSWERS = [
    ("unclear", "坚决支持", "unclear", None),  # a: labelled unclear; b: said outright
    ("support", "坚决支持", "support", BY_LABEL),
    ("oppose", "坚决支持", "unclear", None),
    (None, "坚决支持", "support", WORDS),
    ("unclear", "看看再说", "unclear", BY_LABEL),
    ("support", "看看再说", "support", BY_LABEL),
    (None, "看看再说", "unclear", None),
]


@pytest.mark.parametrize(("labelled", "text", "stance", "by"), ANSWERS)
def test_policies_that_answer_differently_leave_it_unclear(
    labelled: TaughtStance | None, text: str, stance: str, by: str | None
) -> None:
    own = {"0": StanceLabel("0", "a", labelled, AT)} if labelled else {}
    (told,) = Book(labels={"a": own}).with_stances([document("0", text, "a", "b")])
    assert (told.stance, told.stance_by) == (stance, by)


@pytest.mark.parametrize(
    ("text", "stance"), [("同意", "unclear"), ("坚决支持！", "unclear"), ("坚决反对加装电梯", "oppose")]
)
def test_what_is_said_to_somebody_is_about_the_policy_only_by_its_name(
    registry: Registry, text: str, stance: str
) -> None:
    said = replace(document("1", text), parent_id="0")
    (told,) = Book(policies=registry.policies).with_stances([said])
    assert told.stance == stance


def test_a_label_that_came_to_differ_is_no_longer_told() -> None:
    read_elsewhere = ("a:support:2026-06-30T07:00:00.000Z",)
    before = replace(
        document("0", "坚决支持", "a", "b"), stance="support", stance_by=BY_LABEL, stance_labels=read_elsewhere
    )
    assert Book().with_stances([before]) == [before]  # another machine's
    (told,) = Book(labels={"b": {"0": StanceLabel("0", "b", "oppose", AT)}}).with_stances([before])
    assert (told.stance, told.stance_by) == ("unclear", None)
