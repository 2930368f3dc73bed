-- Events wait here, written in the transaction that changed the state, until the relay has seen them acknowledged.
-- For one key the sequence is the order of commits, because whoever changes an aggregate holds its row's lock.
CREATE TABLE outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL,
  key text NOT NULL,
  event_id uuid NOT NULL,
  value bytea NOT NULL,
  headers jsonb NOT NULL DEFAULT '{}',
  written_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What each consumer has acted on, written in the transaction that holds what it did.
CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_handled_at ON inbox (handled_at);

-- One row: when this database began to count versions. A restored backup begins anew, so that what it publishes
-- is newer than all that it published before it was restored.
CREATE TABLE incarnation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  started_at_ms bigint NOT NULL
);
INSERT INTO incarnation (started_at_ms) VALUES (floor(extract(epoch FROM clock_timestamp()) * 1000));
