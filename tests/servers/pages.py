"""Pages whose comments a browser has to make, as sites make them, and what some put there instead."""

from collections import Counter
from collections.abc import Callable, Mapping

from crawler.town.server import Answered, Answering, Asked

Page = str | Answered | Callable[[Asked], Answered]

ADD = """
const list = document.getElementById("list");
const row = n => `<li class="said" data-id="${n}"><b>网友${n}</b><time>2026-10-${10 + n % 19} 08:00:00</time>
  <p>第${n}条意见</p></li>`;
const add = numbers => { for (const n of numbers) list.insertAdjacentHTML("beforeend", row(n)); };
const get = async page => (await fetch("/data?page=" + page)).json();
"""
"""`get(page)` fetches a batch of numbers, `add` lists a comment for each."""


def page(script: str, body: str = "", title: str = "征集调查") -> str:
    """A page with an empty list and a button, and a script that fills the one at the press of the other."""
    return (
        f'<!doctype html><meta charset="utf-8"><title>{title}</title>{body or LIST}<script type="module">{ADD}{script}'
        "</script>"
    )


LIST = '<ul id="list"></ul><button id="more">加载更多</button>'

GROWING = """
let at = 0;
const button = document.getElementById("more");
const more = async () => { const batch = await get(at++); add(batch); if (!batch.length) button.remove(); };
button.onclick = more; more();
"""
"""A batch now and one at each press, until one is empty."""

PAGED = """
let at = 0;
const button = document.getElementById("more");
const show = async () => {
  const batch = await get(at++); list.replaceChildren(); add(batch); button.disabled = at > 3;
};
button.onclick = show; show();
"""
"""Each press puts other comments in the place of the ones before; the fourth page is the last."""

SCROLLING = """
let at = 0, busy = false;
const more = async () => { if (!busy) { busy = true; add(await get(at++)); busy = false; } };
new IntersectionObserver(seen => seen.at(-1).isIntersecting && more()).observe(document.getElementById("end"));
addEventListener("scroll", more);
"""
"""More when the end of the page comes into sight."""

SCROLLED = '<ul id="list"></ul><p style="height: 2000px"></p><p id="end">到底了</p>'


def leafed(asked: Asked) -> Answered:
    """Pages of four comments with a link to the next, three in all, made by the server."""
    number = int(asked.query.get("page", "1"))
    rows = "".join(
        f'<li class="said" data-id="{n}"><b>网友{n}</b><time>2026-10-10</time><p>第{n}条意见</p></li>'
        for n in range(number * 4 - 3, number * 4 + 1)
    )
    link = f'<a id="more" href="/?page={number + 1}">下一页</a>' if number < 3 else ""
    heading = '<h1>征集</h1><time class="from">2026-10-01</time><article>说明</article>'
    return Answered(f'<!doctype html><meta charset="utf-8">{heading}<ul>{rows}</ul>{link}'.encode())


FRAME = '<!doctype html><meta charset="utf-8"><h1>征集</h1><iframe id="frame" src="/inner.html"></iframe>'


def batches(size: int, most: int | None) -> Callable[[Asked], Answered]:
    """`/data`: numbers from 1 on, `size` at a time, up to `most` or without end."""

    def answer(asked: Asked) -> Answered:
        first = int(asked.query["page"]) * size + 1
        last = first + size - 1 if most is None else min(first + size - 1, most)
        return json(str(list(range(first, last + 1))))

    return answer


def from_second(first: Callable[[Asked], Answered], then: Answered) -> Callable[[Asked], Answered]:
    """The first batch as due, then something else."""
    return lambda asked: then if asked.query["page"] != "0" else first(asked)


def json(text: str, status: int = 200) -> Answered:
    """Data."""
    return Answered(text.encode(), status, "application/json; charset=utf-8")


def busy_at_first(times: int) -> Callable[[Asked], Answered]:
    """An empty script that comes after so many failures of the server, for each address."""
    asked_for: Counter[str] = Counter()

    def answer(asked: Asked) -> Answered:
        asked_for[asked.query["n"]] += 1
        return json("", 502) if asked_for[asked.query["n"]] <= times else Answered(b"", content_type="text/javascript")

    return answer


def redirect(address: str) -> Answered:
    """302."""
    return Answered(b"", 302, headers={"Location": address})


def leading_on(where: str, times: int) -> Callable[[Asked], Answered]:
    """A page whose script goes on to the same page with the next number, so often, then elsewhere."""

    def answer(asked: Asked) -> Answered:
        number = int(asked.query.get("n", "1"))
        goal = f"?n={number + 1}" if number < times else where
        return Answered(f'<!doctype html><script>location.replace("{goal}")</script>'.encode())

    return answer


def serving(pages: Mapping[str, Page]) -> Answering:
    """A site of these pages; 404 for all else."""

    def answer(asked: Asked) -> Answered:
        found = pages.get(asked.path)
        if found is None:
            return Answered(b"<h1>404</h1>", 404)
        if isinstance(found, str):
            return Answered(found.encode())
        return found(asked) if callable(found) else found

    return answer
