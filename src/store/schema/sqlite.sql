-- The store's tables, version 1. One writer; every change of a step says in its WHERE which state it expects.
--
-- Moments and durations are integer microseconds (moments since 1970, UTC). UUIDs are their 16 bytes: half the size of
-- the text and compared as one piece; hex(uuid) shows them. JSON is TEXT exactly as it came: nothing here reads it, so
-- the digits of big integers and the order of keys survive. States and outcomes are the names that people see.

CREATE TABLE templates (
  id   INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,  -- of body; finds a template that is here already
  body TEXT NOT NULL      -- JSON: all that the engine knows of it
) STRICT;
CREATE INDEX templates_by_hash ON templates (hash);

CREATE TABLE tasks (
  id             INTEGER PRIMARY KEY,
  uuid           BLOB NOT NULL,
  template_id    INTEGER NOT NULL,
  context        TEXT NOT NULL,
  correlation_id BLOB NOT NULL,
  requested_at   INTEGER NOT NULL,
  timeout_us     INTEGER,
  state          TEXT NOT NULL,
  error          TEXT,
  started_at     INTEGER,
  finished_at    INTEGER,
  owner          BLOB,                        -- the engine that runs it
  epoch          INTEGER NOT NULL DEFAULT 0,  -- of that engine
  fence          INTEGER NOT NULL DEFAULT 0,  -- goes up with every change of owner
  recoveries     INTEGER NOT NULL DEFAULT 0   -- since the last new result
) STRICT;

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

-- Whom the steps wait for that were created while the task ran. Those of the others stand in the template.
CREATE TABLE step_dependencies (
  task_id      INTEGER NOT NULL,
  step_index   INTEGER NOT NULL,
  parent_index INTEGER NOT NULL,
  PRIMARY KEY (task_id, step_index, parent_index)
) STRICT, WITHOUT ROWID;

-- One row per dispatch that may have run.
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

PRAGMA user_version = 1;
