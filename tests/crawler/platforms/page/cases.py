"""Sites whose pages need a browser, how each is crawled, and what comes of it."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Event

from crawler.town.server import Answered, Answering, Asked
from tests.installation import ASSESSED
from tests.servers import pages
from tests.servers.pages import (
    FRAME,
    GROWING,
    PAGED,
    SCROLLED,
    SCROLLING,
    Page,
    batches,
    from_second,
    json,
    leafed,
    page,
)

MORE = 'more = "#more"'
FIELDS = 'fields = { id = "::attr(data-id)", author = "b", posted_at = "time", text = "p" }'
UNNUMBERED = 'fields = { author = "b", posted_at = "time", text = "p" }'
TWELVE = {"/": page(GROWING), "/data": batches(5, 12)}
LOGIN = "<!doctype html><title>用户登录</title><form><input type=text><input type=password></form>"
OVERLAY = """
document.getElementById("more").onclick = async () => { WALL };
add(await get(0));
"""
OVER = """
document.body.insertAdjacentHTML("beforeend", `<div style="position: fixed; {where}; background: #fff">{what}</div>`);
"""
SIGN_IN = "<h2>请登录后查看评论</h2><input type=password>"
ALL = "inset: 0"
VEIL = OVER.format(where=ALL, what="") + OVER.format(where="top: 40%; left: 40%; width: 20%; height: 20%", what=SIGN_IN)
PRESSING = """
document.getElementById("more").onclick = async () => add(await get(1));
add(await get(0));
"""
LONG = '<ul id="list"></ul><p style="height: 3000px"></p><button id="more">加载更多</button>'
FLAT = "".join(f"<li class=said data-id={n}><b>网友</b><time>2026-10-10</time><p>第{n}条意见</p>" for n in range(1, 4))


def covered(script: str, where: str = ALL, what: str = SIGN_IN) -> dict[str, Page]:
    """A site over whose page something lies from the start."""
    return {"/": page(OVER.format(where=where, what=what) + script), "/data": batches(5, 12)}


DONE = Event()


def never(asked: Asked) -> Answered:
    DONE.wait(60)
    return json("[]")


@dataclass(frozen=True)
class Case:
    """A site, how it is crawled, and what comes of it."""

    site: dict[str, Page]
    outcome: str = "complete"
    items: int = 12
    words: str = ""
    options: str = MORE
    more: str = 'pages = ["/"]'
    pace: str = "delay = 0, concurrency = 4, timeout = 10"
    asked: dict[str, int] = field(default_factory=dict)


CASES = {
    "by pressing a button": Case(TWELVE, asked={"/data": 4}),
    "by pages in place of others": Case({"/": page(PAGED), "/data": batches(4, None)}, items=16, asked={"/data": 4}),
    "by links to further pages": Case(
        {"/": leafed},
        items=13,
        more='pages = ["/"]\noptions.post = { title = "h1", text = "article", posted_at = ".from" }',
        asked={"/": 3},
    ),
    "by scrolling": Case({"/": page(SCROLLING, SCROLLED), "/data": batches(5, 12)}, options="scroll = true"),
    "in a frame": Case(
        {"/": FRAME, "/inner.html": page(GROWING), "/data": batches(5, 12)}, options=f'{MORE}, frame = "#frame"'
    ),
    "in a frame that is redirected": Case(
        {"/": FRAME, "/inner.html": pages.redirect("/a/b.html"), "/a/b.html": page(GROWING), "/data": batches(5, 12)},
        options=f'{MORE}, frame = "#frame"',
    ),
    "in a frame that leads on and on": Case(
        {
            "/": FRAME,
            "/inner.html": pages.leading_on("/a/b.html", 12),
            "/a/b.html": page(GROWING),
            "/data": batches(5, 12),
        },
        options=f'{MORE}, frame = "#frame"',
        asked={"/inner.html": 12},
    ),
    "without numbers": Case(TWELVE, options=f"{MORE}, {UNNUMBERED}"),
    "by a list of pages": Case(
        {
            "/list": '<ul><a href="/1#top">一</a><a href="/2">二</a><a href="http://localhost:9/3">三</a></ul>',
            "/1": page(GROWING),
            "/2": page(GROWING.replace("at = 0", "at = 2")),
            "/data": batches(5, 12),
        },
        more='list = { page = "/list", rows = "ul a" }',
        asked={"/1": 1, "/2": 1},
    ),
    "without an end": Case(
        {"/": page(GROWING), "/data": batches(2, None)},
        "partial",
        12,
        "要了 5 次更多还没有到头",
        f"{MORE}, most_rounds = 5",
    ),
    "nobody said anything": Case(
        {"/": page(""), "/data": batches(1, 0)}, "suspect", 0, "一条内容也没有取到", 'waits_for = "#list"'
    ),
    "another page": Case({"/": "<h1>改版了</h1>"}, "failed", 0, "没有出现“.said”"),
    "a second batch that fails": Case(
        {"/": page(GROWING), "/data": from_second(batches(5, 12), json("{}", 404))},
        "partial",
        5,
        "页面要的 /data：地址不存在",
    ),
    "a script that is not there": Case(
        {"/": '<script src="/made.js"></script>'}, "failed", 0, "页面要的 /made.js：地址不存在"
    ),
    "data that robots.txt forbids": Case(
        {**TWELVE, "/robots.txt": "User-agent: *\nDisallow: /data"}, "blocked", 0, "robots.txt 不允许"
    ),
    "data that are refused": Case({"/": page(GROWING), "/data": json("{}", 403)}, "blocked", 0, "HTTP 403"),
    "a page that is refused": Case({"/": Answered(b"", 401)}, "blocked", 0, "HTTP 401"),
    "nothing at all": Case({"/": ""}, "blocked", 0, "空白回答"),
    "data for a page": Case({"/": json("{}")}, "failed", 0, "得到的是别的东西"),
    "a sign-in for a page": Case({"/": LOGIN}, "blocked", 0, "登录"),
    "a challenge for a page": Case(
        {"/": "<title>Just a moment...</title>"}, "blocked", 0, "要检查浏览器（Cloudflare）"
    ),
    "a script that leads to a sign-in": Case(
        {"/": page('location.href = "/login"'), "/login": LOGIN}, "blocked", 0, "登录或验证"
    ),
    "a script that leads to another host": Case(
        {"/": page('location.href = "http://localhost:9/login"')}, "blocked", 0, "别的网站（localhost"
    ),
    "a redirect to another host": Case(
        {"/": pages.redirect("http://localhost:9/login")}, "blocked", 0, "别的网站（localhost"
    ),
    "a captcha in the page": Case({"/": '<div id="captcha-box">请拖动滑块</div>'}, "blocked", 0, "登录或验证"),
    "a sign-in in the way of more": Case(
        {
            "/": page(
                OVERLAY.replace("WALL", "document.body.insertAdjacentHTML('beforeend', '<input type=password>')")
            ),
            "/data": batches(5, 12),
        },
        "blocked",
        5,
        "登录或验证",
    ),
    "a dialog in the way of more": Case(
        {"/": page(OVERLAY.replace("WALL", 'alert("请先登录后查看更多")')), "/data": batches(5, 12)},
        "blocked",
        5,
        "登录或验证",
    ),
    "an answer that wants a sign-in for more": Case(
        {
            "/": page(OVERLAY.replace("WALL", "await get(1)")),
            "/data": from_second(batches(5, 12), json('{"code": -100, "msg": "请先登录"}')),
        },
        "blocked",
        5,
        "登录或验证",
    ),
    "a sign-in over all from the start": Case(covered(GROWING), "blocked", 0, "登录或验证", asked={"/data": 1}),
    "a sign-in beside its veil": Case(
        {"/": page(VEIL + GROWING), "/data": batches(5, 12)}, "blocked", 0, "登录或验证", asked={"/data": 1}
    ),
    "a sign-in without a password": Case(covered(GROWING, what="登录后查看更多评论"), "blocked", 0, "登录或验证"),
    "a sign-in over the button alone": Case(
        {
            "/": page(
                PRESSING
                + 'document.getElementById("more").insertAdjacentHTML("afterend", '
                + "`<div style='position: relative; top: -3em; height: 6em; background: #fff'>请先登录</div>`)",
                LONG,
            ),
            "/data": batches(5, 12),
        },
        "blocked",
        5,
        "登录或验证",
        asked={"/data": 1},
    ),
    "a sign-in over a flat page": Case(
        {"/": f"<!doctype html><ul>{FLAT}</ul><div style='position: fixed; inset: 0'>{SIGN_IN}</div>"},
        "blocked",
        0,
        "登录或验证",
        "scroll = false",
    ),
    "a sign-in over a scrolled page": Case(
        {"/": page(OVER.format(where=ALL, what=SIGN_IN) + SCROLLING, SCROLLED), "/data": batches(5, 12)},
        "blocked",
        0,
        "登录或验证",
        "scroll = true",
    ),
    "a sign-in over a frame": Case(
        {
            "/": f"{FRAME}<div style='position: fixed; inset: 0'>{SIGN_IN}</div>",
            "/inner.html": page(GROWING),
            "/data": batches(5, 12),
        },
        "blocked",
        0,
        "登录或验证",
        f'{MORE}, frame = "#frame"',
    ),
    "a sign-in in a frame over all": Case(
        {
            "/": page(
                OVER.format(where=ALL, what="<iframe src=/in style='width: 99%; height: 99%'></iframe>") + GROWING
            ),
            "/in": LOGIN,
            "/data": batches(5, 12),
        },
        "blocked",
        0,
        "登录或验证",
    ),
    "a banner over all": Case(covered(GROWING, what="本网站使用 Cookie。<button>登录</button>")),
    "a banner over a part, with a sign-in in the head": Case(
        {
            "/": page(
                OVER.format(where="bottom: 0; left: 0; right: 0; height: 60%", what="本网站使用 Cookie。")
                + OVER.format(where="top: 0; left: 0; right: 0; height: 3em", what="您好，请登录")
                + GROWING
            ),
            "/data": batches(5, 12),
        }
    ),
    "a page that hangs": Case(
        {"/": page(GROWING.replace("more();", "await more(); while (true) {}")), "/data": batches(5, 12)},
        "failed",
        0,
        "卡住了",
        pace="delay = 0, timeout = 1",
    ),
    "data that never come": Case(
        {"/": page(GROWING), "/data": never},
        "failed",
        0,
        "页面要的 /data：平台在限定时间内没有回答完",
        pace="delay = 0, timeout = 1",
    ),
}


def source(name: str, site: str, case: Case) -> str:
    options = case.options if "fields =" in case.options else f"{case.options}, {FIELDS}"
    assessed = ASSESSED.replace("delay = 0", case.pace)
    comments = f'options.comments = {{ rows = ".said", {options} }}'
    return (
        f'[[source]]\nid = "{name}"\nplatform = "page"\n{assessed}options.site = "{site}"\n'
        f"options.{case.more}\n{comments}\n"
    )


def counted(site: dict[str, Page]) -> tuple[Answering, Counter[str]]:
    """A site, and how often each of its paths was asked for."""
    answer, asked_for = pages.serving(site), Counter()

    def counting(asked: Asked) -> Answered:
        asked_for[asked.path] += 1
        return answer(asked)

    return counting, asked_for
