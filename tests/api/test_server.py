"""The listening socket itself."""

import socket

from crossdock.api.server import listen


def test_no_answer_waits_for_an_acknowledgement_of_its_first_half() -> None:
    with listen("127.0.0.1", 0) as door, socket.create_connection(door.getsockname()):
        taken, _ = door.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
