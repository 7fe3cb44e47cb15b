"""Folding: what people read as the same is matched as the same."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.spelling import fold, fold_in_place


def test_full_width_and_case_are_folded():
    assert fold("ＱＱ：１２３ Vx ㎡") == "qq:123 vx m2"


def test_in_place_keeps_every_position():
    assert fold_in_place("面积５㎡，ＶＸ") == "面积5㎡,vx"


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folding_in_place_never_moves_a_sign(text):
    folded = fold_in_place(text)
    assert len(folded) == len(text)
    assert fold_in_place(folded) == folded
