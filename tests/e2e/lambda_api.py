"""Lambda Runtime APIs for the tests.

RuntimeApi is the tests' own server, exact to AWS's documentation: GET next
blocks; a result is 202; an id that is not the present invocation's is 400; a
body beyond 6 MB is 413.
SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import http.server
import json
import queue
import subprocess
import threading
import time
import uuid

from conftest import SIGNER, clean_environment

MAX_BODY = 6 * 1024 * 1024
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:kjwt"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, kind):
        self.answer(status, json.dumps(
            {"errorMessage": kind, "errorType": kind}).encode())

    def do_GET(self):
        if self.path != "/2018-06-01/runtime/invocation/next":
            return self.refuse(404, "NotFound")
        invocation = self.server.api.hand_out(self)
        if invocation is None:
            self.close_connection = True
            return None
        return self.answer(200, invocation["event"], invocation["headers"])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        api = self.server.api
        parts = self.path.split("/")
        if self.path == "/2018-06-01/runtime/init/error":
            api.results.put(("init", body, dict(self.headers)))
            return self.answer(202, b'{"status":"OK"}')
        if parts[:4] != ["", "2018-06-01", "runtime", "invocation"] or \
                len(parts) != 6 or parts[5] not in ("response", "error"):
            return self.refuse(404, "NotFound")
        if parts[4] != api.present:
            return self.refuse(400, "InvalidRequestID")
        if len(body) > MAX_BODY:
            return self.refuse(413, "RequestEntityTooLarge")
        api.present = None
        api.results.put((parts[5], body, dict(self.headers)))
        return self.answer(api.result_status, b'{"status":"OK"}')


class RuntimeApi:
    """Hands events out and takes results, one after the other."""

    result_status = 202

    def __init__(self):
        self.events = queue.Queue()
        self.results = queue.Queue()
        self.present = None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.daemon_threads = True
        self.server.api = self
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def hand_out(self, handler):
        invocation = self.events.get()
        if invocation is not None:
            self.present = invocation["id"]
        return invocation

    def put(self, event, seconds=30, headers=(), **replaced):
        """event: bytes, or what becomes JSON. Returns the request id."""
        request_id = replaced.get("id", str(uuid.uuid4()))
        deadline = int((time.time() + seconds) * 1000)
        given = {"Lambda-Runtime-Aws-Request-Id": request_id,
                 "Lambda-Runtime-Deadline-Ms": str(deadline),
                 "Lambda-Runtime-Invoked-Function-Arn": ARN,
                 "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c8"
                 "7fc2e700;Parent=9a9197af755a6419;Sampled=1", **dict(headers)}
        self.events.put({
            "id": request_id, "headers": [pair for pair in given.items()
                                          if pair[1] is not None],
            "event": event if isinstance(event, bytes)
            else json.dumps(event).encode()})
        return request_id

    def result(self, timeout=60):
        """("response" | "error" | "init", JSON, headers)."""
        kind, body, headers = self.results.get(timeout=timeout)
        return kind, json.loads(body), headers

    def call(self, event, **more):
        """The response of an invocation that does not fail."""
        self.put(event, **more)
        kind, body, _ = self.result()
        assert kind == "response", body
        return body

    def fails(self, event, **more):
        """The error of one that fails."""
        self.put(event, **more)
        kind, body, headers = self.result()
        assert kind == "error", body
        assert headers["Lambda-Runtime-Function-Error-Type"] == \
            body["errorType"]
        assert body["stackTrace"] == []
        return body


@contextlib.contextmanager
def runtime_api():
    api = RuntimeApi()
    try:
        yield api
    finally:
        api.close()


class Bootstrap:
    """signer-host as Lambda starts it, and what it logs."""

    def __init__(self, folder, address, env, program=SIGNER):
        link = folder / "bootstrap"
        if not link.exists():
            link.symlink_to(program)
        self.log_path = folder / "log"
        self.log_file = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [link], stdin=subprocess.DEVNULL, stdout=self.log_file,
            stderr=self.log_file,
            env={**env, "AWS_LAMBDA_RUNTIME_API": address})

    def log(self):
        return self.log_path.read_text()

    def end(self):
        """Its exit status after a SIGTERM, if it is still there."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.log_file.close()
        return status


@contextlib.contextmanager
def lambda_function(folder, env=None, **settings):
    """A function and the Runtime API it works for: (api, bootstrap)."""
    with runtime_api() as api:
        bootstrap = Bootstrap(folder, api.address, {
            **(clean_environment() if env is None else env), **settings})
        try:
            yield api, bootstrap
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                bootstrap.end()
