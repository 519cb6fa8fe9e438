"""`manage.py run`: SmartPick on this computer, in one terminal, until Ctrl-C."""

import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from programs.models import Program
from smartpick import audit, launcher
from smartpick.models import AuditEvent

HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
WEB, WORKER = "web server", "worker"
DEMO_LOADED = "demo.first_load"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Threads, because a browser opens spare connections and says nothing on them: each would hold a `sync` worker for
# 30 s. No keep-alive, because kept connections gather on one process (docs/adr/0001).
GUNICORN = "-m gunicorn smartpick.wsgi -k gthread --workers 2 --threads 4 --keep-alive 0 --graceful-timeout 3 --no-control-socket"
# -B: this one worker also sends what is due every few seconds (CELERY_BEAT_SCHEDULE).
CELERY = "-m celery -A smartpick worker -B -P prefork --concurrency 2 --loglevel INFO --without-gossip --without-mingle --without-heartbeat"


class Command(BaseCommand):
    help = "Prepare the embedded database, then run the web server and one worker on this computer until Ctrl-C. PORT=8001 chooses the port."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="Do not load demonstration data into a new database.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on_stop_signals(signal.default_int_handler)
            if "MAKELEVEL" in os.environ:  # `kill -9` of make ends us too
                launcher.end_with_parent()
            port = self.check_surroundings()
            self.prepare_database(demo=not options["no_demo"])
            stop = threading.Event()
            on_stop_signals(lambda *_: stop.set())
            self.serve(port, stop)
        except KeyboardInterrupt:
            self.say("\nStopped before the start. Run the same command again to go on.")
        except launcher.StartError as error:
            raise CommandError(str(error)) from None

    def check_surroundings(self) -> int:
        """The port to use; StartError when it, or the data folder, cannot be used."""
        port = launcher.parse_port(os.environ.get("PORT") or DEFAULT_PORT)
        launcher.require_free_port(HOST, port)
        launcher.require_writable(settings.VAR_DIR)
        launcher.require_writable(settings.QUEUE_DIR)
        return port

    def prepare_database(self, *, demo: bool) -> None:
        """Bring the database up to date. Every step can be repeated, and interrupted."""
        with self.step("Preparing the database"):
            call_command("migrate", verbosity=0)
        with self.step("Loading reference tables"):
            call_command("load_reference", verbosity=0, stdout=StringIO())
        if demo and wants_demonstration():
            with self.step("Loading demonstration data (about 10 s, only this once)"):
                call_command("demo_on", verbosity=0, stdout=StringIO())
                audit.record(by="manage.py run", verb=DEMO_LOADED, target="database")

    def serve(self, port: int, stop: threading.Event) -> None:
        """Run both programs until `stop`; StartError when one of them ends by itself."""
        children: list[launcher.Child] = []
        try:
            with self.step("Starting the web server and the worker"):
                children.append(start_child(WEB, f"{GUNICORN} --bind {HOST}:{port}"))
                children.append(start_child(WORKER, CELERY))
                launcher.wait_until_answering(HOST, port, children=children, stop=stop)
            if not stop.is_set():
                self.say(f"\nSmartPick is ready: http://{HOST}:{port}\nCtrl-C stops it. What its programs say: {settings.VAR_DIR}/*.log\n")
            launcher.watch(children, stop)
        finally:
            with self.step(f"Stopping (a few seconds, at most {launcher.SECONDS_TO_STOP})"):
                launcher.stop_all(children)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Say what is being done, then how long it took."""
        self.say(f"{title} ... ", ending="")
        started = time.monotonic()
        try:
            yield
        except BaseException:
            self.say("")  # what went wrong starts on its own line
            raise
        self.say(f"{time.monotonic() - started:.1f} s")

    def say(self, text: str, ending: str = "\n") -> None:
        """Write at once, also when the output goes to a file. A closed terminal must not keep the programs from being stopped."""
        with suppress(OSError):
            self.stdout.write(text, ending=ending)
            self.stdout.flush()


def on_stop_signals(handler: Callable[..., Any]) -> None:
    """Ctrl-C, `kill`, and the closing of the terminal all call `handler`."""
    for number in STOP_SIGNALS:
        signal.signal(number, handler)


def wants_demonstration() -> bool:
    """True for a database without programs that has not been given the demonstration yet.

    So the first start loads it, and afterwards only `make demo-on` and `make demo-off` decide.
    """
    return not Program.objects.exists() and not AuditEvent.objects.filter(verb=DEMO_LOADED).exists()


def start_child(name: str, arguments: str) -> launcher.Child:
    """Start a program of this Python environment, with its messages in the data folder."""
    log = settings.VAR_DIR / f"{name.replace(' ', '-')}.log"
    return launcher.start(name, [sys.executable, *arguments.split()], log=log, folder=settings.BASE_DIR)
