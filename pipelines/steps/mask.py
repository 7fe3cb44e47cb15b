"""Mask: nothing personal passes this step; after it an item may be written."""

import dataclasses
from collections import Counter
from typing import Self

from scrapy.crawler import Crawler

from crawler.config import Config
from crawler.items import Comment, Item, Reply
from crawler.portions import Portion
from crawler.runs import Tally
from pipelines.masking import mask as mask_text
from pipelines.masking.provinces import province
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key, somebody


class Mask:
    """The step as Scrapy runs it."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._pseudonyms = Pseudonyms(read_or_make_key(config.key_path))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a step."""
        return cls(crawler, crawler.settings["LIANXIN_CONFIG"])

    def process_item(self, portion: Portion) -> Portion:
        """The masked items; the marks are counted in the run."""
        tally: Tally = self._crawler.spider.tally
        items = []
        for item in portion.items:
            masked, marks = mask(item, self._pseudonyms)
            tally.masks.update(marks)
            items.append(masked)
        return dataclasses.replace(portion, items=items)


def mask(item: Item, pseudonyms: Pseudonyms) -> tuple[Item, Counter[str]]:
    """The item with masked texts, and how often each mark was set.

    In posts and replies the numbers of public services stay (landlines, 400, e-mail at gov.cn). A comment's author
    becomes a pseudonym, its region the province; names known only to be taken out of the text are forgotten.
    """
    is_comment = isinstance(item, Comment)
    writer = item.author_name or item.author if is_comment else item.addressee if isinstance(item, Reply) else None
    known = somebody(writer)
    changes: dict[str, str | None] = {}
    counts: Counter[str] = Counter()
    for name in ("title", "text", "unit", "category", "domain", "status"):
        if getattr(item, name, None):
            masked = mask_text(getattr(item, name), official=not is_comment, known=known)
            changes[name] = masked.text
            counts.update(masked.counts)
    if is_comment:
        changes["author"] = pseudonyms.of(item.platform, item.author)
        changes["author_name"] = None
        changes["author_region"] = province(item.author_region)
    if isinstance(item, Reply):
        changes["addressee"] = None
    return dataclasses.replace(item, **changes), counts
