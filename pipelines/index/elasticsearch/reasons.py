"""What goes wrong between us and an Elasticsearch, each as one sentence. No value of a document is ever repeated."""

import re
from collections.abc import Iterable, Iterator, Mapping

from elasticsearch import ConnectionError as Unconnected
from elasticsearch import ConnectionTimeout, SSLError, TransportError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from crawler.errors import ServiceAway

LONGEST = 200
"""Characters of a reason."""

FULL = "磁盘快满了，索引被 Elasticsearch 锁成只读，请先腾出空间"
READ_ONLY = "索引或集群被设成了只读，请先解除"
BUSY = "太忙，暂时不收新的请求，请稍后再试"
UNHEALTHY = "有分片不可用（集群是红色）或节点正在启动，请看看集群的状态或稍后再试"
CLOSED = "索引被关闭了，请先打开"
GONE = "里的索引不全（被删去，或别名被移走），请运行 lianxin index check 看缺了什么"
STRANGE = "答复不像 Elasticsearch，请看看中间有没有代理或登录页"
UNACCOUNTED = "答复和送去的文档对不上，请看看中间有没有代理"
RAISE_LIMIT = "请把它的上限（如 nginx 的 client_max_body_size）调到 2 MB 以上"
DENIED = {401: "不认这个用户名、密码或 API 密钥，请核对", 403: "不许这个用户或 API 密钥这样做，请核对它的权限"}
_FIELD = re.compile(r"field \[([\w.]{1,60})\]|introduction of \[([\w.]{1,60})\]|field=\"([\w.]{1,60})\"")


class Lost(ServiceAway):
    """A request without an answer.

    taken          whether it may have been done all the same
    misconfigured  whether it is the fault of a setting, unless it worked before
    slow           whether the wait for it was long already
    """

    def __init__(self, sentence: str, taken: bool, misconfigured: bool = False, slow: bool = False) -> None:
        super().__init__(sentence)
        self.taken = taken
        self.misconfigured = misconfigured
        self.slow = slow


def lost(error: TransportError, shown: str, timeout: float) -> Lost:
    """What the client's error means."""
    cause = error.errors[0] if error.errors else error.__cause__
    if isinstance(error, SSLError) and "WRONG_VERSION_NUMBER" in str(cause):
        return Lost(f"{shown} 不是 TLS 的端口，请核对：地址也许应写 http://。", taken=False, misconfigured=True)
    if isinstance(error, SSLError):
        return Lost(
            f"{shown} 的 TLS 证书核对不过（{_cut(cause)}），请核对主机名和 LIANXIN_INDEX_CA_FILE（或 --ca-file）。",
            taken=False,
            misconfigured=True,
        )
    if isinstance(cause, NewConnectionError | ConnectTimeoutError):
        return Lost(f"连接不上 Elasticsearch（{shown}），请看看它是否在运行、地址和网络是否正确。", taken=False)
    if isinstance(error, ConnectionTimeout):
        sentence = f"Elasticsearch（{shown}）在 {timeout:g} 秒内没有答复，请看看它是否过忙，稍后再试。"
        return Lost(sentence, taken=True, slow=True)
    what = "断开了连接" if isinstance(error, Unconnected) else "没有好好答复"
    return Lost(f"Elasticsearch（{shown}）{what}，请稍后再试。", taken=True)


def trouble(status: int, body: object, shown: str) -> ServiceAway | None:
    """Why an answer says that nothing can be done now; None where it is for the caller to judge."""
    if body is None:
        why = BUSY if status == 429 else DENIED.get(status, STRANGE)
    elif status in (401, 403, 429, 502, 503, 504):
        why = blocked(status, error_types(body), " ".join(_reasons(body))) or DENIED.get(status, BUSY)
    else:
        return None
    return ServiceAway(f"Elasticsearch（{shown}）{why}。")


def refusal(shown: str, types: Iterable[str] = ()) -> str:
    """A sentence for an answer that nobody foresaw, or that an index is gone."""
    if "index_not_found_exception" in types:
        return f"Elasticsearch（{shown}）{GONE}。"
    return f"Elasticsearch（{shown}）没有照办（{'、'.join(sorted(types)) or '没有说原因'}），请看看它的日志。"[:LONGEST]


def blocked(status: int, types: Iterable[str], reason: str) -> str | None:
    """Why work is not accepted for now, and may be later; None where that is not what the error says."""
    names = set(types)
    if "cluster_block_exception" in names:
        if "flood-stage" in reason or "read-only-allow-delete" in reason:
            return FULL
        return READ_ONLY if "FORBIDDEN" in reason else UNHEALTHY
    if "index_closed_exception" in names:
        return CLOSED
    if status == 429:
        return BUSY
    return UNHEALTHY if status >= 500 else None


def refused(error: Mapping[str, object], fields: Iterable[str]) -> str:
    """Why a document will never be taken: the error's type and the field, never the value."""
    named = field_in(error, fields)
    where = f"字段 {named}，" if named else ""
    kind = re.sub(r"\W", "", str(error.get("type", "unknown")))
    return f"Elasticsearch 不收（{where}{kind}）。"[:LONGEST]


def field_in(error: Mapping[str, object], fields: Iterable[str]) -> str | None:
    """The field of ours that an error names; None where it names none."""
    known = set(fields)
    found = _FIELD.finditer(str(error.get("reason", "")))
    return next((name for match in found for name in match.groups() if name in known), None)


def error_types(body: object) -> frozenset[str]:
    """Every `type` in the error of an answer, causes included."""
    error = body.get("error") if isinstance(body, Mapping) else None
    return frozenset(str(part["type"]) for part in _parts(error) if "type" in part)


def _reasons(body: object) -> Iterator[str]:
    error = body.get("error") if isinstance(body, Mapping) else None
    return (str(part["reason"]) for part in _parts(error) if isinstance(part.get("reason"), str))


def _parts(part: object) -> Iterator[Mapping[str, object]]:
    if isinstance(part, Mapping):
        yield part
        for value in part.values():
            yield from _parts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _parts(value)


def _cut(cause: object) -> str:
    """What OpenSSL says, without our own addresses and paths."""
    said = re.search(r"certificate verify failed: ([\w ,.'-]{1,80})|\[SSL: (\w+)\]", str(cause))
    return (said[1] or said[2]).strip() if said else "握手失败"
