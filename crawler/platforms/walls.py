"""Walls: pages that stand in place of what was asked for. Sign-ins, captchas, scripts that test a browser, firewalls.

Knows them in every form that was seen. Pure. A wall is never climbed: the crawl stops and says which one it was.
Words alone prove nothing on a page that holds letters, for people write about sign-ins: `in_place_of_data` is for
answers in which no page was due, `in_place_of_page` for pages on which nothing that was due was found.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from parsel import Selector

from crawler.reading.html import text_of

Kind = Literal["visitor", "sign-in", "captcha", "challenge", "firewall", "too often", "shell", "page", "blank"]

SENTENCES: Mapping[Kind, str] = {
    "visitor": "平台转到了访客验证页（{name}），没有给内容，已停止。请过些时候再试。",
    "sign-in": "平台要求登录（{name}），不登录看不到，已停止。请联系平台，或改用不用登录的来源。",
    "captcha": "平台要求登录或验证（{name}），没有给内容，已停止。请过一段时间再采集，或把 pace.delay 调大。",
    "challenge": "平台先要检查浏览器（{name}），只给了脚本，没有给内容，已停止。请联系平台，或改用别的来源。",
    "firewall": "网站的防火墙拦下了访问（{name}），已停止。请过一段时间再采集；若总是这样，请联系平台。",
    "too often": "平台说访问过于频繁，已停止。请过一段时间再采集，或把 pace.delay 调大。",
    "shell": "平台给的是只有脚本的空壳页，没有内容，已停止。请在浏览器里打开来源，看看是不是要验证。",
    "page": "要的是数据（JSON），得到的是网页，多半是登录、验证或拦截页，已停止。请在浏览器里打开来源看一看。",
    "blank": "平台给了空白回答，通常表示访问太快或被限制。请过一会儿再采集，或把 pace.delay 调大。",
}

START = 20_000
"""Characters of a page in which a wall is looked for."""

LITTLE = 400
"""Characters of visible text up to which a page can be nothing but a wall: the longest known, of a firewall, has about
two hundred."""


@dataclass(frozen=True, slots=True)
class Wall:
    """One wall: its kind and, in brackets in its sentence, by what it was known."""

    kind: Kind
    name: str

    @property
    def sentence(self) -> str:
        """What it was and what to do."""
        return SENTENCES[self.kind].format(name=self.name)


BLANK, SHELL = Wall("blank", ""), Wall("shell", "")

Forms = tuple[tuple[Wall, re.Pattern[str]], ...]


def _forms(*rows: tuple[Kind, str, str]) -> Forms:
    return tuple((Wall(kind, name), re.compile(form, re.IGNORECASE)) for kind, name, form in rows)


_FORMS = _forms(
    ("visitor", "Sina Visitor System", "Sina Visitor System"),
    ("challenge", "瑞数", r"\$_ts\s*=\s*window|\$_ts\.(?:cd|nsd)\b"),
    ("challenge", "加速乐", r"__jsl_clearance|document\.cookie=\('_'\)\+|请开启 ?JavaScript ?并刷新该页"),
    ("challenge", "阿里云", r"acw_sc__v[23]|var arg1='[0-9a-f]{20}|aliyun_waf|_____tmd_____|x5secdata"),
    ("challenge", "雷池", r"SafeLineChallenge|/\.safeline/|challenge\.rivers\.chaitin"),
    ("challenge", "Cloudflare", r"challenge-platform|cf-browser-verification|_cf_chl_opt|<title>Just a moment"),
    ("firewall", "创宇盾", "创宇盾|疑似黑客攻击"),
    ("firewall", "阿里云", r"对网站造成安全威胁|sd/punish/waf_block|errors\.aliyun\.com"),
    ("firewall", "腾讯云", r"waf-static\.tencent\.com|T-Sec Web应用防火墙|请求可能对网站造成威胁"),
    ("firewall", "奇安信", "访问可能对网站造成威胁|已被云防护拦截"),
    ("firewall", "雷池", "安全检测能力由|雷池"),
    ("firewall", "华为云", "您的请求疑似攻击行为"),
    ("firewall", "拦截页", "已被(?:网站管理员|系统)?设置(?:为)?拦截|网站防火墙|访问已?被(?:拦截|阻断|拒绝)"),
    ("too often", "频繁", "(?:访问|操作|请求|刷新)[^。<]{0,6}(?:频繁|过快|太快|频次)|Too Many Requests"),
    ("captcha", "极验", "geetest"),
    ("captcha", "腾讯验证码", r"TencentCaptcha|TCaptcha\.js|captcha\.qq\.com"),
    ("captcha", "易盾", r"yidun|dun\.163\.com|cstaticdun|initNECaptcha"),
    ("captcha", "滑动验证", "滑动验证|拖动滑块|滑块验证|向右滑动|nc_1_n1z|AWSC/nc"),
    ("captcha", "验证码", "请输入验证码|请?完成(?:下方|安全)?验证|安全验证|人机验证|captcha"),
    ("sign-in", "微博", r"passport\.weibo|sso/signin|login\.php"),
    ("sign-in", "登录页", r"<input[^>]{0,200}type=['\"]?password"),
)
"""The first that fits counts: what can only be one thing stands before what many pages say."""

SHOWN: Mapping[Wall, str] = {
    Wall("sign-in", "登录页"): "input[type=password]",
    Wall("captcha", "极验"): "[class*=geetest i]",
    Wall("captcha", "易盾"): "[class*=yidun i]",
    Wall("captcha", "滑动验证"): "[id^=nc_][id$=_wrapper]",
    Wall("captcha", "验证码"): ":is(iframe[src*=captcha i], [class*=captcha i], [id*=captcha i])",
}
"""What of these walls is seen where a browser opened a page, as CSS: there they stand over it, or in place of more."""

_WORDS = _forms(("sign-in", "请先登录", "请先登[录陆]|(?:还未|尚未|还没有|未)登[录陆]|登[录陆]后(?:查看|继续|访问)"))
"""What proves a wall only where no page was due, or over one: a board says so of one letter that is not public."""

_HEADINGS = _forms(
    ("captcha", "验证页", "验证|安全检查|captcha|verif|just a moment|attention required|robot"),
    ("sign-in", "登录页", r"登[录陆]|身份认证|\b(?:log|sign) ?in\b"),
    ("firewall", "拦截页", "拦截|受限|denied|forbidden|防火墙"),
)
"""What a title says only where the page is a wall."""

_TITLE = re.compile(
    r"\s*(?:(?:用户|会员|个人|统一|网站|系统|账号|安全|人机|滑动|访问)*(?:登[录陆]|身份认证|验证码?|安全检查|拦截|受限)"
    r"(?:页面?|中心|系统|平台|界面|提示)?|(?:log|sign) ?in)\s*(?:[-–—_|·]|$)",
    re.IGNORECASE,
)
"""A title that says nothing but this, and perhaps whose site it is."""

_MESSAGES = _forms(
    ("captcha", "验证码", "验证码|安全验证|人机验证|完成验证|滑动验证|滑块|captcha"),
    ("sign-in", "登录", "请先?登[录陆]|未登[录陆]|登[录陆](?:已|状态)?(?:失效|过期|超时)|need login"),
    ("firewall", "受限", "访问受限|IP ?受限|(?:您|你|IP)[^。，]{0,8}(?:黑名单|被封禁|被拦截)"),
    ("too often", "频繁", "频繁|频次|过快|太快|次数过多|too (?:many|frequent)"),
)

_ERROR = re.compile(
    r"\b(?:404|50\d)\b|not found|bad gateway|server error|维护|不存在|找不到|出错|错误|暂停服务|服务暂停", re.IGNORECASE
)


def in_place_of_data(page: str) -> Wall | None:
    """The wall that a page is which came where data were due; None for a page that says that something went wrong.

    A page of no known form is taken for a wall, too: whoever gives pages to a program does not mean to be read by it.
    """
    start = page[:START]
    known = _first(_FORMS, start) or _first(_HEADINGS, _headings(start)) or _first(_WORDS, start)
    if known or _is_shell(start):
        return known or SHELL
    said = text_of(start)
    is_error = _ERROR.search(_headings(start)) or (len(said) <= LITTLE and _ERROR.search(said))
    return None if is_error else Wall("page", "")


def in_place_of_page(page: str) -> Wall | None:
    """The wall that a page is on which nothing was found of what was due; None where it is none that is known.

    A site's own pages carry captchas in their forms, a sign-in at their side and the scripts of their firewall, and
    people write letters about sign-ins: these count only where the page says little else, else only its whole title.
    """
    if not page.strip():
        return BLANK
    start = page[:START]
    titled = _first(_HEADINGS, _headings(start))
    if len(text_of(page)) > LITTLE:
        return titled if _TITLE.match(Selector(start, type="html").css("title::text").get("")) else None
    return _first(_FORMS, start) or titled or (SHELL if _is_shell(page) else None)


def in_message(message: str) -> Wall | None:
    """The wall of which an interface speaks when it gives no data."""
    return _first(_MESSAGES, message)


def in_overlay(said: str) -> Wall | None:
    """The wall that something is which lies over a page and says this; None for a banner or a menu.

    Long words are a page's own, people's letters among them.
    """
    return _first(_MESSAGES, said) or _first(_WORDS, said) if len(said) <= LITTLE else None


def _first(forms: Forms, text: str) -> Wall | None:
    return next((wall for wall, form in forms if form.search(text)), None)


def _headings(page: str) -> str:
    return " ".join(Selector(page, type="html").css("title::text, h1::text, h2::text").getall())


def _is_shell(page: str) -> bool:
    return "<script" in page.lower() and not text_of(page)
