-- The inventory: which scanner reports which vulnerability where. Texts are compared by code point (COLLATE "C"), as the
-- query language does, and so that an index serves every order.
--
-- Partitioned tables have one partition key, the asset: everything about one asset's instances lies in one partition, and whoever
-- writes there holds the lock of the asset's row.

CREATE TABLE scanner (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);

-- One row for each class of ids that are aliases of one another.
CREATE TABLE vulnerability (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  canonical text COLLATE "C" NOT NULL,
  -- All ids of the class, sorted; the canonical one is among them.
  ids text[] COLLATE "C" NOT NULL CHECK (cardinality(ids) BETWEEN 1 AND 1000),
  description text,
  link text,
  -- A later alias has shown that it is the same as that one; its instances move there.
  merged_into integer REFERENCES vulnerability,
  CHECK (merged_into <> key)
);
CREATE INDEX vulnerability_canonical ON vulnerability (canonical);
CREATE INDEX vulnerability_ids ON vulnerability USING gin (ids);

CREATE TABLE vulnerability_alias (
  id text COLLATE "C" PRIMARY KEY,
  vulnerability_key integer NOT NULL REFERENCES vulnerability
);
CREATE INDEX vulnerability_alias_class ON vulnerability_alias (vulnerability_key);

-- What the sources agree on, merged from asset_source. NULL is unknown.
CREATE TABLE asset (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL
    CHECK (type IN ('host', 'container', 'image', 'repository', 'cloudResource', 'application', 'unknown')),
  os text COLLATE "C",
  owner text COLLATE "C",
  business_unit text COLLATE "C",
  environment text COLLATE "C",
  exposure text COLLATE "C" CHECK (exposure IN ('internet', 'internal', 'isolated')),
  criticality text COLLATE "C" CHECK (criticality IN ('critical', 'high', 'medium', 'low')),
  tags text[] COLLATE "C"
);
CREATE INDEX asset_name ON asset (name, key);
CREATE INDEX asset_owner ON asset (owner);
CREATE INDEX asset_tags ON asset USING gin (tags);

-- What one scanner last said about an asset, and since when it has been saying so.
CREATE TABLE asset_source (
  asset_key integer NOT NULL REFERENCES asset,
  scanner_key integer NOT NULL REFERENCES scanner,
  facts jsonb NOT NULL,
  said_at timestamptz NOT NULL,
  PRIMARY KEY (asset_key, scanner_key)
);

-- Taken before rows are written, so that rows of several tables can name each other in one statement each.
CREATE SEQUENCE instance_key AS bigint;

-- An instance as lists and queries see it: derived from its attributions. What a scan changes stands together, before the texts: the log
-- holds of a changed row what lies between its first and its last difference.
CREATE TABLE instance (
  key bigint NOT NULL,
  asset_key integer NOT NULL,
  vulnerability_key integer NOT NULL,
  -- What the API calls it.
  id uuid NOT NULL,
  -- Digest (128 bits of SHA-256) of component and location: with asset and vulnerability this is the instance's identity.
  place uuid NOT NULL,
  first_seen timestamptz NOT NULL,
  port integer,
  -- Counts its changes.
  revision integer NOT NULL,
  -- As of the last change; later sightings that changed nothing are in scan_part.
  last_seen timestamptz NOT NULL,
  closed_at timestamptz,
  cvss double precision CHECK (cvss BETWEEN 0 AND 10),
  epss double precision CHECK (epss BETWEEN 0 AND 1),
  open boolean NOT NULL,
  kev boolean,
  fix_available boolean,
  -- 0 unknown, 1 none, 2 low, 3 medium, 4 high, 5 critical.
  severity smallint NOT NULL CHECK (severity BETWEEN 0 AND 5),
  scanner_severity text COLLATE "C",
  -- The version, where one scan found several versions of the component at one place; '' otherwise.
  variant text COLLATE "C" NOT NULL DEFAULT '',
  title text COLLATE "C",
  component_name text COLLATE "C",
  component_version text COLLATE "C",
  component_purl text COLLATE "C",
  location text COLLATE "C",
  -- Names of those that report it now, sorted.
  scanners text[] COLLATE "C" NOT NULL,
  PRIMARY KEY (asset_key, key),
  CONSTRAINT instance_identity UNIQUE (asset_key, vulnerability_key, place, variant),
  CHECK (open = (closed_at IS NULL))
) PARTITION BY HASH (asset_key);
CREATE UNIQUE INDEX instance_id ON instance (id, asset_key);
CREATE INDEX instance_vulnerability ON instance (vulnerability_key);
CREATE INDEX instance_severity ON instance (severity, id) WHERE open;
CREATE INDEX instance_first_seen ON instance (first_seen, id);

-- One scanner's word on an instance. The instance is open while one of its attributions is.
CREATE TABLE attribution (
  instance_key bigint NOT NULL,
  asset_key integer NOT NULL,
  scanner_key integer NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  closed_at timestamptz,
  -- Over everything in facts (52 bits of SHA-256): what is the same is not written again.
  hash bigint NOT NULL,
  open boolean NOT NULL,
  scan_id text COLLATE "C" NOT NULL,
  -- The component's version in this scanner's words.
  version text COLLATE "C",
  -- Never searched by SQL: it is read and written whole, and derived from in code. So it is kept as it is written, not taken apart.
  facts json NOT NULL,
  PRIMARY KEY (asset_key, instance_key, scanner_key),
  CHECK (open = (closed_at IS NULL))
) PARTITION BY HASH (asset_key);
-- What a complete scan asks: which of this scanner's are open on this asset?
CREATE INDEX attribution_open ON attribution (asset_key, scanner_key) WHERE open;

DO $$
BEGIN
  FOR part IN 0..7 LOOP
    -- Room for changed rows beside their old ones: no index has to be touched where what it holds stays the same.
    EXECUTE format('CREATE TABLE instance_%s PARTITION OF instance FOR VALUES WITH (MODULUS 8, REMAINDER %s) WITH (fillfactor = 85)', part, part);
    EXECUTE format('CREATE TABLE attribution_%s PARTITION OF attribution FOR VALUES WITH (MODULUS 8, REMAINDER %s) WITH (fillfactor = 85)', part, part);
  END LOOP;
END $$;

-- Instances that turned out to be the same as another one. Their ids stay good, and so do the keys in scan_part.
CREATE TABLE instance_merged (
  asset_key integer NOT NULL,
  from_key bigint PRIMARY KEY,
  from_id uuid NOT NULL UNIQUE,
  into_key bigint NOT NULL
);
CREATE INDEX instance_merged_asset ON instance_merged (asset_key);

-- Taken before a scan is written, which is once its batch has been worked through.
CREATE SEQUENCE scan_key AS bigint;

-- One scan of one asset by one scanner: what was announced, what has come, and what followed.
CREATE TABLE scan (
  key bigint PRIMARY KEY,
  asset_key integer NOT NULL REFERENCES asset,
  scanner_key integer NOT NULL REFERENCES scanner,
  scan_id text COLLATE "C" NOT NULL,
  report_id uuid,
  started_at timestamptz NOT NULL,
  arrived bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  -- NULL until the scanner says that it has sent everything.
  announced bigint,
  completed_at timestamptz,
  -- open: not completed yet. whole: all had arrived, what it no longer reports was closed. incomplete: something is missing or was
  -- rejected, nothing was closed. superseded: a later one was whole
  -- before, so that this one closes nothing.
  outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'whole', 'incomplete', 'superseded')),
  closed bigint NOT NULL DEFAULT 0,
  CONSTRAINT scan_identity UNIQUE (asset_key, scanner_key, scan_id),
  CHECK ((announced IS NULL) = (completed_at IS NULL)),
  CHECK (outcome = 'superseded' OR (outcome = 'open') = (completed_at IS NULL))
);
-- Rows come in the order of their times, nearly: an index of ranges costs nothing to keep.
CREATE INDEX scan_started ON scan USING brin (started_at);
CREATE INDEX scan_incomplete ON scan (started_at) WHERE outcome = 'incomplete';

-- What was seen in a scan, a row for each batch it came in, a few bytes for each finding: an unchanged finding writes nothing else.
CREATE TABLE scan_part (
  asset_key integer NOT NULL,
  scanner_key integer NOT NULL,
  scan_key bigint NOT NULL REFERENCES scan ON DELETE CASCADE,
  part bigint GENERATED ALWAYS AS IDENTITY,
  seen bytea NOT NULL,
  PRIMARY KEY (asset_key, scanner_key, scan_key, part)
);

-- How far the topic of instances has been taken in; moved in the transaction that holds what the records did.
CREATE TABLE consumed (
  topic text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL CHECK (next_offset >= 0),
  PRIMARY KEY (topic, partition)
);

-- Work that follows from a change of what many instances share. A row is there until all of them have been looked at.
CREATE TABLE rematch (
  key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  vulnerability_key integer REFERENCES vulnerability,
  asset_key integer REFERENCES asset,
  -- The last one looked at.
  after_asset integer NOT NULL DEFAULT 0,
  after_instance bigint NOT NULL DEFAULT 0,
  CHECK (num_nonnulls(vulnerability_key, asset_key) = 1)
);
