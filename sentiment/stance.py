"""Stance said outright: 支持, 坚决反对, 不赞成这个政策. All else is `unclear`; a policy's taught model may know more.

Mood is no stance, and words of one policy mean the opposite under another, so only a clause that is nothing but such a
statement counts: by the writer, not asked, not reported, not quoted, about the policy itself or about nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

Stance = Literal["support", "oppose", "unclear"]

RULES = "stance-1"
"""Which rules told; raise with every change of them."""

LONGEST_TEXT = 4000
"""Characters that are read; what is said outright is said early."""

LONGEST_CLAUSE = 40

_MUTED = re.compile(
    r"#[^#\n]{0,60}#|【[^】]{0,80}】|[“\"「『][^”\"」』]{0,80}[”\"」』]|//@.*|https?://\S+|@[\w\-·]+|\[[^\]]{1,8}\]"
)
_SENTENCE = re.compile(r"[^。！!？?\n~～…]+[？?]?")
_BREAK = re.compile(r"[；;，,：:、 ]+")
# Possessive (`*+`): what was read is not read again, so that no clause takes more than one pass.
_WRITER = r"(?:说真的|个人|本人|我们?|俺|咱们?|我家|全家|自己|对此|还是|首先|挺好的?|好吧?|嗯|哈)*+"
_FIRMLY = (
    r"(?:都|也|就|是|很|非常|十分|强烈|坚决|坚定|完全|绝对|举双手|双手|举手|大力|必须|一直|永远|当然|表示|极力|热烈|衷心"
    r"|真心|真的|应该|严重|相对|特别|尤其|更|理解并?|要|全力|无条件|一百个|百分百|投票|的)*+"
)
_SUPPORT = r"支持|赞成|赞同|拥护|力挺"
_OPPOSE = r"反对|抵制|不支持|不赞成|不赞同|不同意|不拥护|不能支持|不能赞成|不能同意"
_SAID = rf"(?:(?P<oppose>{_OPPOSE})|(?P<support>{_SUPPORT}))"
_STATEMENT = re.compile(
    rf"{_WRITER}{_FIRMLY}{_SAID}(?:{_SUPPORT}|{_OPPOSE}|[了的啊呀哦哈吧呢]|一下|到底)*+(?P<object>.*)"
)
_ABOUT = re.compile(
    rf"{_WRITER}(?:对于?)?(?P<object>.{{2,20}}?)(?=表示|我|个人|本人|举|坚决|强烈|非常|完全){_WRITER}{_FIRMLY}{_SAID}[了的啊呀哦]?"
)
_POLICY_ITSELF = re.compile(
    r"(?:国家|政府|党|中央|市政府|这个?|这项|这种|该|此|的|新|出台|推行|实行|实施|这样|大)*+"
    r"(?:政策|措施|做法|规定|决定|行动|方案|举措|意见稿|国策)?(?:的|了|啊|吧)*+"
)
_OTHERS = re.compile(
    r"者|网友|有人|他们|她们|家人|大家|群众|民众|百姓|专家|人士|领导说|你们?|谁|是否|如果|假如|要是|除非|转发|转起|请?转"
    r"|家里|老人|父母|爸|妈|老公|老婆|婆婆|举手的|为何|为什么|干嘛|干吗|不是|因为"
)
_ASKED = re.compile(r"(?:吗|么|呢|没有|与否|还是反对|or反对)$")
_FORBIDS = re.compile(r"不|禁|限|停|取消|废")
"""A policy that forbids is supported by another object than one that allows: 支持放鞭炮 is against 禁放鞭炮."""


def explicit_stance(text: str, names: Sequence[str] = ()) -> Stance:
    """What a text says outright about the policy called `names`; unclear where it says nothing, or both."""
    found = {stance for clause in _clauses(text[:LONGEST_TEXT]) if (stance := _stated(clause, names)) != "unclear"}
    return found.pop() if len(found) == 1 else "unclear"


def _clauses(text: str) -> Iterator[str]:
    """The clauses in which a writer may state a stance: no quotations, nothing asked, nothing reported."""
    for sentence in _SENTENCE.findall(_MUTED.sub("，", text)):
        if sentence.endswith(("？", "?")):
            continue
        for words in _BREAK.split(sentence):
            if len(words) <= LONGEST_CLAUSE and not _ASKED.search(words) and not _OTHERS.search(words):
                yield words


def _stated(clause: str, names: Sequence[str]) -> Stance:
    match = _STATEMENT.fullmatch(clause) or _ABOUT.fullmatch(clause)
    if match is None or not _is_policy(match["object"], names):
        return "unclear"
    return "oppose" if match["oppose"] else "support"


def _is_policy(words: str, names: Sequence[str]) -> bool:
    """Whether what is supported is the policy: unnamed, called a policy, or by two characters of its names."""
    if _POLICY_ITSELF.fullmatch(words):
        return True
    if bool(_FORBIDS.search(words)) != any(_FORBIDS.search(name) for name in names):
        return False
    return any(name[at : at + 2] in words for name in names for at in range(len(name) - 1))
