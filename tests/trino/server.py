"""A real Trino server for the tests: put together from Maven artifacts once, started and stopped by whoever needs it.

It listens on 127.0.0.1 alone, on a free port, and keeps its metastore in the folder it is given.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from client import Client, QueryFailed

HERE = Path(__file__).resolve().parent
VERSION = "411"  # as in pom.xml
CATALOG = "lake"
START_DEADLINE_SECONDS = 180


def assemble(cache: Path) -> Path:
    """The server's home folder below `cache`; fetched and compiled when it is not there yet."""
    sources = [HERE / "pom.xml", *sorted((HERE / "java").glob("*.java"))]
    fingerprint = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    home = cache / f"trino-{VERSION}-{fingerprint}"
    if home.is_dir():
        return home
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="trino-new-") as scratch:
        new = Path(scratch) / "home"
        plugin = new / "plugin" / "hive"
        _fetch("trino-main", new / "lib", Path(scratch))
        _fetch("trino-hive", plugin, Path(scratch))
        classes = Path(scratch) / "classes"
        java_sources = [source for source in sources if source.suffix == ".java"]
        _run(["javac", "-d", classes, "-cp", f"{new}/lib/*:{plugin}/*", *java_sources])
        with zipfile.ZipFile(new / "lib" / "for-tests.jar", "w") as jar:
            jar.write(classes / "TrinoForTests.class", "TrinoForTests.class")
        with zipfile.ZipFile(plugin / "for-tests.jar", "w") as jar:
            jar.write(classes / "HivePluginForTests.class", "HivePluginForTests.class")
            jar.writestr("META-INF/services/io.trino.spi.Plugin", "HivePluginForTests\n")
        os.rename(new, home)
    return home


def _fetch(piece: str, folder: Path, scratch: Path) -> None:
    # Maven writes beside the pom, so it gets one of its own.
    pom = scratch / "pom.xml"
    shutil.copy(HERE / "pom.xml", pom)
    _run(["mvn", "--batch-mode", "--quiet", "-f", pom, f"-Dpiece={piece}", f"-Dfolder={folder}", "package"])


def _run(command: list) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed ({done.returncode}):\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


class TrinoServer:
    """`with TrinoServer(home, folder) as server: server.client.run("SELECT 1")`."""

    def __init__(self, home: Path, folder: Path):
        self._home = home
        self._folder = folder
        self.log = folder / "trino.log"

    def __enter__(self) -> "TrinoServer":
        self._folder.mkdir(parents=True, exist_ok=True)
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}"
        config = self._configure(port)
        command = [
            "java", "-XX:ReservedCodeCacheSize=512m", "-Xmx3g", "-XX:TieredStopAtLevel=1", "-XX:+UseG1GC", "-Djdk.attach.allowAttachSelf=true", f"-Dconfig={config}",
            "-cp", f"{self._home}/lib/*", "TrinoForTests", VERSION,
        ]  # fmt: skip
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        try:
            self._wait_until_started()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._stop()

    def _configure(self, port: int) -> Path:
        catalogs = self._folder / "catalog"
        catalogs.mkdir(exist_ok=True)
        (catalogs / f"{CATALOG}.properties").write_text(
            "connector.name=hive\n"
            "hive.metastore=file\n"
            f"hive.metastore.catalog.dir=file://{self._folder}/metastore\n"
            "hive.security=allow-all\n"
            "hive.partition-projection-enabled=true\n"
            # A day without an export is no folder; S3 knows no folders, so there it is no error to begin with.
            "hive.ignore-absent-partitions=true\n"
        )
        config = self._folder / "config.properties"
        config.write_text(
            "node.environment=test\n"
            "node.id=test\n"
            "node.bind-ip=127.0.0.1\n"
            "node.internal-address=127.0.0.1\n"
            "coordinator=true\n"
            "node-scheduler.include-coordinator=true\n"
            f"http-server.http.port={port}\n"
            f"discovery.uri={self._url}\n"
            f"plugin.dir={self._home}/plugin\n"
            f"catalog.config-dir={catalogs}\n"
            "query.max-memory=700MB\n"
            "query.max-memory-per-node=700MB\n"
            "task.concurrency=2\n"
        )
        return config

    def _wait_until_started(self) -> None:
        deadline = time.monotonic() + START_DEADLINE_SECONDS
        while not (self._answers() and self._runs_queries()):
            try:
                self._process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                raise SystemExit(f"Trino did not start within {START_DEADLINE_SECONDS} s:\n{self._log_tail()}") from None
            raise SystemExit(f"Trino ended while starting:\n{self._log_tail()}")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/v1/info", timeout=5) as response:
                return not json.load(response)["starting"]
        except (urllib.error.URLError, OSError):
            return False

    def _runs_queries(self) -> bool:
        """A started server needs a moment more to find that it is itself the node that has the catalog."""
        self.client = Client(self._url, CATALOG)
        try:
            self.client.run(f"SELECT schema_name FROM {CATALOG}.information_schema.schemata")
            return True
        except QueryFailed as failure:
            if "NO_NODES_AVAILABLE" in str(failure):
                return False
            raise

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
