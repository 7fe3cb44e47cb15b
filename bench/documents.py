"""Documents like those the product stores, made up from a seed: the same size and seed give the same documents.

Posts draw comments with a long tail, comments come soon after their post, few writers write much. Fields that later
work fills (themes, keywords, stance) are filled too, so that sizes are those to reckon with.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bench.words import (
    ANSWERS,
    CATEGORIES,
    CLOSINGS,
    DOMAINS,
    OPENINGS,
    POLICIES,
    PROVINCES,
    REGIONS,
    TROUBLES,
    UNITS,
)
from pipelines.documents import Source, moment

SEED = 20261124
COMMENTS_A_POST = 120
DAYS = 3 * 365
BEGIN = datetime(2023, 11, 24, tzinfo=UTC)
END = BEGIN + timedelta(days=DAYS)
PLATFORMS = ("weibo", "weibo", "weibo", "bilibili", "isso", "liuyan")
"""As often as they come up. Only letters (liuyan) have titles and categories."""

STAGE_DAYS = (DAYS // 3, 2 * DAYS // 3)
"""When every policy's execution and its time after it begin, in days from BEGIN."""

_LABELS = ("negative", "neutral", "positive")
_REPLIED = {"weibo": 0.02, "bilibili": 0.02, "isso": 0.3, "liuyan": 0.85}
"""Share with an official reply."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What all comments under one post share."""

    post: Source
    at: datetime


def posts(count: int, seed: int = SEED) -> Iterator[Source]:
    """The posts under which `count` comments stand."""
    return (place.post for place in _places(count, seed))


def comments(count: int, seed: int = SEED) -> Iterator[Source]:
    """`count` comments under those posts."""
    places = list(_places(count, seed))
    chance = Random(seed + 1)  # noqa: S311 - made-up data
    writers = max(10, count // 3)
    for number in range(count):
        yield _comment(chance, number, places[int(len(places) * chance.random() ** 3)], writers)


def runs(count: int, seed: int = SEED) -> Iterator[Source]:
    """The runs that brought `count` comments: about one for every five hundred."""
    chance = Random(seed + 2)  # noqa: S311 - made-up data
    for number in range(max(1, count // 500)):
        at = BEGIN + timedelta(days=chance.random() * DAYS)
        platform, fetched = chance.choice(PLATFORMS), chance.randrange(20, 900)
        yield {
            "id": f"{platform}-{number % len(REGIONS)}:{moment(at)}",
            "source": f"{platform}-{number % len(REGIONS)}",
            "platform": platform,
            "started_at": moment(at),
            "finished_at": moment(at + timedelta(minutes=chance.randrange(1, 90))),
            "outcome": chance.choices(("complete", "partial", "blocked", "failed"), (90, 6, 2, 2))[0],
            "fetched": fetched,
            "stored": fetched // 3,
            "unchanged": fetched - fetched // 3,
            "rejected": 0,
            "requests": fetched // 20 + 1,
            "errors": 0,
        }


def _places(count: int, seed: int) -> Iterator[_Place]:
    chance = Random(seed)  # noqa: S311 - made-up data
    for number in range(max(1, math.ceil(count / COMMENTS_A_POST))):
        platform = chance.choice(PLATFORMS)
        policy = chance.choice(tuple(POLICIES))
        region = chance.randrange(len(REGIONS))
        at = BEGIN + timedelta(days=chance.random() * (DAYS - 40))
        title = f"关于{POLICIES[policy][0]}的{chance.choice(('通知', '解读', '意见征集', '答记者问'))}"
        identity = f"{platform}:p{4_800_000_000_000_000 + number * 7_919}"
        post: Source = {
            "id": identity,
            "platform": platform,
            "source": f"{platform}-{region}",
            "account": f"{platform}-account-{region}",
            "unit": REGIONS[region] + UNITS[region % len(UNITS)],
            "region": REGIONS[region],
            "title": title,
            "text": title + "。" + "，".join(chance.choices(POLICIES[policy][1], k=40)) + "。",
            "url": f"https://{platform}.example/{number}",
            "posted_at": moment(at),
            "posted_precision": "second",
            "collected_at": moment(at + timedelta(hours=7)),
            "run": f"{platform}-{region}:{moment(at)[:13]}",
        }
        if chance.random() < 0.95:
            post["policies"] = [policy]
            post["policy_stages"] = [f"{policy}:{_stage(at)}"]
            post["attribution"] = [f"alias:{POLICIES[policy][0]}"]
        yield _Place(post, at)


def _comment(chance: Random, number: int, place: _Place, writers: int) -> Source:
    post = place.post
    at = _to_the_millisecond(min(place.at + timedelta(hours=chance.expovariate(1 / 90)), END))
    topics = POLICIES[str(post["policies"][0])][1] if "policies" in post else tuple(POLICIES["bus"][1])
    platform = str(post["platform"])
    themes = [topics[min(int(chance.expovariate(0.6)), len(topics) - 1)] for _ in range(chance.randrange(3))]
    score = chance.betavariate(0.7, 0.7)
    document: Source = {
        "id": f"{platform}:{5_000_000_000_000_000 + number * 104_729 % 9_999_999_967}",
        "kind": "letter" if platform == "liuyan" else "comment",
        **{name: post[name] for name in ("platform", "source", "account", "unit", "region")},
        "url": f"{post['url']}#{number}",
        "author": _writer(chance, writers),
        "author_region": PROVINCES[min(int(chance.expovariate(0.3)), len(PROVINCES) - 1)],
        "title": "",
        "text": _text(chance, topics),
        "posted_at": moment(at),
        "posted_precision": "second",
        "collected_at": moment(at + timedelta(hours=6)),
        "first_seen": moment(at + timedelta(hours=6)),
        "last_seen": moment(at + timedelta(days=2)),
        "run": f"{post['source']}:{moment(at)[:10]}",
        "likes": min(int(chance.paretovariate(0.9)) - 1, 500_000),
        "sentiment": score,
        "snownlp": score,
        "label": _LABELS[(score >= 0.4) + (score >= 0.6)],
        "sentiment_model": "snownlp-0.12.3",
        "stance": chance.choice(("support", "oppose", "unclear", "unclear")),
        "intent": [chance.choice(("question", "complaint", "suggestion", "thanks", "other"))],
        "keywords": list(dict.fromkeys(chance.choices(topics, k=3))),
    }
    if themes:
        document["themes"] = list(dict.fromkeys(themes))
    if "policies" in post:
        document["policies"] = post["policies"]
        document["policy_stages"] = [f"{post['policies'][0]}:{_stage(at)}"]
        document["attribution"] = [f"post:{post['id']}"]
    return document | _place_in_thread(chance, document, post, topics) | _replies(chance, document, at)


def _place_in_thread(chance: Random, document: Source, post: Source, topics: tuple[str, ...]) -> Source:
    """A letter has a subject and a category and stands alone; a comment stands under its post."""
    if document["kind"] == "letter":
        state = chance.choice(("已办理", "办理中", "待回复"))
        letter: Source = {"title": f"关于{chance.choice(topics)}的问题", "status": state}
        return letter | {"category": chance.choice(CATEGORIES), "domain": [chance.choice(DOMAINS)]}
    return {"post_id": post["id"], "reply_count": min(int(chance.paretovariate(1.2)) - 1, 500)}


def _replies(chance: Random, document: Source, at: datetime) -> Source:
    if chance.random() >= _REPLIED[str(document["platform"])]:
        return {}
    answered = _to_the_millisecond(at + timedelta(hours=chance.lognormvariate(3.7, 1.0)))
    replied_at = moment(answered)
    reply = {"id": f"{document['id']}-reply", "unit": str(document["unit"]), "text": chance.choice(ANSWERS)}
    return {
        "answered_at": replied_at,
        "answered_by": [reply["unit"]],
        "reply_hours": (answered - at) / timedelta(hours=1),
        "replies": [reply | {"replied_at": replied_at, "url": str(document["url"]), "collected_at": replied_at}],
    }


def _text(chance: Random, topics: tuple[str, ...]) -> str:
    """One to four sentences, most of them short."""
    sentences = [
        f"{chance.choice(topics)}{chance.choice(TROUBLES)}" for _ in range(1 + min(int(chance.expovariate(1.1)), 3))
    ]
    return f"{chance.choice(OPENINGS)}{'，'.join(sentences)}。{chance.choice(CLOSINGS)}"


def _writer(chance: Random, writers: int) -> str:
    """A pseudonym; the first of the writers write most, half of all write about once."""
    number = int(writers * chance.random() ** 2)
    return "~" + hashlib.blake2b(str(number).encode(), digest_size=10).hexdigest()


def _to_the_millisecond(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _stage(at: datetime) -> str:
    day = (at - BEGIN).days
    return ("before", "during", "after")[(day >= STAGE_DAYS[0]) + (day >= STAGE_DAYS[1])]
