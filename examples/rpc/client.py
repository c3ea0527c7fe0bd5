#!/usr/bin/env python3
"""Runs a workflow through `tasker rpc` and shows its events as they come. Python's standard library is all it needs.

    python3 examples/rpc/client.py examples/diamond/diamond.yaml '{"even_number": 6}'
"""

import itertools
import json
import os
import pathlib
import queue
import subprocess
import sys
import threading


class Failed(Exception):
    def __init__(self, error):
        super().__init__(f"{error['message']} ({error['code']})")
        self.code, self.data = error["code"], error.get("data")


class Tasker:
    """A tasker in a process of its own. Requests may overlap: each answer is waited for by its id."""

    def __init__(self, command, on_event=lambda event: None):
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self._on_event = on_event
        self._ids = itertools.count(1)
        self._waiting = {}
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def request(self, method, **params):
        """Sends a request; calling what it returns waits for the answer."""
        number, answer = next(self._ids), queue.Queue()
        self._waiting[number] = answer
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

        def wait():
            reply = answer.get()
            if "error" in reply:
                raise Failed(reply["error"])
            return reply["result"]

        return wait

    def close(self):
        self._process.stdin.close()
        self._reader.join()
        return self._process.wait()

    def _read(self):
        for line in self._process.stdout:
            message = json.loads(line)
            if "id" in message:
                self._waiting.pop(message["id"]).put(message)
            else:
                self._on_event(message["params"])


def show(event):
    if event["event"] in ("step.completed", "step.failed"):
        print(event["event"], event["step"])


def main(template, context="{}"):
    binary = os.environ.get("TASKER", str(pathlib.Path(__file__).resolve().parents[2] / "bin/tasker"))
    if not os.access(binary, os.X_OK):
        binary = "tasker"  # installed
    tasker = Tasker([binary, "rpc"], show)
    try:
        check = tasker.request("workflow/validate", template=template)
        run = tasker.request("workflow/run", template=template, context=json.loads(context))
        print("valid:", check()["valid"])
        result = run()
        print(f"{result['name']}: {result['state']}")
        return result["exit_code"]
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 3
    finally:
        tasker.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
