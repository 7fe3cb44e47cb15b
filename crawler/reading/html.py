"""HTML of a comment to the plain text a person wrote. Touches nothing but its argument."""

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree

_BLOCK = re.compile(
    "address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr"
    "|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_SILENT = re.compile("head|title|script|style|template|noscript|iframe|object")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKED = re.compile("[<&\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Without any of these, and of signs that parsers treat each in their own way, a text is its own HTML."""
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_AROUND_BREAK = re.compile(r" ?\n[ \n]*")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_EMOJI_CLASS = re.compile("emoji|emote|emotion|smil", re.IGNORECASE)
_EMOJI_ALT = re.compile(r"\[[^\[\]]{1,20}\]|:[\w+-]{1,40}:|\W{1,12}")


def text_of(html: str) -> str:
    """The text of an HTML fragment: breaks and blocks as lines, emoji images as their `alt`, entities decoded once.

    Blanks collapse as in a browser, and several breaks in a row are one. Scripts and styles are dropped, links keep
    their text. Unclosed or hostile markup never raises.
    """
    if not _MARKED.search(html):
        return _tidy(_BLANKS.sub(" ", html))
    html = _SURROGATE.sub("\ufffd", html).replace("\0", "")
    parser = etree.HTMLParser(recover=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<body>{html}</body>", parser)
    if root is None or any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        # libxml2 drops everything below 2,048 open elements: nobody writes that, but the words shall not be lost.
        return _tidy(unescape(_TAG.sub("\n", html)))
    return _tidy("".join(_pieces(root)))


def _tidy(text: str) -> str:
    return _AROUND_BREAK.sub("\n", text).strip(" \n")


def _pieces(root: etree._Element) -> Iterator[str]:
    """Text in document order, a line break at each border of a block. Iterative: depth is the writer's choice."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if _SILENT.fullmatch(tag):
                walk.skip_subtree()
                continue
            yield from _opening(element, tag)
            continue
        if _BLOCK.fullmatch(tag):
            yield "\n"
        if element is not root:
            yield _BLANKS.sub(" ", element.tail or "")


def _opening(element: etree._Element, tag: str) -> Iterator[str]:
    if tag == "br" or _BLOCK.fullmatch(tag):
        yield "\n"
    if tag == "img" and _is_emoji(element):
        yield element.get("alt", "")
    yield _BLANKS.sub(" ", element.text or "")


def _is_emoji(image: etree._Element) -> bool:
    """Whether an image stands for a sign typed in the text; the `alt` of a photograph is not the writer's word."""
    return bool(_EMOJI_CLASS.search(image.get("class", "")) or _EMOJI_ALT.fullmatch(image.get("alt", "")))
