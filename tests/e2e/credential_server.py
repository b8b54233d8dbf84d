"""A server that hands out AWS credentials as STS, a container's agent and an
EC2 instance's metadata service do, and goes wrong on demand.
SPDX-License-Identifier: Apache-2.0
"""

import contextlib
import dataclasses
import datetime
import http.server
import json
import threading
import time
import urllib.parse

IMDS_TOKEN = "imds-token-verysecret=="
ROLE_PATH = "/latest/meta-data/iam/security-credentials/"


def expiration(seconds=3600):
    when = datetime.datetime.now(datetime.timezone.utc) + \
        datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(access_key, secret, token="the-session-token-verysecret", **more):
    return json.dumps({"AccessKeyId": access_key, "SecretAccessKey": secret,
                       "Token": token, "Expiration": expiration(), **more})


def as_xml(access_key, secret, token="the-session-token-verysecret",
           until=None):
    return f"""<AssumeRoleWithWebIdentityResponse
 xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>system:serviceaccount:x</SubjectFromWebIdentityToken>
    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn>
      <AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <SessionToken>{token}</SessionToken>
      <SecretAccessKey>{secret}</SecretAccessKey>
      <Expiration>{until or expiration()}</Expiration>
      <AccessKeyId>{access_key}</AccessKeyId>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>"""


def xml_error(code, message="for the test"):
    return Answer(400, f"""<ErrorResponse
 xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>{code}</Code><Message>{message}</Message></Error>
<RequestId>sts-4711</RequestId></ErrorResponse>""")


@dataclasses.dataclass
class Answer:
    status: int = 200
    body: str = ""
    headers: dict = dataclasses.field(default_factory=dict)
    delay: float = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def handle_any(self):
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        state.requests.append((self.command, self.path))
        state.headers.append(dict(self.headers.items()))
        state.forms.append(dict(urllib.parse.parse_qsl(body.decode())))
        answer = state.answer(self.command, self.path, self.headers)
        time.sleep(answer.delay)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body.encode())

    do_GET = do_PUT = do_POST = handle_any


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that gives up is what some tests want


class CredentialServer:
    """answers: (method, path) -> an Answer, or a list that is used up."""

    def __init__(self):
        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.state = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.reset()

    def reset(self):
        self.answers, self.requests = {}, []
        self.headers, self.forms = [], []

    def answer(self, method, path, headers):
        if path.startswith("/latest/meta-data/") and \
                headers.get("X-aws-ec2-metadata-token") != IMDS_TOKEN:
            return Answer(401)
        if path == "/latest/api/token" and method == "PUT" and \
                headers.get("X-aws-ec2-metadata-token-ttl-seconds") != "21600":
            return Answer(400)
        planned = self.answers.get((method, path), Answer(404))
        if isinstance(planned, list):
            planned = planned.pop(0) if len(planned) > 1 else planned[0]
        return planned

    def plan(self, method, path, *answers):
        self.answers[method, path] = [*answers]

    def plan_imds(self, body, role="bench-role"):
        self.plan("PUT", "/latest/api/token", Answer(body=IMDS_TOKEN))
        self.plan("GET", ROLE_PATH, Answer(body=f"{role}\n"))
        self.plan("GET", ROLE_PATH + role, Answer(body=body))


@contextlib.contextmanager
def running():
    state = CredentialServer()
    thread = threading.Thread(target=state.server.serve_forever,
                              kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.server.shutdown()
        state.server.server_close()
        thread.join(10)
