"""What Weibo means: an end, something gone or closed, a wall, a refusal."""

import json

import pytest

from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.weibo.refusals import Closed, Gone, Unclear, Walled, payload


def says(**answer: object) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize("message", ["这里还没有内容", "还没有人评论哦~快来抢沙发！", "暂无数据", "没有更多内容"])
def test_nothing_more(message: str) -> None:
    assert payload(says(ok=0, msg=message, data={"cards": []})) is None


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (says(ok=-100, url="https://passport.weibo.com/sso/signin"), Walled, "要求登录"),
        (says(ok=-100), Walled, "要求登录"),
        ("<title>登录 - 新浪微博</title>".encode(), Walled, "登录页"),
        (b'<script>location="https://passport.weibo.com/visitor"</script>', Walled, "登录页"),
        (b"<html><head><title>Sina Visitor System</title>", Refused, "访客验证页"),
        (says(ok=0, msg="操作过于频繁"), Refused, "太频繁"),
        (says(ok=0, msg="请求过于频繁，歇歇吧"), Refused, "太频繁"),
        (says(ok=1, url="https://m.weibo.cn/captcha"), Refused, "验证码"),
        (says(url="https://security.weibo.com/captcha"), Refused, "验证码"),
        (says(error_code=21301, error="expired"), Refused, "登录已失效"),
        (says(ok=0, errno="100098", msg="暂无数据"), Refused, "登录已失效"),
        (b"  ", Refused, "空白回答"),
        (says(ok=0, msg="微博不存在或已删除"), Gone, "已删除"),
        (says(ok=0, msg="博主已关闭评论"), Closed, "已关闭"),
        (says(ok=0, msg="今天天气不错"), Unclear, "今天天气不错"),
        (says(ok=0), Unclear, "没有说明"),
        (b"<title>404</title>", Unreadable, "得到的是网页"),
        (b'{"ok":1,"data":{"data":[', Unreadable, "断了或写错了"),
        (b'{"ok":' + b"1" * 5000 + b"}", Unreadable, "离谱"),
        (b'{"ok":' * 100_000, Unreadable, "离谱"),
        (b"[1]", Unreadable, "最外层"),
    ],
)
def test_everything_else_says_what_it_is(body: bytes, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as raised:
        payload(body)
    assert type(raised.value) is kind


def test_an_answer_is_itself() -> None:
    assert payload(says(ok=1, data=[], url="https://m.weibo.cn")) == {"ok": 1, "data": [], "url": "https://m.weibo.cn"}
    assert payload(b"{}") == {}
