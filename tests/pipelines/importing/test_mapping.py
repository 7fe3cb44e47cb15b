"""FileMapping: what a mapping may say, which preset fits, and sentences that name what is wrong."""

from pathlib import Path

import pytest

from crawler.errors import WrongUse
from pipelines.importing.mapping import check_fits, matching, named, presets, read_mapping

LETTERS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情")
FILE = Path("来信.csv")


def refusal(tmp_path, text):
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse) as caught:
        read_mapping(path)
    return str(caught.value).removeprefix(f"{path} ")


def test_every_preset_is_a_sound_mapping():
    assert list(presets()) == [
        "answers-votes",
        "board-export",
        "comments-relative",
        "letters-replies",
        "letters-topics",
        "letters-votes",
        "posts-daily",
    ]


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ((*LETTERS, "答复意见", "答复时间"), "letters-replies"),
        ((*LETTERS, "反对数", "点赞数"), "letters-votes"),
        ((*LETTERS, "一级分类"), "letters-topics"),
        (("作者", "回答", "创建时间", "赞同数", "评论数"), "answers-votes"),
        (("name", "comment_info", "comment_time", "comment_url"), "comments-relative"),
        (("date", "user", "text"), "posts-daily"),
        (("date", "user", "text", "拒收原因", "行号"), "posts-daily"),
    ],
)
def test_a_header_finds_its_preset(columns, name):
    assert matching(FILE, columns) == name


def test_a_header_that_fits_two_presets_asks_for_a_choice():
    with pytest.raises(WrongUse, match="--map 选一个：letters-replies、letters-votes"):
        matching(FILE, (*LETTERS, "答复意见", "答复时间", "点赞数", "反对数"))


def test_a_header_that_fits_none_is_shown_with_a_mapping_to_copy(tmp_path):
    with pytest.raises(WrongUse) as caught:
        matching(FILE, ("工单号", "诉求内容"))
    sentence = str(caught.value)
    assert "它的列：工单号、诉求内容" in sentence
    assert "letters-replies" in sentence
    path = tmp_path / "map.toml"
    path.write_text(sentence.split("\n\n", 1)[1], encoding="utf-8")
    assert read_mapping(path).columns["text"] == "内容"


def test_a_mapping_is_found_by_preset_or_file_name(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text('kind = "comment"\n[columns]\ntext = "内容"\nposted_at = "时间"\n', encoding="utf-8")
    assert named(str(path)).kind == "comment"
    assert named("posts-daily").columns["author"] == "user"
    with pytest.raises(WrongUse, match="没有名为 nowhere 的对应文件，也没有这个预设。预设有：answers-votes"):
        named("nowhere")


def test_a_column_that_the_file_has_not_is_named_with_those_it_has():
    with pytest.raises(WrongUse, match=r"来信\.csv 里没有“留言编号”这一列。它的列：留言编码、留言用户"):
        check_fits(presets()["letters-votes"], FILE, ("留言编码", "留言用户"))


def test_a_column_that_stands_twice_is_refused():
    with pytest.raises(WrongUse, match="有 2 列都叫“text”"):
        check_fits(presets()["posts-daily"], FILE, ("date", "user", "text", "text"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('kind = "letter"\n', "文件，columns：缺少这一项。"),
        (
            'kind = "信"\n[columns]\ntext = "a"\nposted_at = "b"\n',
            "第 1 行，kind：只能是 'comment', 'letter' or 'submission'。",
        ),
        ('kind = "letter"\n[columns]\ntext = "a"\n', "columns 里缺少 posted_at"),
        (
            'kind = "letter"\n[columns]\ntext = "a"\nposted_at = "b"\nwriter = "c"\n',
            "没有“writer”这一项，可以写 id、author",
        ),
        (
            'kind = "letter"\n[columns]\ntext = "a"\nposted_at = "b"\nreply_text = "c"\n',
            "reply_text 和 replied_at 要么都写",
        ),
        ('kind = "letter"\ncolour = 1\n', "第 2 行，colour：没有这一项"),
        (
            'kind = "letter"\ntime_zone = "Mars"\n[columns]\ntext = "a"\nposted_at = "b"\n',
            "第 2 行，time_zone：没有“Mars”这个时区",
        ),
        (
            'kind = "letter"\ncolumns = { text = "a", posted_at = "b" }\n'
            'satisfaction = { columns = ["m"], scale = [5, 5] }',
            "scale 的两端要不同",
        ),
        ('kind = "letter"\n[columns\n', "TOML 写法有误"),
    ],
)
def test_a_wrong_mapping_is_refused_with_line_and_field(tmp_path, text, sentence):
    assert sentence in refusal(tmp_path, text)
