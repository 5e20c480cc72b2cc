"""Processes: one listening socket, a worker a core, a graceful end.

The parent only watches: it binds the socket, starts workers, starts a new one when one dies, and hands signals on.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from types import FrameType

import uvicorn

from entrepot import __version__, app
from entrepot.doors.asgi import Answered, Application
from entrepot.observe.events import RequestFinished, ServerStarted, ServerStopped
from entrepot.observe.json_log import JsonLog, LogHandler
from entrepot.observe.series import clear
from entrepot.settings import Settings

GRACE_SECONDS = 30
RESTART_SECONDS = 0.5
BACKLOG = 2048


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SystemExit when the address cannot be had."""
    settings.data.mkdir(parents=True, exist_ok=True)
    listening = _listen(settings)
    clear(settings.data / "run" / "metrics")
    workers = settings.workers or os.cpu_count() or 1
    if workers == 1:
        work(settings, listening)
    else:
        _watch(settings, listening, workers)


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


def _watch(settings: Settings, listening: socket.socket, workers: int) -> None:
    children: set[int] = set()
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for _ in range(workers):
        children.add(_start(settings, listening))
    while children:
        try:
            child, _ = os.wait()
        except InterruptedError:
            continue
        except ChildProcessError:
            break
        children.discard(child)
        if not stopping:
            time.sleep(RESTART_SECONDS)
            if not stopping:
                children.add(_start(settings, listening))


def _start(settings: Settings, listening: socket.socket) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = 1
    try:
        work(settings, listening, forked=True)
        status = 0
    finally:
        sys.stdout.flush()
        os._exit(status)


def work(settings: Settings, listening: socket.socket, *, forked: bool = False) -> None:
    """Be one worker until told to stop; calls in flight finish first."""
    log = JsonLog(sys.stderr.buffer, settings.log_level)
    handler = LogHandler(log)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    built = app.build(settings, log=log)
    if not forked:
        built.tenants.sweep_drafts()

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

    threads = 4 if settings.store else 1
    application = Application(built.server, threads=threads, observe=observe, close=built.close)
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=75,
        h11_max_incomplete_event_size=64 * 1024,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
    )
    built.observe(ServerStarted(pid=os.getpid(), version=__version__))
    uvicorn.Server(config).run(sockets=[listening])
    built.observe(ServerStopped(pid=os.getpid()))
