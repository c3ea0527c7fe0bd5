"""A runner for handlers in Python: the whole protocol of docs/runner-conformance.md that is mandatory, in one file.

A handler file defines functions under names:

    from runner import handler

    @handler("greet")
    def greet(params):
        return "hello " + params["task"]["context"]["name"]
"""
import importlib.util
import json
import os
import resource
import sys
import time
import traceback

sys.modules["runner"] = sys.modules[__name__]  # handler files import from this very module
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # integers of any length

HANDLERS = {}


def handler(name):
    def register(function):
        HANDLERS[name] = function
        return function

    return register


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.error = {"code": code, "message": message, **({"data": data} if data is not None else {})}


def claim_wire():
    """Private copies of fd 0 and 1; whatever handlers print goes to stderr, and they read nothing."""
    wire_in, wire_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return wire_in, wire_out


class Runner:
    def __init__(self, wire_in, wire_out):
        self.wire_in, self.wire_out = wire_in, wire_out
        self.max_line = 8 * 1024 * 1024
        self.ready = self.stopping = False

    def serve(self):
        while line := self.wire_in.readline(self.max_line + 2):
            if not line.endswith(b"\n"):
                while (rest := self.wire_in.readline(1 << 16)) and not rest.endswith(b"\n"):
                    pass
                self.write({"id": None, "error": {"code": -32700, "message": f"a line over {self.max_line} bytes"}})
            elif line.strip() and self.handle(line) == "exit":
                return

    def handle(self, line):
        request_id = None
        try:
            message = self.parse(line)
            request_id = message.get("id")
            if "id" not in message:
                return message["method"]
            self.write({"id": request_id, "result": self.answer(message["method"], message.get("params", {}))})
        except Refusal as refusal:
            self.write({"id": request_id, "error": refusal.error})

    def parse(self, line):
        try:
            message = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Refusal(-32700, f"the line is not JSON: {error}"[:200])
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            raise Refusal(-32600, "a message is an object with a method")
        return message

    def answer(self, method, params):
        if method not in ("initialize", "step/process", "ping", "shutdown"):
            raise Refusal(-32601, f"unknown method {method}")
        if not isinstance(params, dict):
            raise Refusal(-32602, "params is an object")
        return getattr(self, method.replace("/", "_"))(params)

    def initialize(self, params):
        if self.ready:
            raise Refusal(-32600, "initialize was answered before")
        if not isinstance(params.get("protocol_versions"), list) or not isinstance(params.get("handlers"), list):
            raise Refusal(-32602, "protocol_versions and handlers are arrays")
        if 1 not in params["protocol_versions"]:
            raise Refusal(-32007, "this runner speaks protocol version 1", {"supported": [1]})
        for path in params["handlers"]:
            self.load(path)
        self.max_line = params.get("limits", {}).get("max_line_bytes", self.max_line)
        self.ready = True
        return {"protocol_version": 1, "features": [], "handlers": [self.describe(name) for name in HANDLERS],
                "runner": {"version": "1", "python": sys.version.split()[0], "pid": os.getpid()}}

    def load(self, path):
        try:
            spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
        except Exception as error:
            raise Refusal(-32005, f"{path}: {error}", {"file": path, "class": type(error).__name__})

    def describe(self, name):
        code = HANDLERS[name].__code__
        return {"name": name, "file": code.co_filename, "line": code.co_firstlineno, "api": "python"}

    def step_process(self, params):
        if not self.ready or self.stopping:
            raise Refusal(-32006 if self.stopping else -32600, "no step is taken now")
        name = params.get("handler")
        if not isinstance(name, str):
            raise Refusal(-32602, "handler is a string")
        if name not in HANDLERS:
            raise Refusal(-32001, f"unknown handler {name}", {"handler": name, "nearest": []})
        before, started = resource.getrusage(resource.RUSAGE_SELF), time.monotonic_ns()
        try:
            results = HANDLERS[name](params)
        except BaseException as error:  # sys.exit in a handler is an error of the step, too
            raise Refusal(-32002, f"{type(error).__name__}: {error}", {
                "class": type(error).__name__, "message": str(error), "retryable": True,
                "backtrace": traceback.format_exc().splitlines()})
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.check(results)
        return {"results": results, "metadata": {}, "timing": {"process_us": (time.monotonic_ns() - started) // 1000},
                "usage": {"cpu_us": int(cpu * 1e6), "max_rss_kb": after.ru_maxrss}}

    def check(self, results):
        try:
            size = len(self.text(results))
        except (TypeError, ValueError, RecursionError) as error:  # ValueError: NaN, circles, lone surrogates
            raise Refusal(-32003, f"results: {error}")
        if size > self.max_line - 1024:
            raise Refusal(-32004, f"the results are {size} bytes of JSON; a line has at most {self.max_line}")

    def ping(self, _params):
        return {"pid": os.getpid(), "busy": False, "request_id": None}

    def shutdown(self, _params):
        self.stopping = True
        return {}

    def text(self, value):
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def write(self, message):
        self.wire_out.write(self.text({"jsonrpc": "2.0", **message}) + b"\n")
        self.wire_out.flush()


if __name__ == "__main__":
    Runner(*claim_wire()).serve()
