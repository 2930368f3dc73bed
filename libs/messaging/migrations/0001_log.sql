-- The in-process carrier's log: one process writes it (LogSession holds an advisory lock), so that offsets are given without gaps.

CREATE TABLE topic (
  name text PRIMARY KEY,
  partitions integer NOT NULL CHECK (partitions > 0),
  -- Null: compacted, the newest record of each key is kept for ever.
  retention_ms bigint CHECK (retention_ms > 0)
);

CREATE TABLE topic_partition (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL REFERENCES topic,
  partition integer NOT NULL,
  next_offset bigint NOT NULL DEFAULT 0,
  -- Below it there is one record of each key, where the topic is compacted.
  compacted_to bigint NOT NULL DEFAULT 0,
  UNIQUE (topic, partition)
) WITH (fillfactor = 50);

-- No foreign key to topic_partition: every publish updates that row first, and a check for each record costs a fifth of a publish.
CREATE TABLE log_record (
  partition_id integer NOT NULL,
  record_offset bigint NOT NULL,
  -- Bytes, since text cannot hold every string.
  key bytea NOT NULL,
  value bytea NOT NULL,
  -- A JSON object of strings.
  headers text NOT NULL,
  published_at timestamptz NOT NULL,
  compacted boolean NOT NULL,
  PRIMARY KEY (partition_id, record_offset)
);

-- By hash, since an index cannot hold every key.
CREATE INDEX log_record_by_key ON log_record (partition_id, hashtextextended(encode(key, 'hex'), 0), record_offset)
  WHERE compacted;

CREATE TABLE group_position (
  group_name text NOT NULL,
  partition_id integer NOT NULL REFERENCES topic_partition,
  next_offset bigint NOT NULL,
  -- A group that nobody has read for long is forgotten, and does not hold records back any more.
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (group_name, partition_id)
) WITH (fillfactor = 50);

-- Who writes the log. A process that lost its lock and finds another one's mark must not go on.
CREATE TABLE log_writer (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  instance uuid NOT NULL
);
