"""text_of: what people wrote, out of the HTML that platforms wrap it in."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.html import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>第一段<br />\n第二行</p>\n<p>第三段</p>", "第一段\n第二行\n第三段"),
        ('支持<span class="url-icon"><img alt="[泪]" src=x/></span>真的', "支持[泪]真的"),
        ('<img class="wp-smiley" alt="🙂">好', "🙂好"),
        ('<img src="a.jpg" alt="现场照片"/>看图', "看图"),
        ('回复<a href="/n/x">@楼上的猫</a>:你好', "回复@楼上的猫:你好"),
        ("<ul><li>一楼<li>二楼</ul>三楼", "一楼\n二楼\n三楼"),
        ("涨了 &lt;50%&gt;&nbsp;吗", "涨了 <50%> 吗"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("3<5，6 > 5", "3<5，6 > 5"),
        ("前<script>alert(1)</script><style>p{}</style>后<!-- 注 -->", "前后"),
        ("<b>没有<i>关上", "没有关上"),
        ("</div></body>尾巴", "尾巴"),
        ("<![CDATA", ""),
        ("", ""),
        ("零\0字\ud800", "零字\ufffd"),
    ],
)
def test_markup_becomes_the_text_a_person_wrote(html, text):
    assert text_of(html) == text


def test_words_below_thousands_of_open_tags_are_kept():
    assert text_of("<div>" * 5000 + "住 3 楼 &lt;东&gt;") == "住 3 楼 <东>"


@given(st.text(alphabet="<>/!?&;#x0aApbrdiv=\"' 字\n-[]"))
def test_hostile_markup_never_raises(html):
    assert isinstance(text_of(html), str)


@given(st.text())
def test_any_unicode_never_raises(html):
    assert isinstance(text_of(html), str)


@given(st.text(alphabet="<>&\"'甲乙丙abc123"))
def test_escaped_text_comes_back_as_typed(text):
    assert text_of(escape(text)) == text


@given(st.text(st.one_of(st.characters(), st.sampled_from("字 \t\r\n\f\v\xa0\u3000\u2028。🙂\ufeff")), max_size=40))
def test_a_text_without_markup_is_read_as_one_with_markup_is(text):
    assert text_of(text) == text_of(f"<i></i>{text}")
