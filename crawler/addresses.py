"""Addresses: the usual ports, and the one form in which those of an Elasticsearch are shown and compared."""

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def shown_address(url: str) -> str:
    """`https://host:9200`: with its port, without user, password and last slash.

    Raises ValueError, with a sentence (Chinese), for what is no address. It is not repeated: there may be a password.
    """
    try:
        parts = urlsplit(url)
        usual = PORTS[parts.scheme]
        port = usual if parts.port is None else parts.port
        # A password with a slash in it ends the host too early; the rest of it would be taken for a path.
        usable = parts.hostname and port > 0 and "@" not in f"{parts.path}{parts.query}{parts.fragment}"
    except (ValueError, KeyError):
        usable = False
    if not usable:
        raise ValueError("不是一个地址，应像 https://主机:9200；密码里的 / 要写成 %2F")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"
