"""Presets: those that come along, the one in the documents, what is said of a wrong one, whatever is answered."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import WrongUse
from crawler.items import Comment, Item, Reply
from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.letterbox.answer import opened
from crawler.platforms.letterbox.filling import Addresses
from crawler.platforms.letterbox.parsing import Letterbox
from crawler.platforms.letterbox.preset import Preset, preset_names, read_preset
from tests.servers.letterboxes import BOARDS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "letterbox.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
HTML, JSON = "text/html; charset=utf-8", "application/json"


def fenced(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", DOCUMENT, re.DOTALL)


def box_of(preset: Preset, **parameters: str) -> Letterbox:
    addresses = Addresses(preset, str(preset.site), {**preset.parameters, **parameters})
    return Letterbox(addresses, "box", "box:1", ZoneInfo("Asia/Shanghai"))


def test_every_preset_is_documented_and_tested() -> None:
    assert preset_names() == sorted(BOARDS)
    assert [name for name in preset_names() if f"| `{name}` |" not in DOCUMENT] == []


def test_every_key_is_documented() -> None:
    keys = [*Preset.model_fields]
    for name in ("list", "detail", "reply", "comments"):
        keys += read_keys(name)
    assert [key for key in keys if f"`{key}`" not in DOCUMENT and f"[{key}]" not in DOCUMENT] == []


def read_keys(name: str) -> list[str]:
    model = Preset.model_fields[name].annotation
    kind = model if hasattr(model, "model_fields") else model.__args__[0]
    return [field.alias or key for key, field in kind.model_fields.items()]


def test_the_example_of_the_document_reads_the_pages_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "our-box.toml"
    path.write_text(fenced("toml")[0], encoding="utf-8")
    preset = read_preset(str(path))
    assert tomllib.loads(fenced("toml")[1])["source"][0]["options"] == {"preset": path.name}
    listed, shown = (page.encode() for page in fenced("html"))
    box = box_of(preset)
    batch = box.batch(opened(listed, HTML, preset.list))
    assert [row for row, _ in batch.rows] == [
        {"id": "260301", "link": "/mail/show?no=260301", "category": "投诉", "posted_at": "03-01"},
        {"id": "260227", "link": "/mail/show?no=260227", "category": "建议", "posted_at": "02-27"},
    ]
    assert batch.total == 3
    row = batch.rows[0][0]
    letter, reply = box.letter(row, opened(shown, HTML, preset.detail), NOW)
    assert isinstance(letter, Comment)
    assert (letter.id, letter.title, letter.author) == ("letterbox:box:260301", "小区门口的路灯坏了", "树下乘凉")
    assert letter.text == "坏了三盏。\n晚上看不见台阶，摔过人。"
    assert letter.url == "https://mail.example.gov.cn/mail/show?no=260301"
    assert (letter.posted_at, letter.posted_precision) == (datetime(2026, 3, 1, 13, 15, tzinfo=UTC), "minute")
    assert isinstance(reply, Reply)
    assert (reply.comment_id, reply.unit, reply.replied_precision) == (letter.id, "市城市管理局", "day")
    assert reply.text == "您好！三盏路灯已于 3 月 3 日修好。"


def test_a_time_that_cannot_be_read_is_said_with_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "our-box.toml"
    path.write_text(fenced("toml")[0].replace('unit = "b"', 'unit = "b"\nid = "b"'), encoding="utf-8")
    preset = read_preset(str(path))
    shown = fenced("html")[1]
    for wrong, words in (
        (shown.replace("2026年3月4日", "改日"), "来信 260301 的答复时间（replied_at）：看不懂时间"),
        (shown.replace("2026-03-01 21:15", "改日"), "来信 260301 的时间（posted_at）：看不懂时间"),
        (shown.replace("时间：", ""), "来信 260301 没有找到时间（posted_at），平台可能改版了。"),
    ):
        with pytest.raises(Unreadable, match=re.escape(words)):
            list(
                box_of(preset).letter({"id": "260301", "link": "/1"}, opened(wrong.encode(), HTML, preset.detail), NOW)
            )


WRONG: list[tuple[str, Callable[[str], str], str]] = [
    ("no selector", lambda text: text.replace('"table.mails tr"', '"table..mails"'), "list.rows 不是CSS 选择器"),
    ("no pattern", lambda text: text.replace("共 (", "共 (("), "第 10 行，list.total.cut：不是正则表达式"),
    (
        "unknown place",
        lambda text: text.replace("{page}", "{seite}"),
        "list 里的 {seite} 没有来处，可以写 {offset}、{page}",
    ),
    ("no id", lambda text: re.sub("(?m)^id = .*$", "", text), "list.fields 里缺少 id"),
    ("no text", lambda text: text.replace('text = ".ask"', ""), "缺少 text"),
    ("no reply time", lambda text: text.replace('replied_at = "i"', ""), "fields 里缺少 replied_at"),
    ("unknown key", lambda text: text.replace("size = 2", "seize = 2"), "第 8 行，list.seize：没有这个键"),
    ("unknown column", lambda text: text.replace("category =", "kind ="), "list.fields.kind：只能是 'id'"),
    ("wrong form", lambda text: text.replace('answer = "html"', 'answer = "xml"', 1), "list.answer：只能是 'json'"),
    ("two bodies", lambda text: text.replace("size = 2", "form = {}\njson = {}"), "form 和 json 只能写一个"),
    ("no address", lambda text: text.replace('url = "{link}"', ""), "写 url；各类来信的地址不同时"),
    ("no JMESPath", lambda text: text.replace('"html"', '"json"', 1).replace("table.mails tr", "data.["), "JMESPath"),
    (
        "success of a page",
        lambda text: text.replace("size = 2", 'success = { path = "a", value = 1 }'),
        "success 只用于",
    ),
    ("no end", lambda text: re.sub("(?m)^total = .*$", "", text), "没有 total 时要写 frame"),
    (
        "frame of data",
        lambda text: text.replace('"html"', '"json"', 1).replace("size = 2", 'frame = "p"'),
        "frame 只用于",
    ),
]


@pytest.mark.parametrize(("change", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_mistake_is_named(tmp_path: Path, change: Callable[[str], str], words: str) -> None:
    path = tmp_path / "box.toml"
    path.write_text(change(fenced("toml")[0]), encoding="utf-8")
    with pytest.raises(WrongUse) as told:
        read_preset(str(path))
    assert str(path) in str(told.value)
    assert words in str(told.value)


def test_a_preset_that_is_not_there_is_said() -> None:
    with pytest.raises(WrongUse, match=r"没有“atlantis”这个信箱预设.*beijing、beijing-index"):
        read_preset("atlantis")


def test_a_place_of_its_own_keeps_its_number_and_values_are_escaped() -> None:
    box = box_of(read_preset("hunan"))
    places = box.addresses.of_page(3, 40)
    assert box.addresses.data(box.preset.list, places) == {"is_list": 1, "page": 3, "page_num": 20}
    assert box.addresses.of_letter({"id": "a/b&c=1"}).endswith("?id=a%2Fb%26c%3D1")
    wuhan = box_of(read_preset("wuhan"), fid="42")
    assert wuhan.addresses.form(wuhan.preset.list, wuhan.addresses.of_page(2, 100)) == {
        "pageSize": "100", "pageNum": "2", "fid": "42", "handleState": "1", "threadState": "",
    }  # fmt: skip
    beijing = box_of(read_preset("beijing"))
    form = beijing.addresses.form(beijing.preset.list, beijing.addresses.of_page(3, 12))
    assert form and (form["PageCond/begin"], form["PageCond/length"]) == ("12", "6")


@pytest.mark.parametrize("content_type", ["text/html; charset=gb2312", "text/html"])
def test_an_old_page_in_gb2312_is_read(content_type: str) -> None:
    preset = read_preset("sichuan")
    head = "<meta charset='gb2312'><div class='c1'><em>路灯</em><i>柳*** 2026-03-01 21:15</i>"
    page = f"{head}<p>坏了。</p><p>三盏。</p></div>"
    node = opened(page.encode("gb2312"), content_type, preset.detail)
    (letter,) = box_of(preset, fid="1").letter({"id": "7"}, node, NOW)
    assert isinstance(letter, Comment)
    assert (letter.title, letter.author, letter.text) == ("路灯", "柳***", "坏了。\n三盏。")


def test_the_public_page_of_a_letter_may_be_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "box.toml"
    path.write_text('link = "https://www.example.gov.cn/letter/{id}"\n' + fenced("toml")[0], encoding="utf-8")
    assert box_of(read_preset(str(path))).addresses.of_letter({"id": "7"}) == "https://www.example.gov.cn/letter/7"


def test_a_kind_of_letter_without_an_address_is_said() -> None:
    with pytest.raises(Unreadable, match="属于“表扬”"):
        box_of(read_preset("beijing")).addresses.detail({"id": "AH1", "category": "表扬"})


def test_loose_json_is_read_as_javascript_reads_it() -> None:
    preset = read_preset("beijing-index")
    body = (
        r"{page:{pageNo:1,totalCount:99},result:[{originalId:'AH1',letterTypeName:'咨询',"
        r"letterTitle:'他说\'不行\' \"真的\"',writeDate:'2026-11-23',},]}"
    ).encode()
    batch = box_of(preset).batch(opened(body, HTML, preset.list))
    assert batch.total == 99
    assert batch.rows[0][0]["title"] == "他说'不行' \"真的\""
    for broken in (body[:-3], b"[1]", b"{a: undefined}", b"\xff{}"):
        with pytest.raises(Unreadable):
            opened(broken, HTML, preset.list)


def test_replies_keep_their_ids_when_an_earlier_one_comes_in_between() -> None:
    preset = read_preset("hunan")
    box = box_of(preset)
    row = {"id": "7", "posted_at": "2026-10-01 08:00:00"}
    later = {"content": "二", "reply_time": "2026-10-09 10:00:00", "name": "县教育局"}
    earlier = {"content": "一", "reply_time": "2026-10-05 10:00:00", "name": "县教育局"}

    def replies(*given: object) -> dict[str, str]:
        body = json.dumps({"status": "1", "data": {"content": "<p>问</p>", "reply": given, "comment": []}}).encode()
        letter = box.letter(row, opened(body, JSON, preset.detail), NOW)
        return {item.text: item.id for item in letter if isinstance(item, Reply)}

    assert replies(later)["二"] == replies(earlier, later)["二"] == "letterbox:box:7-r20261009020000"
    assert len(set(replies(later, {**later, "content": "三"}).values())) == 2


NAMES = """data rows result mailList id tid originalId original_id content master one reply comment threadsObj
answersList asContent dateline_txt reply_time created_at PageCond count page totalCount total status code nickname"""
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12) | st.just("1")
TREES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(re.findall(r"\w+", NAMES)), inner),
    max_leaves=12,
)
TAGS = r"""<title>登录</title>
<div class='con_lylist'>
<a href='?tid=1234567'>
</a>
<div class='c1'>
<div class='c3'>
</div>
<i>2026-01-01 10:00</i>
<i>张 2026-01-01 10:00 回复时间：2026-13-41 10:00</i>
<p>
<em>题</em>
<li class='f12px'>
<div class='left5'><ul>
<div class='rightside1'>
<td class='td32'>
<td class='td2'>
<"""
PAGES = st.lists(st.sampled_from([*TAGS.splitlines(), "\0", "\ud800"]) | st.text(max_size=8)).map("".join)


@pytest.mark.parametrize("preset", preset_names())
@given(data=st.data())
def test_whatever_is_answered_is_items_or_said(preset: str, data: st.DataObject) -> None:
    known = read_preset(preset)
    body = data.draw(st.binary(max_size=40) | TREES.map(json.dumps).map(str.encode) | PAGES.map(_encoded))
    box = box_of(known)
    for read in (
        lambda: box.batch(opened(body, HTML, known.list)).rows,
        lambda: items(box, body),
    ):
        try:
            read()
        except (Refused, Unreadable) as told:
            assert str(told)


def items(box: Letterbox, body: bytes) -> list[Item]:
    row = {"id": "1", "category": "咨询", "link": "/a", "posted_at": "2026-01-01"}
    assert box.preset.detail
    return list(box.letter(row, opened(body, HTML, box.preset.detail), NOW))


def _encoded(page: str) -> bytes:
    return page.encode("utf-8", "surrogatepass")
