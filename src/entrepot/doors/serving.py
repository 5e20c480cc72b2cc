"""Processes: one listening socket, a worker a core, a graceful end.

The parent only watches: it binds the socket, starts workers, starts a new one when one dies, and hands signals on.
A worker whose parent is gone ends by itself, so that nothing keeps the address after a crash.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol, TypeAlias

import uvicorn

from entrepot import __version__
from entrepot.doors.abc import House
from entrepot.doors.asgi import Answered, Application
from entrepot.observe.events import Observer, RequestFinished, ServerStarted, ServerStopped
from entrepot.observe.json_log import JsonLog, LogHandler
from entrepot.observe.series import clear
from entrepot.settings import Settings

GRACE_SECONDS = 30
RESTART_SECONDS = 0.5
YOUNG_SECONDS = 5.0
"""A worker that dies so young counts as one that never got ready."""
MOST_STILLBORN = 5
"""So many of them in a row mean that the server cannot start."""
BACKLOG = 2048
LOG_LINGER_SECONDS = 0.05
"""How long a worker's lines of the log below a warning wait to be written together."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Built(Protocol):
    """The parts that a process serves with."""

    @property
    def server(self) -> House:
        """The house behind the doors."""

    @property
    def observe(self) -> Observer:
        """Who is told what happens."""

    def begin(self) -> None:
        """Start what works besides answering."""

    def close(self) -> None:
        """Let go of everything."""


Build: TypeAlias = Callable[[Settings, JsonLog], Built]
"""Builds the parts, once in each process: files and connections are its own."""


def serve(settings: Settings, build: Build, announce: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is called once the address is ours.

    Raises SystemExit when it cannot be had or no worker lives.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    listening = _listen(settings)
    if announce is not None:
        announce()
    clear(settings.data / "run" / "metrics")
    workers = settings.workers or os.cpu_count() or 1
    if workers == 1:
        work(settings, listening, build)
    else:
        Watch(settings, listening, workers, build).run()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        sys.exit(f"entrepot: cannot listen on {settings.host}:{settings.port}: {error.strerror}")
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


class Watch:
    """The parent of the workers."""

    def __init__(self, settings: Settings, listening: socket.socket, workers: int, build: Build) -> None:
        """Nothing is started yet."""
        self._settings = settings
        self._listening = listening
        self._workers = workers
        self._build = build
        self._born: dict[int, float] = {}
        self._stopping = False
        # Held open by the parent alone: a worker reads its end when the parent is gone, however that came.
        self._life, self._held = os.pipe()

    def run(self) -> None:
        """Keep the workers alive until told to stop."""
        _log(self._settings)
        for number in _SIGNALS:
            signal.signal(number, self._stop)
        for _ in range(self._workers):
            self._start()
        stillborn = 0
        while self._born:
            child, status = os.wait()
            age = time.monotonic() - self._born.pop(child)
            if self._stopping:
                continue
            logging.getLogger("entrepot").warning(
                "worker %s ended with %s", child, os.waitstatus_to_exitcode(status)
            )
            stillborn = stillborn + 1 if age < YOUNG_SECONDS else 0
            if stillborn >= MOST_STILLBORN:
                self._stop(signal.SIGTERM, None)
                sys.exit("entrepot: workers end as soon as they start; see the messages above")
            time.sleep(RESTART_SECONDS)
            self._start()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for child in self._born:
            os.kill(child, signal.SIGTERM)

    def _start(self) -> None:
        with _signals_held():
            if self._stopping:
                return
            child = os.fork()
            if child:
                self._born[child] = time.monotonic()
                return
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._be_worker()

    def _be_worker(self) -> None:
        status = 1
        try:
            os.close(self._held)
            threading.Thread(target=self._follow_parent, name="entrepot-life", daemon=True).start()
            work(self._settings, self._listening, self._build)
            status = 0
        except Exception:
            logging.getLogger("entrepot").exception("a worker could not go on")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _follow_parent(self) -> None:
        os.read(self._life, 1)
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Keep signals waiting: between a fork and its note one would reach the wrong process, or none."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Uvicorn(uvicorn.Server):
    """uvicorn, but for what becomes of a signal: it ends serving and nothing else, so the exit status is ours."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        """`ready` is called once requests are answered and signals end it in an orderly way."""
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while serving, but those that are ignored, and never raise them once more afterwards."""
        before = {each: signal.getsignal(each) for each in _SIGNALS}
        heard = [each for each, handler in before.items() if handler is not signal.SIG_IGN]
        for number in heard:
            signal.signal(number, self.handle_exit)
        try:
            yield
        finally:
            for number in heard:
                signal.signal(number, before[number])


def work(settings: Settings, listening: socket.socket, build: Build) -> None:
    """Be one worker until told to stop; calls in flight finish first."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)
    log = _log(settings, LOG_LINGER_SECONDS)
    try:
        _answer(settings, listening, build(settings, log))
    finally:
        log.close()


def _answer(settings: Settings, listening: socket.socket, built: Built) -> None:
    built.begin()
    application = Application(
        built.server, threads=4 if settings.store else 1, observe=_observer(built), close=built.close
    )
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        # Whose X-Forwarded-For is believed the settings say (`doors.address`); uvicorn would believe this machine's.
        proxy_headers=False,
        server_header=False,
        date_header=True,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=75,
        h11_max_incomplete_event_size=64 * 1024,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
    )
    started = ServerStarted(pid=os.getpid(), version=__version__)
    Uvicorn(config, lambda: built.observe(started)).run(sockets=[listening])
    built.observe(ServerStopped(pid=os.getpid()))


def _leave(_number: int, _frame: FrameType | None) -> None:
    """A signal before serving began, or after it ended."""
    sys.exit(0)


def _log(settings: Settings, linger: float = 0.0) -> JsonLog:
    log = JsonLog(sys.stderr.buffer, settings.log_level, linger=linger)
    logging.basicConfig(handlers=[LogHandler(log)], level=logging.INFO, force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    return log


def _observer(built: Built) -> Callable[[Answered], None]:
    def observe(answered: Answered) -> None:
        built.observe(
            RequestFinished(
                door=answered.door,
                verb=answered.method,
                path=answered.path,
                status=answered.status,
                duration_ms=answered.ms,
                bytes_in=0,
                bytes_out=answered.size,
                address=answered.address,
                request_id=answered.request_id,
            )
        )

    return observe
