"""What is said outright, and nothing else, is a stance without teaching."""

from pathlib import Path

import pytest

from pipelines.masking import mask
from sentiment.stance import Stance, explicit_stance
from tests.sentiment.labelled import labels, rows, same

LIFT = ("老旧小区加装电梯", "加装电梯")
BAN = ("春节禁放鞭炮", "不放鞭炮")


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("支持", "support"),
        ("坚决支持！早就该装了", "support"),
        ("我举双手赞成，老人上下楼太难", "support"),
        ("支持加装电梯", "support"),
        ("非常支持国家的政策", "support"),
        ("对于加装电梯，我完全赞成", "support"),
        ("反对", "oppose"),
        ("坚决反对加装电梯！一楼怎么办", "oppose"),
        ("我不支持", "oppose"),
        ("不赞成这个做法。", "oppose"),
        ("不反对", "unclear"),
        ("没有人支持", "unclear"),
        ("说得好//@王小五:坚决反对加装电梯", "unclear"),
        ("说得好//[提及]:坚决反对加装电梯", "unclear"),
        ("转发微博//[提及]:支持", "unclear"),
        ("回复@张三:同意", "unclear"),
        ("回复[提及]：同意", "unclear"),
        ("坚决反对//[提及]:支持", "oppose"),
        ("你支持加装电梯吗？", "unclear"),
        ("支持，还是反对？", "unclear"),
        ("网友们纷纷支持", "unclear"),
        ("楼上老人都支持加装电梯", "unclear"),
        ("“支持”的有几个是真心的", "unclear"),
        ("如果不收钱就支持", "unclear"),
        ("支持华为", "unclear"),
        ("感谢大家对我的支持", "unclear"),
        ("请同意的转发", "unclear"),
        ("支持，不对，坚决反对", "unclear"),
        ("先支持。后来我反对", "unclear"),
        ("县发言人近日表示，加装电梯要尊重民意，坚决反对", "unclear"),
        ("住建局：大力支持加装电梯", "unclear"),
        ("我的意见：支持加装电梯", "support"),
        ("某公司基于“成本”对此表示反对", "unclear"),
        ("“这个政策，坚决反对", "unclear"),
        ("应该给予更多关注、支持", "unclear"),
        ("支持电梯广告涨价", "unclear"),
        ("理解、支持", "support"),
        ("#老旧小区加装电梯# 支持", "support"),
        ("支持#县里今年加装电梯200部#", "support"),
        ("#中考改革# 坚决反对", "unclear"),
        ("#中考改革# 坚决反对 #加装电梯# 支持", "support"),
        ("#王某反对加装电梯# 支持", "unclear"),
        ("#加装电梯#支持 ??", "support"),
        ("支持??", "unclear"),
        ("电梯挺好", "unclear"),
        ("我同意", "support"),
        ("完全同意加装电梯！", "support"),
        ("不同意", "oppose"),
        ("支持给老旧小区加装电梯啊", "support"),
        ("支持装电梯", "support"),
        ("我支持加装电梯的", "support"),
        ("", "unclear"),
    ],
)
def test_only_what_is_said_outright_counts(text: str, stance: Stance) -> None:
    assert explicit_stance(text, LIFT) == stance


@pytest.mark.parametrize(
    "text",
    [
        *(
            "反对加装电梯太自私",
            "反对加装电梯没道理",
            "支持加装电梯就是违法",
            "支持加装电梯纯属扯淡",
            "支持加装电梯我看悬",
        ),
        *("反对加装电梯的是一楼", "支持加装电梯的都是高层", "反对加装电梯的，都住一楼", "支持的请举手"),
        *("支持反对加装电梯", "支持不支持", "支持不支持加装电梯", "反对支持加装电梯"),
        *("支持个屁", "支持 才怪", "支持老旧小区", "反对小区"),
        *("同意书", "同意楼上的", "征求同意", "未经同意", "业主都同意", "同意才能加装电梯"),
    ],
)
def test_what_is_said_about_a_side_is_no_stance(text: str) -> None:
    assert explicit_stance(text, LIFT) == "unclear"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "支持党中央",
            "坚决支持国家",
            "支持国家！",
            "支持政府",
            "反对政府",
            "反对市政府",
            "支持党",
            "支持这个政府",
            "支持大国",
        ),
        *("支持国家的", "不支持中央", "对政府表示反对", "#老旧小区加装电梯# 支持国家"),
    ],
)
def test_who_is_for_or_against_somebody_says_nothing_of_the_policy(text: str) -> None:
    assert explicit_stance(text, LIFT) == "unclear"


@pytest.mark.parametrize(
    "about", ["", "国家政策", "政府的这个决定", "党中央的新政策", "这个", "出台", "国家出台", "这样的措施", "此方案"]
)
def test_what_is_done_or_decided_is_the_policy(about: str) -> None:
    assert explicit_stance(f"坚决支持{about}！", LIFT) == "support"
    assert explicit_stance(f"我反对{about}", LIFT) == "oppose"


def test_both_scripts_say_the_same() -> None:
    assert explicit_stance("堅決反對加裝電梯！", LIFT) == "oppose"
    assert explicit_stance("非常贊成這個做法", LIFT) == "support"
    assert explicit_stance("支持加装电梯", ("老舊小區加裝電梯",)) == "support"


def test_who_supports_what_a_policy_forbids_is_not_for_it() -> None:
    assert explicit_stance("支持放鞭炮", BAN) == "unclear"
    assert explicit_stance("支持春节不放鞭炮", BAN) == "support"


def test_no_text_takes_more_than_its_length() -> None:
    texts = [
        "我支持" * 20_000,
        "都非常坚决" * 20_000,
        "对" + "我表示" * 20_000,
        "，" * 100_000,
        "“" * 50_000,
        "#" * 50_000,
    ]
    assert {explicit_stance(text, LIFT) for text in texts} <= {"support", "oppose", "unclear"}


@pytest.mark.real_data
@pytest.mark.parametrize(("part", "least"), [("develop", 45), ("evaluate", 90), ("fresh", 80)])
def test_nine_in_ten_said_outright_are_what_a_reader_found(real_data: Path, part: str, least: int) -> None:
    """Of texts as the journal holds them: masked."""
    told = right = 0
    for label in labels("stances.jsonl"):
        if label["part"] == part:
            row = rows(real_data / label["file"])[label["row"]]
            text = next(row[name] for name in ("text", "回答", "留言详情") if name in row)
            assert same(text, label["digest"])
            stance = explicit_stance(mask(text).text, label["names"])
            told += stance != "unclear"
            right += stance == label["stance"] != "unclear"
    assert told >= least
    assert right >= 0.9 * told


@pytest.mark.real_data
def test_nine_in_ten_agree_with_the_stances_others_gave(real_data: Path) -> None:
    given = {"FAVOR": "support", "AGAINST": "oppose"}
    named = {"开放二胎": ("开放二胎", "全面二孩"), "深圳禁摩限电": ("禁摩限电", "深圳交警")}
    told = right = 0
    for row in rows(real_data / "stance/nlpcc2016_taskA_train.csv"):
        if row["target"] in named:
            stance = explicit_stance(mask(row["text"]).text, named[row["target"]])
            told += stance != "unclear"
            right += stance != "unclear" and stance == given.get(row["stance"])
    assert told >= 20
    assert right >= 0.9 * told
