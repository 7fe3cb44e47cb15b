"""Following: an index kept up with the journal for as long as the process lives."""

import time
from collections.abc import Callable

from crawler.config import Config
from crawler.errors import ServiceAway, Trouble, on_disk
from crawler.ledger import Ledger
from crawler.registry import Registry
from pipelines.feeder import feed
from pipelines.index import open_index
from pipelines.journal import segments
from pipelines.lag import lag
from pipelines.watching import Unwatched

LOOK_EVERY = 2.0
"""Seconds between two looks at the journal."""

LOOK_AT_INDEX = 60.0
"""Seconds after which the index is looked at though the journal did not grow: it may have been emptied or replaced, a
reply's comment may have come from another machine, or the registry may have been edited."""

LONGEST_WAIT = 60.0
"""Seconds between two tries while the index is away; the waits double up to this."""

Say = Callable[[str], None]
State = dict[str, tuple[int, int]]


def follow(config: Config, load: Callable[[], Registry], say: Say, wait: Callable[[float], None] = time.sleep) -> None:
    """Feed whenever the journal has grown, with the registry as it is then. Ends only with an interrupt.

    Says first what it does and how far, by the ledger, the index is behind. While the index is away, or a registry
    file is wrong, says so, and waits; says it again only when it is something else.
    """
    with Ledger(config.ledger_path) as ledger:
        behind = lag(config.journal_folder, ledger.fed(config.index_place)).entries
    say(
        f"跟着日志 {config.journal_folder} 更新索引 {config.index_place}，"
        f"按台账的记录还有 {behind} 条要补；按 Ctrl+C 停止。"
    )
    pause, trouble_said, since_look = LOOK_EVERY, "", LOOK_AT_INDEX
    told = _Told(say)
    fed: State | None = None
    while True:
        try:
            state = _state(config)
            if state != fed or since_look >= LOOK_AT_INDEX:
                _feed(config, load(), say, told)
                fed, since_look = state, 0.0
                told.forget()
            if trouble_said:
                say("又好了，已补上落下的。")
            pause, trouble_said = LOOK_EVERY, ""
        except Trouble as trouble:  # the index is away, or a registry file is being edited
            if str(trouble) != trouble_said:
                after = "采集照常进行，连上后自动补上。" if isinstance(trouble, ServiceAway) else "改好后自动补上。"
                say(f"{trouble}{after}")
            pause, trouble_said, fed = min(pause * 2, LONGEST_WAIT), str(trouble), None
        wait(pause)
        since_look += pause


def _state(config: Config) -> State:
    """What tells that the journal was written to, without reading it: size and time of each segment."""
    with on_disk(config.journal_folder):
        found = ((path.name, path.stat()) for path in segments(config.journal_folder))
        return {name: (about.st_size, about.st_mtime_ns) for name, about in found}


def _feed(config: Config, registry: Registry, say: Say, told: "_Told") -> None:
    index = open_index(config, told.held_up)
    try:
        fed = feed(config, registry, index, told)
    finally:
        index.close()
    if fed.posts or fed.comments or fed.replies or fed.runs:
        say(f"已进索引：发布 {fed.posts}，评论与来信 {fed.comments}，官方答复 {fed.replies}，采集记录 {fed.runs}。")
    if fed.refused:
        say(f"索引不收 {fed.refused} 篇，原因写在 {config.rejected_folder}/index-*.jsonl。")


class _Told(Unwatched):
    """Says only what holds the work up, and each thing once until it is over."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said: set[str] = set()

    def held_up(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)

    def forget(self) -> None:
        """It is over."""
        self._said.clear()
