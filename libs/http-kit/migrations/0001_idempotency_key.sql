-- The answers of writes by their Idempotency-Key, written in the write's own transaction. The row comes first: whoever repeats
-- a request that is still in flight waits at the primary key until that one commits (and then reads its answer) or rolls back.
CREATE TABLE idempotency_key (
  principal_id uuid NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
  fingerprint text NOT NULL,
  -- Null only inside the transaction that makes it.
  status smallint,
  headers text,
  body text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (principal_id, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
