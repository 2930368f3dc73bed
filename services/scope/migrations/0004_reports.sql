CREATE TABLE report (
  id uuid PRIMARY KEY,
  scanner text NOT NULL,
  -- The asset it was sent for; NULL: those that it names.
  asset text,
  partial boolean NOT NULL,
  uploaded_by uuid NOT NULL,
  received_at timestamptz NOT NULL,
  -- As it travelled, and unpacked.
  stored_bytes bigint NOT NULL,
  bytes bigint NOT NULL,
  gzip boolean NOT NULL,
  sha256 bytea NOT NULL,
  format text,
  status text NOT NULL CHECK (status IN ('processing', 'done', 'failed')),
  failure text,
  finished_at timestamptz,
  -- The last finding that was published or told as a fault: where a publication that was cut off goes on.
  published bigint NOT NULL DEFAULT 0,
  -- How often its publication has failed for no reason that the report gives.
  attempts integer NOT NULL DEFAULT 0,
  -- Set when all of it is published; NULL before.
  published_at timestamptz,
  -- What the publication counted: findings in the report, of them sent as observations, passed checks, and those that cannot be taken.
  received bigint NOT NULL DEFAULT 0,
  sent bigint NOT NULL DEFAULT 0,
  ignored bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  -- Completions of scans sent, one for each asset of a report that is not partial.
  completions bigint NOT NULL DEFAULT 0,
  CHECK ((status = 'processing') = (finished_at IS NULL)),
  CHECK ((status = 'failed') = (failure IS NOT NULL))
);
CREATE INDEX report_received ON report (received_at, id);
CREATE INDEX report_uploaded_by ON report (uploaded_by, received_at, id);
CREATE INDEX report_processing ON report (id) WHERE status = 'processing';

-- The kept bytes, in pieces as they came in. They are there before the report's row is, and swept if it never comes.
CREATE TABLE report_part (
  report_id uuid NOT NULL,
  part integer NOT NULL,
  written_at timestamptz NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (report_id, part)
);
-- Reports are compressed by us or by their sender.
ALTER TABLE report_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX report_part_written ON report_part (written_at);

-- What ingest counted, by the topic's partition, so that no two of its transactions wait for each other.
CREATE TABLE report_tally (
  report_id uuid NOT NULL,
  partition integer NOT NULL,
  created bigint NOT NULL DEFAULT 0,
  updated bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  merged bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  closed bigint NOT NULL DEFAULT 0,
  completions bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (report_id, partition)
);

-- What is wrong with single findings or scans of a report; the first hundred.
CREATE TABLE report_fault (
  report_id uuid NOT NULL,
  key bigint GENERATED ALWAYS AS IDENTITY,
  code text NOT NULL,
  pointer text,
  detail text NOT NULL,
  PRIMARY KEY (report_id, key)
);
