"""bring_in and rehearse: what an import keeps, puts aside and says about itself."""

import csv
import json
from datetime import UTC, datetime
from itertools import count
from threading import Event

import pytest

from crawler.errors import WrongUse
from pipelines.importing.mapping import FileMapping
from pipelines.importing.run import Task, bring_in, check_source, check_times, rehearse, task_for
from pipelines.importing.tables import open_table

COLUMNS = {
    "id": "编号",
    "author": "姓名",
    "text": "内容",
    "posted_at": "时间",
    "likes": "赞",
    "reply_text": "答复",
    "replied_at": "答复时间",
}
LETTERS = FileMapping(kind="letter", columns=COLUMNS)
NUMBERLESS = FileMapping(
    kind="comment", columns={name: COLUMNS[name] for name in ("author", "text", "posted_at", "likes")}
)
HEADER = ["编号", "姓名", "内容", "时间", "赞", "答复", "答复时间", "内部备注"]
GOOD = [
    ["1", "李四", "电梯又坏了，请打13812345678", "2026-06-01 10:00", "3", "已修好", "2026-06-02 09:00", "老李家的"],
    ["2", "王五", "什么时候修路", "2026-06-03 11:00", "", "", "", ""],
]
BACKWARDS = ["3", "赵六", "楼道灯坏了", "2026-06-05 10:00", "0", "已换，联系13912345678", "2026-06-01 09:00", "内部"]
NOTHING = ["4", "钱七", " ", "2026-06-05 10:00", "0", "", "", ""]


@pytest.fixture
def hotline(installation):
    installation.write('[[source]]\nid = "hotline"\nplatform = "file"\n')
    return installation


def write_csv(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def imported(installation, path, mapping=LETTERS, advance=lambda more: None, stop=None):
    config = installation.config()
    with open_table(path) as table:
        return bring_in(table, task_for("hotline", mapping, config, None), config, advance, stop or Event())


def counts(report):
    run = report.run
    return run.outcome, run.fetched, run.stored, run.unchanged, run.rejected


def rejected_rows(report):
    with report.rejects.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_letters_and_replies_come_in_masked(hotline, tmp_path):
    report = imported(hotline, write_csv(tmp_path / "letters.csv", GOOD))
    assert counts(report) == ("complete", 3, 3, 0, 0)
    assert report.kinds == {"letter": 2, "reply": 1}
    assert report.rejects is None
    letter, reply, second = hotline.items()
    assert (letter.id, letter.text) == ("file:hotline:1", "电梯又坏了，请打[电话]")
    assert letter.author.startswith("~") and letter.author != second.author
    assert (reply.comment_id, reply.replied_at) == (letter.id, datetime(2026, 6, 2, 1, 0, tzinfo=UTC))
    for secret in ("李四", "13812345678", "老李家"):
        assert secret.encode() not in hotline.journal_bytes()


def test_importing_again_stores_nothing_new(hotline, tmp_path):
    path = write_csv(tmp_path / "letters.csv", GOOD)
    imported(hotline, path)
    before = hotline.items()
    assert counts(imported(hotline, path)) == ("complete", 3, 0, 3, 0)
    assert hotline.items() == before


def test_a_small_file_after_a_large_one_is_not_suspect(hotline, tmp_path):
    many = [[str(number), "李四", f"第{number}件", "2026-06-01", "", "", "", ""] for number in range(50)]
    imported(hotline, write_csv(tmp_path / "many.csv", many))
    assert counts(imported(hotline, write_csv(tmp_path / "few.csv", GOOD)))[0] == "complete"


def test_a_changed_row_is_a_new_version(hotline, tmp_path):
    imported(hotline, write_csv(tmp_path / "letters.csv", GOOD))
    changed = [GOOD[0], [*GOOD[1][:5], "已修", "2026-06-09", ""]]
    assert counts(imported(hotline, write_csv(tmp_path / "later.csv", changed))) == ("complete", 4, 1, 3, 0)


def test_a_reply_before_its_letter_is_put_aside_and_the_letter_kept(hotline, tmp_path):
    report = imported(hotline, write_csv(tmp_path / "letters.csv", [*GOOD, BACKWARDS]))
    assert counts(report) == ("partial", 5, 4, 0, 1)
    assert report.run.reason == f"拒收 1 条，见 {report.rejects.name}。"
    assert [item.id for item in hotline.items()][-1] == "file:hotline:3"
    (row,) = rejected_rows(report)
    assert row["拒收原因"].startswith("信已导入，答复没有导入：答复时间（2026-06-01 09:00+08:00）早于留言时间")
    assert row["行号"] == "4"


def test_rejects_are_masked_and_hold_only_columns_that_are_read(hotline, tmp_path):
    report = imported(hotline, write_csv(tmp_path / "letters.csv", [BACKWARDS]))
    (row,) = rejected_rows(report)
    assert list(row) == [*HEADER[:-1], "拒收原因", "行号"]
    assert row["姓名"].startswith("~")
    assert row["答复"] == "已换，联系[电话]"


def test_mended_rejects_come_in_as_the_rows_they_were(hotline, tmp_path):
    report = imported(hotline, write_csv(tmp_path / "letters.csv", [BACKWARDS, NOTHING]))
    first = {item.id: item for item in hotline.items()}
    rows = rejected_rows(report)
    rows[0]["答复时间"], rows[1]["内容"] = "2026-06-06 09:00", "路灯坏了"
    mended = write_csv(tmp_path / "mended.csv", [row.values() for row in rows], header=list(rows[0]))
    assert counts(imported(hotline, mended)) == ("complete", 3, 2, 1, 0)
    second = {item.id: item for item in hotline.items()}
    assert set(second) == {"file:hotline:3", "file:hotline:3-reply", "file:hotline:4"}
    assert second["file:hotline:3"] == first["file:hotline:3"]


def test_a_mended_row_without_number_has_the_id_of_the_original(hotline, tmp_path):
    header = ["姓名", "内容", "时间", "赞"]
    wrong, right = (
        ["李四", "@老王 电梯又坏了", "2026-06-01 10:00", "很多"],
        ["李四", "@老王 电梯又坏了", "2026-06-01 10:00", "5"],
    )
    report = imported(hotline, write_csv(tmp_path / "wrong.csv", [wrong], header), NUMBERLESS)
    (row,) = rejected_rows(report)
    mended = write_csv(tmp_path / "mended.csv", [[*list(row.values())[:3], "5"]], header)
    assert counts(imported(hotline, mended, NUMBERLESS)) == ("complete", 1, 1, 0, 0)
    assert counts(imported(hotline, write_csv(tmp_path / "right.csv", [right], header), NUMBERLESS)) == (
        ("complete", 1, 0, 1, 0)
    )


def test_the_same_row_twice_is_one_item(hotline, tmp_path):
    assert counts(imported(hotline, write_csv(tmp_path / "twice.csv", [*GOOD, *GOOD]))) == ("complete", 6, 3, 3, 0)
    rows = [row[1:5] for row in GOOD]
    path = write_csv(tmp_path / "numberless.csv", [*rows, *rows], HEADER[1:5])
    assert counts(imported(hotline, path, NUMBERLESS)) == ("complete", 4, 2, 2, 0)


def test_the_same_number_with_other_words_is_put_aside(hotline, tmp_path):
    other = ["1", "李四", "换了内容", "2026-06-01 10:00", "3", "", "", ""]
    report = imported(hotline, write_csv(tmp_path / "letters.csv", [*GOOD, other]))
    assert counts(report) == ("partial", 4, 3, 0, 1)
    assert rejected_rows(report)[0]["拒收原因"].startswith("与第 2 行编号相同")


def test_a_row_out_of_step_is_named_but_not_copied(hotline, tmp_path):
    path = tmp_path / "letters.csv"
    write_csv(path, GOOD)
    with path.open("a", encoding="utf-8") as file:
        file.write("5,李四的电话,13812345678\n")
    (row,) = rejected_rows(imported(hotline, path))
    assert (row["行号"], row["内容"], row["姓名"]) == ("4", "", "")
    assert "这一行有 3 格，表头有 8 格" in row["拒收原因"]


def test_a_reason_quotes_nothing_personal(hotline, tmp_path):
    swapped = ["5", "2026-06-01", "电梯", "打13812345678找我", "", "", "", ""]
    (row,) = rejected_rows(imported(hotline, write_csv(tmp_path / "letters.csv", [swapped])))
    assert "[电话]" in row["拒收原因"]
    assert "13812345678" not in "".join(row.values())


def test_rejected_json_lines_can_be_mended_too(hotline, tmp_path):
    mapping = FileMapping(kind="comment", columns={"author": "user.name", "text": "text", "posted_at": "at"})
    path = tmp_path / "comments.jsonl"
    lines = [{"user": {"name": "李四", "id": 7}, "text": "好", "at": "某天"}, {"text": "坏\ud800", "at": "2026-06-01"}]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    report = imported(hotline, path, mapping)
    assert counts(report) == ("partial", 2, 1, 0, 1)
    row = json.loads(report.rejects.read_text(encoding="utf-8"))
    assert list(row) == ["user.name", "text", "at", "拒收原因", "行号"]
    report.rejects.write_text(json.dumps({**row, "at": "2026-06-02"}), encoding="utf-8")
    assert counts(imported(hotline, report.rejects, mapping)) == ("complete", 1, 1, 0, 0)


def test_stopping_leaves_a_partial_run_that_goes_on_next_time(hotline, tmp_path):
    many = [[str(number), "李四", f"第{number}件", "2026-06-01", "", "", "", ""] for number in range(50)]
    path = write_csv(tmp_path / "many.csv", many)
    stop, done = Event(), count(1)

    def stop_after_ten(more):
        if next(done) == 10:
            stop.set()

    report = imported(hotline, path, advance=stop_after_ten, stop=stop)
    assert report.run.outcome == "partial"
    assert report.run.fetched == report.run.stored < 50
    assert counts(imported(hotline, path)) == ("complete", 50, 50 - report.run.stored, report.run.stored, 0)


def test_a_rehearsal_counts_and_shows_but_writes_nothing(hotline, tmp_path):
    path = write_csv(tmp_path / "letters.csv", [*GOOD, *GOOD, BACKWARDS, *[NOTHING] * 12])
    with open_table(path) as table:
        rehearsal = rehearse(table, task_for("hotline", LETTERS, hotline.config(), None), lambda more: None)
    assert (rehearsal.rows, rehearsal.repeated, rehearsal.refused) == (17, 3, 13)
    assert rehearsal.kinds == {"letter": 3, "reply": 1}
    assert [refusal.line for refusal in rehearsal.refusals] == list(range(6, 16))
    assert "[电话]" in rehearsal.items[0].text
    assert sorted(path.name for path in hotline.data.iterdir()) == ["accounts.toml", "policies.toml", "sources.toml"]


def test_relative_times_are_asked_about_before_anything_is_written(hotline, tmp_path):
    path = write_csv(tmp_path / "letters.csv", [GOOD[0], ["2", "王五", "快修", "8分钟前", "", "", "", ""]])
    with open_table(path) as table:
        with pytest.raises(WrongUse, match="第 3 行：时间“8分钟前”是相对的时间"):
            check_times(table, task_for("hotline", LETTERS, hotline.config(), None))
        check_times(table, task_for("hotline", LETTERS, hotline.config(), datetime(2026, 6, 9, tzinfo=UTC)))


def test_the_mapping_may_give_zone_and_moment(hotline):
    mapping = FileMapping(
        kind="letter", columns=COLUMNS, time_zone="America/New_York", as_of=datetime(2026, 6, 1, 12, 0)
    )
    task = task_for("hotline", mapping, hotline.config(), None)
    assert isinstance(task, Task)
    assert task.as_of == datetime(2026, 6, 1, 16, 0, tzinfo=UTC)


def test_a_source_that_is_not_registered_gets_its_lines(hotline):
    with pytest.raises(WrongUse) as caught:
        check_source(hotline.registry(), "letters-2019", hotline.data)
    block = str(caught.value).split("\n\n", 1)[1]
    assert block == '[[source]]\nid = "letters-2019"\nplatform = "file"\n'
    hotline.write(block)
    check_source(hotline.registry(), "letters-2019", hotline.data)


def test_a_crawled_source_takes_no_files(installation):
    installation.write('[[source]]\nid = "board"\nplatform = "liuyan"\n')
    with pytest.raises(WrongUse, match="是从 liuyan 采集的，不能导入文件"):
        check_source(installation.registry(), "board", installation.data)
