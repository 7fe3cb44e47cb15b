"""Find a JDK that can compile and run the server."""

import os
import re
from pathlib import Path

from tests.servers.elasticsearch.errors import Unavailable

OLDEST = 21
SYSTEM = Path("/usr/lib/jvm")


def java_home() -> Path:
    """The newest JDK ≥ 21 with a compiler; ELASTICSEARCH_JAVA_HOME and JAVA_HOME go before the system's own.

    Raises Unavailable where there is none.
    """
    for name in ("ELASTICSEARCH_JAVA_HOME", "JAVA_HOME"):
        named = os.environ.get(name)
        if named and _major(Path(named)) >= OLDEST:
            return Path(named)
    newest = max(SYSTEM.glob("*"), key=_major, default=None)
    if newest is None or _major(newest) < OLDEST:
        raise Unavailable(f"no JDK {OLDEST} or later with javac: install one or set ELASTICSEARCH_JAVA_HOME")
    return newest


def _major(home: Path) -> int:
    """The version of a JDK, 0 when it is none or lacks the compiler."""
    release = home / "release"
    if not (home / "bin" / "javac").exists() or not release.exists():
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    return int(found[1]) if found else 0
