"""Several servers over one PostgreSQL behind one address, as in a cluster; the owner among them can be lost."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

from baton import START_SECONDS, STOP_SECONDS, Baton, free_ports
from sdks import ROOT, Skipped

# How long a server that ends serves on, as the chart has it: longer than Node keeps an idle connection, so that clients leave it by themselves.
GRACE_MS = 5000
SECRET = "only-the-servers-of-this-run-know"


class Postgres:
    """A database of its own. Which programs: those in BATON_POSTGRES, those of Debian, or those that the tests have unpacked."""

    def __init__(self, folder: Path) -> None:
        self.programs = programs()
        self.folder = folder
        [self.port] = free_ports(1)

    def start(self) -> None:
        data = self.folder / "postgres"
        self._run("initdb", f"--pgdata={data}", "--username=baton", "--auth=trust", "--encoding=UTF8", "--locale=C")
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with (self.folder / "postgres.log").open("wb") as log:
            command = self._command("postgres", "-D", str(data), "-p", str(self.port), *options)
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(STOP_SECONDS)

    def _command(self, program: str, *arguments: str) -> list[str]:
        # It refuses to run as root.
        before = ["unshare", "--user"] if os.getuid() == 0 else []
        return [*before, str(self.programs / program), *arguments]

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(self._command(program, *arguments), check=True, stdout=subprocess.DEVNULL)


def programs() -> Path:
    places = [Path(os.environ["BATON_POSTGRES"]) / "bin"] if "BATON_POSTGRES" in os.environ else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += sorted(Path("/tmp").glob("baton-postgres-*-*/bin"))
    for place in places:
        if (place / "initdb").exists():
            return place
    raise Skipped("no PostgreSQL here: BATON_POSTGRES names the folder of one")


class Balancer:
    """One address for all: a connection goes to the next server that takes it, and ends with it."""

    def __init__(self, ports: list[int]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._ports = ports
        self._away: set[int] = set()
        self._turn = itertools.count()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def leave_out(self, port: int) -> None:
        """As Kubernetes does with a server that says that it is not ready: it gets no new connections."""
        self._away.add(port)

    def take_in(self, port: int) -> None:
        self._away.discard(port)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            server = self._connect()
            if server is None:
                return
            with server:
                back = threading.Thread(target=copy, args=(server, client), daemon=True)
                back.start()
                copy(client, server)
                back.join()

    def _connect(self) -> socket.socket | None:
        first = next(self._turn)
        for offset in range(len(self._ports)):
            try:
                port = self._ports[(first + offset) % len(self._ports)]
                if port in self._away:
                    continue
                server = socket.create_connection(("127.0.0.1", port), timeout=1)
            except OSError:
                continue
            server.settimeout(None)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return server
        return None


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
    except OSError:
        pass
    for each in (source, target):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Servers(Baton):
    """What workers and clients of other languages see as one server."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        super().__init__(folder)
        self._postgres = Postgres(folder)
        self._ports = free_ports(3 * count)
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * count
        self._balancer = Balancer(self._ports[:count])
        self.count = count
        self.port = self._balancer.port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Servers:
        self._postgres.start()
        try:
            for i in range(len(self._processes)):
                self._start(i)
            for i in range(len(self._processes)):
                self.await_ready(i)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            if process is not None:
                process.kill()
                process.wait()
        self._balancer.close()
        self._postgres.stop()

    def lose_owner(self) -> int:
        """`kill -9` of the server that owns the store; which one it was."""
        owner = self.owner()
        process = self._processes[owner]
        assert process is not None
        process.kill()
        process.wait()
        return owner

    def roll(self, i: int) -> None:
        """Ends a server in good order, as a rolling upgrade does, and starts it again."""
        process = self._processes[i]
        assert process is not None
        self._balancer.leave_out(self._ports[i])
        process.terminate()
        code = process.wait(STOP_SECONDS)
        if code != 0:
            raise RuntimeError(f"the server that was rolled ended with {code}:\n{self.log()}")
        self.bring_back(i)
        self._balancer.take_in(self._ports[i])

    def bring_back(self, i: int) -> None:
        self._start(i)
        self.await_ready(i)

    def owner(self) -> int:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            for i in range(len(self._processes)):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics(i)}/metrics", timeout=1) as answer:
                        if b"\nbaton_cluster_owner 1" in answer.read():
                            return i
                except OSError:
                    continue
            time.sleep(0.05)
        raise RuntimeError(f"nobody owns the store:\n{self.log()}")

    def await_ready(self, i: int) -> None:
        process = self._processes[i]
        assert process is not None
        self._process = process
        self._await_ready(self._ports[i])

    def _metrics(self, i: int) -> int:
        return self._ports[len(self._processes) + i]

    def _start(self, i: int) -> None:
        wire = self._ports[2 * len(self._processes) + i]
        command = [
            str(ROOT / "baton"),
            "serve",
            f"--server-port={self._ports[i]}",
            f"--server-url={self.url}",
            f"--server-ready-grace={GRACE_MS}",
            f"--observability-metrics-port={self._metrics(i)}",
            "--storage-type=postgres",
            f"--storage-postgres-url=postgres://baton@127.0.0.1:{self._postgres.port}/postgres",
            f"--cluster-port={wire}",
            f"--cluster-url=http://127.0.0.1:{wire}",
            f"--cluster-secret={SECRET}",
        ]
        with self._log.open("ab") as log:
            self._processes[i] = subprocess.Popen(command, stdout=log, stderr=log)
