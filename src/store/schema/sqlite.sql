-- The store's tables, version 1: what a new file begins with. A later version is a file of its own beside this one
-- (see migrations.cpp). Every change of a step says in its WHERE which state it expects.
--
-- Moments and durations are integer microseconds (moments since 1970, UTC). UUIDs are their 16 bytes: half the size of
-- the text and compared as one piece; hex(uuid) shows them. JSON is TEXT exactly as it came: nothing here reads it (but
-- for the class of an error), so the digits of big integers and the order of keys survive. States and outcomes are the
-- names that people see.

-- One row per engine that opened the file. Whether it lives is told by the lock on its own file, never by this row.
CREATE TABLE engines (
  epoch      INTEGER PRIMARY KEY AUTOINCREMENT,
  id         BLOB NOT NULL UNIQUE,
  pid        INTEGER NOT NULL,
  start_time INTEGER NOT NULL,  -- of the process, in the kernel's ticks: tells it from a later one with its number
  boot_id    TEXT NOT NULL,
  host       TEXT NOT NULL,
  socket     TEXT NOT NULL,     -- where it takes commands; empty: nowhere
  started_at INTEGER NOT NULL,
  ended_at   INTEGER            -- it closed the store by itself
) STRICT;

CREATE TABLE templates (
  id   INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,  -- of body; finds a template that is here already
  body TEXT NOT NULL      -- JSON: all that the engine knows of it
) STRICT;
CREATE INDEX templates_by_hash ON templates (hash);

-- Which Ruby runs a task's handlers: files, requires, environment, variables, folder.
CREATE TABLE handler_sets (
  id   INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX handler_sets_by_hash ON handler_sets (hash);

CREATE TABLE tasks (
  id             INTEGER PRIMARY KEY,
  uuid           BLOB NOT NULL,
  template_id    INTEGER NOT NULL,
  handler_set_id INTEGER,
  namespace      TEXT NOT NULL,
  name           TEXT NOT NULL,
  version        TEXT NOT NULL,
  context        TEXT NOT NULL,
  correlation_id BLOB NOT NULL,
  requested_at   INTEGER NOT NULL,
  timeout_us     INTEGER,
  state          TEXT NOT NULL,
  error          TEXT,
  started_at     INTEGER,
  finished_at    INTEGER,
  run_id         TEXT,                        -- of a run over many inputs, with the input's line
  line           INTEGER,
  unique_key     TEXT,
  stop_requested TEXT,                        -- 'cancelled' or 'timed_out': durable before anybody is told to stop
  owner          BLOB,                        -- the engine that runs it; none: nobody
  epoch          INTEGER NOT NULL DEFAULT 0,  -- of that engine
  fence          INTEGER NOT NULL DEFAULT 0,  -- goes up with every change of owner
  recoveries     INTEGER NOT NULL DEFAULT 0   -- since the last new result or checkpoint
) STRICT;
CREATE UNIQUE INDEX tasks_by_uuid ON tasks (uuid);
CREATE UNIQUE INDEX tasks_by_line ON tasks (run_id, line) WHERE run_id IS NOT NULL;
CREATE UNIQUE INDEX tasks_by_unique_key ON tasks (namespace, name, unique_key)
  WHERE unique_key IS NOT NULL AND state IN ('pending', 'in_progress', 'waiting_for_retry', 'blocked_by_failures');
CREATE INDEX tasks_by_time ON tasks (requested_at);
CREATE INDEX tasks_by_state ON tasks (state, requested_at);
CREATE INDEX tasks_by_name ON tasks (name, requested_at);
CREATE INDEX tasks_by_end ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX tasks_by_template ON tasks (template_id);
CREATE INDEX tasks_under_way ON tasks (owner) WHERE state IN ('pending', 'in_progress', 'waiting_for_retry');

CREATE TABLE steps (
  task_id        INTEGER NOT NULL,
  step_index     INTEGER NOT NULL,
  uuid           BLOB NOT NULL,
  name           TEXT NOT NULL,
  template_index INTEGER NOT NULL,
  inputs         TEXT,     -- of its own: the cursor of a batch worker
  state          TEXT NOT NULL,
  attempts       INTEGER NOT NULL,
  results        TEXT,
  output         TEXT,     -- what `process` returned, when `process_results` made something else of it
  error          TEXT,
  checkpoint     TEXT,
  retry_delay_us INTEGER,  -- while it waits for its retry, counted from changed_at
  started_at     INTEGER,
  finished_at    INTEGER,
  changed_at     INTEGER,
  PRIMARY KEY (task_id, step_index)
) STRICT;
CREATE INDEX steps_by_error ON steps (json_extract(error, '$.class'), task_id) WHERE state = 'error';

-- Whom the steps wait for that were created while the task ran. Those of the others stand in the template.
CREATE TABLE step_dependencies (
  task_id      INTEGER NOT NULL,
  step_index   INTEGER NOT NULL,
  parent_index INTEGER NOT NULL,
  PRIMARY KEY (task_id, step_index, parent_index)
) STRICT, WITHOUT ROWID;

-- One row per dispatch that may have run: each has exactly one end.
CREATE TABLE step_history (
  task_id     INTEGER NOT NULL,
  step_index  INTEGER NOT NULL,
  dispatch    INTEGER NOT NULL,
  attempt     INTEGER NOT NULL,
  outcome     TEXT NOT NULL,
  worker_pid  INTEGER NOT NULL,
  queued_us   INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  cpu_us      INTEGER,
  max_rss_kb  INTEGER,
  started_at  INTEGER NOT NULL,
  late        INTEGER NOT NULL,
  error       TEXT,
  PRIMARY KEY (task_id, step_index, dispatch)
) STRICT, WITHOUT ROWID;
-- A result is committed once, ever.
CREATE UNIQUE INDEX step_history_complete ON step_history (task_id, step_index) WHERE outcome = 'complete';

-- What a step printed and logged, by dispatch.
CREATE TABLE step_logs (
  task_id    INTEGER NOT NULL,
  step_index INTEGER NOT NULL,
  dispatch   INTEGER NOT NULL,
  line       INTEGER NOT NULL,  -- counts within the dispatch
  at         INTEGER NOT NULL,
  level      TEXT NOT NULL,
  message    TEXT NOT NULL,
  fields     TEXT,
  PRIMARY KEY (task_id, step_index, dispatch, line)
) STRICT, WITHOUT ROWID;

-- Task numbers, handed to engines in blocks.
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
INSERT INTO counters VALUES ('task', 0);
