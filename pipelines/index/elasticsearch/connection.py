"""Connection: the official client, and every way in which it can fail as one sentence.

The client's own retries and sniffing are off: what may be sent again is decided where it is known what was sent.
"""

import logging
import secrets
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import elasticsearch
from elasticsearch import ApiError, Elasticsearch, SerializationError, TransportError, UnsupportedProductError
from elasticsearch.serializer import OrjsonSerializer, TextSerializer

from crawler.addresses import shown_address
from crawler.errors import ServiceAway, WrongUse
from pipelines.index.elasticsearch.reasons import Lost, error_types, lost, refusal, trouble

TIMEOUT = 30.0  # seconds for one answer
READ_TRIES = 5
UNFORMED = "_na_"
"""The id of a cluster whose nodes have not found each other yet."""
UNREADABLE = 0
"""The status of an answer that calls itself JSON and is none."""
# The client warns about each failed request on standard error; ours are sentences where they matter.
logging.getLogger("elastic_transport").setLevel(logging.ERROR)

_JSON = {"accept": "application/json", "content-type": "application/json"}
_LINES = {"accept": "application/json", "content-type": "application/x-ndjson"}
# Lines come here as bytes. The client's own serializer would copy them twice to see that they end with a new line.
_SERIALIZERS = {"application/json": OrjsonSerializer(), "application/x-ndjson": TextSerializer()}
_NOT_NOW = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Access:
    """Where an Elasticsearch is and who we are to it. Secrets are kept out of its repr.

    url       `https://host:9200`; may carry `user:password@`
    api_key   encoded API key, instead of a user
    password  of the user in `url`, where it is not written there
    ca_file   certificates of the authority that signed the server's; those the system trusts where None
    """

    url: str = field(repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Raise WrongUse for what is no address."""
        try:
            shown_address(self.url)
        except ValueError as error:
            raise WrongUse(f"索引的地址{error}。请核对。") from error

    @property
    def shown(self) -> str:
        """The address without user and password: for messages."""
        return shown_address(self.url)

    @property
    def authorization(self) -> str | None:
        """The header that says who we are; None where we need not. Raises WrongUse for a key that cannot be one."""
        parts = urlsplit(self.url)
        if self.api_key:
            key = self.api_key.strip()
            if not key.isascii() or not key.isprintable():
                raise WrongUse("API 密钥里有不该有的字符，请核对放密钥的文件。")
            return f"ApiKey {key}"
        if not parts.username:
            return None
        # Not left to the client, which takes no password beyond ASCII.
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '') or self.password or ''}"
        return f"Basic {b64encode(pair.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: the HTTP status, and the JSON object in it; None where it is none."""

    status: int
    body: dict[str, object] | None

    @property
    def ok(self) -> bool:
        """Whether the request was done and answered with JSON."""
        return self.body is not None and 200 <= self.status < 300

    @property
    def types(self) -> frozenset[str]:
        """Elasticsearch's names of all errors in the answer."""
        return error_types(self.body)


class Connection:
    """One Elasticsearch. Nothing is asked of it before its major version is known to be the client's."""

    def __init__(self, access: Access, timeout: float = TIMEOUT) -> None:
        """`timeout` in seconds for one answer. Raises WrongUse for an address or a CA file that cannot be used."""
        self.shown = access.shown
        self.timeout = timeout
        self._client = _client(access, timeout)
        self._known = False
        self._cluster: str | None = None

    @property
    def cluster(self) -> str:
        """Which cluster it is, the same by whatever address: its own id, or the address where it tells none."""
        if not self._known:
            self._check()
        return self._cluster or self.shown

    def ask(self, method: str, path: str, body: object = None, **parameters: str) -> Response:
        """A request that may be sent again: tried a few times. A 400, 404, 409 or 500 comes back; the rest raises."""
        for attempt in range(READ_TRIES):
            try:
                response = self.send(method, path, body, **parameters)
                why = trouble(response.status, response.body, self.shown)
                if response.status not in _NOT_NOW:
                    break
            except Lost as failure:
                why = failure
                if failure.slow:
                    break
            if attempt + 1 < READ_TRIES:
                time.sleep(jitter(attempt, most=1.0))
        if why:
            raise why
        return response

    def get(self, method: str, path: str, body: object = None, **parameters: str) -> dict[str, object]:
        """The same where nothing but success will do."""
        response = self.ask(method, path, body, **parameters)
        if response.body is None or not response.ok:
            raise ServiceAway(refusal(self.shown, response.types))
        return response.body

    def send(self, method: str, path: str, body: object = None, **parameters: str) -> Response:
        """One request, sent once. `body` is a JSON value, or bytes of NDJSON lines. Raises Lost, WrongUse."""
        if not self._known:
            self._check()
        return self._send(method, path, body, parameters)

    def close(self) -> None:
        """Let go of sockets."""
        self._client.close()

    def _send(self, method: str, path: str, body: object, parameters: Mapping[str, str]) -> Response:
        headers = _LINES if isinstance(body, bytes) else _JSON
        try:
            answer = self._client.perform_request(method, path, params=parameters, headers=headers, body=body)
        except UnsupportedProductError as error:  # first, because it is an ApiError too
            return Response(error.meta.status, None)
        except ApiError as error:
            return Response(error.meta.status, error.body if isinstance(error.body, dict) else None)
        except SerializationError:
            return Response(UNREADABLE, None)
        except TransportError as error:
            raise lost(error, self.shown, self.timeout) from error
        return Response(answer.meta.status, answer.body if isinstance(answer.body, dict) else None)

    def _check(self) -> None:
        """Raise WrongUse unless this is an Elasticsearch of the client's major that lets us in."""
        try:
            response = self._send("GET", "/", None, {})
        except Lost as failure:
            if failure.misconfigured:
                raise WrongUse(str(failure)) from failure
            if self.shown.startswith("http:") and failure.taken and speaks_tls(self.shown, self.timeout):
                raise ServiceAway(f"{self.shown} 这个端口讲 TLS，请把地址写成 https://。") from failure
            raise
        if response.status in (401, 403):
            raise WrongUse(str(trouble(response.status, response.body, self.shown)))
        if response.status in (UNREADABLE, 429) or response.status >= 500:
            raise trouble(response.status, response.body, self.shown) or ServiceAway(refusal(self.shown))
        version = _version(response)
        if version is None:
            raise WrongUse(f"{self.shown} 答的不是 Elasticsearch，请核对地址和端口。")
        if version.split(".")[0] != elasticsearch.__versionstr__.split(".")[0]:
            raise WrongUse(
                f"{self.shown} 是 Elasticsearch {version}，这里装的客户端是 {elasticsearch.__versionstr__}，"
                "大版本必须一样，请换用同一大版本的服务器，或安装相应版本的连心桥；什么都没有写。"
            )
        uuid = (response.body or {}).get("cluster_uuid")
        self._cluster = str(uuid) if uuid != UNFORMED and uuid else None
        self._known = True


def speaks_tls(address: str, timeout: float) -> bool:
    """Whether what listens there shakes hands for TLS, whoever it is: nothing else is said to it."""
    parts = urlsplit(address)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((str(parts.hostname), parts.port or 0), timeout) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname),
        ):
            return True
    except OSError:
        return False


def jitter(attempt: int, most: float, base: float = 0.1) -> float:
    """Seconds to wait before the next attempt: anything up to base · 2ⁿ, so that many clients do not come at once."""
    return secrets.SystemRandom().uniform(0, min(most, base * 2**attempt))


def _client(access: Access, timeout: float) -> Elasticsearch:
    options: dict[str, object] = {}
    if access.shown.startswith("https:"):
        if access.ca_file:
            _check_authority(access.ca_file)
            options |= {"verify_certs": True, "ca_certs": str(access.ca_file)}
        else:
            options["ssl_context"] = ssl.create_default_context()
    if authorization := access.authorization:
        options["headers"] = {"authorization": authorization}
    try:
        return Elasticsearch(
            access.shown,
            request_timeout=timeout,
            max_retries=0,
            retry_on_timeout=False,
            serializers=_SERIALIZERS,
            **options,
        )
    except (ValueError, OSError) as error:
        raise WrongUse(f"Elasticsearch 的地址 {access.shown} 用不了，请核对。") from error


def _check_authority(path: Path) -> None:
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise WrongUse(f"证书文件 {path} 不存在或不是 PEM 证书，请核对。") from error


def _version(response: Response) -> str | None:
    version = (response.body or {}).get("version") if response.ok else None
    number = version.get("number") if isinstance(version, Mapping) else None
    return number if isinstance(number, str) else None
