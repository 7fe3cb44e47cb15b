"""What is left of an answer: what a parser reads, and nobody's name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.evidence import Fields
from crawler.platforms.isso.evidence import FIELDS as ISSO
from crawler.platforms.letterbox.evidence import fields_of
from crawler.platforms.letterbox.preset import preset_names, read_preset
from crawler.platforms.liuyan.evidence import FIELDS as LIUYAN
from crawler.platforms.weibo.evidence import FIELDS as WEIBO
from pipelines.evidence.redaction import Redaction, masked
from pipelines.masking import mask
from pipelines.masking.pseudonyms import Pseudonyms

NAMES = Pseudonyms(bytes(32))
CAT = NAMES.of("weibo", "楼上的猫")


def kept(value: object, fields: Fields = WEIBO, platform: str = "weibo", names: tuple[str, ...] = ()) -> object:
    text = Redaction(platform, fields, frozenset({"8888010001", "示例县城管局"}), NAMES).of(json.dumps(value), names)
    return json.loads(text)


def words(text: str, *names: str) -> str:
    return kept({"text": text}, names=names)["text"]


def test_a_writer_becomes_the_pseudonym_of_the_journal() -> None:
    assert kept({"user": {"id": 7000000001, "screen_name": " 楼上的猫\u200b"}}) == {
        "user": {"id": NAMES.of("weibo", "7000000001"), "screen_name": CAT}
    }


def test_an_official_stays() -> None:
    user = {"id": 8888010001, "screen_name": "示例县发布"}
    assert kept({"user": user}) == {"user": user}
    assert kept({"author": "示例县城管局"}, ISSO, "isso") == {"author": "示例县城管局"}


@pytest.mark.parametrize("nobody", ["匿名", "陈***", "网友"])
def test_nobody_is_nobody(nobody: str) -> None:
    assert kept({"author": nobody, "hash": None}, ISSO, "isso") == {"author": "匿名", "hash": None}


def test_what_has_no_known_name_may_be_anybodys() -> None:
    answer = {
        "avatar": "楼上的猫",
        "owner": {"id": 7000000001, "text": "电话 13800138000", "flag": True, "count": 99_999},
        "楼上的猫": {"text": "a"},
        "likes": [7000000001, "楼上的猫", 3, None],
    }
    assert kept(answer) == {
        "avatar": None,
        "owner": {"id": None, "text": "电话 [电话]", "flag": True, "count": 99_999},
        "likes": [None, None, 3, None],
    }


def test_numbers_beyond_a_float_stay_where_they_are_known() -> None:
    assert kept({"data": [{"id": 2**53 + 1, "mid": "6222001234567890122"}]}) == {
        "data": [{"id": 2**53 + 1, "mid": "6222001234567890122"}]
    }


def test_a_place_is_a_province() -> None:
    assert kept({"data": [{"source": "发布于 广西壮族自治区 钦州市"}, {"source": "微博网页版"}]}) == {
        "data": [{"source": "广西"}, {"source": ""}]
    }


def test_a_jsonp_answer_stays_one_without_its_cookies() -> None:
    text = 'window.f && f({"retcode":20000000,"data":{"sub":"_2Ak-secret","subp":"0033-secret"}});'
    out = Redaction("weibo", WEIBO, frozenset(), NAMES).of(text, ())
    assert out.startswith("window.f && f({") and out.endswith("});")
    assert "secret" not in out


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("我是“楼上的猫”，找王建国局长", ("楼上的猫",), "我是“@[提及]”，找[姓名]局长"),
        ("@某某人 说得对", (), "@[提及] 说得对"),
        ("回复@某某人:同意", (), "回复@[提及]:同意"),
        ("回复<a href='/n/某某人'>@某某人</a>:同意", (), '回复<a href="/n/">@[提及]</a>:同意'),
        ("电话138<b>0013</b>8000", (), "电话[电话]"),
        ("3 < 5，他说'可以'", (), "3 < 5，他说'可以'"),
        ("<p>咨询 0771-5551234</p>", (), "<p>咨询 [电话]</p>"),
        ('好<img alt="[笑哭]" src="//a/7000000001.png">', (), '好<img alt="[笑哭]">'),
        ('<img alt="楼上的猫的照片">', (), "<img>"),
        ("a &amp; b<br>c", (), "a &amp; b<br>c"),
        ("我是“猫<b>7</b>”", ("猫<b>7</b>",), "我是“@[提及]”"),
        ("我是“猫&lt;b&gt;7&lt;/b&gt;”", ("猫<b>7</b>",), "我是“@[提及]”"),
        ("<a href='tel:13800138000'>打</a>", (), "<a>打</a>"),
    ],
)
def test_words_are_masked_as_a_parser_can_read_them(text: str, names: tuple[str, ...], left: str) -> None:
    assert words(text, *names) == left
    assert words(left) == left


PIECES = ["@", "@某某", "王建国", "局长", "<b>", "</b>", "&lt;", "138", "0013", "8000", "[提及]", " ", "<", "a"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_kept_can_be_kept_again(text: str) -> None:
    once = words(text)
    assert words(once) == once


@given(st.text(alphabet="@猫王建国局长1380“”: [提及]a", max_size=20))
def test_the_mask_step_reads_kept_words_as_the_written_ones(text: str) -> None:
    assert mask(masked(text, {})).text == mask(text).text


def test_hostile_json_is_cut_or_left_out() -> None:
    redaction = Redaction("weibo", WEIBO, frozenset(), NAMES)
    deep = '{"text":' * 90 + '"楼上的猫"' + "}" * 90
    assert "楼上的猫" not in redaction.of(deep, ())
    assert redaction.of("[" * 100_000, ()) is None
    assert redaction.of('{"text": "楼上', ()) is None
    assert redaction.of("", ()) == ""


def test_of_a_page_only_the_named_parts_stay() -> None:
    page = (
        "<!doctype html><html><head><title>题</title>"
        '<meta property="article:published_time" content="2026-06-01T09:00:00+08:00"></head>'
        '<body data-user="楼上的猫"><div class="who">楼上的猫</div><!-- 楼上的猫 --><h1>公告</h1>'
        '<main><article id="a-1"><p>咨询 13800138000</p><script>var u = "楼上的猫"</script>'
        '<a href="/gov/a.html" title="楼上的猫">全文</a><a href="mailto:a@b.cn">写信</a></article></main></body></html>'
    )
    assert Redaction("isso", ISSO, frozenset(), NAMES).of(page, ()) == (
        "<!doctype html><html><title>题</title>"
        '<meta property="article:published_time" content="2026-06-01T09:00:00+08:00"><h1>公告</h1>'
        '<main><article id="a-1"><p>咨询 [电话]</p><a href="/gov/a.html">全文</a><a>写信</a></article></main></html>'
    )
    assert Redaction("liuyan", LIUYAN, frozenset(), NAMES).of(page, ()) == "<!doctype html><html></html>"
    assert Redaction("weibo", WEIBO, frozenset(), NAMES).of(page, ()) is None


def test_letterboxes_of_web_pages_keep_nothing() -> None:
    assert {name for name in preset_names() if fields_of(read_preset(name))} == {"hunan", "wuhan", "yantai"}


def test_a_letterbox_keeps_what_its_preset_names() -> None:
    fields = fields_of(read_preset("hunan"))
    row = {"id": 880001, "title": "路灯", "nickname": "楼上的猫", "created_at": "2026-06-01 08:00:00", "city": "某市"}
    assert kept({"data": {"rows": [row], "total": 1}}, fields, "letterbox") == {
        "data": {"rows": [{**row, "nickname": NAMES.of("letterbox", "楼上的猫"), "city": None}], "total": 1}
    }
