"""Somebody else's web page with our chat on it: on another origin, under a strict policy, its styles hit everything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOSTILE = """
* { font: 40px "Comic Sans MS" !important; color: red !important; background: lime !important;
    display: block !important; border: 5px solid fuchsia !important; width: 300px !important;
    transform: rotate(3deg) !important; }
div { visibility: hidden !important; opacity: 0 !important; }
"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>A shop</title><link rel="stylesheet" href="/hostile.css"></head>
<body><h1>A shop</h1><button id="buy">Buy</button>
<script src="{desk}/widget.js" data-key="{key}" async></script></body></html>"""


@contextmanager
def somebodys_page(desk: str, key: str) -> Iterator[str]:
    """The address of the page; `desk` is where Onethread runs."""
    policy = f"default-src 'none'; style-src 'self'; script-src {desk}; connect-src {desk}; frame-src {desk}; "
    policy += "require-trusted-types-for 'script'"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_style = self.path == "/hostile.css"
            body = HOSTILE if is_style else PAGE.format(desk=desk, key=key)
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if is_style else "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quietly: what a test shows is what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
