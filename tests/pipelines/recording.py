"""A run of one comment or some, as the steps record it."""

from datetime import UTC, datetime

from crawler.config import Config
from crawler.items import Comment
from crawler.runs import Tally
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key
from pipelines.preparing import prepare
from pipelines.recorder import Recorder
from pipelines.steps import Rejected

AT = datetime(2026, 6, 3, 12, 15, 44, tzinfo=UTC)
COMMENT = Comment(
    id="isso:thread:1", platform="isso", source="thread", kind="comment", text="请回电 13800001234，我叫王建国",
    url="http://127.0.0.1/a#1", posted_at=AT, collected_at=AT, run="thread:1", author="楼上的猫", likes=3,
)  # fmt: skip


def take(recorder: Recorder, config: Config, item: Comment) -> None:
    """As the steps do."""
    pseudonyms = Pseudonyms(read_or_make_key(config.key_path))
    try:
        masked, marks = prepare(item, pseudonyms)
    except Rejected as rejected:
        recorder.reject(item, rejected.reason)
        return
    recorder.tally.masks.update(marks)
    recorder.record([masked])


def opened(config: Config, tally: Tally) -> Recorder:
    recorder = Recorder(config, tally)
    recorder.open().result()
    return recorder


def killed(recorder: Recorder) -> None:
    """Let go of its files and write nothing more, as a killed process does."""
    recorder._known.close()
    recorder._thread.submit(recorder._journal.close)
    recorder._thread.submit(recorder._ledger.close).result()
    recorder._thread.shutdown()


def run(config: Config, *items: Comment) -> Tally:
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    for item in items:
        tally.asked += 1
        tally.answered += 1
        tally.fetched += 1
        take(recorder, config, item)
    recorder.close("finished").result()
    return tally
