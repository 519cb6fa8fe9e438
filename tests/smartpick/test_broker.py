"""The broker on the filesystem: nobody reads half a message, and what was cut off stops nobody."""

import threading
from pathlib import Path

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.transport.virtual import BrokerState

from smartpick import broker
from smartpick.celery import app

MANY = 300


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "queue").mkdir()
    return tmp_path


@pytest.fixture
def connect(folder, monkeypatch):
    """connect() opens one more connection to the broker, as each process has its own."""
    monkeypatch.setattr(broker.Transport, "global_state", BrokerState())  # what a process knows of the folders of another test
    queue = str(folder / "queue")
    options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": str(folder / "control"), "polling_interval": 0.001}
    opened = []

    def open_one():
        opened.append(Connection(transport=broker.Transport, transport_options=options))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


def received(queue):
    message = queue.get(timeout=10)
    message.ack()
    return message.payload


def test_broker_is_what_filesystem_means_to_the_application():
    with app.connection_for_write("filesystem://") as connection:
        assert connection.get_transport_cls() is broker.Transport


def test_message_is_never_seen_before_it_is_whole(connect, folder, monkeypatch):
    seen = []
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda path, data: seen.append(path.name) or write(path, data))
    connect().SimpleQueue("celery").put({"number": 1})
    assert [name.rpartition(".")[2] for name in seen] == ["unfinished"]
    assert [path.name.partition(".")[2] for path in (folder / "queue").iterdir()] == ["celery.msg"]


def test_messages_arrive_whole_and_once_and_in_order_while_they_are_sent(connect):
    sent = [{"number": number, "text": "x" * 1000} for number in range(MANY)]
    sending, receiving = connect().SimpleQueue("celery"), connect().SimpleQueue("celery")
    sender = threading.Thread(target=lambda: [sending.put(one) for one in sent])
    sender.start()
    assert [received(receiving) for _ in sent] == sent
    sender.join()


def test_message_that_was_cut_off_is_dropped_and_the_next_one_arrives(connect, folder):
    queue = connect().SimpleQueue("celery")
    queue.put({"number": 1})
    (folder / "queue" / "0_empty.celery.msg").touch()
    (folder / "queue" / "0_half.celery.msg").write_text('{"body": "')
    assert received(queue) == {"number": 1}
    assert list((folder / "queue").iterdir()) == []


def test_message_that_was_never_finished_is_nobodys(connect, folder):
    (folder / "queue" / "0_killed.unfinished").write_text('{"body": "')
    queue = connect().SimpleQueue("celery")
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.01)


def test_exchange_that_was_cut_off_is_made_anew(connect, folder):
    (folder / "control").mkdir()
    (folder / "control" / "celery.exchange").touch()
    queue = connect().SimpleQueue("celery")
    queue.put({"number": 1})
    assert received(queue) == {"number": 1}


def test_folder_that_cannot_be_used_is_said(connect, folder):
    queue = connect().SimpleQueue("celery")
    (folder / "queue").rmdir()
    with pytest.raises(ChannelError, match=rf"^Cannot add a message to {folder}/queue: No such file or directory\.$"):
        queue.put({"number": 1})
