"""Stance said outright: 支持, 坚决反对, 不赞成这个政策. All else is `unclear`; a policy's taught model may know more.

Mood is no stance, and words of one policy mean the opposite under another, so only a clause that is nothing but such a
statement counts: by the writer, not asked, not reported, not quoted, about the policy itself or about nothing else.
What stands under a #topic# is about the topic.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from sentiment.cleaning import MASKED, simplified
from sentiment.lengths import READ_FOR_STANCE

Stance = Literal["support", "oppose", "unclear"]

RULES = "stance-6"
"""Which rules told; raise with every change of them."""

LONGEST_CLAUSE = 40

_QUOTED = re.compile(r"[“「『][^”」』]*(?:[”」』]|$)|\"[^\"]*(?:\"|$)")
_QUOTATION = "“”"
"""Left of what is quoted, so that the words around it do not become clauses."""

_TOPIC = re.compile(r"#([^#\n]{1,60})#")
_MUTED = re.compile(
    rf"【[^】]{{0,80}}】|//\s*(?:@|{re.escape(MASKED)}).*|回复\s*(?:@[^:：\s]{{1,40}}|{re.escape(MASKED)})\s*[:：].*|https?://\S+|@[\w\-·]+"
    r"|\[[^\]]{1,8}\]|(?<=\s)\?+(?=\s|$)"
)
"""What says nothing of the policy: what is forwarded, what is said to somebody else; a ? by itself is an emoji that an
encoding lost."""

_SENTENCE = re.compile(r"[^。！!？?\n~～…]+[？?]?")
_BREAK = re.compile(r"[；;，, ]+")
_COLON = re.compile(r"[：:]+")
_OWN = re.compile(r"我(?!们)|本人|个人|意见|态度|观点|看法|立场|结论")
"""Before a colon or in a statement: who speaks is the writer."""

_NEWS = re.compile(
    r"发言人|记者|报道|讯[】，：]|日电|近日|日前|据悉|声明|表示[，：“]|指出|强调|[^自]称[，：“]|通知|印发|该公司"
)
"""From here on a text tells what others say, until the writer names himself."""
# Possessive (`*+`), but for `_POLICY_ITSELF`: what was read is not read again, so that no clause takes more than one
# pass.
_WRITER = r"(?:说真的|个人|本人|我们?|俺|咱们?|我家|全家|自己|对此|还是|首先|挺好的?|好吧?|嗯|哈)*+"
_FIRMLY = (
    r"(?:都|也|就|是|很|非常|十分|强烈|坚决|坚定|完全|绝对|举双手|双手|举手|大力|必须|一直|永远|当然|表示|极力|热烈|衷心"
    r"|真心|真的|应该|严重|相对|特别|尤其|更|理解[并、]?|要|全力|无条件|一百个|百分百|投票|的)*+"
)
_SUPPORT = r"支持|赞成|赞同|同意|拥护|力挺"
_OPPOSE = r"反对|抵制|不支持|不赞成|不赞同|不同意|不拥护|不能支持|不能赞成|不能同意"
_SAID = rf"(?:(?P<oppose>{_OPPOSE})|(?P<support>{_SUPPORT}))"
_AGAIN = r"[、了的啊呀哦哈吧呢]|一下|到底"
_STATEMENT = re.compile(
    rf"{_WRITER}{_FIRMLY}(?:(?P<oppose>{_OPPOSE})(?:{_OPPOSE}|{_AGAIN})*+|(?P<support>{_SUPPORT})(?:{_SUPPORT}|{_AGAIN})*+)"
    r"(?P<object>.*?)[的了啊呀哦哈吧呢嘛]*"
)
_ABOUT = re.compile(
    rf"{_WRITER}(?:对于?)?(?P<object>.{{2,20}}?)(?=表示|我|个人|本人|举|坚决|强烈|非常|完全){_WRITER}{_FIRMLY}{_SAID}[了的啊呀哦]?"
)
# Not possessive: 这个 or 推行 that was read as leading up to the word at the end may be that word itself. Harmless: a
# clause has at most `LONGEST_CLAUSE` signs, and 4,290 of them took 1.8 ms.
_POLICY_ITSELF = re.compile(
    r"(?:(?:国家|政府|党|中央|市政府|这个?|这项|这种|该|此|的|新|出台|推行|实行|实施|这样|大)*"
    r"(?:政策|措施|做法|规定|决定|行动|方案|举措|意见稿|国策|这个?|这项|这种|此|这样|出台|推行|实行|实施))?(?:的|了|啊|吧)*+"
)
"""Nothing, or what ends with a word for what is done or decided: 支持国家 and 反对政府 are about somebody."""
_COMMON = re.compile(
    r"国家|政府|中央|全国|政策|措施|做法|规定|决定|行动|方案|实行|实施|推行|出台|这[个项种]?|[的了在把都给]"
)
_SIDES = re.compile(rf"{_OPPOSE}|{_SUPPORT}")
_OTHERS = re.compile(
    r"者|网友|有人|他们|她们|家人|大家|群众|民众|百姓|专家|人士|领导说|你们?|谁|是否|如果|假如|要是|除非|转发|转起|请?转"
    r"|家里|老人|父母|爸|妈|老公|老婆|婆婆|举手的|为何|为什么|干嘛|干吗|不是|因为"
)
_THOSE_WHO = re.compile(rf"(?:{_OPPOSE}|{_SUPPORT}).*的(?:人)?")
"""支持加装电梯的，都是高层: they, not the writer."""

_MOCKED = re.compile(r"才怪|个(?:屁|鬼|毛|头|锤子)")
_ASKED = re.compile(r"(?:吗|么|呢|没有|与否|还是反对|or反对)$")
_FORBIDS = re.compile(r"不|禁|限|停|取消|废")
"""A policy that forbids is supported by another object than one that allows: 支持放鞭炮 is against 禁放鞭炮."""


def explicit_stance(text: str, names: Sequence[str] = ()) -> Stance:
    """What a text says outright about the policy called `names`; unclear where it says nothing, or both."""
    read = simplified(text[:READ_FOR_STANCE])
    if not _SIDES.search(read):
        return "unclear"
    names = list(map(simplified, names))
    found: set[Stance] = set()
    for topic, words in _under_topics(_QUOTED.sub(_QUOTATION, read)):
        about = not topic or _is_topic(topic, names)
        found |= {_stated(clause, names, about) for clause in _clauses(_MUTED.sub("，", words))}
    found.discard("unclear")
    return found.pop() if len(found) == 1 else "unclear"


def _under_topics(text: str) -> Iterator[tuple[str, str]]:
    """Pieces of the text, each with the topic it stands under: the last before it, else the first after it."""
    first, *rest = _TOPIC.split(text)
    yield (rest[0] if rest else ""), first
    yield from zip(rest[::2], rest[1::2], strict=True)


def _clauses(text: str) -> Iterator[str]:
    """The clauses in which a writer may state a stance: nothing asked, nothing reported."""
    news = _NEWS.search(text)
    for sentence in _SENTENCE.finditer(text):
        if sentence[0].endswith(("？", "?")) or _MOCKED.search(sentence[0]):
            continue
        reported = news is not None and sentence.end() > news.start()
        for part in _BREAK.split(sentence[0]):
            before = ""
            for words in _COLON.split(part):
                own = bool(_OWN.search(words))
                said = not before or bool(_OWN.search(before))
                before = words
                if (own or not reported) and said and _may_state(words):
                    yield words


def _may_state(words: str) -> bool:
    others = _OTHERS.search(words) or _THOSE_WHO.fullmatch(words)
    return len(words) <= LONGEST_CLAUSE and not _ASKED.search(words) and not others


def _stated(clause: str, names: Sequence[str], about: bool) -> Stance:
    """The stance of a clause; `about`: whether it stands where what has no name is the policy."""
    match = _STATEMENT.fullmatch(clause) or _ABOUT.fullmatch(clause)
    if match is None or not (about if _POLICY_ITSELF.fullmatch(match["object"]) else _is_named(match["object"], names)):
        return "unclear"
    return "oppose" if match["oppose"] else "support"


def _is_topic(words: str, names: Sequence[str]) -> bool:
    """Whether a headline is about the policy, and takes no side itself."""
    named = _named(words, names)
    return not _SIDES.search(words) and (named > 2 or (named > 0 and any(name in words for name in names)))


def _is_named(words: str, names: Sequence[str]) -> bool:
    """Whether words are a name of the policy, or enough of one to mean it, and nothing else."""
    core = _COMMON.sub("", words)
    return len(core) > 1 and _named(core, names) == len(core) and any(_means(core, name) for name in names)


def _means(words: str, name: str) -> bool:
    """Whether words hold the end of a name, which says what it is about (加分 of 子女加分), or more than half of it."""
    core = _COMMON.sub("", name)
    return core[-2:] in words or _named(words, [name]) * 2 > len(core)


def _named(words: str, names: Sequence[str]) -> int:
    """How many characters belong to pairs of the policy's names; none where only one of them forbids."""
    if bool(_FORBIDS.search(words)) != any(_FORBIDS.search(name) for name in names):
        return 0
    pairs = {name[at : at + 2] for name in names for at in range(len(name) - 1)}
    return len({place for at in range(len(words) - 1) if words[at : at + 2] in pairs for place in (at, at + 1)})
