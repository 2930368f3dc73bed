-- Records that a consumer could not handle, of all topics: what is on `<topic>.dlq`, one row for each record and consumer.
CREATE TABLE dead_letter (
  id uuid PRIMARY KEY,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  published_at timestamptz NOT NULL,
  -- The consumer that failed, and the service it belongs to.
  consumer text NOT NULL,
  service text NOT NULL,
  -- The record as it was, without what was added when it was put aside.
  key bytea NOT NULL,
  value bytea NOT NULL,
  -- A JSON object of texts; as text, since jsonb does not hold every text.
  headers text NOT NULL,
  trace_id text,
  state text NOT NULL CHECK (state IN ('dead', 'redriven', 'discarded')),
  -- Of the newest failure.
  cause_code text NOT NULL,
  cause text NOT NULL,
  failed_at timestamptz NOT NULL,
  first_failed_at timestamptz NOT NULL,
  -- How often it came here, and how often the consumer was called for it in all.
  failures integer NOT NULL,
  attempts integer NOT NULL,
  redrives integer NOT NULL DEFAULT 0,
  -- Counts what people did to it.
  version integer NOT NULL DEFAULT 0,
  settled_at timestamptz,
  settled_by_id text,
  settled_by_name text,
  discard_reason text,
  -- The same record that the same consumer fails again is the same dead letter. An offset alone says nothing once a topic was made anew.
  CONSTRAINT dead_letter_record_unique UNIQUE (topic, partition, record_offset, consumer, published_at)
);
CREATE INDEX dead_letter_failed ON dead_letter (failed_at, id);
CREATE INDEX dead_letter_state ON dead_letter (state, failed_at, id);

-- Each time one came here: a record of a dead letter topic, which may be delivered more than once.
CREATE TABLE dead_letter_failure (
  dead_letter_id uuid NOT NULL REFERENCES dead_letter ON DELETE CASCADE,
  dlq_topic text NOT NULL,
  dlq_offset bigint NOT NULL,
  failed_at timestamptz NOT NULL,
  -- Which redrive this ended; 0 where the record failed on its way.
  redrive integer NOT NULL,
  cause_code text NOT NULL,
  cause text NOT NULL,
  attempts integer NOT NULL,
  -- Dead letter topics have one partition.
  PRIMARY KEY (dlq_topic, dlq_offset, failed_at)
);
CREATE INDEX dead_letter_failure_of ON dead_letter_failure (dead_letter_id, failed_at);
