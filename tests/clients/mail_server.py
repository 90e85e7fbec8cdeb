# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server that mail programs of a test send their mail to.

    with MailServer() as server:
        ...                     # SMTP at 127.0.0.1, port server.port
        mail = server.mail()
"""
import queue
import re
import socketserver
import threading

LIMIT_SECONDS = 60


class Conversation(socketserver.StreamRequestHandler):
    """RFC 5321 as far as it is for taking a mail."""

    def handle(self):
        self._say(b"220 localhost")
        while verb := self.rfile.readline()[:4].upper():
            if verb == b"DATA":
                self._say(b"354 go on")
                mail = b"".join(line.removeprefix(b".") for line in iter(self.rfile.readline, b".\r\n"))
                self.server.of(re.search(rb"^Subject: (.*?)\r?$", mail, re.M)[1].decode()).put(mail)
            self._say(b"221 bye" if verb == b"QUIT" else b"250 localhost")

    def _say(self, line):
        self.wfile.write(line + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self._mails = {}

    def of(self, subject):
        """The mails of this subject, a queue."""
        return self._mails.setdefault(subject, queue.Queue())


class MailServer:
    def __init__(self):
        self._server = Server()
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def mail(self, subject="plan", seconds=LIMIT_SECONDS):
        """The next one of this subject, once it is here; queue.Empty if none comes."""
        return self._server.of(subject).get(timeout=seconds)

    def has_mail(self, subject="plan"):
        return not self._server.of(subject).empty()
