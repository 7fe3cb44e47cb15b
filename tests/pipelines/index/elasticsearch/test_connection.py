"""What the connection says about servers that are away, strange, too old or do not let us in; what it never says."""

import base64
import logging
import socket
import ssl

import elasticsearch
import orjson
import pytest
import trustme

from crawler.errors import ServiceAway, WrongUse
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.mapping import COMMENTS
from tests.servers import elasticsearch_faults as faults
from tests.servers.elasticsearch_faults import Answered, fault_server

MAJOR = int(elasticsearch.__versionstr__.split(".")[0])
DENIED = faults.error(401, "security_exception", "unable to authenticate user [elastic] for REST request [/]")


def root(number):
    """`GET /` of a server of this version; nothing else may be asked."""
    body = orjson.dumps({"version": {"number": number}, "tagline": "You Know, for Search"})

    def fault(asked, behind):
        assert (asked.method, asked.path) == ("GET", "/")
        return Answered(200, body)

    return fault


def only_with(authorization):
    """A server that lets in who sends this header."""

    def fault(asked, behind):
        allowed = asked.headers.get("authorization") == authorization
        return (faults.none if allowed else DENIED)(asked, behind)

    return fault


@pytest.fixture
def alone():
    """A server without an Elasticsearch behind it."""
    with fault_server() as server:
        yield server


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.fixture
def encrypted(elasticsearch, authority):
    """The real server, behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    with fault_server(elasticsearch, context) as server:
        yield server


def refusal(access, kind=WrongUse):
    """What an index says that cannot be used."""
    with pytest.raises(kind) as raised:
        ElasticsearchIndex(access, patience=0.1, timeout=5).put(COMMENTS, [{"id": "a"}])
    return str(raised.value)


@pytest.mark.parametrize("number", [f"{MAJOR - 1}.19.0", f"{MAJOR + 1}.0.0", "7.10.2"])
def test_another_major_is_refused_before_anything_is_written(number, alone):
    alone.fault = root(number)
    said = refusal(Access(alone.url))
    assert number in said
    assert elasticsearch.__versionstr__ in said
    assert [asked.path for asked in alone.asked] == ["/"]


@pytest.mark.parametrize(
    "fault",
    [
        faults.page(),
        faults.page(404),
        faults.page(302),
        lambda asked, behind: Answered(200, b'{"version": {"number": "9.5.3"}}', headers={}),
        lambda asked, behind: Answered(200, b'{"hello": "world"}'),
        lambda asked, behind: Answered(200, b"[]"),
    ],
)
def test_what_is_no_elasticsearch_is_named(fault, alone):
    alone.fault = fault
    assert refusal(Access(alone.url)) == f"{alone.url} 答的不是 Elasticsearch，请核对地址和端口。"


@pytest.mark.parametrize("fault", [faults.page(502), faults.page(503), faults.error(429, "x"), faults.dropped(False)])
def test_a_server_that_is_starting_is_away_not_wrong(fault, alone):
    alone.fault = fault
    assert alone.url in refusal(Access(alone.url), ServiceAway)


def test_a_broken_answer_is_away_not_wrong(alone):
    alone.fault = lambda asked, behind: Answered(200, b'{"version": {"num')
    assert "答复不像 Elasticsearch" in refusal(Access(alone.url), ServiceAway)


def test_nobody_there():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        assert refusal(Access(url), ServiceAway).startswith(f"连接不上 Elasticsearch（{url}）")


def test_an_index_can_be_opened_while_the_server_is_away(elasticsearch):
    with fault_server(elasticsearch) as server:
        server.fault = faults.page(503)
        index = ElasticsearchIndex(Access(server.url), patience=0.1)
        with pytest.raises(ServiceAway):
            index.search(COMMENTS, {})
        server.fault = faults.none
        assert index.search(COMMENTS, {})["hits"]["total"]["value"] == 0
        index.close()


@pytest.mark.parametrize(
    ("access", "header"),
    [
        ({"api_key": "aWQ6a2V5"}, "ApiKey aWQ6a2V5"),
        ({"user": "elastic", "password": "p@ss:word/字"}, None),
        ({"user": "elastic:p%40ss%3Aword%2F%E5%AD%97"}, None),
    ],
)
def test_a_key_or_a_user_opens_the_door(access, header, encrypted, ca_file):
    header = header or "Basic " + base64.b64encode("elastic:p@ss:word/字".encode()).decode()
    user = access.pop("user", "")
    url = encrypted.url.replace("//", f"//{user}@") if user else encrypted.url
    encrypted.fault = only_with(header)
    index = ElasticsearchIndex(Access(url, ca_file=ca_file, **access), timeout=10)
    assert index.put(COMMENTS, [{"id": "a"}]).refused == ()
    assert set(index.get(COMMENTS, ["a"])) == {"a"}
    assert {asked.headers.get("authorization") for asked in encrypted.asked} == {header}
    index.close()


@pytest.mark.parametrize("access", [{"api_key": "c2VjcmV0"}, {"password": "secret"}, {}])
def test_secrets_are_never_shown(access, alone, caplog):
    caplog.set_level(logging.DEBUG)
    alone.fault = DENIED
    url = alone.url.replace("//", "//elastic:" + ("" if "password" in access else "geheim") + "@")
    given = Access(url, **access)
    said = refusal(given)
    assert "不认这个用户名、密码或 API 密钥" in said
    encoded = [base64.b64encode(f"elastic:{word}".encode()).decode() for word in ("geheim", "secret")]
    for secret in ("geheim", "secret", "c2VjcmV0", *encoded):
        assert secret not in said + repr(given) + caplog.text
    assert alone.url in said


def test_a_user_without_the_right_is_told_so(alone):
    alone.fault = faults.error(403, "security_exception", "action [cluster:monitor/main] is unauthorized")
    assert "不许这个用户或 API 密钥这样做" in refusal(Access(alone.url))


def test_a_password_in_the_address_comes_before_the_one_of_the_file():
    header = Access("https://u:new%2Fone@search.example", password="old").authorization
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "u:new/one"
    header = Access("https://u@search.example", password="old").authorization
    assert base64.b64decode(header.removeprefix("Basic ")).decode() == "u:old"


def test_a_certificate_of_a_stranger_is_refused(encrypted, tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    said = refusal(Access(encrypted.url, ca_file=tmp_path / "other.pem"))
    assert "TLS 证书核对不过" in said
    assert "LIANXIN_INDEX_CA_FILE" in said
    assert "TLS 证书核对不过" in refusal(Access(encrypted.url))
    assert encrypted.asked == []


def test_an_authority_that_the_system_trusts_needs_no_file(encrypted, ca_file, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    index = ElasticsearchIndex(Access(encrypted.url), timeout=10)
    assert index.put(COMMENTS, [{"id": "a"}]).refused == ()
    index.close()


def test_a_certificate_of_another_host_is_refused(elasticsearch, authority, ca_file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("search.example.org").configure_cert(context)
    with fault_server(elasticsearch, context) as server:
        assert "TLS 证书核对不过" in refusal(Access(server.url, ca_file=ca_file))
        assert server.asked == []


def test_tls_where_the_server_has_none_is_refused(alone):
    assert "地址也许应写 http://" in refusal(Access(alone.url.replace("http:", "https:")))
    assert alone.asked == []


def test_no_tls_where_the_server_has_it_is_named(encrypted):
    address = encrypted.url.replace("https:", "http:")
    with pytest.raises(ServiceAway, match=f"{address} 这个端口讲 TLS，请把地址写成 https://"):
        ElasticsearchIndex(Access(address)).search(COMMENTS, {})
    assert encrypted.asked == []


def test_what_is_no_address_is_refused_without_repeating_it():
    with pytest.raises(WrongUse, match="不是一个地址") as raised:
        Access("https://me:2024/geheim@host")
    assert "geheim" not in str(raised.value)


def test_a_cluster_is_known_by_its_own_id_and_one_that_tells_none_by_its_address(elasticsearch, alone):
    names = [elasticsearch, f"{elasticsearch.replace('127.0.0.1', 'localhost')}/"]
    homes = [ElasticsearchIndex(Access(name)).home for name in names]
    assert homes[0] == homes[1] != elasticsearch
    for told in ({}, {"cluster_uuid": "_na_"}):
        body = orjson.dumps({"version": {"number": f"{MAJOR}.0.0"}, **told})
        alone.fault = lambda asked, behind, body=body: Answered(200, body)
        assert ElasticsearchIndex(Access(alone.url)).home == alone.url


@pytest.mark.parametrize("key", ["ke y\nInjected: yes", "钥匙"])
def test_a_key_that_cannot_be_one_is_refused_without_repeating_it(key):
    with pytest.raises(WrongUse, match="API 密钥里有不该有的字符") as raised:
        ElasticsearchIndex(Access("https://127.0.0.1:9200", key))
    assert key not in str(raised.value)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_named(content, tmp_path):
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    with pytest.raises(WrongUse, match=r"证书文件 .*ca\.pem"):
        ElasticsearchIndex(Access("https://127.0.0.1:9200", ca_file=path))
