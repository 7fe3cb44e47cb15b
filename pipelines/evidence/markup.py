"""Markup with its words masked: every text between two tags, and of the tags what says nothing of anybody. Pure."""

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from urllib.parse import urlsplit

from lxml import etree
from parsel import Selector

from crawler.reading.html import text_of

Words = Callable[[str], str]
Link = Callable[[str], str | None]

TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>")
_ENTITY = re.compile(r"&(?:#\w{1,8}|\w{2,32});")
_NAME = re.compile("</?[a-zA-Z]+[1-6]?")
_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_EMOJI = re.compile(r"\[[^\[\]]{1,20}\]|:[\w+-]{1,40}:|\W{1,12}")
_STYLE = re.compile(r"[a-zA-Z][a-zA-Z_ -]{0,80}(?:[0-9]{1,3}(?![0-9])[a-zA-Z_ -]*){0,8}", re.ASCII)
_PLAIN_ADDRESS = re.compile(r"[\w./?&=:-]{1,500}", re.ASCII)
_SILENT = ("script", "style", "template", "noscript", "iframe", "object", "form", etree.Comment, etree.PI)
_PUBLISHED = "article:published_time"


def is_markup(text: str) -> bool:
    """Whether a text of an answer is HTML: whoever writes `3 < 5` writes none."""
    return bool(TAG.search(text) or _ENTITY.search(text))


def masked_fragment(html: str, words: Words, whole: Words) -> str:
    """A fragment of HTML, as it stands in JSON, in which nothing personal is to be read, nor in its text as a whole."""
    return _whole(_in_pieces(html, words, _short_link), whole)


def masked_page(html: str, css: str, words: Words) -> str:
    """The parts of a page that a selector fits, the outermost of them, masked."""
    found = [part.root for part in Selector(html.replace("\0", ""), type="html").css(css)]
    known = set(found)
    outermost = [part for part in found if known.isdisjoint(part.iterancestors())]
    return f"<!doctype html><html>{''.join(_part(part, words) for part in outermost)}</html>"


def _part(part: etree._Element, words: Words) -> str:
    etree.strip_elements(part, *_SILENT, with_tail=False)
    html = etree.tostring(part, method="html", encoding="unicode", with_tail=False)
    opening = _tag(html[: html.index(">") + 1], words, _link)
    return _whole(_in_pieces(html, words, _link), words, opening, f"</{part.tag}>")


def _whole(pieces: Sequence[str], words: Words, opening: str = "", closing: str = "") -> str:
    """The masked pieces; where something personal reaches over a tag, the masked text without tags."""
    html = "".join(pieces)
    if _is_one_text(pieces):
        return html
    text = text_of(html)
    if text in pieces:  # it stands between two tags, and is masked
        return html
    masked = words(text)
    return html if masked == text else opening + escape(masked, quote=False).replace("\n", "<br>") + closing


def _is_one_text(pieces: Sequence[str]) -> bool:
    """Whether no more is to be read than one text between two tags, just as it stands there: that is masked."""
    texts = [piece for piece in pieces[::2] if piece and not piece.isspace()]
    return len(texts) == 1 and texts[0] == text_of(texts[0]) and not any(" alt=" in tag for tag in pieces[1::2])


def _in_pieces(html: str, words: Words, link: Link) -> list[str]:
    """Texts and tags in turns."""
    pieces, place = [], 0
    for tag in TAG.finditer(html):
        pieces += (_text(html[place : tag.start()], words), _tag(tag[0], words, link))
        place = tag.end()
    return [*pieces, _text(html[place:], words)]


def _text(source: str, words: Words) -> str:
    """The text between two tags; where nothing in it is masked it stays as it was written."""
    if not source or source.isspace():
        return source
    text = unescape(source)
    masked = words(text)
    return source if masked == text else escape(masked, quote=False)


def _tag(tag: str, words: Words, link: Link) -> str:
    name = _NAME.match(tag)
    if name is None:
        return ""  # a doctype, a comment
    told = {key.lower(): unescape("".join(value)) for key, *value in _ATTRIBUTE.findall(tag)}
    kept = {key: _attribute(key, told, words, link) for key in told}
    return name[0] + "".join(f' {key}="{escape(value)}"' for key, value in kept.items() if value) + ">"


def _attribute(name: str, told: dict[str, str], words: Words, link: Link) -> str | None:
    """What may stay of an attribute: what a page looks like, where a link leads, when it was published, an emoji."""
    value = told[name]
    match name:
        case "class" | "id":
            return value if _STYLE.fullmatch(value) else None
        case "href":
            return link(value)
        case "alt":
            return words(value) if _EMOJI.fullmatch(value) else None
        case "property":
            return value if value == _PUBLISHED else None
        case "content":
            return words(value) if told.get("property") == _PUBLISHED else None
        case "datetime":
            return words(value)
    return None


def _short_link(address: str) -> str | None:
    """Where a link in somebody's text leads, without to whom: `/n/name` is `/n/`."""
    try:
        first = urlsplit(address).path.removeprefix("/").partition("/")[0]
    except ValueError:
        return None
    return f"/{first}/" if first.isascii() and first.isalpha() else None


def _link(address: str) -> str | None:
    """A link of a page by a public body, without what is no plain address: a telephone, a mail, a name."""
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    return address if scheme in {"", "http", "https"} and _PLAIN_ADDRESS.fullmatch(address) else None
