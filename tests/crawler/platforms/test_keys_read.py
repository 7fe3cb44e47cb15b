"""The keys that a platform says it reads are those that its parsers read."""

import json
from datetime import UTC, datetime

from crawler.platforms import isso
from crawler.platforms.isso.parsing import parse_comment as parse_isso_comment
from crawler.platforms.letterbox.preset import read_preset
from crawler.platforms.liuyan.unsigned import OF_LETTER, parse_letter
from crawler.platforms.weibo.parsing import Crawl, parse_comment, parse_post
from crawler.platforms.weibo.rows import OF_COMMENT, OF_POST, has_more_children, is_by, is_pinned
from crawler.town.corpus import load_town
from crawler.town.isso import IssoReplica
from crawler.town.liuyan import letters_list
from crawler.town.weibo_rows import UID, child_row, numbered, post_row, thread_row

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOWN = load_town()
CRAWL = Crawl("weibo", "weibo:1", "https://m.weibo.cn", UID)


class Watched(dict[str, object]):
    """A row that remembers what was looked for."""

    def __init__(self, row: dict[str, object], read: set[str]) -> None:
        super().__init__(row)
        self._read = read

    def __getitem__(self, key: str) -> object:
        self._read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._read.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: object = None) -> object:
        self._read.add(key)
        return super().get(key, default)


def test_letters_of_liuyan() -> None:
    read: set[str] = set()
    for row in json.loads(letters_list(TOWN, {"fid": "5001"}))["responseData"]:
        unnamed = {**row, "answerOrganization": None}
        list(parse_letter(Watched(unnamed, read), "board", "https://a.cn", "board:1", NOW))
    assert read == OF_LETTER


def test_comments_of_isso() -> None:
    read: set[str] = set()
    post = isso.Post(
        id="isso:thread:/a", platform="isso", source="thread", title="", text="", url="https://a.cn/a", posted_at=NOW,
        collected_at=NOW, run="thread:1",
    )  # fmt: skip
    server = IssoReplica(TOWN)
    for page in TOWN.posts:
        for row in json.loads(server.fetch({"uri": f"/gov/{page.slug}.html"})[1])["replies"]:
            parse_isso_comment(Watched({**row, "author": None}, read), post, frozenset(), None)
    assert read | {"replies", "hidden_replies"} == isso.OF_COMMENT


def test_posts_and_comments_of_weibo() -> None:
    of_post: set[str] = set()
    of_comment: set[str] = set()
    for mobile in (True, False):
        for posted in numbered(TOWN):
            row = Watched(post_row(posted, NOW, mobile), of_post)
            post = parse_post(row, CRAWL, NOW)
            assert is_by(row, UID)
            assert not is_pinned(row)
            for thread in posted.threads:
                root = Watched(thread_row(thread, NOW, mobile), of_comment)
                parse_comment(root, post, CRAWL, NOW, None, ())
                has_more_children(root)
                for child in thread.children:
                    parse_comment(
                        Watched(child_row(child, thread, NOW, mobile), of_comment), post, CRAWL, NOW, root, ()
                    )
    others_than_mid = {"idstr", "id"}  # the number is in `mid` already
    assert of_post | others_than_mid | {"mblogid", "isLongText"} == OF_POST
    assert of_comment | others_than_mid | {"text_raw", "pic"} == OF_COMMENT


def test_rows_of_a_letterbox() -> None:
    assert read_preset("hunan").list.keys == {
        "id",
        "title",
        "created_at",
        "nickname",
        "type_name",
        "is_reply",
        "reply_name",
    }
