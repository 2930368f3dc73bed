-- Public feeds: which vulnerabilities are exploited (KEV), how likely that is (EPSS), how bad each is (NVD's CVSS). They are kept here, once
-- for each vulnerability, and nowhere copied to instances.

-- What feeds say, by the id they say it of, known here or not: a vulnerability that turns up later has it at once.
CREATE TABLE feed_score (
  feed text COLLATE "C" NOT NULL CHECK (feed IN ('kev', 'epss', 'nvd')),
  id text COLLATE "C" NOT NULL,
  -- KEV: 1. EPSS: the probability. NVD: the CVSS base score.
  score double precision NOT NULL,
  -- NVD: when the entry was last changed there. The others are replaced as a whole.
  changed_at timestamptz,
  PRIMARY KEY (feed, id)
);

-- Feeds that have been taken: until one has, what it does not list is unknown.
CREATE TABLE feed (
  name text COLLATE "C" PRIMARY KEY CHECK (name IN ('kev', 'epss', 'nvd')),
  taken_at timestamptz NOT NULL,
  -- The date that it gives itself.
  dated timestamptz NOT NULL,
  entries bigint NOT NULL
);

-- One taking of one feed. It is read whole before anything is changed.
CREATE TABLE feed_take (
  id uuid PRIMARY KEY,
  feed text COLLATE "C" NOT NULL CHECK (feed IN ('kev', 'epss', 'nvd')),
  cause text NOT NULL CHECK (cause IN ('schedule', 'request')),
  requested_by uuid,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  -- reading: its documents are read aside. merging: what they say replaces what was known. settling: vulnerabilities get their values.
  status text NOT NULL CHECK (status IN ('reading', 'merging', 'settling', 'done', 'failed')),
  -- Those that were read whole: reading goes on after them.
  documents text[] NOT NULL DEFAULT '{}',
  -- Merging and settling go on after these.
  after_id text COLLATE "C" NOT NULL DEFAULT '',
  after_key integer NOT NULL DEFAULT 0,
  dated timestamptz,
  entries bigint NOT NULL DEFAULT 0,
  -- Vulnerabilities whose values are others now, and those of them whose instances are matched again for it.
  changed bigint NOT NULL DEFAULT 0,
  rematched bigint NOT NULL DEFAULT 0,
  -- Why it was not taken, and where it is broken.
  failure_code text,
  failure text,
  CHECK ((finished_at IS NOT NULL) = (status IN ('done', 'failed'))),
  CHECK ((status = 'failed') = (failure IS NOT NULL)),
  CHECK ((failure IS NULL) = (failure_code IS NULL))
);
CREATE INDEX feed_take_started ON feed_take (feed, started_at);
CREATE UNIQUE INDEX feed_take_one_at_a_time ON feed_take (feed) WHERE finished_at IS NULL;

-- What a take has read so far.
CREATE TABLE feed_staged (
  take_id uuid NOT NULL REFERENCES feed_take ON DELETE CASCADE,
  id text COLLATE "C" NOT NULL,
  -- NULL: the feed has taken it back.
  score double precision,
  changed_at timestamptz,
  PRIMARY KEY (take_id, id)
);

ALTER TABLE vulnerability
  -- As the feeds say; NULL where they do not.
  ADD COLUMN cvss double precision CHECK (cvss BETWEEN 0 AND 10),
  ADD COLUMN epss double precision CHECK (epss BETWEEN 0 AND 1),
  ADD COLUMN kev boolean;

-- Many at once, and none of them in a hurry: what scanners told goes before.
ALTER TABLE rematch ADD COLUMN by_feed boolean NOT NULL DEFAULT false;
CREATE INDEX rematch_order ON rematch (by_feed, key);
