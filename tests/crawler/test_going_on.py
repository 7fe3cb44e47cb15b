"""One crawl after another of a board that lives: what is read again, what is left out, what is found missing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.town.corpus import ZONE, Letter, LetterReply, Town
from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from tests.installation import Installation

LETTER = "/threads/content"
LIST = "/pro-dfbbs-front/threads/queryThreadsList"
NOW = datetime.now(ZONE).replace(microsecond=0)
DAY = timedelta(days=1)
ANSWER = LetterReply(NOW, "示例县住房和城乡建设局", "网友您好，已经安排。")


def letter(days: int, answered: bool = True, text: str = "") -> Letter:
    """Written so many days ago."""
    said = text or f"第 {days} 天：电梯什么时候装？"
    at = NOW - days * DAY
    reply = replace(ANSWER, at=at + timedelta(hours=5)) if answered else None
    return Letter("lift", at, "咨询", "城建", "加装电梯", said, "楼上的猫", 0, "neutral", (), "已办理", reply)


class Board:
    """A board whose letters may change; `asked` are the last numbers its list was asked with."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        self.letters = list(letters)
        self.asked: list[int] = []
        self.broken_from: int | None = None
        self.without: set[str] = set()
        self.unreadable = False

    def __call__(self, asked: Asked) -> Answered:
        if asked.path == LIST:
            self.asked.append(int(asked.form["lastItem"]))
            if self.broken_from is not None and len(self.asked) > self.broken_from:
                return Answered(b"<h1>500</h1>", 500)
        if asked.path == LETTER and self.unreadable:
            return Answered("<h1>改版了</h1>".encode() + b"<p>" + "新的样子。".encode() * 200)
        return self._answering()(asked)

    def _answering(self) -> Answering:
        town = Town((), tuple(self.letters))
        hidden = {number: letter for number, letter in town.numbered.items() if letter.text not in self.without}
        object.__setattr__(town, "numbered", hidden)
        return answering(town)


def crawled(installation: Installation, board: Board) -> tuple[int, str]:
    board.asked.clear()
    ended = installation.run("crawl", "board")
    assert "Traceback" not in ended.err
    return ended.code, ended.out


def on(board: Board, installation: Installation, then: Callable[[], None]) -> None:
    with TownServer(board) as server:
        installation.write_board(server.url)
        then()


def test_what_is_new_is_read_and_a_month_again(installation: Installation) -> None:
    board = Board([letter(days) for days in range(1, 101)])

    def then() -> None:
        assert crawled(installation, board)[0] == 0
        assert len(board.asked) == 6
        board.letters.append(letter(0, text="刚刚写的"))
        board.letters[10] = replace(board.letters[10], status="已办结")
        assert crawled(installation, board)[0] == 0
        assert len(board.asked) == 2

    on(board, installation, then)
    run = installation.runs()[-1]
    assert (run.outcome, run.fetched, run.rejected) == ("complete", 80, 0)
    assert {comment.text for comment in installation.comments() if comment.run == run.id} == {
        "刚刚写的",
        "第 11 天：电梯什么时候装？",
    }


def test_a_letter_that_waits_is_looked_at_until_it_is_answered(installation: Installation) -> None:
    board = Board([letter(days, answered=days != 70) for days in range(1, 101)])

    def then() -> None:
        crawled(installation, board)
        crawled(installation, board)
        assert len(board.asked) == 4
        board.letters[69] = letter(70)
        crawled(installation, board)
        assert installation.runs()[-1].stored == 1
        crawled(installation, board)
        assert len(board.asked) == 2

    on(board, installation, then)
    assert all(comment.answered_at for comment in installation.comments())


def test_an_interrupted_crawl_goes_on_where_it_was(installation: Installation) -> None:
    board = Board([letter(days) for days in range(1, 161)])

    def then() -> None:
        board.broken_from = 3
        code, out = crawled(installation, board)
        assert (code, "不完整" in out) == (1, True)
        assert installation.runs()[-1].stored == 2 * 60
        listed = installation.run("sources").out
        assert f"{(NOW - 60 * DAY).date()} 以前的没有读" in "".join(listed.split("\n"))
        board.broken_from = None
        board.letters.append(letter(0))
        assert crawled(installation, board)[0] == 0
        assert len(board.asked) == 2 + 6
        listed = installation.run("sources").out
        assert "以前的没有读" not in listed
        assert f"{(NOW - 160 * DAY).date()} 至 {NOW.date()}" in listed

    on(board, installation, then)
    assert len(installation.comments()) == 161
    ids = [item.id for item in installation.items()]
    assert len(ids) == len(set(ids))


def test_a_letter_that_is_taken_down_is_gone_after_two_crawls(installation: Installation) -> None:
    board = Board([letter(days) for days in range(1, 21)])
    taken_down = "第 7 天：电梯什么时候装？"

    def gone() -> list[str]:
        return [comment.text for comment in installation.comments() if comment.gone_at]

    def then() -> None:
        crawled(installation, board)
        board.without = {taken_down}
        crawled(installation, board)
        assert gone() == []
        crawled(installation, board)
        assert gone() == [taken_down]
        board.without = set()
        crawled(installation, board)
        assert gone() == []

    on(board, installation, then)
    assert len(installation.comments()) == 20


def test_a_letter_that_nobody_can_read_is_not_taken_down(installation: Installation) -> None:
    long = "电梯什么时候装，请给个准信。" * 30  # so long that the list cuts it and its own page is asked for
    board = Board([letter(days, text=long if days == 3 else "") for days in range(1, 21)])

    def then() -> None:
        assert crawled(installation, board)[0] == 0
        board.unreadable = True
        for _ in range(3):
            assert crawled(installation, board)[0] == 1

    on(board, installation, then)
    assert [comment.gone_at for comment in installation.comments()] == [None] * 20
