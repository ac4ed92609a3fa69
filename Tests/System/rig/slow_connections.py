"""Connections that hold a server's places: nothing is ever asked whole."""

import socket

BEGINNINGS = (
    b"",
    b"G",
    b"GET /livez HTTP/1.1\r\nHost:",
    b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nabc",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
)


class SlowConnections:
    """As many as told to one port, opened anew where the server has given them up."""

    def __init__(self, port, count):
        self.port = port
        self.count = count
        self._sockets = []

    def hold(self):
        """Sends a byte more on each, and fills up what has gone."""
        self._sockets = [each for each in self._sockets if self._drips(each)]
        for number in range(self.count - len(self._sockets)):
            each = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            self._sockets.append(each)
            try:
                each.sendall(BEGINNINGS[number % len(BEGINNINGS)])
            except OSError:
                pass  # Refused at once, as one too many.
            each.setblocking(False)

    @staticmethod
    def _drips(each):
        try:
            each.send(b"x")
            return True
        except OSError:
            each.close()
            return False

    def close(self):
        for each in self._sockets:
            each.close()
        self._sockets = []
