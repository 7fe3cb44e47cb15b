"""The town answers as the real platforms do: Isso's replica is compared with a real Isso."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.town.corpus import ZONE, Answer, Town, TownPost, Utterance, load_town
from crawler.town.isso import IssoReplica
from crawler.town.liuyan import BOARD, CUT_AT, letter_page, letters_list
from tests.servers.isso_server import isso_server

START = datetime(2026, 6, 1, 9, tzinfo=ZONE)
SAYINGS = ["第一条 <b>重点</b>", "第二条：3 < 5 & 5 > 3", "第三条\n换行", "第四条 😀", "第五条"]
ANSWERS = {0: ["回答一", "回答二", "回答三"], 3: ["回答四"]}


def small_town() -> Town:
    comments = tuple(
        Utterance(
            at=START + timedelta(minutes=number),
            author=f"网友{number}",
            text=text,
            likes=0,
            dislikes=0,
            mood="neutral",
            traits=(),
            answers=tuple(
                Answer(at=START + timedelta(hours=1 + number, minutes=place), author="网友", text=answer)
                for place, answer in enumerate(ANSWERS.get(number, []))
            ),
        )
        for number, text in enumerate(SAYINGS)
    )
    return Town((TownPost("lift", "a", START, "示例县", "标题", "正文", comments),), ())


def skeleton(thread: Mapping[str, object]) -> dict[str, object]:
    """An answer without what cannot be equal: ids, times, hashes, how Markdown is set."""
    return {
        "total_replies": thread["total_replies"],
        "hidden_replies": thread["hidden_replies"],
        "replies": [
            {
                "author": row["author"],
                "nested": [answer["author"] for answer in row.get("replies", [])],
                "hidden": row.get("hidden_replies"),
                "total": row.get("total_replies"),
                "has_parent": row["parent"] is not None,
                "types": {
                    name: type(row[name]).__name__ for name in ("id", "created", "mode", "text", "likes", "hash")
                },
            }
            for row in thread["replies"]
        ],
    }


def test_the_isso_replica_answers_as_a_real_isso(tmp_path: Path) -> None:
    replica = IssoReplica(small_town())
    with isso_server(tmp_path) as real:
        roots = [real.post("/gov/a.html", text, f"网友{number}") for number, text in enumerate(SAYINGS)]
        for number, answers in ANSWERS.items():
            for answer in answers:
                real.post("/gov/a.html", answer, "网友", parent=roots[number])
        first_in_replica = json.loads(replica.fetch({"uri": "/gov/a.html"})[1])["replies"][0]["id"]
        for query in (
            {},
            {"sort": "newest"},
            {"limit": 2, "nested_limit": 2},
            {"limit": 2, "offset": 2, "nested_limit": 1},
            {"limit": 2, "offset": 4, "nested_limit": 50},
            {"limit": 50, "nested_limit": 0},
            {"parent": 1},
            {"parent": 1, "limit": 2, "offset": 1},
            {"offset": 9, "limit": 5, "nested_limit": 5},
        ):
            theirs = {**query, "parent": roots[0]} if "parent" in query else query
            ours = {**query, "parent": first_in_replica} if "parent" in query else query
            status, body = replica.fetch({"uri": "/gov/a.html", **{name: str(value) for name, value in ours.items()}})
            assert status == 200
            assert skeleton(json.loads(body)) == skeleton(real.fetch(uri="/gov/a.html", **theirs)), query
        assert skeleton(json.loads(replica.fetch({"uri": "/nowhere"})[1])) == skeleton(real.fetch(uri="/nowhere"))


@pytest.mark.parametrize("query", [{"sort": "best"}, {"limit": "many"}, {"offset": "-1"}])
def test_the_isso_replica_refuses_what_isso_refuses(query: dict[str, str]) -> None:
    assert IssoReplica(small_town()).fetch({"uri": "/gov/a.html", **query})[0] == 400


def test_the_board_pages_by_the_last_number_received() -> None:
    town = load_town()
    seen: list[int] = []
    last = 0
    while rows := json.loads(letters_list(town, {"fid": str(BOARD), "lastItem": str(last)}))["responseData"]:
        seen += [row["tid"] for row in rows]
        last = rows[-1]["tid"]
        assert len(rows) <= 20
    assert seen == sorted(town.numbered, reverse=True)


def test_the_board_cuts_long_texts_and_the_letter_has_the_whole() -> None:
    town = load_town()
    number, letter = next((number, letter) for number, letter in town.numbered.items() if len(letter.text) > CUT_AT)
    rows = json.loads(letters_list(town, {"fid": str(BOARD), "lastItem": str(number + 1)}))["responseData"]
    assert rows[0]["content"] == letter.text[:CUT_AT] + "…"
    assert letter.text.split("\n")[-1][-10:] in letter_page(town, number)


def test_an_unknown_board_fails() -> None:
    answer = json.loads(letters_list(load_town(), {"fid": "1"}))
    assert (answer["result"], answer["responseData"]) == ("fail", None)
