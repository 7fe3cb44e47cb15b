"""What a page of a government site publishes: its heading, its time, its body."""

from dataclasses import dataclass
from datetime import UTC, datetime

from parsel import Selector

from crawler.reading.html import text_of
from crawler.reading.quoting import quoted


@dataclass(frozen=True, slots=True)
class Page:
    """A page read as a publication; the time is UTC."""

    title: str
    published_at: datetime
    text: str


def read_page(html: str) -> Page:
    """Heading, time (`article:published_time` or `<time datetime>`, with its zone) and body of a page.

    Raises ValueError with a sentence that says what is missing.
    """
    page = Selector(html, type="html")  # else a page that is only JSON is taken for JSON
    title = next(
        (found for name in ("h1", "title") if (found := page.css(name).xpath("string()").get("").strip())), None
    )
    published = page.css("meta[property='article:published_time']::attr(content), time::attr(datetime)").get()
    body = next(
        (found for name in ("article", "#content", ".content", "main") if (found := page.css(name).get())), None
    )
    for found, name in ((title, "标题"), (published, "发布时间"), (body, "正文")):
        if found is None:
            raise ValueError(f"页面缺少{name}，读不成一篇发布")
    try:
        published_at = datetime.fromisoformat(str(published).strip())
    except ValueError as error:
        raise ValueError(f"页面的发布时间“{quoted(str(published))}”读不懂") from error
    if published_at.tzinfo is None:
        raise ValueError(f"页面的发布时间“{quoted(str(published))}”没有时区")
    return Page(str(title), published_at.astimezone(UTC), text_of(str(body)))
