#!/usr/bin/env python3
"""`tasker schema` against what tasker really reads and writes. TASKER names the binary."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}; bin/setup --dev installs it", file=sys.stderr)
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
TASKER = os.environ["TASKER"]

HANDLERS = """
class Good
  def process(task, _sequence, step)
    warn "said"
    TaskerCore.progress(50, "half") if TaskerCore.respond_to?(:progress)
    task.context
  end
end
class Flaky
  def process(_task, _sequence, step) = step.attempts.zero? ? raise("busy") : "fine"
end
class Bad
  def process(_task, _sequence, _step) = raise(ArgumentError, "no")
end
class Slow
  def process(_task, _sequence, _step) = sleep
end
class Dies
  def process(_task, _sequence, _step) = Process.kill(:KILL, Process.pid)
end
"""


def run(*arguments, folder, stdin=""):
    environment = {**os.environ, "TASKER_STORE": "sqlite:tasks.db"}
    return subprocess.run([TASKER, *arguments], cwd=folder, input=stdin, capture_output=True, text=True,
                          env=environment, check=False, timeout=60)


def schema(name):
    text = json.loads(subprocess.run([TASKER, "schema", name], capture_output=True, text=True, check=True).stdout)
    jsonschema.Draft7Validator.check_schema(text)
    return jsonschema.Draft7Validator(text)


def step(name, handler, **more):
    return {"name": name, "handler": {"callable": handler}, **more}


def workflow(name, *steps, **more):
    return {"name": name, "steps": list(steps), **more}


class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="tasker-schema-")
        cls.folder = pathlib.Path(cls.place.name)
        (cls.folder / "handlers").mkdir()
        (cls.folder / "handlers/h.rb").write_text(HANDLERS)
        once = {"retry": {"max_attempts": 1}}
        again = {"retry": {"max_attempts": 2, "backoff_base_ms": 1}}
        flows = {
            "good": workflow("good", step("a", "Good"), step("b", "Good", dependencies=["a"])),
            "retry": workflow("retry", step("a", "Flaky", **again)),
            "bad": workflow("bad", step("a", "Bad", **once), step("b", "Good", dependencies=["a"])),
            "slow": workflow("slow", step("a", "Slow", timeout_seconds=0.1, **once)),
            "whole": workflow("whole", step("a", "Slow", **once), timeout_seconds=0.2),
            "dies": workflow("dies", step("a", "Dies", **once)),
            "wrong": workflow("wrong", step("a", "Goood")),
            "blocked": workflow("blocked", step("a", "Dies", at_most_once=True)),
        }
        for name, text in flows.items():
            (cls.folder / f"{name}.json").write_text(json.dumps(text))

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def check(self, validator, value, what):
        for error in validator.iter_errors(value):
            self.fail(f"{what}: {error.json_path}: {error.message[:300]}\n{json.dumps(value)[:600]}")

    def lines(self, *arguments, stdin=""):
        return [json.loads(line) for line in run(*arguments, folder=self.folder, stdin=stdin).stdout.splitlines()]

    def test_every_example_fits_the_schema_of_workflows(self):
        validator = schema("workflow")
        files = [*ROOT.glob("examples/**/*.yaml")]
        self.assertGreater(len(files), 5)
        for file in files:
            self.check(validator, yaml.safe_load(file.read_text()), file)

    def test_the_schema_of_workflows_refuses_what_the_loader_refuses(self):
        validator = schema("workflow")
        good = workflow("x", step("a", "Good"))
        self.check(validator, good, "good")
        for wrong in [
            {}, {"name": "x"}, {"name": "x", "steps": []}, {**good, "timeout_seconds": "soon"}, {**good, "stps": []},
            workflow("x", {"name": "a"}), workflow("x", {"handler": "A"}), workflow("x", step("a", "A", retry={"max_attempts": "three"})),
            workflow("x", step("a", "A", type="decide")), workflow("x", step("a", "A", when="x")),
            workflow("x", step("a", "A", batch_config={"failure_strategy": "hope"})), {**good, "on_failure": "panic"},
        ]:
            self.assertFalse(validator.is_valid(wrong), wrong)

    def test_results_of_every_kind_of_end_fit_their_schema(self):
        validator = schema("result")
        ends = {"good": 0, "retry": 0, "bad": 1, "slow": 1, "whole": 5, "dies": 1, "wrong": 3, "blocked": 7, "none": 3}
        for name, code in ends.items():
            ended = run("run", f"{name}.json", "-o", "json", "-i", '{"a": [1.5, null]}', "--cancel-grace", "50ms",
                        "--term-grace", "50ms", folder=self.folder)
            self.assertEqual(ended.returncode, code, name + ended.stderr)
            self.check(validator, json.loads(ended.stdout), name)
        self.assertFalse(validator.is_valid({"state": "complete"}))

    def test_events_of_every_kind_of_end_fit_their_schema(self):
        validator = schema("event")
        seen = set()
        for name in ["good", "retry", "bad", "slow", "whole", "dies", "wrong", "blocked"]:
            for line in self.lines("run", f"{name}.json", "-o", "jsonl", "--cancel-grace", "50ms", "--term-grace", "50ms"):
                self.check(validator, line, name)
                seen.add(line["event"])
        for example, given in {"approval": '{"item": "a press", "amount_cents": 900000}', "checksum_report": '{"packages": 4}'}.items():
            folder = ROOT / "examples" / example
            done = run("run", f"{example}.yaml", "-o", "jsonl", "-i", given, "--store", "memory:", folder=folder)
            for line in map(json.loads, done.stdout.splitlines()):
                self.check(validator, line, example)
                seen.add(line["event"])
        for event in ["task.started", "step.started", "step.log", "step.completed", "step.failed", "step.retry_scheduled",
                      "steps.created", "worker.starting", "worker.started", "worker.exited", "task.completed",
                      "task.failed", "task.result"]:
            self.assertIn(event, seen)
        self.assertFalse(validator.is_valid({"event": "task.begun"}))
        self.assertFalse(validator.is_valid({"event": "step.started"}))

    def test_many_inputs_fit_it_too_refused_lines_included(self):
        validator = schema("event")
        inputs = '{"a": 1}\nnonsense\n[2]\n{"a": 3}\n'
        lines = self.lines("run", "good.json", "--inputs", "-", "-o", "jsonl", stdin=inputs)
        for line in lines:
            self.check(validator, line, "bulk")
        results = [line for line in lines if line["event"] == "task.result"]
        self.assertEqual(sorted(line["line"] for line in results), [1, 2, 3, 4])
        self.assertEqual(sorted(line["exit_code"] for line in results), [0, 0, 3, 3])

    def test_what_rpc_says_and_is_asked_fits_its_schema(self):
        validator = schema("rpc")
        requests = [
            {"method": "initialize", "params": {"protocol_versions": [1]}},
            {"method": "workflow/run", "params": {"template": "good.json", "context": {}}},
            {"method": "workflow/run", "params": {"template": "bad.json", "timeout": "5s"}},
            {"method": "workflow/run", "params": {"template": "wrong.json"}},
            {"method": "workflow/validate", "params": {"template": "wrong.json"}},
            {"method": "task/list", "params": {"limit": 3}},
            {"method": "task/get", "params": {"task_uuid": "ffffffff"}},
            {"method": "handler/list", "params": {}},
            {"method": "handler/call", "params": {"handler": "Good"}},
            {"method": "handler/call", "params": {"handler": "Bad"}},
        ]
        requests = [{"jsonrpc": "2.0", "id": number, **request} for number, request in enumerate(requests)]
        for request in requests:
            self.check(validator, request, "request")
        text = "".join(json.dumps(request) + "\n" for request in requests) + "nonsense\n[]\n[1]\n"
        answers = self.lines("rpc", stdin=text)
        for answer in answers:
            self.check(validator, answer, "answer")
        self.assertEqual(len([answer for answer in answers if "id" in answer]), len(requests) + 2)
        events = schema("event")
        for message in answers:
            if isinstance(message, dict) and message.get("method") == "workflow/event":
                self.check(events, message["params"], "workflow/event")
        self.assertFalse(validator.is_valid({"jsonrpc": "2.0", "id": 1, "method": "workflow/run", "params": {"tmplate": ""}}))


if __name__ == "__main__":
    unittest.main()
