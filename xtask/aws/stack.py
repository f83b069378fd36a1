"""An installation on a stand-in of AWS: MiniStack runs, the template is deployed into it as it is, and what AWS gives by its domain names
is reached on 127.0.0.1."""

import base64
import http.client
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse
import uuid

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "slipway"
REGION = "us-east-1"


class Address(http.server.ThreadingHTTPServer):
    """A port of 127.0.0.1 for what AWS has a domain name for."""

    daemon_threads = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


def forwarder(port, host):
    """Hands requests to the stand-in under the host that it knows them by."""

    class Forwarder(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def forward(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            answer = request(port, host, self.command, self.path, dict(self.headers), body)
            self.send_response(answer.status)
            content = answer.content
            for name, value in answer.headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = forward

    return Forwarder


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.content = response.read()
        self.headers = response.getheaders()

    def json(self):
        return json.loads(self.content)

    def header(self, name):
        return next((value for given, value in self.headers if given.lower() == name), None)


def request(port, host, method, path, headers=None, body=b""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        headers = {name: value for name, value in (headers or {}).items() if name.lower() not in ("host", "connection")}
        connection.request(method, path, body=body or None, headers={**headers, "host": host})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def git_server(folder):
    """Repositories over HTTP, as git's own server program gives them."""

    class Git(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def backend(self):
            url = urllib.parse.urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            environment = {
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": self.command, "PATH_INFO": url.path, "QUERY_STRING": url.query,
                "CONTENT_TYPE": self.headers.get("content-type", ""), "REMOTE_ADDR": "127.0.0.1",
                "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
                "GIT_PROTOCOL": self.headers.get("git-protocol", ""),
                "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            }
            done = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE, check=True)
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = [line.split(": ", 1) for line in head.decode().split("\r\n")]
            status = next((value for name, value in headers if name == "Status"), "200 OK")
            self.send_response(int(status.split()[0]))
            for name, value in headers:
                if name != "Status":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = backend

    return Address(Git)


def repository(folder, fixture, files=()):
    """A connector of tests/fixtures as a creator has it, with more files."""
    tree = folder / f"{fixture}.git"
    shutil.copytree(ROOT / "tests/fixtures/connectors" / fixture, tree)
    for name, content in dict(files).items():
        (tree / name).write_text(content)
    git = ["git", "-C", str(tree), "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "v1.0.0"], ["tag", "v1.0.0"]):
        subprocess.run([*git, *command], check=True)
    return f"https://git.example.org/{fixture}.git"


class Stack:
    """The installation."""

    def __init__(self, folder, port):
        self.folder, self.port = pathlib.Path(folder), port
        self.folder.mkdir(parents=True, exist_ok=True)
        self.calls = self.folder / "calls.jsonl"
        self.environment = {
            **os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "SAM_CLI_TELEMETRY": "0",
        }
        self.process = None

    def client(self, service):
        return boto3.client(
            service, endpoint_url=f"http://127.0.0.1:{self.port}", region_name=REGION, aws_access_key_id="test",
            aws_secret_access_key="test", config=botocore.config.Config(read_timeout=300, retries={"max_attempts": 0}),
        )

    def start(self):
        environment = {
            **self.environment, "GATEWAY_PORT": str(self.port), "PYTHONPATH": str(ROOT / "xtask/aws/stand_in"),
            "STAND_IN_CALLS": str(self.calls), "AUTH": "true", "LAMBDA_WARM_TTL_SECONDS": "3600",
            "TMPDIR": str(self.folder), "PATH": f"{self.node()}:{os.environ['PATH']}",
            "STAND_IN_PATH": os.environ["PATH"],
        }
        log = open(self.folder / "ministack.log", "w")
        self.process = subprocess.Popen(["ministack"], env=environment, stdout=log, stderr=log, start_new_session=True)
        for _ in range(200):
            try:
                return request(self.port, "localhost", "GET", "/_ministack/health")
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"MiniStack does not start; {self.folder}/ministack.log says why")

    def node(self):
        """A folder with the Node.js of the layer, which the stand-in does not unpack for a runtime of one's own."""
        folder = self.folder / "bin"
        folder.mkdir()
        layer = ROOT / "target/lambda/node24/bin"
        (folder / "node").write_text(f'#!/bin/sh\nexec {layer}/node --require {ROOT}/xtask/aws/stand_in/port.cjs "$@"\n')
        (folder / "node").chmod(0o755)
        return folder

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()

    def deploy(self, **parameters):
        """`sam deploy` of the template as it is."""
        self.client("s3").create_bucket(Bucket="deploys")
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        subprocess.run(
            ["sam", "deploy", "--stack-name", NAME, "--template-file", "template.yaml", "--s3-bucket", "deploys",
             "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar",
             "--parameter-overrides", *overrides],
            cwd=ROOT, env=self.environment, check=True, stdout=open(self.folder / "sam.log", "w"), stderr=subprocess.STDOUT,
        )

    def address(self):
        """Where the API answers, on this machine."""
        api = self.client("apigatewayv2").get_apis()["Items"][0]["ApiId"]
        return Address(forwarder(self.port, f"{api}.execute-api.localhost:{self.port}"))

    def visit(self, url, method="GET", headers=None, body=b""):
        """A request to an application's own address."""
        parts = urllib.parse.urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return request(self.port, parts.netloc, method, path, headers, body)

    def invoke(self, function, payload):
        answer = self.client("lambda").invoke(FunctionName=f"{NAME}-{function}", Payload=json.dumps(payload).encode())
        content = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, content
        return content


class Api:
    """The API, as a client of a Project uses it."""

    def __init__(self, base, credentials):
        self.base, self.project = base, credentials["projectKey"]
        basic = base64.b64encode(f"{credentials['clientId']}:{credentials['clientSecret']}".encode()).decode()
        answer = self.send("POST", "/oauth/token", {"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"},
                           b"grant_type=client_credentials")
        assert answer.status == 200, answer.content
        self.token = answer.json()["access_token"]

    def send(self, method, path, headers, body=b""):
        parts = urllib.parse.urlsplit(self.base)
        return request(parts.port, parts.netloc, method, path, headers, body)

    def call(self, method, path, body=None, status=(200, 201, 202)):
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json", "idempotency-key": str(uuid.uuid4())}
        answer = self.send(method, path, headers, json.dumps(body).encode() if body is not None else b"")
        assert answer.status in status, f"{method} {path}: {answer.status} {answer.content.decode()}"
        return answer.json()

    def until(self, path, wanted, patience=300):
        """GET until what it shows is as wanted."""
        begun = time.monotonic()
        while time.monotonic() - begun < patience:
            shown = self.call("GET", path)
            if wanted(shown):
                return shown
            time.sleep(0.5)
        raise AssertionError(f"{path} after {patience} s: {json.dumps(shown, indent=1)}")
