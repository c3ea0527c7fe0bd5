// `tasker mcp` and the client of @modelcontextprotocol/sdk. TASKER names the binary.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

const folder = mkdtempSync(join(tmpdir(), "tasker-mcp-"));
const client = new Client({ name: "tasker's own test", version: "1.0.0" });

before(async () => {
  mkdirSync(join(folder, "handlers"));
  writeFileSync(
    join(folder, "handlers/h.rb"),
    `class Add
  def call(context) = { sum: context.context[:a] + context.context[:b] }
end
class Fails
  def call(_context) = File.exist?("mended") ? "mended" : raise(TaskerCore::PermanentError, "no")
end
class Waits
  def call(_context) = sleep
end
`,
  );
  const step = (name, handler) => `  - {name: ${name}, handler: {callable: ${handler}}}\n`;
  writeFileSync(join(folder, "add.yaml"), `name: add\nsteps:\n${step("sum", "Add")}`);
  writeFileSync(join(folder, "fails.yaml"), `name: fails\nsteps:\n${step("a", "Fails")}`);
  writeFileSync(join(folder, "waits.yaml"), `name: waits\nsteps:\n${step("a", "Waits")}`);
  writeFileSync(join(folder, "wrong.yaml"), `name: wrong\nsteps:\n${step("a", "Adds")}`);
  await client.connect(
    new StdioClientTransport({
      command: process.env.TASKER,
      args: ["mcp", "--store", "sqlite:tasks.db"],
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
    }),
  );
});

after(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
});

const call = (name, args, options) => client.callTool({ name, arguments: args }, undefined, options);

test("the client and the server agree on a version, and the server says who it is", async () => {
  assert.equal(client.getServerVersion().name, "tasker");
  assert.deepEqual(Object.keys(client.getServerCapabilities()).sort(), ["resources", "tools"]);
  await client.ping();
});

test("tools are listed with the schemas of their arguments", async () => {
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name);
  for (const name of ["run_workflow", "validate_workflow", "list_tasks", "show_task", "retry_task"]) {
    assert.ok(names.includes(name), name);
  }
  const run = tools.find((tool) => tool.name === "run_workflow");
  assert.equal(run.inputSchema.type, "object");
  assert.ok(run.inputSchema.properties.template);
  assert.ok(!run.inputSchema.properties.events);
});

test("a workflow is validated and run; its task is listed, shown and read", async () => {
  const valid = await call("validate_workflow", { template: "add.yaml" });
  assert.equal(valid.structuredContent.valid, true);

  // The client drops progress that comes in one piece with the result; tests/integration/mcp_test.cpp looks at it.
  const done = await call(
    "run_workflow",
    { template: "add.yaml", context: { a: 2, b: 3 } },
    { onprogress: (step) => assert.deepEqual(step, { progress: 1, total: 1, message: "sum completed" }) },
  );
  assert.ok(!done.isError);
  assert.equal(done.structuredContent.state, "complete");
  assert.deepEqual(done.structuredContent.steps[0].results, { sum: 5 });
  assert.deepEqual(JSON.parse(done.content[0].text), done.structuredContent);

  const uuid = done.structuredContent.task_uuid;
  const listed = await call("list_tasks", { state: "complete" });
  assert.deepEqual(listed.structuredContent.tasks.map((task) => task.task_uuid), [uuid]);
  const shown = await call("show_task", { task_uuid: uuid });
  assert.equal(shown.structuredContent.context.b, 3);

  const { resources } = await client.listResources();
  assert.equal(resources[0].uri, `tasker://task/${uuid}`);
  const task = await client.readResource({ uri: resources[0].uri });
  assert.equal(JSON.parse(task.contents[0].text).task_uuid, uuid);
});

test("errors are results that say what to do", async () => {
  const wrong = await call("validate_workflow", { template: "wrong.yaml" });
  assert.equal(wrong.structuredContent.valid, false);
  const refused = await call("run_workflow", { template: "wrong.yaml" });
  assert.equal(refused.isError, true);
  assert.match(refused.content[0].text, /did you mean "Add"\?/);
  assert.equal(refused.structuredContent.error.kind, "template_invalid");
  const missing = await call("show_task", { task_uuid: "ffffffff" });
  assert.equal(missing.isError, true);
  const bad = await call("run_workflow", { template: 7 });
  assert.match(bad.content[0].text, /"template" must be a string/);
  await assert.rejects(call("run_workflows", {}), /did you mean "run_workflow"/);
});

test("a failed task is an error result, and is retried once its cause is mended", async () => {
  const failed = await call("run_workflow", { template: "fails.yaml" });
  assert.equal(failed.isError, true);
  assert.equal(failed.structuredContent.state, "error");
  writeFileSync(join(folder, "mended"), "");
  const retried = await call("retry_task", { task_uuid: failed.structuredContent.task_uuid });
  assert.ok(!retried.isError);
  assert.equal(retried.structuredContent.state, "complete");
});

test("a call that is taken back cancels its task", async () => {
  const controller = new AbortController();
  const running = call("run_workflow", { template: "waits.yaml" }, { signal: controller.signal });
  running.catch(() => {});
  let tasks = [];
  while (tasks.length === 0) {
    tasks = (await call("list_tasks", { name: "waits", state: "in_progress" })).structuredContent.tasks;
  }
  controller.abort("changed my mind");
  await assert.rejects(running);
  const ended = await call("cancel_task", { task_uuid: tasks[0].task_uuid });
  assert.equal(ended.structuredContent.state, "cancelled");
});

test("workflow files are resources, and other files are not", async () => {
  const { resourceTemplates } = await client.listResourceTemplates();
  assert.deepEqual(resourceTemplates.map((template) => template.name), ["task", "template"]);
  const text = await client.readResource({ uri: "tasker://template/add.yaml" });
  assert.match(text.contents[0].text, /^name: add/);
  for (const uri of ["tasker://template/%2Fetc%2Fpasswd", "tasker://template/handlers/h.rb", "tasker://template/..%2Fx.yaml", "file:///etc/passwd"]) {
    await assert.rejects(client.readResource({ uri }), /not found/);
  }
});
