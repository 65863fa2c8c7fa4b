"""A page of the portal as a telephone shows it, by a Chromium that is there.

Source: the Chrome DevTools Protocol (Page, Emulation, Runtime), over its WebSocket.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import ClientConnection, connect

from demo.servers import DemoServer
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError

PROGRAMS = ("chromium", "chromium-headless-shell", "google-chrome", "chromium-browser")
WIDTH, HEIGHT, SCALE = 360, 740, 2
_SECONDS = 60.0
_LOG_IN = """
document.querySelector('input[name="key"]').value = %s;
document.querySelector('input[name="key"]').form.requestSubmit();
"""


def picture(url: str, key: str, target: Path) -> bool:
    """Log in by a key, as a person does, and write a PNG of the page.

    Args:
        url: the page.
        key: of the portal.
        target: the file, which is replaced.

    Returns:
        Whether there is a Chromium that could do it.

    Raises:
        PerfAnalysisError: it did not come so far.
    """
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        return False
    with tempfile.TemporaryDirectory(prefix="perfanalysis-", ignore_cleanup_errors=True) as folder:
        words = [program, "--headless", "--disable-gpu", "--remote-debugging-port=0"]
        # Its sandbox is not to be had by root; the only pages that it sees are our own.
        words += ["--no-sandbox", f"--user-data-dir={folder}", "about:blank"]
        browser = DemoServer("Chromium", words, Path(folder) / "log", outlives=False)
        try:
            port = Path(folder) / "DevToolsActivePort"
            browser.wait_until(port.is_file, "its debugging port", _SECONDS)
            _take(_socket(port), url, key, target)
        finally:
            browser.stop()
    return True


def _socket(port: Path) -> str:
    address = f"http://127.0.0.1:{port.read_text().split()[0]}"
    tab = requests.put(f"{address}/json/new?about:blank", timeout=_SECONDS).json()
    return str(tab["webSocketDebuggerUrl"])


def _take(socket: str, url: str, key: str, target: Path) -> None:
    with connect(socket, max_size=None, open_timeout=_SECONDS) as connection:
        tab = _Tab(connection)
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": SCALE, "mobile": True}
        tab.ask("Emulation.setDeviceMetricsOverride", **size)
        tab.ask("Page.navigate", url=url)
        tab.wait(lambda: tab.value("!!document.querySelector('input[name=\"key\"]')") is True)
        tab.value(_LOG_IN % json.dumps(key))
        path = url.partition("//")[2].partition("/")[2]
        there = f"location.pathname === '/{path}' && document.readyState === 'complete'"
        tab.wait(lambda: tab.value(there) is True)
        # Charts draw themselves after the page is there.
        time.sleep(1.0)
        made = tab.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        write_atomically(target, base64.b64decode(made["data"]))


class _Tab:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters}
        self._connection.send(json.dumps(asked))
        while True:
            answer = json.loads(self._connection.recv(timeout=_SECONDS))
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise PerfAnalysisError(f"Chromium: {method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def value(self, expression: str) -> Any:
        """What an expression is in the page; None while one page gives way to the next."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def wait(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not ready():
            if time.monotonic() > deadline:
                raise PerfAnalysisError("the portal's page did not come: its log has the reason")
            time.sleep(0.1)
