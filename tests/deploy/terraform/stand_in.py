"""Servers in place of a provider's, at the addresses of its own, and a script that asks them.

Run by ``unshare --net --mount`` with a folder (``answers.json``: by ``METHOD HOST/PATH``, and the
certificate), and the command. Prints what was asked, and how the command ended, as JSON.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

METADATA = "169.254.169.254"


class ProviderHandler(BaseHTTPRequestHandler):
    """Answers as it is told to, and keeps what it was asked."""

    answers: dict[str, str]
    asked: list[dict[str, Any]]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        place = f"{self.command} {self.headers['Host']}{self.path}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append({"place": place, "headers": headers, "body": body})
        said = self.answers.get(place)
        self.send_response(404 if said is None else 200)
        self.end_headers()
        self.wfile.write((said or "").encode())

    def do_GET(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()


def stand_in(folder: Path, command: list[str]) -> dict[str, Any]:
    """Serve while the command runs."""
    answers = json.loads((folder / "answers.json").read_text())
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "address", "add", f"{METADATA}/32", "dev", "lo"], check=True)
    hosts = folder / "hosts"
    names = {place.split(" ")[1].split("/")[0] for place in answers} - {METADATA}
    own = {name: METADATA if name.startswith("metadata.") else "127.0.0.1" for name in names}
    hosts.write_text("".join(f"{address} {name}\n" for name, address in own.items()))
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)
    handler = type("Told", (ProviderHandler,), {"answers": answers, "asked": []})
    outer = ThreadingHTTPServer(("127.0.0.1", 443), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    outer.socket = context.wrap_socket(outer.socket, server_side=True)
    for server in (ThreadingHTTPServer((METADATA, 80), handler), outer):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        # `sleep` and `systemctl` of the folder: nobody waits, and nothing is powered off.
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "CURL_CA_BUNDLE": str(folder / "certificate.pem"),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    asked = handler.asked  # type: ignore[attr-defined]
    return {
        "asked": asked,
        "status": done.returncode,
        "out": done.stdout,
        "errors": done.stderr,
    }


if __name__ == "__main__":
    print(json.dumps(stand_in(Path(sys.argv[1]), sys.argv[2:])))
