"""Walls in the forms in which they were seen; what is none is not taken for one."""

import json

import pytest
from parsel import Selector
from scrapy.http import HtmlResponse, Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.platforms.answers import Refused, Unreadable, json_object, no_data, page_for_page
from crawler.platforms.failures import mishap_of
from crawler.platforms.walls import (
    LITTLE,
    SHOWN,
    Kind,
    Wall,
    in_message,
    in_overlay,
    in_place_of_data,
    in_place_of_page,
)
from crawler.zones import zone_named

RUISHU = (
    '<!doctype html><html><head><meta content="J5.C6RUO6R6.JpOp3sX4viKQWl3FgRex" r="m">'
    "<script type='text/javascript' r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=23850;</script>"
    "<script src=\"/4QbVtADbnLVIc/c.FxJzG50F.5e7f0b1.js\" r='m'></script></head><body></body></html>"
)
JIASULE = (
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e');"
    "location.href=location.pathname+location.search</script>"
)
ALIYUN = (
    "<html><script>var arg1='C3E1B0F5A9D84D2E8F7A6B5C4D3E2F1A0B9C8D7E';"
    "(function(a,c){document.cookie='acw_sc__v2='+a})(arg1)</script></html>"
)
PUNISHED = '<script>location.replace("/v1/list/_____tmd_____/punish?x5secdata=xc&x5step=1")</script>'
SAFELINE = '<!doctype html><title>安全检测</title><script src="/.safeline/static/c.js"></script>请稍候'
CLOUDFLARE = (
    "<!doctype html><title>Just a moment...</title><h1>www.example.gov.cn</h1>"
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
)
CHUANGYU = "<title>403</title><p>创宇盾提示您：当前访问疑似黑客攻击，已被网站管理员设置为拦截</p>"
ALIYUN_BLOCKS = "<title>405</title><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"
TENCENT = '<script>location.href="https://waf-static.tencent.com/501page.html?u=/"</script>'
QIANXIN = "<h3>抱歉！您的访问可能对网站造成威胁，已被云防护拦截！</h3>"
BAOTA = "<h1>网站防火墙</h1><p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"
HUAWEI = "<title>418</title><p>您的请求疑似攻击行为！</p>"
OFTEN = "<p>您的访问过于频繁，请稍后再试</p>"
GEETEST = (
    '<title>请稍候</title><script src="https://static.geetest.com/v4/gt4.js"></script><div id="box">点击按钮</div>'
)
YIDUN = '<title>请稍候</title><script src="https://cstaticdun.126.net/load.min.js"></script><div id="box">点击</div>'
YIDUN_OF_THE_SITE = '<title>请稍候</title><script src="/js/load.min.js"></script><script>initNECaptcha({})</script>点击'
TCAPTCHA = '<script src="https://turing.captcha.qcloud.com/TCaptcha.js"></script><p>正在验证</p>'
SLIDER = "<title>请稍候</title><p>请按住滑块，拖动滑块到最右边</p>"
CAPTCHA = "<!doctype html><title>安全验证</title>请完成验证码"
VISITOR = "<!doctype html><title>Sina Visitor System</title><script>var a=1</script>"
PASSPORT = '<script>location.replace("https://passport.weibo.com/sso/signin?entry=miniblog")</script>'
PASSWORD = "<title>市民中心</title><form><input name=u><input name=p type='password'></form>"
SIGN_IN = "<!doctype html><title>统一身份认证平台</title><p>扫码</p>"
SHELL = '<!doctype html><html><body><div id="app"></div><script src="/static/app.9f2c.js"></script></body></html>'

WALLS: list[tuple[str, Kind, str]] = [
    (RUISHU, "challenge", "瑞数"),
    (JIASULE, "challenge", "加速乐"),
    ("<noscript>请开启JavaScript并刷新该页.</noscript>", "challenge", "加速乐"),
    (ALIYUN, "challenge", "阿里云"),
    (PUNISHED, "challenge", "阿里云"),
    (SAFELINE, "challenge", "雷池"),
    (CLOUDFLARE, "challenge", "Cloudflare"),
    (CHUANGYU, "firewall", "创宇盾"),
    (ALIYUN_BLOCKS, "firewall", "阿里云"),
    (TENCENT, "firewall", "腾讯云"),
    (QIANXIN, "firewall", "奇安信"),
    (BAOTA, "firewall", "拦截页"),
    (HUAWEI, "firewall", "华为云"),
    (OFTEN, "too often", "频繁"),
    ("<h1>Too Many Requests</h1>", "too often", "频繁"),
    (GEETEST, "captcha", "极验"),
    (YIDUN, "captcha", "易盾"),
    (YIDUN_OF_THE_SITE, "captcha", "易盾"),
    (TCAPTCHA, "captcha", "腾讯验证码"),
    (SLIDER, "captcha", "滑动验证"),
    (CAPTCHA, "captcha", "验证码"),
    ("<title>访问验证</title>", "captcha", "验证页"),
    ("<title>安全检查</title>", "captcha", "验证页"),
    ("<title>Attention Required!</title>", "captcha", "验证页"),
    (VISITOR, "visitor", "Sina Visitor System"),
    (PASSPORT, "sign-in", "微博"),
    (PASSWORD, "sign-in", "登录页"),
    (SIGN_IN, "sign-in", "登录页"),
    ("<title>Sign in - Board</title>", "sign-in", "登录页"),
    ("<title>403 Forbidden</title>", "firewall", "拦截页"),
    (SHELL, "shell", ""),
]


@pytest.mark.parametrize(("page", "kind", "name"), WALLS)
def test_a_wall_is_known_wherever_it_stands(page: str, kind: Kind, name: str) -> None:
    for wall in (in_place_of_data(page), in_place_of_page(page)):
        assert wall is not None
        assert (wall.kind, wall.name) == (kind, name)
        assert name in wall.sentence
        assert "{" not in wall.sentence


@pytest.mark.parametrize(
    ("part", "wall"),
    [
        ('<form><input type="password"></form>', Wall("sign-in", "登录页")),
        ('<div class="geetest_panel"></div>', Wall("captcha", "极验")),
        ('<div class="yidun_modal"></div>', Wall("captcha", "易盾")),
        ('<div id="nc_1_wrapper"></div>', Wall("captcha", "滑动验证")),
        ('<iframe src="/Captcha.html"></iframe>', Wall("captcha", "验证码")),
        ('<div id="captcha-box"></div>', Wall("captcha", "验证码")),
        ('<p class="said" id="n1">登录，验证码</p>', None),
    ],
)
def test_a_wall_that_shows_on_a_page_is_one_that_is_known(part: str, wall: Wall | None) -> None:
    page = Selector(part, type="html")
    assert [known for known, css in SHOWN.items() if page.css(css)] == ([wall] if wall else [])
    assert set(SHOWN) <= {Wall(kind, name) for _, kind, name in WALLS}


@pytest.mark.parametrize(("page", "kind", "_name"), WALLS)
def test_data_that_are_a_wall_are_refused(page: str, kind: Kind, _name: str) -> None:
    with pytest.raises(Refused):
        json_object(page.encode())


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_nothing_at_all_is_a_refusal(body: bytes) -> None:
    with pytest.raises(Refused, match="空白回答"):
        json_object(body)
    assert isinstance(page_for_page(body.decode(), "列表页里什么也没有"), Refused)


def test_any_other_page_for_data_is_refused_and_said() -> None:
    with pytest.raises(Refused, match="得到的是网页，多半是登录、验证或拦截页，已停止"):
        json_object("<title>政务网</title><p>欢迎</p>".encode())


@pytest.mark.parametrize(
    "page", ["<title>404</title>", "<h1>Bad Gateway</h1>", "<title>政务网</title><p>系统维护中</p>"]
)
def test_a_page_that_says_it_went_wrong_is_no_wall(page: str) -> None:
    with pytest.raises(Unreadable, match="得到的是网页，上面写着出错或维护"):
        json_object(page.encode())


def test_a_page_in_gbk_is_read() -> None:
    with pytest.raises(Refused, match="滑动验证"):
        json_object('<meta charset="gbk"><p>请拖动滑块</p>'.encode("gbk"))


LETTERS = "<title>市民信箱</title>" + "<p>登录不了，收不到验证码，请完成验证，访问过于频繁。</p>" * 20


@pytest.mark.parametrize(
    "page",
    [
        LETTERS,
        LETTERS + '<script src="https://static.geetest.com/v4/gt4.js"></script>',
        LETTERS + "<script>$_ts=window['$_ts'];</script>",
        "<title>来信</title><p>这封来信没有公开，登录后查看。</p>",
        "<title>来信</title><p>这封来信不存在。</p>",
    ],
)
def test_a_boards_own_page_is_no_wall(page: str) -> None:
    assert in_place_of_page(page) is None
    assert isinstance(page_for_page(page, "没有找到正文"), Unreadable)
    assert LITTLE == 400


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("操作过于频繁", "too often"),
        ("请求次数过多", "too often"),
        ("请输入验证码", "captcha"),
        ("请先登录", "sign-in"),
        ("登录已过期", "sign-in"),
        ("您的IP受限", "firewall"),
    ],
)
def test_a_wall_in_a_message(message: str, kind: Kind) -> None:
    wall = in_message(message)
    assert wall is not None
    assert wall.kind == kind
    assert str(no_data(message, "没有给出列表。")) == f"{wall.sentence}平台的话：{message}"


@pytest.mark.parametrize("message", ["版块不存在", "参数错误", "系统繁忙，请稍后再试", "busy", ""])
def test_any_other_message_is_none(message: str) -> None:
    refused = no_data(message, "没有给出列表。")
    assert (type(refused), str(refused)) == (Unreadable, "没有给出列表。")


@pytest.mark.parametrize(
    ("status", "page", "outcome", "words"),
    [
        (412, RUISHU, "blocked", "平台拒绝访问（HTTP 412）"),
        (468, SAFELINE, "blocked", "平台拒绝访问（HTTP 468）"),
        (521, JIASULE, "blocked", "HTTP 521：平台先要检查浏览器（加速乐）"),
        (405, ALIYUN_BLOCKS, "blocked", "HTTP 405：网站的防火墙拦下了访问（阿里云）"),
        (503, CLOUDFLARE, "blocked", "HTTP 503：平台先要检查浏览器（Cloudflare）"),
        (500, json.dumps({"msg": "访问过于频繁"}, ensure_ascii=False), "blocked", "HTTP 500：平台说访问过于频繁"),
        (404, SHELL, "failed", "地址不存在（HTTP 404）"),
        (502, "<h1>Bad Gateway</h1>", "failed", "平台出错（HTTP 502）"),
    ],
)
def test_a_wall_behind_a_status(status: int, page: str, outcome: str, words: str) -> None:
    response = HtmlResponse("http://board.example/list", status, body=page.encode(), encoding="utf-8")
    mishap = mishap_of(HttpError(response), zone_named("Asia/Shanghai"))
    assert (mishap.outcome, words in mishap.sentence) == (outcome, True), mishap.sentence


@pytest.mark.parametrize("kind", [Response, HtmlResponse])
def test_a_status_with_nothing_is_that_status(kind: type[Response]) -> None:
    mishap = mishap_of(HttpError(kind("http://board.example/list", 500)), zone_named("Asia/Shanghai"))
    assert (mishap.outcome, mishap.sentence) == (
        "failed",
        "平台出错（HTTP 500）。请过些时候再采集；若总是这样，请联系平台。",
    )


LETTER = "电梯的事请抓紧办。" * 60


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (f"<title>医保网站登录不了怎么办</title><h1>医保网站登录不了怎么办</h1><p>{LETTER}", None),
        (f"<title>来信</title><h2>用户登录</h2><p>{LETTER}", None),
        (f"<title>统一身份认证平台 - 示例市</title><p>{LETTER}", "sign-in"),
        (f"<title>用户登录</title><p>{LETTER}", "sign-in"),
        ("<title>来信</title><h2>用户登录</h2>", "sign-in"),
    ],
)
def test_what_people_write_about_sign_ins_is_none(page: str, kind: str | None) -> None:
    wall = in_place_of_page(page)
    assert (wall.kind if wall else None) == kind


@pytest.mark.parametrize(
    "body",
    [b"\xef\xbb\xbf<html><title>\xe7\x99\xbb\xe5\xbd\x95</title>", "访问过于频繁".encode(), b"Too Many Requests"],
)
def test_a_wall_in_other_clothes_is_one(body: bytes) -> None:
    with pytest.raises(Refused):
        json_object(body)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("请登录后查看评论", "sign-in"),
        ("登录后查看更多", "sign-in"),
        ("请完成安全验证", "captcha"),
        ("本网站使用 Cookie。 登录 注册", None),
        (f"还没有登录就能看来信，真好。{LETTER}", None),
    ],
)
def test_what_lies_over_a_page_is_a_wall_by_its_words(said: str, kind: str | None) -> None:
    wall = in_overlay(said)
    assert (wall.kind if wall else None) == kind
