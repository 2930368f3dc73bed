-- What the topics told and no writer has taken up yet. Consumers only add here, so that none waits for another.
CREATE TABLE intake (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL,
  told jsonb NOT NULL,
  CONSTRAINT intake_event_unique UNIQUE (event_id)
);

-- The one row that whoever writes the journal holds: positions are given one writer at a time, so they are committed in their order.
CREATE TABLE journal_head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- Of the newest entry; 0 and zeros before the first.
  position bigint NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- Of the last entry that retention has taken away, which the oldest one left is chained to.
  start_position bigint NOT NULL,
  start_hash bytea NOT NULL CHECK (octet_length(start_hash) = 32),
  live_position bigint NOT NULL,
  -- Live events up to here are gone.
  live_forgotten bigint NOT NULL
);
INSERT INTO journal_head (position, hash, start_position, start_hash, live_position, live_forgotten)
VALUES (0, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'), 0, 0);

CREATE TABLE journal (
  position bigint PRIMARY KEY,
  event_id uuid NOT NULL,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  -- Null where the system acted by itself.
  actor_id text,
  actor_name text,
  type text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  subject_name text,
  -- [{ "field", "from", "to" }, …]
  changes jsonb NOT NULL,
  trace_id text,
  -- SHA-256 over the hash of the entry before and all the columns above.
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  CONSTRAINT journal_event_unique UNIQUE (event_id)
);
CREATE INDEX journal_at ON journal (at, event_id);
CREATE INDEX journal_actor ON journal (actor_id, at, event_id);
CREATE INDEX journal_subject ON journal (subject_id, at, event_id);
CREATE INDEX journal_type ON journal (type, at, event_id);

-- Retention says so in its own transaction; everything else is refused, whoever asks.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('reprieve.journal_retention', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every subject as it was last told of: what the next event changes, and who may see it.
CREATE TABLE subject (
  kind text NOT NULL,
  id text NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL,
  name text,
  state jsonb NOT NULL,
  PRIMARY KEY (kind, id)
);

-- What is sent to those who listen, kept for a while for those who come back.
CREATE TABLE live_event (
  position bigint PRIMARY KEY,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  type text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  -- Whose it is, where a thing belongs to one person.
  owner_id text
);
CREATE INDEX live_event_recorded ON live_event (recorded_at);
