"""PostgreSQL and Redis of the tests' own. They listen on sockets in a private folder only, so no port can be taken."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from smartpick import launcher
from tests.smartpick.test_launcher import wait_for

SECONDS_TO_ANSWER = 60  # a machine may be busy, and PostgreSQL that was not shut down first reads its log
SECONDS_TO_STOP = 60
DEBIAN = Path("/usr/lib/postgresql")
# A crash of a server is under test, not one of the machine. Nothing in shared memory outlives a server that is killed.
FAST = ("-c", "fsync=off", "-c", "autovacuum=off", "-c", "dynamic_shared_memory_type=mmap")


def postgres_programs():
    """The folder with `initdb` and `postgres`, None where there is none: POSTGRES_BIN, the newest of Debian's, or where the shell finds it."""
    found = [os.environ.get("POSTGRES_BIN"), *sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)]
    found += [Path(path).resolve().parent for path in [shutil.which("postgres")] if path]
    return next((Path(path) for path in found if path and (Path(path) / "initdb").exists()), None)


@contextmanager
def private_folder():
    """A folder with a short name, as sockets need it, which others may pass through: PostgreSQL does not run as root."""
    folder = Path(tempfile.mkdtemp(prefix="smartpick-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Server:
    """A server that can be stopped and started again. It ends with the process that started it."""

    name = ""
    at_once = signal.SIGTERM

    def __init__(self, folder):
        self.folder, self.child, self.starts = folder, None, 0

    def start(self):
        self.starts += 1
        program, *arguments = self.command()
        log = self.folder / f"{self.name}-{self.starts}.log"
        self.child = launcher.start(self.name, [shutil.which(program), *arguments], log=log, folder=self.folder)
        wait_for(lambda: self.is_answering() or launcher.require_alive([self.child]), seconds=SECONDS_TO_ANSWER)

    def stop(self, number):
        """Send a signal and wait for the end."""
        self.child.process.send_signal(number)
        self.child.process.wait(timeout=SECONDS_TO_STOP)

    def end(self):
        """Leave nothing behind, however the test went."""
        if self.child and self.child.process.poll() is None:
            try:
                self.stop(self.at_once)
            finally:
                launcher.end_group(self.child.process.pid)
                self.child.process.wait()


class Postgres(Server):
    """A cluster of databases with the rights of the user `postgres` where root starts it."""

    name = "postgres"
    at_once = signal.SIGQUIT  # "immediate": nobody needs the data any more

    def __init__(self, folder, programs):
        super().__init__(folder)
        self.programs = programs
        self.as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"] if os.getuid() == 0 else []
        (folder / "pg").mkdir()
        if self.as_postgres:
            shutil.chown(folder / "pg", "postgres", "postgres")
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*self.as_postgres, programs / "initdb", f"--pgdata={folder}/pg/data", *options], cwd=folder, check=True, capture_output=True)

    def command(self):
        return [*self.as_postgres, str(self.programs / "postgres"), "-D", f"{self.folder}/pg/data", "-h", "", "-k", f"{self.folder}/pg", *FAST]

    def is_answering(self):
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def connect(self, database):
        connection = psycopg2.connect(host=f"{self.folder}/pg", user="postgres", dbname=database)
        connection.autocommit = True
        return connection

    def create(self, database, *, like="template0"):
        """A new database with what is in another one, which nobody may be connected to."""
        with closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{like}"')

    def url(self, database):
        return f"postgres://postgres@{str(self.folder).replace('/', '%2F')}%2Fpg/{database}"


class Redis(Server):
    """`kept`: whether messages outlive the server, as docker-compose.yml has it, or all are lost."""

    name = "redis"

    def __init__(self, folder, *, kept=False):
        super().__init__(folder)
        self.socket, self.kept = folder / "redis.sock", kept

    def command(self):
        keep = ["--appendonly", "yes" if self.kept else "no", "--save", ""]
        return ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder), *keep]

    def is_answering(self):
        return subprocess.run(["redis-cli", "-s", self.socket, "ping"], capture_output=True, check=False).stdout == b"PONG\n"

    @property
    def url(self):
        return f"redis+socket://{self.socket}"
