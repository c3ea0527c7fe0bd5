-- Version 2: the conditions of two partial indexes, word by word as the statements have them that use these.
--
-- SQLite 3.40 makes a list of three or more after IN a table of its own, in memory, each time it asks whether a row
-- belongs into such an index: at every task's creation, at each change of its state and at its end. That was a quarter
-- of all that a durable step cost the store. A chain of OR is compared in place.
DROP INDEX tasks_under_way;
CREATE INDEX tasks_under_way ON tasks (owner)
  WHERE (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry');
DROP INDEX tasks_by_unique_key;
CREATE UNIQUE INDEX tasks_by_unique_key ON tasks (namespace, name, unique_key)
  WHERE unique_key IS NOT NULL
    AND (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry' OR state = 'blocked_by_failures');
