"""open_table: every form and encoding that people export comes back cell by cell; what is no table is one sentence."""

import csv
import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.errors import WrongUse
from pipelines.importing.rejects import LINE, REASON, guarded
from pipelines.importing.tables import LARGEST_CELL, open_table

HEADER = ["编号", "内容", "时间"]
ROWS = [
    ["1", "电梯又坏了，\n\t什么时候修？", "2026/6/1 9:05:00"],
    ["2", '他说"好"，再也没有来', "2026-06-02"],
    ["3", "=1+1", "43512.4756"],
]
EVERYDAY = "电梯又坏了什么时候修我们小区的业主都很着急谢谢领导,;\t\n\r\"' =0aZ"
SLOW_DISK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def written_csv(rows, delimiter=","):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue()


def cells(path, sheet=None):
    with open_table(path, sheet) as table:
        return [[row.cells[name] for name in table.columns] for row in table.rows()]


def faults(path):
    with open_table(path) as table:
        return {row.line: row.fault for row in table.rows() if row.fault}


def refusal(path):
    with pytest.raises(WrongUse) as caught, open_table(path):
        pass
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter(tmp_path, encoding, delimiter):
    path = tmp_path / "来信.csv"
    path.write_bytes(written_csv([HEADER, *ROWS], delimiter).encode(encoding))
    assert cells(path) == ROWS


def test_a_compressed_csv_is_read(tmp_path):
    path = tmp_path / "来信.csv.gz"
    path.write_bytes(gzip.compress(written_csv([HEADER, *ROWS]).encode("gbk")))
    assert cells(path) == ROWS


def table_of(alphabet):
    texts = st.text(alphabet=alphabet, max_size=20)
    return st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=8)


def comes_back(path: Path, rows, encoding):
    path.write_bytes(written_csv([HEADER, *rows]).encode(encoding))
    filled = [list(row) for row in rows if any(cell.strip() for cell in row)]
    if filled:
        assert cells(path) == filled
    else:
        assert "只有表头" in refusal(path)


@SLOW_DISK
@given(
    rows=table_of(st.characters(exclude_categories=["Cs"])), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_any_table_written_in_unicode_comes_back(tmp_path, rows, encoding):
    comes_back(tmp_path / "any.csv", rows, encoding)


@SLOW_DISK
@given(rows=table_of(st.sampled_from(EVERYDAY)))
def test_any_everyday_table_written_in_gb18030_comes_back(tmp_path, rows):
    comes_back(tmp_path / "any.csv", rows, "gb18030")


@SLOW_DISK
@given(
    rows=table_of(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")).filter(
        lambda rows: all(any(cell.strip() for cell in row) for row in rows)
    )
)
def test_any_workbook_comes_back(tmp_path, rows):
    workbook = openpyxl.Workbook()
    for line, row in enumerate([HEADER, *rows], 1):
        for place, text in enumerate(row, 1):
            cell = workbook.active.cell(line, place, text)
            cell.data_type = "s"  # text, even if it looks like a formula
    path = tmp_path / "any.xlsx"
    workbook.save(path)
    assert [[cell or "" for cell in row] for row in cells(path)] == [list(row) for row in rows]


def test_gb18030_is_found_even_where_it_begins_after_a_megabyte_of_plain_letters(tmp_path):
    path = tmp_path / "late.csv"
    early = ["1", "x" * 60, "2026-06-01"]
    path.write_bytes(
        written_csv([["id", "text", "at"], *[early] * 20_000, ["2", "电梯又坏了", "2026-06-02"]]).encode("gbk")
    )
    assert cells(path)[-1] == ["2", "电梯又坏了", "2026-06-02"]


def test_a_file_that_changes_its_encoding_is_refused(tmp_path):
    path = tmp_path / "mixed.csv"
    begin = written_csv([HEADER, *[["1", "电梯又坏了", "2026-06-01"]] * 40_000]).encode()
    path.write_bytes(begin + "2,什么时候修,2026-06-02\r\n".encode("gbk") * 3)
    assert "第 " in refusal(path) and "另存为“CSV UTF-8”" in refusal(path)


def test_dates_and_numbers_of_a_workbook_keep_their_kind(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["编号", "时间", "日期", "序列", "出错", "公式"])
    workbook.active.append([188006, datetime(2019, 2, 28, 11, 25, 5), date(2019, 2, 28), 43524.4757, "#N/A", "=1+1"])
    workbook.active["C2"].number_format = "yyyy-mm-dd"
    path = tmp_path / "kinds.xlsx"
    workbook.save(path)
    assert cells(path) == [[188006, datetime(2019, 2, 28, 11, 25, 5), date(2019, 2, 28), 43524.4757, None, None]]


def test_another_sheet_is_read_by_its_name(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "说明"
    workbook.active.append(["填写说明"])
    sheet = workbook.create_sheet("工单")
    sheet.append(HEADER)
    sheet.append(["1", "电梯又坏了", "2026-06-01"])
    path = tmp_path / "two.xlsx"
    workbook.save(path)
    assert cells(path, "工单") == [["1", "电梯又坏了", "2026-06-01"]]
    with pytest.raises(WrongUse, match="没有名为“来信”的工作表，有：说明、工单"), open_table(path, "来信"):
        pass


def test_a_compressed_workbook_is_read(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER)
    workbook.active.append(["1", "电梯又坏了", "2026-06-01"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    path = tmp_path / "book.xlsx.gz"
    path.write_bytes(gzip.compress(buffer.getvalue()))
    assert cells(path) == [["1", "电梯又坏了", "2026-06-01"]]


def test_nested_json_has_dotted_columns(tmp_path):
    path = tmp_path / "letters.jsonl"
    records = [{"id": 7, "user": {"name": "李四"}, "replies": [{"text": "已修好"}]}, {"id": 8, "late": True}]
    path.write_text("\n\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    with open_table(path) as table:
        assert table.columns == ("id", "user.name", "replies.0.text", "late")
        assert [(row.line, dict(row.cells)) for row in table.rows()] == [
            (1, {"id": 7, "user.name": "李四", "replies.0.text": "已修好"}),
            (3, {"id": 8, "late": True}),
        ]


def test_broken_json_lines_are_faults_of_their_own_line(tmp_path):
    path = tmp_path / "letters.jsonl"
    path.write_text('{"id": 1}\n{"id": \n[1]\n' + "[" * 5000 + '\n{"id": 2}\n', encoding="utf-8")
    with open_table(path) as table:
        rows = list(table.rows())
    assert [row.line for row in rows if not row.fault] == [1, 5]
    assert {row.fault for row in rows if row.fault} == {"这一行不是 JSON 对象，应写成 {…}，中间不换行。"}


def test_rows_out_of_step_with_the_header_are_faults(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "编号,内容,时间\n1,坏了,2026-06-01\n2,坏了,真的,2026-06-01\n3,坏了\n4,坏了,2026-06-01,,\n", encoding="utf-8"
    )
    assert faults(path) == {
        3: "这一行有 4 格，表头有 3 格，多半是正文里的分隔符或换行没有用引号括起来。",
        4: "这一行有 2 格，表头有 3 格，多半是正文里的分隔符或换行没有用引号括起来。",
    }


def test_a_quote_that_never_closes_is_a_fault_and_not_a_huge_letter(tmp_path):
    path = tmp_path / "quote.csv"
    path.write_text('编号,内容,时间\n1,坏了,2026-06-01\n2,"坏了,2026-06-01\n3,坏了,2026-06-01\n', encoding="utf-8")
    assert faults(path) == {3: "这一行有个引号没有闭合，从这里到文件末尾都没有读入。"}


def test_a_cell_above_the_limit_is_a_fault_and_the_rest_goes_on(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(
        f"编号,内容,时间\n1,{'长' * (LARGEST_CELL + 1)},2026-06-01\n2,{'长' * 1000},2026-06-01\n", encoding="utf-8"
    )
    assert list(faults(path)) == [2]
    assert "超过 1,048,576 个字" in faults(path)[2]


def test_hostile_cells_are_only_text(tmp_path):
    path = tmp_path / "hostile.csv"
    hostile = ["=cmd|'/c calc'!A1", "坏\0了", "<script>alert(1)</script>", "长" * 100_000, "\u202e\u200b字"]
    path.write_bytes(written_csv([["内容"], *[[text] for text in hostile]]).encode())
    assert [row[0] for row in cells(path)] == hostile


def test_blank_lines_are_no_rows_and_lines_are_counted_as_an_editor_does(tmp_path):
    path = tmp_path / "blank.csv"
    path.write_text('\n编号,内容,时间\n\n1,"坏\n了",2026-06-01\n,,\n2,坏了,2026-06-02\n', encoding="utf-8")
    with open_table(path) as table:
        assert [row.line for row in table.rows()] == [4, 7]
        assert table.rows_expected == 2


def test_guarded_cells_of_a_rejects_file_come_back_as_they_were(tmp_path):
    path = tmp_path / "rejects.csv"
    text = "'=1+1"
    path.write_bytes(
        written_csv([["内容", REASON, LINE], [guarded(text), "坏", "2"], [guarded("=A1"), "坏", "3"]]).encode()
    )
    assert [row[0] for row in cells(path)] == [text, "=A1"]


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def workbook_bytes():
    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER)
    for number in range(200):
        workbook.active.append([number, "电梯又坏了" * number, "2026-06-01"])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "是空文件（0 字节）"),
        (b"  \n \n", "只有空白"),
        ("编号,内容,时间\n".encode(), "只有表头，没有内容"),
        (zipped(word__document_xml="x"), "是 Word 文档，不是表格"),
        (zipped(letters="x"), "是压缩包或别的文档"),
        (zipped(xl__workbook_xml="x"), "损坏的 XLSX"),
        (workbook_bytes()[:-300], "损坏的 XLSX"),
        (workbook_bytes()[:2000] + b"?" * 20 + workbook_bytes()[2020:], "损坏的 XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Excel（.xls）或加了密码"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "是图片"),
        (b"%PDF-1.7\n", "是 PDF 文件"),
        (b"Rar!\x1a\x07", "请先解压"),
        (gzip.compress("编号,内容\n1,坏了".encode(), mtime=0)[:-9], "损坏或不完整的压缩文件"),
        (gzip.compress(gzip.compress(b"a,b\n1,2", mtime=0), mtime=0), "压缩了两层"),
        (gzip.compress(b"", mtime=0), "解压后是空的"),
        (b"\x1f\x8bnot really", "损坏或不完整的压缩文件"),
        (bytes(range(128, 256)) * 40, "既不是 UTF-8"),
        ("編號,內容\n1,電梯又壞了\n".encode("big5"), "既不是 UTF-8"),
        (b"\xff\xfea", "声明是 UTF-16"),
        ("编号,内容".encode("utf-16-le"), "既不是 UTF-8"),
        (b"i\0d\0,\0\n\0", "第一行有空字节"),
        (b"<html><table></table></html>", "是网页（HTML）"),
        (b'[{"id": 1}]', "请改成 JSONL"),
        (b'{\n"id": 1\n}', "不是每行一个 JSON 对象"),
        (b'a,"b\n1,2', "表头）读不懂"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path, content, sentence):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sentence in refusal(path)
    assert str(path) in refusal(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert "没有找到文件" in refusal(tmp_path / "没有.csv")
    assert "是文件夹" in refusal(tmp_path)


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused_unread(tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped(xl__workbook_xml="x", big="0" * 1000))
    data = path.read_bytes().replace((1000).to_bytes(4, "little"), (2**31).to_bytes(4, "little"))
    path.write_bytes(data)
    assert "超过 1 GB" in refusal(path)
