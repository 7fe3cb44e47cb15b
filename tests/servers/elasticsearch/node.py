"""One node: a process of its own, its settings, its end."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.elasticsearch.home import home
from tests.servers.elasticsearch.jdk import java_home

STOPPING_SECONDS = 25
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Half the processor time to start, slower at full load: for tests, not for timings."""
NATIVE = "org.elasticsearch.nativeaccess,org.elasticsearch.foreign,org.apache.lucene.core"
JVM = (
    "-Xss1m",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "-Des.distribution.type=tar",
    "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",  # a library that Maven does not have
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j2.formatMsgNoLookups=true",
    "--add-modules",
    "ALL-MODULE-PATH,jdk.incubator.vector",
    f"--enable-native-access={NATIVE}",
)


@dataclass(slots=True)
class Node:
    """One node. `folder` holds data, logs and temporary files; it ends with the process `owner` at the latest."""

    name: str
    folder: Path
    port: int
    transport_port: int
    heap: str
    quick: bool
    owner: int
    settings: Mapping[str, str]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "console.log"

    def start(self) -> None:
        """Begin; returns at once."""
        (self.folder / "temporary").mkdir(parents=True, exist_ok=True)
        # A session of its own: Ctrl+C is for the owner, who then stops the node.
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={name: value for name, value in os.environ.items() if not name.endswith("JAVA_OPTIONS")},
                start_new_session=True,
            )

    def end(self, number: int = signal.SIGTERM) -> None:
        """Ask for the end; returns at once."""
        if self.pid is not None:
            os.kill(self.pid, number)

    def wait(self) -> None:
        """Wait for the end that was asked for, and insist after a while."""
        if self._process is None:
            return
        try:
            self._process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _command(self) -> list[str]:
        folder = home()
        settings = {
            "node.name": self.name,
            "network.host": "127.0.0.1",
            "http.port": str(self.port),
            "transport.port": str(self.transport_port),
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            **self.settings,
        }
        return [
            str(java_home() / "bin" / "java"),
            *(f"-X{kind}{self.heap}" for kind in ("ms", "mx")),
            *JVM,
            *(QUICK if self.quick else ()),
            f"-Djava.io.tmpdir={self.folder / 'temporary'}",
            f"-Des.path.home={folder}",
            f"-Des.nativelibs.path={folder / 'native'}",
            *("-p", str(folder / "lib"), "-cp", str(folder / "launcher"), "LoopbackNode"),
            *(str(folder), str(self.owner)),
            *(f"{name}={value}" for name, value in settings.items()),
        ]
