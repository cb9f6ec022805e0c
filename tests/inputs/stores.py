"""Object stores of this machine: servers that speak what the libraries of s3://, gs:// and hf:// ask for."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import Request, urlopen

import fsspec
import pytest

HOST = "127.0.0.1"


class Proxy:
    """Passes connections on to a server, until so many bytes have come back from it: then it hangs up for good."""

    def __init__(self, port: int) -> None:
        self._server, self._left = port, -1
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def hang_up_after(self, size: int) -> None:
        """Let so many bytes of answers through from now on."""
        self._left = size

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._left == 0:
                    client.close()
                    continue
                server = socket.create_connection((HOST, self._server))
                for source, target, counts in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass, args=(source, target, counts), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if counts and self._left >= 0:
                    data = data[: self._left]
                    self._left -= len(data)
                target.sendall(data)
                if self._left == 0:
                    break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Store:
    """A store: the address of its one place for files, and how to put a file there and break its connections."""

    address: str
    put: Callable[[str, bytes], None]
    proxy: Proxy

    def fill(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            self.put(name, content)


@contextmanager
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket of moto's server."""
    for module in ("s3fs", "moto", "flask", "flask_cors"):
        pytest.importorskip(module, reason=f"s3:// is tried on moto's server by s3fs; {module} is not installed")
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    urlopen(
        Request(f"http://{HOST}:{port}/moto-api/reset", b"", method="POST")
    ).close()  # it keeps files of servers before
    with closing(Proxy(port)) as proxy:
        values = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
        for name, value in (values | {"AWS_ENDPOINT_URL": f"http://{HOST}:{proxy.port}"}).items():
            monkeypatch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=f"http://{HOST}:{port}")
        client.create_bucket(Bucket="press")
        yield Store(
            "s3://press", lambda name, content: client.put_object(Bucket="press", Key=name, Body=content), proxy
        )
    server.stop()


@contextmanager
def gs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket of an emulator."""
    for module in ("gcsfs", "gcp_storage_emulator"):
        pytest.importorskip(module, reason=f"gs:// is tried on an emulator by gcsfs; {module} is not installed")
    from gcp_storage_emulator.server import create_server

    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    server = create_server(HOST, port, in_memory=True, default_bucket="press")
    server.start()

    def put(name: str, content: bytes) -> None:
        upload = f"http://{HOST}:{port}/upload/storage/v1/b/press/o?uploadType=media&name={quote(name, safe='')}"
        urlopen(Request(upload, content, {"Content-Type": "application/octet-stream"}, method="POST")).close()

    with closing(Proxy(port)) as proxy:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://{HOST}:{proxy.port}")
        yield Store("gs://press", put, proxy)
    server.stop()


@contextmanager
def hf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A data set of a server with the four endpoints that reading asks: the set, folders, paths, and content."""
    pytest.importorskip("huggingface_hub", reason="hf:// is read by huggingface_hub, which is not installed")
    from huggingface_hub import constants

    files: dict[str, bytes] = {}
    handler = type("_Handler", (_Hub,), {"files": files})
    with ThreadingHTTPServer((HOST, 0), handler) as server, closing(Proxy(server.server_address[1])) as proxy:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://{HOST}:{proxy.port}"
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield Store("hf://datasets/press/archive", files.__setitem__, proxy)
        server.shutdown()


class _Hub(BaseHTTPRequestHandler):
    files: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path, query = unquote(address.path), parse_qs(address.query)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        repository, content = "/api/datasets/press/archive", "/datasets/press/archive/resolve/main/"
        if path in (repository, f"{repository}/revision/main"):
            self._send_json({"id": "press/archive", "sha": "1" * 40, "siblings": []})
        elif path.startswith(f"{repository}/paths-info/main"):
            self._send_json([self._entry(name) for name in json.loads(body)["paths"] if self._entry(name)])
        elif path.startswith(f"{repository}/tree/main"):
            self._send_folder(path.removeprefix(f"{repository}/tree/main").strip("/"), query)
        elif path.startswith(content) and (name := path.removeprefix(content)) in self.files:
            self._send_file(self.files[name])
        elif path.startswith("/api/datasets/press/closed"):
            self._send(b"", 401, {"WWW-Authenticate": "Bearer"})
        else:
            self._send(b"", 404, {"X-Error-Code": "RepoNotFound"})

    do_HEAD = do_POST = do_GET  # noqa: N815

    def _entry(self, path: str) -> dict[str, Any] | None:
        if path in self.files:
            return {"type": "file", "path": path, "size": len(self.files[path]), "oid": "0" * 40}
        is_folder = any(name.startswith(f"{path}/") for name in self.files)
        return {"type": "directory", "path": path, "oid": "0" * 40} if is_folder else None

    def _send_folder(self, folder: str, query: Mapping[str, list[str]]) -> None:
        base = f"{folder}/" if folder else ""
        names = {name for name in self.files if name.startswith(base)}
        if query.get("recursive") == ["false"]:
            names = {base + name.removeprefix(base).partition("/")[0] for name in names}
        if names:
            self._send_json([self._entry(name) for name in sorted(names)])
        else:
            self._send(b"", 404, {"X-Error-Code": "EntryNotFound"})

    def _send_file(self, content: bytes) -> None:
        first, _, last = (self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")
        part = content[int(first) : int(last or len(content)) + 1]
        places = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
        self._send(part, 206 if "Range" in self.headers else 200, {"Content-Range": places, "ETag": '"1"'})

    def _send_json(self, value: Any) -> None:
        self._send(json.dumps(value).encode(), 200, {"Content-Type": "application/json"})

    def _send(self, body: bytes, code: int, headers: Mapping[str, str]) -> None:
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


STORES = {"s3": s3, "gs": gs, "hf": hf}


@contextmanager
def running(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Run a store; the library forgets all that it knows of one before and after."""
    with ExitStack() as stack:
        store = stack.enter_context(STORES[kind](monkeypatch))
        system = fsspec.get_filesystem_class(kind)
        system.clear_instance_cache()
        stack.callback(system.clear_instance_cache)
        yield store
