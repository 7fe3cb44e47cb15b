"""`lianxin check --source`: what is found at a letterbox before it is collected; nothing is stored."""

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.platforms.letterbox.preset import FOLDER
from crawler.town.server import Answering, Asked, TownServer
from tests.crawler.platforms.test_letterbox import CAPTCHA, LIST, instead, source
from tests.installation import Installation
from tests.servers.letterboxes import LETTERS, beijing, hunan


def counted(answer: Answering, asked_for: list[str]) -> Answering:
    def counting(asked: Asked) -> object:
        asked_for.append(asked.path)
        return answer(asked)

    return counting


def test_every_finder_is_shown_with_what_it_finds(installation: Installation) -> None:
    asked_for: list[str] = []
    letters = [
        replace(
            LETTERS[1], text="请回电 13800138000，我住 3 号楼。", author="树下乘凉", answer="网友“树下乘凉”：您好。"
        ),
        *LETTERS[2:],
    ]
    with TownServer(counted(hunan(letters), asked_for)) as server:
        installation.write(source("box", "hunan", server.url).replace("enabled = true\n", ""))
        ended = installation.run("check", "--source", "box")
    assert ended.code == 0, ended.out + ended.err
    assert asked_for == ["/robots.txt", "/front/msg/list", "/front/msg/detail"]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ended.out.splitlines() if "│" in line]
    found = {(row[0], row[1]): row[2:] for row in rows}
    assert found["列表", "rows"] == ["data.rows", "20", ""]
    assert found["列表", "id"] == ["id", "20/20", letters[0].id]
    assert found["列表", "author"] == ["nickname", "20/20", ""]
    assert found["单页", "text"][:2] == ["data.content", "1/1"]
    assert found["答复", "replied_at"] == ["reply_time", "1/1", letters[0].answered]
    assert "树下乘凉" not in ended.out
    assert "13800138000" not in ended.out
    assert "[电话]" in ended.out
    assert "还没有答复" not in ended.out  # an answer without an id of its own is one
    assert not (installation.data / "journal").exists()


def test_a_letter_without_an_answer_is_said(installation: Installation) -> None:
    with TownServer(hunan([replace(LETTERS[1], answer="", answered="")])) as server:
        installation.write(source("box", "hunan", server.url))
        ended = installation.run("check", "--source", "box")
    assert (ended.code, "这封来信还没有答复" in ended.out) == (0, True), ended.out


def test_what_is_needed_and_not_found_is_named(installation: Installation, tmp_path: Path) -> None:
    preset = (FOLDER / "beijing.toml").read_text(encoding="utf-8").replace(".p-2.text-muted.mx-2", ".p-3")
    path = tmp_path / "box.toml"
    path.write_text(preset.replace('cut = "时间：', 'cut = "来信'), encoding="utf-8")
    with TownServer(beijing()) as server:
        installation.write(source("box", str(path), server.url))
        ended = installation.run("check", "--source", "box")
    assert ended.code == 1
    assert "✗ detail.text（div.col-xs-12.col-md-12.column.p-3）：没有找到" in ended.out
    assert "✗ detail.posted_at" not in ended.out  # the list has it


def test_a_refusal_is_said(installation: Installation) -> None:
    with TownServer(instead(LIST, CAPTCHA)) as server:
        installation.write(source("box", "hunan", server.url))
        ended = installation.run("check", "--source", "box")
    assert (ended.code, "登录或验证" in ended.out) == (1, True)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("nobody", ("", ""), "没有要采集的来源“nobody”，已有：box"),
        ("box", ("assessment =", "#"), "要先写 assessment"),
        ("box", ('"hunan"', '"atlantis"'), "没有“atlantis”这个信箱预设"),
        ("box", ('"hunan"', '"wuhan"'), "预设 wuhan 要写 parameters = { fid"),
        ("box", ("parameters = {", "parameters = { city = '1'"), "没有“city”这个参数"),
    ],
)
def test_wrong_use_is_said_before_anything_is_asked(
    installation: Installation, name: str, change: tuple[str, str], words: str
) -> None:
    entry = source("box", "hunan", "http://127.0.0.1:9").replace("enabled = true\n", "").replace(*change)
    installation.write(entry)
    ended = installation.run("check", "--source", name)
    assert (ended.code, words in ended.err) == (2, True), ended.err
