"""A KMS that goes wrong on demand: one RSA key behind the JSON API, requests
counted, their SigV4 signatures checked, and faults injected.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import collections
import contextlib
import dataclasses
import datetime
import email.utils
import hashlib
import hmac
import http.server
import ipaddress
import json
import re
import ssl
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

ACCESS_KEY, SECRET, REGION = "AKIAFAULTSERVER", "fault-server-secret", \
    "eu-central-1"
KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:{REGION}:111122223333:key/{KEY_ID}"
ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"
MAX_SKEW = 300


@dataclasses.dataclass
class Fault:
    """What comes instead of an answer. `change` turns (server, request, right
    answer) into another; `body` replaces it; `cut` bytes of it are sent, or
    all of them in `pieces` with a pause after each; `event` is called with the
    server before the answer."""

    status: int = 200
    body: bytes | None = None
    content_type: str = "application/x-amz-json-1.1"
    headers: dict = dataclasses.field(default_factory=dict)
    change: object = None
    delay: float = 0
    hang_up: bool = False
    cut: int | None = None
    content_length: int | None = None
    pieces: int = 1
    pause: float = 0
    event: object = None


def error(name, message="for the test", status=400, **more):
    body = {"__type": name, "message": message}
    return Fault(status, json.dumps(body).encode(), **more)


def changed(**members):
    """A right answer with other members."""
    return Fault(change=lambda kms, request, answer: {**answer, **members})


def signed_by_stranger():
    """A Sign answer that another key made."""
    return Fault(change=lambda kms, request, answer: {
        **answer, "Signature": base64.b64encode(
            kms.sign(request, kms.stranger)).decode()})


def short_signature():
    return Fault(change=lambda kms, request, answer: {
        **answer, "Signature": base64.b64encode(
            base64.b64decode(answer["Signature"])[:-1]).decode()})


# ------------------------------------------------------------------- SigV4 --


def check_sigv4(headers, body, now, secrets, expired):
    """The error of a request that is not signed right, or None. `secrets` by
    access key; those of `expired` were right once."""
    match = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/"
        r"aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
        headers.get("Authorization", ""))
    if not match:
        return "IncompleteSignatureException", "no Authorization"
    access_key, day, region, service, signed, signature = match.groups()
    if access_key not in secrets:
        return "UnrecognizedClientException", "unknown access key"
    stamp = headers["X-Amz-Date"]
    if {"host", "x-amz-date", "x-amz-target", "content-type"} - \
            set(signed.split(";")):
        return "IncompleteSignatureException", "headers not signed"
    scope = f"{day}/{region}/{service}/aws4_request"
    canonical = "\n".join([
        "POST", "/", "",
        *(f"{name}:{' '.join(headers[name].split())}"
          for name in signed.split(";")),
        "", signed, hashlib.sha256(body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secrets[access_key]}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    if key.hex() != signature or service != "kms" or region != REGION or \
            not stamp.startswith(day):
        return "InvalidSignatureException", "the signature does not match"
    sent = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(
        tzinfo=datetime.timezone.utc).timestamp()
    if abs(sent - now) > MAX_SKEW:
        return "skew", f"{stamp} is too far from the server's time"
    if access_key in expired:
        return "ExpiredTokenException", "the token has expired"
    return None


# -------------------------------------------------------------- the server --


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        kms = self.server.kms
        with kms.lock:
            kms.connections += 1
            kms.open += 1
            kms.most_open = max(kms.most_open, kms.open)

    def finish(self):
        with self.server.kms.lock:
            self.server.kms.open -= 1
        super().finish()

    def log_message(self, *words):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.server.kms.now(), usegmt=True)

    def do_GET(self):
        """Where a redirect that is followed would end."""
        self.server.kms.requests.append("GET")
        self.reply(Fault(), b"{}")

    def do_POST(self):
        kms = self.server.kms
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers.get("X-Amz-Target", "").split(".")[-1]
        kms.requests.append(operation)
        wrong = check_sigv4(self.headers, body, kms.now(), kms.secrets,
                            kms.expired)
        if wrong:
            name = kms.skew_error if wrong[0] == "skew" else wrong[0]
            kms.refused[name] += 1
            return self.reply(error(name, wrong[1]), b"")
        fault = kms.next_fault(operation)
        if fault.event:
            fault.event(kms)
        request = json.loads(body)
        status, answer = kms.answer(operation, request)
        if fault.change:
            answer = fault.change(kms, request, answer)
        if status != 200:
            fault = dataclasses.replace(fault, status=status)
        # KMS answers CreateAlias with an empty body.
        text = "" if answer is None else json.dumps(answer)
        return self.reply(fault, text.encode())

    def reply(self, fault, answer):
        time.sleep(fault.delay)
        if fault.hang_up:
            self.close_connection = True
            return
        body = answer if fault.body is None else fault.body
        self.send_response(fault.status)
        self.send_header("Content-Type", fault.content_type)
        self.send_header("x-amzn-RequestId", "request-4711")
        for name, value in {**self.server.kms.headers,
                            **fault.headers}.items():
            self.send_header(name, value)
        length = len(body) if fault.content_length is None else \
            fault.content_length
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if fault.cut is not None or fault.content_length is not None:
            self.close_connection = True
        body = body[:fault.cut]
        size = -(-len(body) // fault.pieces) or 1
        with contextlib.suppress(OSError):
            for start in range(0, len(body), size):
                self.wfile.write(body[start:start + size])
                time.sleep(fault.pause)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what some tests want


class FaultyKms:
    """The state that the tests set: faults by operation, the clock."""

    def __init__(self, key, tls=None):
        self.key = key
        self.stranger = rsa.generate_private_key(65537, key.key_size)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.kms = self
        self.lock = threading.Lock()
        self.open = 0
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket,
                                                 server_side=True)
        self.host = f"localhost:{self.server.server_address[1]}"
        self.reset()

    def reset(self):
        self.faults = collections.defaultdict(collections.deque)
        self.requests = []
        self.clock_offset = 0
        self.skew_error = "InvalidSignatureException"
        self.headers = {}
        self.aliases = {}
        self.secrets = {ACCESS_KEY: SECRET}
        self.expired = set()
        self.refused = collections.Counter()  # by the error's name
        self.quota = None  # Sign requests a second
        self.allowance, self.allowed_at = 0, time.monotonic()
        self.connections, self.most_open = 0, self.open
        self.knows_dry_run = True

    def now(self):
        return time.time() + self.clock_offset

    def plan(self, operation, *faults):
        self.faults[operation].extend(faults)

    def next_fault(self, operation):
        with self.lock:
            if self.faults[operation]:
                return self.faults[operation].popleft()
            if operation != "Sign" or self.quota is None:
                return Fault()
            now = time.monotonic()
            self.allowance += (now - self.allowed_at) * self.quota
            self.allowance = min(self.allowance, self.quota / 10)
            self.allowed_at = now
            if self.allowance < 1:
                self.refused["ThrottlingException"] += 1
                return error("ThrottlingException", "Rate exceeded")
            self.allowance -= 1
            return Fault()

    def sign(self, request, key=None):
        message = base64.b64decode(request["Message"])
        digest = request.get("MessageType", "RAW") == "DIGEST"
        return (key or self.key).sign(
            message, padding.PKCS1v15(),
            utils.Prehashed(hashes.SHA256()) if digest else hashes.SHA256())

    def answer(self, operation, request):
        """The status and the body of a healthy KMS."""
        common = {"KeyUsage": "SIGN_VERIFY", "KeySpec":
                  f"RSA_{self.key.key_size}", "CustomerMasterKeySpec":
                  f"RSA_{self.key.key_size}", "SigningAlgorithms":
                  [ALGORITHM, "RSASSA_PSS_SHA_256"]}
        if operation == "GetPublicKey":
            der = self.key.public_key().public_bytes(
                serialization.Encoding.DER,
                serialization.PublicFormat.SubjectPublicKeyInfo)
            return 200, {"KeyId": ARN, **common,
                         "PublicKey": base64.b64encode(der).decode()}
        if operation == "Sign" and request.get("DryRun") and \
                self.knows_dry_run:
            return 412, {"__type": "DryRunOperationException", "message":
                         "The request would have succeeded, but the DryRun "
                         "option is set."}
        if operation == "Sign":
            signature = base64.b64encode(self.sign(request)).decode()
            return 200, {"KeyId": ARN, "Signature": signature,
                         "SigningAlgorithm": ALGORITHM}
        if operation in ("DescribeKey", "CreateKey"):
            wanted = request.get("KeyId", ARN)
            if wanted.startswith("alias/") and \
                    wanted not in (*self.aliases, "alias/bench"):
                return 400, {"__type": "NotFoundException", "message": wanted}
            return 200, {"KeyMetadata": {
                "KeyId": KEY_ID, "Arn": ARN, "KeyState": "Enabled",
                "Enabled": True, "MultiRegion": False, **common}}
        if operation == "CreateAlias":
            self.aliases[request["AliasName"]] = request["TargetKeyId"]
            return 200, None
        if operation == "ListAliases":
            return 200, {"Truncated": False, "Aliases": [
                {"AliasName": name, "TargetKeyId": target}
                for name, target in self.aliases.items()]}
        return 400, {"__type": "UnknownOperationException"}


@contextlib.contextmanager
def running(key, tls=None):
    kms = FaultyKms(key, tls)
    thread = threading.Thread(target=kms.server.serve_forever,
                              kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield kms
    finally:
        kms.server.shutdown()
        kms.server.server_close()
        thread.join(10)


# ------------------------------------------------------------ certificates --


class Authority:
    """A certificate authority of the tests' own."""

    def __init__(self, folder, name):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._builder(self.name, self.key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).sign(self.key, hashes.SHA256())
        self.bundle = folder / f"{name}.pem"
        self.bundle.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        return x509.CertificateBuilder().subject_name(subject).issuer_name(
            self.name).public_key(key.public_key()).serial_number(
            x509.random_serial_number()).not_valid_before(
            now - day).not_valid_after(now + day)

    def server_context(self, *names):
        """A TLS context for a server of these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME,
                                                names[0])])
        entries = [*map(x509.DNSName, names),
                   x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate = self._builder(subject, key).add_extension(
            x509.SubjectAlternativeName(
                entries if "localhost" in names else entries[:-1]),
            critical=False).sign(self.key, hashes.SHA256())
        path = self.folder / f"{names[0]}.server.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM) +
            key.private_bytes(serialization.Encoding.PEM,
                              serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context
