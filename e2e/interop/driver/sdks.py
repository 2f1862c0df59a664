"""The SDKs under test: which version, what it needs, and how its programs are made ready.

Everything that is installed or built goes to e2e/interop/target; the sources are copied there first, so no package
manager writes beside them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
INTEROP = Path(__file__).resolve().parents[1]
TARGET = INTEROP / "target"
NODE = "22.23.3"  # used where the node on PATH is older than what the SDK asks for
NPM_INSTALL = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]


class Skipped(Exception):
    """The toolchain that is missing."""


@dataclass(frozen=True)
class Programs:
    """Commands of one SDK that are ready to run: which version was found installed, and what runs it."""

    folder: Path
    worker: list[str]
    client: list[str]
    version: str
    runtime: str
    schedules_name_a_target: bool = True
    is_legacy: bool = False
    has_values: bool = False


@dataclass(frozen=True)
class Sdk:
    name: str
    package: str
    prepare: Callable[[], Programs]


def typescript(worker: str) -> Programs:
    folder = copied("typescript")
    need("npm")
    once(folder / "package.json", folder / "node_modules", NPM_INSTALL, folder)
    node = node_22()
    run = [node, "--experimental-strip-types", "--disable-warning=ExperimentalWarning"]
    version: str = json.loads((folder / "node_modules/@resonatehq/sdk/package.json").read_text())["version"]
    runtime = f"node {output([node, '--version']).lstrip('v')}"
    return Programs(folder, [*run, worker], [*run, "client.ts"], version, runtime)


def node_22() -> str:
    """A node of the SDK's `engines` range: the one on PATH, else one that npm brings."""
    found = shutil.which("node")
    if found and version_of(output([found, "--version"])) >= (22, 6):
        return found
    folder = TARGET / "node"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "package.json"
    manifest.write_text(json.dumps({"private": True, "dependencies": {"node": NODE}}))
    once(manifest, folder / "node_modules", NPM_INSTALL, folder)
    return str(folder / "node_modules/node/bin/node")


def python(source: str, is_legacy: bool = False) -> Programs:
    """A virtual environment on Python 3.13 where there is one, else on the newest that the SDK accepts."""
    folder = copied(source)
    interpreter, release = python_at_least((3, 12))
    environment = folder / "venv"
    binary = environment / "bin/python"
    requirements = folder / "requirements.txt"
    install = [str(binary), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(requirements)]
    once(requirements, binary, [interpreter, "-m", "venv", "--clear", str(environment)], folder, then=install)
    version = output([str(binary), "-c", "import importlib.metadata as m; print(m.version('resonate-sdk'))"])
    return Programs(
        folder,
        [str(binary), "worker.py"],
        [str(binary), "client.py"],
        version,
        f"Python {release}",
        is_legacy=is_legacy,
    )


def python_at_least(least: tuple[int, int]) -> tuple[str, str]:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [sys.executable, *map(str, pyenv.glob("3.*/bin/python3"))]
    candidates += [path for minor in range(least[1], 20) if (path := shutil.which(f"python3.{minor}"))]
    found: dict[tuple[int, ...], tuple[str, str]] = {}
    for candidate in candidates:
        # A shim of pyenv exists for versions that are not switched on, and then fails.
        version = output([candidate, "-c", "import platform; print(platform.python_version())"])
        if version_of(version) >= least:
            found.setdefault(version_of(version)[:2], (candidate, version))
    if not found:
        raise Skipped(f"no Python {least[0]}.{least[1]} or newer (of {len(candidates)} looked at)")
    return found[(3, 13)] if (3, 13) in found else found[max(found)]


def java() -> Programs:
    """Baton's own SDK, as `make build` packaged it for the example worker."""
    folder = copied("java")
    libraries = ROOT / "worker-image/target/app/lib"
    if not libraries.is_dir():
        raise RuntimeError(f"{libraries} is missing: run 'make interop'")
    home = Path(output([str(ROOT / "scripts/find-jdk.sh")]))
    class_path = f"{libraries}/*"
    run_quietly([str(home / "bin/javac"), "-d", "classes", "-cp", class_path, *sources(folder, "*.java")], folder)
    run = [str(home / "bin/java"), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"classes:{class_path}"]
    release = output([run[0], "--version"]).split()[1]
    return Programs(folder, [*run, "Worker"], [*run, "Client"], "this build", f"Java {release}", has_values=True)


def sources(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def rust(version: str) -> Programs:
    folder = copied("rust")
    need("cargo")
    need("cc")
    if version == "0.4" and not output(["pkg-config", "--modversion", "openssl"]):
        raise Skipped("no OpenSSL headers, which this version compiles against")
    crate = f"sdk-{version}".replace(".", "-")
    jobs = os.environ.get("INTEROP_CARGO_JOBS", "2")
    run_quietly(
        ["cargo", "build", "--quiet", "-j", jobs, "-p", f"interop-{crate}"],
        folder,
        CARGO_TARGET_DIR=str(TARGET / "cargo"),
    )
    worker, client = [
        [str(TARGET / f"cargo/debug/{program}-{version}".replace(".", "-"))] for program in ("worker", "client")
    ]
    pinned = re.search(r'resonate-sdk = "=(.+)"', (folder / f"sdk-{version}/Cargo.toml").read_text())
    assert pinned
    runtime = f"rustc {output(['rustc', '--version']).split()[1]}"
    return Programs(folder, worker, client, pinned[1], runtime, schedules_name_a_target=version != "0.4")


SDKS = [
    Sdk("java", "the Java SDK of this build", java),
    Sdk("typescript", "@resonatehq/sdk", lambda: typescript("worker.ts")),
    Sdk("typescript-async", "@resonatehq/sdk/async", lambda: typescript("worker-async.ts")),
    Sdk("python", "resonate-sdk", lambda: python("python")),
    Sdk("rust-0.6", "resonate-sdk 0.6", lambda: rust("0.6")),
    Sdk("rust-0.4", "resonate-sdk 0.4", lambda: rust("0.4")),
    Sdk("python-legacy", "resonate-sdk 0.6", lambda: python("python-legacy", is_legacy=True)),
]


def selected(names: list[str]) -> list[Sdk]:
    """The SDKs of these names, in the order of the list; `rust` means every one that starts with `rust-`."""
    for name in names:
        if not any(matches(sdk, name) for sdk in SDKS):
            raise SystemExit(f"unknown SDK {name!r}; known: {' '.join(sdk.name for sdk in SDKS)}")
    return [sdk for sdk in SDKS if not names or any(matches(sdk, name) for name in names)]


def matches(sdk: Sdk, name: str) -> bool:
    return sdk.name == name or sdk.name.startswith(f"{name}-")


def copied(source: str) -> Path:
    """The folder `source`, copied to the target folder; files keep their times, so builders see what changed."""
    return Path(shutil.copytree(INTEROP / source, TARGET / source, dirs_exist_ok=True))


def need(tool: str) -> None:
    if shutil.which(tool) is None:
        raise Skipped(f"no {tool} on PATH")


def once(manifest: Path, product: Path, command: list[str], folder: Path, then: list[str] | None = None) -> None:
    """Installs when the product is missing or was installed for another manifest."""
    stamp = folder / "installed"
    wanted = hashlib.sha256(manifest.read_bytes()).hexdigest()
    if product.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    run_quietly(command, folder)
    if then:
        run_quietly(then, folder)
    stamp.write_text(wanted)


def run_quietly(command: list[str], folder: Path, **environment: str) -> None:
    variables = {**os.environ, **environment}
    done = subprocess.run(command, check=False, cwd=folder, env=variables, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def output(command: list[str]) -> str:
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def version_of(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
