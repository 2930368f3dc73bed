-- Remediation tickets, as far as their instances have to be found and counted. What a ticket's query selects is matched like an exception's, in
-- the same index, by the same writers: its row in `exception` has the effect none, so that it covers nothing.

ALTER TABLE exception DROP CONSTRAINT exception_effect_check;
ALTER TABLE exception
  ADD COLUMN ticket_id uuid,
  ADD CONSTRAINT exception_effect_check CHECK (effect IN ('suppress', 'defer', 'none')),
  -- Only what has force covers anything.
  ADD CONSTRAINT exception_ticket_check CHECK (
    CASE WHEN effect = 'none' THEN ticket_id IS NOT NULL AND active_from IS NULL ELSE ticket_id IS NULL END
  );

-- Of what is told of tickets the newest wins, whichever row it is counted by.
CREATE SEQUENCE ticket_count_version AS bigint;

CREATE TABLE ticket (
  id uuid PRIMARY KEY,
  incarnation bigint NOT NULL,
  version bigint NOT NULL,
  open boolean NOT NULL,
  -- Overdue once this day is over in UTC.
  due_on date,
  -- The edit of its query that is matched, by this row; NULL for a group's ticket, which is counted with its group, and for one that is done.
  query_version integer NOT NULL,
  exception_key integer REFERENCES exception,
  -- What was last told of its counts, and in which version.
  told text,
  told_version bigint,
  -- Of a group's ticket.
  rule_id uuid,
  owner text COLLATE "C",
  component text COLLATE "C",
  asset_id text COLLATE "C",
  vulnerability text COLLATE "C"
);
CREATE INDEX ticket_exception ON ticket (exception_key) WHERE exception_key IS NOT NULL;
CREATE INDEX ticket_due ON ticket (due_on) WHERE open;

-- One ticket for each group: nothing is matched for them; groups are counted by key when one of their instances has changed.
CREATE TABLE grouping_rule (
  id uuid PRIMARY KEY,
  incarnation bigint NOT NULL,
  version bigint NOT NULL,
  by text COLLATE "C" NOT NULL CHECK (by IN ('ownerAndComponent', 'asset', 'vulnerability')),
  filter text NOT NULL,
  -- Its edit, which is named with each count.
  rule_version integer NOT NULL,
  enabled boolean NOT NULL,
  -- All its groups are to be counted anew, from here on.
  recount boolean NOT NULL,
  after_key integer NOT NULL DEFAULT 0,
  after_owner text COLLATE "C" NOT NULL DEFAULT '',
  recounted_at timestamptz
);

-- Groups that were told of.
CREATE TABLE ticket_group (
  rule_id uuid NOT NULL REFERENCES grouping_rule,
  -- Its key, as JSON.
  group_key text COLLATE "C" NOT NULL,
  -- What its instances have in common: all groups of it are counted together.
  owner text COLLATE "C",
  asset_key integer,
  vulnerability_key integer,
  asset_name text COLLATE "C" NOT NULL,
  rule_version integer NOT NULL,
  told text NOT NULL,
  told_version bigint NOT NULL,
  PRIMARY KEY (rule_id, group_key),
  CHECK (num_nonnulls(owner, asset_key, vulnerability_key) = 1)
);
CREATE INDEX ticket_group_owner ON ticket_group (owner) WHERE owner IS NOT NULL;
CREATE INDEX ticket_group_asset ON ticket_group (asset_key) WHERE asset_key IS NOT NULL;
CREATE INDEX ticket_group_vulnerability ON ticket_group (vulnerability_key) WHERE vulnerability_key IS NOT NULL;

-- Of what some instance has changed since its groups were counted: appended by whoever changes it, many at a time.
CREATE TABLE group_due (
  key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text COLLATE "C",
  asset_key integer,
  vulnerability_key integer,
  CHECK (num_nonnulls(owner, asset_key, vulnerability_key) = 1)
);
