"""Functions of the stack as Lambda runs them: each event goes to a process of its own, by the Runtime API."""

import http.server
import json
import os
import subprocess
import threading


def invoke(executable, handler, variables, event, folder):
    """Starts the executable under a handler, hands it one event, and gives its answer."""
    answered = threading.Event()
    answer = {}

    class RuntimeApi(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            if answer or answered.is_set() or getattr(self.server, "given", False):
                # Lambda holds this call until there is another event.
                answered.wait(900)
                return
            self.server.given = True
            content = json.dumps(event).encode()
            self.send_response(200)
            for name, value in (("request-id", "1"), ("deadline-ms", "99999999999999"), ("invoked-function-arn", handler)):
                self.send_header(f"lambda-runtime-{'aws-' if name == 'request-id' else ''}{name}", value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self):
            length = self.headers.get("content-length")
            content = self.rfile.read(int(length)) if length else self.chunks()
            answer["content"] = json.loads(content) if content else None
            answer["failed"] = self.path.endswith("/error")
            self.send_response(202)
            self.send_header("content-length", "0")
            self.end_headers()
            answered.set()

        def chunks(self):
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            """The process is ended while it asks for another event."""

    with Server(("127.0.0.1", 0), RuntimeApi) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {
            "PATH": os.environ["PATH"], "TMPDIR": str(folder), **variables, "_HANDLER": handler,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": handler, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_LAMBDA_FUNCTION_VERSION": "1",
        }
        with open(folder / "functions.log", "a") as log:
            process = subprocess.Popen([executable], env=environment, stdout=log, stderr=log)
            try:
                for _ in range(1200):
                    if answered.wait(0.1) or process.poll() is not None:
                        break
                assert answered.is_set(), f"{handler} does not answer; {folder}/functions.log may say why"
            finally:
                process.kill()
                process.wait()
                server.shutdown()
    assert not answer["failed"], f"{handler}: {answer['content']}"
    return answer["content"]
