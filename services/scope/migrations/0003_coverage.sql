-- One row: the set of queries that every writer of membership must know before it writes, and the time it must not be behind of.
CREATE TABLE query_set (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- Counts joining, leaving, activating of exceptions.
  epoch bigint NOT NULL,
  -- Time-relative queries have been brought up to this time: nobody evaluates them as of an earlier one.
  as_of timestamptz NOT NULL,
  -- What time alone has changed up to then has been looked at, for every exception that had joined by then.
  flipped_until timestamptz NOT NULL
);
INSERT INTO query_set (epoch, as_of, flipped_until) VALUES (1, '1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z');

-- What the owner of exceptions last said of itself in each partition of its topic: all that it told there up to this time is here.
CREATE TABLE exceptions_heard (
  partition integer PRIMARY KEY,
  at timestamptz NOT NULL
);

-- One row: where the back-fill stands on its round over all instances.
CREATE TABLE sync_round (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  at_asset integer NOT NULL,
  at_instance bigint NOT NULL
);
INSERT INTO sync_round (at_asset, at_instance) VALUES (0, 0);

-- Exceptions as their owner last told of them, and how far scope has come with each.
CREATE TABLE exception (
  key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  incarnation bigint NOT NULL,
  version bigint NOT NULL,
  name text NOT NULL,
  status text NOT NULL
    CHECK (status IN ('pendingApproval', 'active', 'denied', 'expired', 'deactivated', 'withdrawn')),
  effect text NOT NULL CHECK (effect IN ('suppress', 'defer')),
  requester_id uuid NOT NULL,
  approver_ids uuid[] NOT NULL,
  expression text NOT NULL,
  -- In the index: pending or active. Membership follows the data as long as it is.
  live boolean NOT NULL,
  -- Why its expression cannot be evaluated here (it then covers nothing); NULL where it can.
  fault text,
  -- In force from, and until (exclusive); compared with the clock whenever it is asked for.
  active_from timestamptz,
  active_until timestamptz,
  ended_at timestamptz,
  -- The epoch of its last change of what ingest must know.
  epoch bigint NOT NULL,
  -- Depends on the time of evaluation: it joined, and so was evaluated, no earlier than then.
  time_relative boolean NOT NULL DEFAULT false,
  joined_at timestamptz,
  -- Back-fill goes round over all instances for whoever waits: where the round stood when this one got on, whether it has passed the end
  -- since, how many instances it has looked at, of how many. Done when synced_at is set.
  sync_from_asset integer,
  sync_from_instance bigint,
  sync_passed_end boolean NOT NULL DEFAULT false,
  synced bigint NOT NULL DEFAULT 0,
  sync_total bigint,
  synced_at timestamptz,
  CHECK (ended_at IS NULL OR NOT live),
  CHECK (live = (status IN ('pendingApproval', 'active')))
);
CREATE INDEX exception_epoch ON exception (epoch);
CREATE INDEX exception_unsynced ON exception (key) WHERE live AND synced_at IS NULL;
CREATE INDEX exception_status ON exception (status);

-- Which instances an exception's query selects, and when it did. Coverage is this, as far as the exception is active.
--
-- Not partitioned as instances are: a list asks of each instance whether it is a member, by its key alone, and PostgreSQL's planner counts
-- wrongly once the partition's key takes part in that question.
CREATE TABLE membership (
  instance_key bigint NOT NULL,
  asset_key integer NOT NULL,
  exception_key integer NOT NULL,
  since timestamptz NOT NULL,
  -- Exclusive; NULL while it does.
  until timestamptz,
  CHECK (until >= since)
);
-- At most one at a time, and the way from an exception to its instances.
CREATE UNIQUE INDEX membership_now ON membership (exception_key, asset_key, instance_key) WHERE until IS NULL;
-- The way back.
CREATE INDEX membership_of_instance ON membership (instance_key, exception_key) WHERE until IS NULL;
CREATE INDEX membership_ended ON membership (exception_key, until) WHERE until IS NOT NULL;
CREATE INDEX membership_ended_of_instance ON membership (instance_key) WHERE until IS NOT NULL;

-- What follows, instance by instance, from an exception's coming into force or ending. A row is there until all is done.
CREATE TABLE aftermath (
  key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  exception_key integer NOT NULL REFERENCES exception,
  -- covered: tell other systems of each member. ended: close each membership, and tell of it where it was in force.
  what text NOT NULL CHECK (what IN ('covered', 'ended')),
  was_in_force boolean NOT NULL,
  at timestamptz NOT NULL,
  -- The last instance done.
  after_asset integer NOT NULL DEFAULT 0,
  after_instance bigint NOT NULL DEFAULT 0
);

-- Exceptions whose reach has changed since it was last told: appended by whoever changes it, many at a time.
CREATE TABLE reach_due (
  exception_key integer NOT NULL,
  due_at timestamptz NOT NULL,
  -- By how many open instances; NULL: by a number that is not known, so that all of them have to be counted.
  change bigint
);
CREATE INDEX reach_due_exception ON reach_due (exception_key);

-- What was last told of each exception's reach.
CREATE TABLE reach (
  exception_key integer PRIMARY KEY REFERENCES exception,
  instances bigint NOT NULL,
  as_of timestamptz NOT NULL,
  in_force_since timestamptz,
  synced bigint NOT NULL,
  total bigint NOT NULL,
  -- Counts what was told.
  version bigint NOT NULL
);

-- Proofs that stored membership equals what the queries say.
CREATE TABLE reconciliation (
  id uuid PRIMARY KEY,
  cause text NOT NULL CHECK (cause IN ('schedule', 'request')),
  requested_by uuid,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  status text NOT NULL CHECK (status IN ('running', 'done')),
  after_asset integer NOT NULL DEFAULT 0,
  after_instance bigint NOT NULL DEFAULT 0,
  instances bigint NOT NULL DEFAULT 0,
  exceptions integer NOT NULL DEFAULT 0,
  -- Members that were missing, members that should not have been; all of them mended.
  missing bigint NOT NULL DEFAULT 0,
  surplus bigint NOT NULL DEFAULT 0,
  -- The first of them, for whoever looks for the cause.
  examples jsonb NOT NULL DEFAULT '[]',
  CHECK ((status = 'done') = (finished_at IS NOT NULL))
);
CREATE INDEX reconciliation_started ON reconciliation (started_at, id);
CREATE UNIQUE INDEX reconciliation_one_at_a_time ON reconciliation (status) WHERE status = 'running';
