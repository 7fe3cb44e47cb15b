import csv
import io
import os
import re
import tracemalloc

import pytest
from django.test import Client
from django.test.utils import override_settings

from crawler.errors import WrongUse
from dashboards.export import export_policy, feedback_csv, feedback_html
from dashboards.export.inert import inert
from pipelines.documents import to_source
from pipelines.index.mapping import COMMENTS
from tests.dashboards.town import LIFT, NOW, REGISTRY, ZONE, comment, letter, site_of


def rows_of(index):
    data = b"".join(feedback_csv(index, REGISTRY, LIFT, NOW))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    empty = rows.index([])
    return rows[:empty], rows[empty + 1], rows[empty + 2 :]


def test_the_file_begins_with_what_it_is_about(index):
    about, _columns, _rows = rows_of(index)
    said = {row[0]: row[1] for row in about}
    assert said["政策"] == "既有住宅加装电梯"
    assert said["② 执行中"] == "2026年5月1日—7月31日"
    assert said["数据截至"] == "2026年9月8日"
    assert said["采集情况"].startswith("部分数据缺失，来源 1/2 正常；未采集：site 2026年6月8日—6月17日")
    assert said["说明"] == REGISTRY.notice


def test_every_comment_is_a_row_in_order_of_time(index, documents):
    _about, columns, rows = rows_of(index)
    own = sorted((one for one in documents if "lift" in one.policies), key=lambda one: (one.posted_at, one.id))
    at = columns.index("编号")
    assert [row[at] for row in rows] == [one.id for one in own]
    assert all(len(row) == len(columns) for row in rows)


def test_times_are_local_and_authors_are_absent(index, documents):
    _about, columns, rows = rows_of(index)
    first = min((one for one in documents if "lift" in one.policies), key=lambda one: (one.posted_at, one.id))
    assert rows[0][columns.index("时间")] == f"{first.posted_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
    assert not any("~0000" in cell for row in rows for cell in row)


def test_a_letter_carries_its_reply(empty_index):
    empty_index.put(COMMENTS, [to_source(letter(1, NOW, 26.25))])
    _about, columns, (row,) = rows_of(empty_index)
    assert row[columns.index("答复单位")] == "示例县住房和城乡建设局"
    assert row[columns.index("答复用时（小时）")] in ("26.2", "26.3")
    assert row[columns.index("答复内容")].startswith("网友您好！")


@pytest.mark.parametrize(
    "text", ["=1+1", "+8613", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "＝1＋1", "=cmd|' /C calc'!A0"]
)
def test_formulas_are_inert(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "一楼没有好处", "1=1", "a@b", "'=1"])
def test_ordinary_words_stay_as_they_are(text):
    assert inert(text) == text


def test_hostile_comments_come_back_from_the_file_unchanged_but_inert(empty_index):
    texts = ["第一行\n第二行\r\n第三行", '他说："好",真的', "=1+1", "👍🏽\u202e倒", "长" * 100_000]
    empty_index.put(COMMENTS, [to_source(comment(number, NOW, text=text)) for number, text in enumerate(texts)])
    _about, columns, rows = rows_of(empty_index)
    assert [row[columns.index("内容")] for row in rows] == [texts[0], texts[1], "'=1+1", texts[3], texts[4]]


def peak_of_writing(index):
    tracemalloc.start()
    for _part in feedback_csv(index, REGISTRY, LIFT, NOW):
        pass
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_four_times_as_many_comments_take_no_more_memory(empty_index):
    def put(numbers):
        empty_index.put(COMMENTS, [to_source(comment(number, NOW, text="长" * 800)) for number in numbers])

    put(range(1000))
    few = peak_of_writing(empty_index)
    put(range(1000, 4000))
    assert peak_of_writing(empty_index) < 1.5 * few


def test_the_summary_is_one_file_without_script_or_outside_address(index):
    text = b"".join(feedback_html(index, REGISTRY, LIFT, NOW)).decode()
    assert '<html lang="zh-CN">' in text
    assert REGISTRY.notice in text
    assert "<script" not in text
    assert set(re.findall(r"https?://[^\"'\s<)]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert re.findall(r"(?:src|href)=", text) == []
    assert "<svg" in text
    assert "<details open><summary>查看数据表" in text


def test_the_summary_keeps_hostile_texts_inert(empty_index):
    empty_index.put(COMMENTS, [to_source(comment(1, NOW, text="<script>alert(1)</script></style>"))])
    text = b"".join(feedback_html(empty_index, REGISTRY, LIFT, NOW)).decode()
    assert "<script" not in text
    assert text.count("</style>") == 1


@pytest.mark.parametrize("format", ["csv", "html"])
def test_a_file_is_written_whole(index, tmp_path, format):
    out = tmp_path / f"lift.{format}"
    export_policy(index, REGISTRY, "lift", format, out, zone=ZONE, now=NOW)
    assert "加装电梯" in out.read_text(encoding="utf-8-sig")
    assert list(tmp_path.iterdir()) == [out]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, index):
    class Failing:
        def search(self, name, body):
            if "search_after" in body or body["size"] > 0:
                raise ConnectionError("gone")
            return index.search(name, body)

    out = tmp_path / "lift.csv"
    out.write_text("old")
    with pytest.raises(ConnectionError):
        export_policy(Failing(), REGISTRY, "lift", "csv", out, zone=ZONE, now=NOW)
    assert (out.read_text(), list(tmp_path.iterdir())) == ("old", [out])


@pytest.mark.parametrize(
    ("policy", "format", "sentence"),
    [
        ("lift", "docx", "不会导出“docx”格式，可用的有：csv、html。"),
        ("nowhere", "csv", "没有 id 为“nowhere”的政策，已有：lift、parking、lunch。"),
    ],
)
def test_what_is_unknown_is_refused_with_a_sentence(index, tmp_path, policy, format, sentence):
    with pytest.raises(WrongUse) as refused:
        export_policy(index, REGISTRY, policy, format, tmp_path / "out", zone=ZONE, now=NOW)
    assert str(refused.value) == sentence
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_refused_with_a_sentence(index, tmp_path):
    with pytest.raises(WrongUse, match="请换一个有权限、有空间的位置"):
        export_policy(index, REGISTRY, "lift", "csv", tmp_path / "nowhere" / "lift.csv", zone=ZONE, now=NOW)


@pytest.mark.parametrize(("name", "kind"), [("csv", "text/csv"), ("html", "text/html")])
def test_the_pages_offer_both_files(index, name, kind):
    with override_settings(SITE=site_of(index)):
        client = Client(SERVER_NAME="localhost")
        answer = client.get(f"/policy/lift/export.{name}")
        assert f'href="/policy/lift/export.{name}"' in client.get("/policy/lift/").content.decode()
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="lianxin-lift.{name}"'
        assert REGISTRY.notice.encode() in b"".join(answer.streaming_content)


def test_an_unknown_policy_has_no_file(client):
    assert client.get("/policy/nowhere/export.csv").status_code == 404


def test_what_is_no_file_is_not_replaced(index, tmp_path):
    """A device's place was taken by a file, as root; a pipe stands for it here."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(WrongUse, match="不是文件"):
        export_policy(index, REGISTRY, "lift", "csv", pipe, zone=ZONE, now=NOW)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]
