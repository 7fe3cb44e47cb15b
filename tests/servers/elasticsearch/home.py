"""Lay out a server's home as the official archive does: lib/, modules/, config/, and our two classes.

It is made once in the user's cache, and again when the version, the classes or this file change.
"""

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from filelock import FileLock

from tests.servers.elasticsearch.errors import Unavailable
from tests.servers.elasticsearch.jdk import OLDEST, java_home

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
LAUNCHER = HERE / "java" / "LoopbackNode.java"
ROOT_INFO = HERE / "java" / "RootInfo.java"
NETWORK_JARS = ("netty-", "transport-netty4", "elasticsearch-ssl-config")
"""These belong to the module transport-netty4; the rest is the server."""
ZSTD = ("/usr/lib/*/libzstd.so.1", "/usr/lib64/libzstd.so.1", "/usr/lib/libzstd.so.1", "/lib/*/libzstd.so.1")
LOGGING = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] [%node_name] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
DESCRIPTOR = """description=GET /
version={version}
name=root-info
classname=RootInfo
java.version={java}
elasticsearch.version={version}
"""


def home() -> Path:
    """The folder, made when it is not there. Raises Unavailable when it cannot be made."""
    recipe = b"".join(path.read_bytes() for path in (POM, LAUNCHER, ROOT_INFO, Path(__file__)))
    ready = cache() / f"home-{hashlib.sha256(recipe).hexdigest()[:16]}"
    if ready.exists():
        return ready
    ready.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(ready.with_suffix(".lock")):
        if not ready.exists():
            making = ready.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            _lay_out(making)
            making.rename(ready)
    return ready


def cache() -> Path:
    """LIANXIN_TEST_CACHE, or a folder in the user's cache."""
    named = os.environ.get("LIANXIN_TEST_CACHE")
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(caches) / "lianxin-tests" / "elasticsearch"


def _lay_out(folder: Path) -> None:
    for name in ("config", "plugins", "native", "launcher", "modules/transport-netty4", "modules/root-info"):
        (folder / name).mkdir(parents=True)
    _resolve_jars(folder / "lib")
    version = _split_off_network_module(folder / "lib", folder / "modules" / "transport-netty4")
    _link_zstd(folder / "native")
    (folder / "config" / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
    (folder / "config" / "elasticsearch.yml").touch()
    _compile(LAUNCHER, folder / "lib", folder / "launcher")
    _make_root_info(folder, folder / "modules" / "root-info", version)


def _resolve_jars(into: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("no Maven, which brings the server: install the package maven")
    command = [maven, "-B", "-q", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    environment = {**os.environ, "JAVA_HOME": str(java_home())}
    ended = subprocess.run(
        [*command, f"-DoutputDirectory={into}"], capture_output=True, encoding="utf-8", env=environment, check=False
    )
    if ended.returncode:
        raise Unavailable(f"Maven could not fetch the server:\n{ended.stdout[-3000:]}{ended.stderr[-1000:]}")


def _split_off_network_module(lib: Path, module: Path) -> str:
    """Move the jars that speak to the network into their module; returns the server's version."""
    for jar in lib.glob("*.jar"):
        if jar.name.startswith(NETWORK_JARS):
            jar.rename(module / jar.name)
    (jar,) = module.glob("transport-netty4-*.jar")
    prefix = "META-INF/es-plugins/transport-netty4/"
    with zipfile.ZipFile(jar) as archive:
        for entry in archive.namelist():
            if entry.startswith(prefix) and not entry.endswith("/"):
                (module / entry.removeprefix(prefix)).write_bytes(archive.read(entry))
    return re.fullmatch(r"transport-netty4-(.+)\.jar", jar.name)[1]


def _link_zstd(native: Path) -> None:
    """The server compresses with the system's zstd, and looks for it under the name without a version."""
    found = next((path for pattern in ZSTD for path in sorted(Path("/").glob(pattern[1:]))), None)
    if found is None:
        raise Unavailable("no libzstd.so.1: install the package libzstd1")
    (native / "libzstd.so").symlink_to(found)


def _compile(source: Path, lib: Path, into: Path) -> None:
    compiler = [str(java_home() / "bin" / "javac"), "-nowarn", "--release", str(OLDEST), "-p", str(lib)]
    command = [*compiler, "--add-modules", "org.elasticsearch.server", "-d", str(into), str(source)]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ended.returncode:
        raise Unavailable(f"{source.name} could not be compiled:\n{ended.stderr[-3000:]}")


def _make_root_info(folder: Path, module: Path, version: str) -> None:
    classes = folder / "root-info"
    classes.mkdir()
    _compile(ROOT_INFO, folder / "lib", classes)
    with zipfile.ZipFile(module / "root-info.jar", "w") as archive:
        for path in classes.glob("*.class"):
            archive.write(path, path.name)
    shutil.rmtree(classes)
    descriptor = DESCRIPTOR.format(version=version, java=OLDEST)
    (module / "plugin-descriptor.properties").write_text(descriptor, encoding="utf-8")
