"""A JSON API on loopback for the tests: an application answers, faults come
before it, requests are kept.
SPDX-License-Identifier: Apache-2.0
"""

import collections
import contextlib
import http.server
import json
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *words):
        pass

    def date_time_string(self, timestamp=None):
        offset = self.server.json_server.clock_offset
        return super().date_time_string(time.time() + offset)

    def do_GET(self):
        self.serve(None)

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers["Content-Length"])))

    def serve(self, body):
        server = self.server.json_server
        server.requests.append((self.command, self.path))
        fault = server.faults.popleft() if server.faults else None
        status, answer = server.answer(self.command, self.path, self.headers,
                                       body)
        more = {}
        if callable(fault):
            answer = fault(answer)
        elif fault is not None:
            status, answer, *rest = fault
            more = rest[0] if rest else {}
        data = answer if isinstance(answer, bytes) else \
            json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json",
                            "Content-Length": str(len(data)),
                            **more}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(data)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class JsonServer:
    """Subclasses answer(method, path, headers, body) with a status and what
    becomes JSON. A fault is (status, body[, headers]) instead of the answer, or
    a function that changes it."""

    def __init__(self, tls=None):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.json_server = self
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.host = f"localhost:{self.server.server_address[1]}"
        self.url = f"http{'s' if tls else ''}://{self.host}"
        self.reset()

    def reset(self):
        self.faults = collections.deque()
        self.requests = []
        self.clock_offset = 0

    @contextlib.contextmanager
    def running(self):
        thread = threading.Thread(target=self.server.serve_forever,
                                  kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join(10)


def without(*names):
    return lambda answer: {name: value for name, value in answer.items()
                           if name not in names}


def changed(**members):
    return lambda answer: {**answer, **members}
