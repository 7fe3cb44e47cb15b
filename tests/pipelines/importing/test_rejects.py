"""RejectsFile: refused rows in a form that spreadsheets do not compute and that reads back unchanged."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from pipelines.importing.rejects import RejectsFile, guarded, unguarded

FORMULAS = st.text(alphabet="'=+-@\t\ra1", max_size=6)


@given(FORMULAS | st.text())
def test_a_guarded_cell_comes_back(text):
    assert unguarded(guarded(text)) == text


@given(FORMULAS)
def test_no_guarded_cell_begins_as_a_formula(text):
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_nothing_refused_leaves_no_file(tmp_path):
    with RejectsFile(tmp_path / "rejected", "hotline:1", ("内容",), as_json=False) as rejects:
        pass
    assert rejects.path is None
    assert list(tmp_path.iterdir()) == []


def test_a_refused_row_keeps_its_columns_and_gets_reason_and_line(tmp_path):
    with RejectsFile(tmp_path, "hotline:1", ("内容", "时间"), as_json=False) as rejects:
        rejects.add(7, {"时间": "某天", "内容": "=A1"}, "看不懂时间")
    assert rejects.path == tmp_path / "hotline-1.csv"
    assert rejects.path.read_bytes().startswith(b"\xef\xbb\xbf")
    with rejects.path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["内容", "时间", "拒收原因", "行号"], ["'=A1", "某天", "看不懂时间", "7"]]
