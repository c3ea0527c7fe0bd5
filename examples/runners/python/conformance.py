"""What the conformance kit calls, for the Python runner."""
import os
import subprocess
import sys
import time

from runner import handler


@handler("conformance.echo")
def echo(params):
    return params["task"]["context"]


@handler("conformance.fail")
def fail(params):
    raise RuntimeError(params["task"]["context"].get("message", "failed as it should"))


@handler("conformance.print")
def print_by_all_means(_params):
    print("by print", flush=True)
    os.write(1, b"on fd 1\n")
    subprocess.run(["echo", "by a child"], check=True)
    return "printed"


@handler("conformance.read")
def read(_params):
    return sys.stdin.read() + subprocess.run(["cat"], capture_output=True, check=True).stdout.decode()


@handler("conformance.view")
def view(params):
    results = {step["name"]: step["results"] for step in params["sequence"]["steps"]}
    return {"step": params["step"]["name"], "attempt": params["attempt"], "a": results.get("a"),
            "idempotency_key": params["idempotency_key"]}


@handler("conformance.large")
def large(params):
    return "x" * params["task"]["context"]["bytes"]


@handler("conformance.nan")
def nan(_params):
    return {"ratio": float("nan")}


@handler("conformance.wait")
def wait(params):
    time.sleep(params["task"]["context"].get("seconds", 3600))
    return "waited"


@handler("conformance.circle")
def circle(_params):
    ring = []
    ring.append(ring)
    return ring


@handler("conformance.exit")
def leave(_params):
    sys.exit(3)


@handler("conformance.bytes")
def raw_bytes(_params):
    return b"\xff\xd8"
