-- Trigrams make a search for a part of a title an index scan.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A refusal by a trigger, told apart from ordinary faults by its SQLSTATE.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is never allowed: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TABLE ticket (
  id uuid PRIMARY KEY,
  -- Counts the changes from 1: one event each.
  version int NOT NULL CHECK (version >= 1),
  title text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200),
  owner_id uuid NOT NULL,
  -- As they were called when it became theirs.
  owner_name text NOT NULL,
  expression text NOT NULL CHECK (octet_length(expression) BETWEEN 1 AND 65536),
  -- Counts the edits of the expression from 1.
  query_version int NOT NULL CHECK (query_version >= 1),
  status text NOT NULL CHECK (status IN ('open', 'done')),
  done_at timestamptz,
  created_at timestamptz NOT NULL,

  -- The newest move of the due date, and what it left: held together by the foreign key below. Null while there is none.
  due_move int,
  due_date date,
  due_cause text,
  original_due_date date,
  -- Nobody gave it a date of its own: the policy does.
  by_policy boolean NOT NULL,
  -- The policy's version that it was last held against.
  policy_version int NOT NULL CHECK (policy_version >= 0),

  -- The exception that waits, and the newest one in force.
  waiting_request uuid,
  deferred_by uuid,

  -- What a grouping rule put together.
  group_rule_id uuid,
  group_key jsonb,
  -- What another system calls it, and what that last said of it.
  source text CHECK (char_length(source) BETWEEN 1 AND 64),
  source_key text CHECK (char_length(source_key) BETWEEN 1 AND 200),
  source_url text CHECK (char_length(source_url) BETWEEN 1 AND 2000),
  source_said jsonb,

  -- What scope last told of its instances.
  tally jsonb NOT NULL DEFAULT '[]',
  instance_count bigint NOT NULL DEFAULT 0 CHECK (instance_count >= 0),
  closed_count bigint NOT NULL DEFAULT 0 CHECK (closed_count >= 0),
  severity text CHECK (severity IN ('critical', 'high', 'medium', 'low', 'none', 'unknown')),
  severity_rank smallint NOT NULL GENERATED ALWAYS AS (
    CASE severity WHEN 'critical' THEN 5 WHEN 'high' THEN 4 WHEN 'medium' THEN 3 WHEN 'low' THEN 2 WHEN 'none' THEN 1
                  WHEN 'unknown' THEN 0 ELSE -1 END) STORED,
  -- What a search looks into, and what lists by title are ordered by: words begin after a blank, the first one, too.
  searched text NOT NULL GENERATED ALWAYS AS (lower(' ' || title)) STORED,
  counts_as_of timestamptz,
  counts_incarnation bigint NOT NULL DEFAULT 0,
  counts_version bigint NOT NULL DEFAULT 0,

  CONSTRAINT done_has_its_time CHECK ((done_at IS NOT NULL) = (status = 'done')),
  CONSTRAINT due_date_is_a_move CHECK (num_nonnulls(due_move, due_date, due_cause, original_due_date) IN (0, 4)),
  -- While a deferral is in force the newest move is a decision's: nobody else moves the due date.
  CONSTRAINT deferral_holds_the_due_date CHECK (deferred_by IS NULL OR due_cause IN ('approved', 'deactivated')),
  CONSTRAINT nothing_waits_for_a_done_ticket CHECK (status = 'open' OR (waiting_request IS NULL AND deferred_by IS NULL)),
  CONSTRAINT group_has_its_parts CHECK (num_nonnulls(group_rule_id, group_key) IN (0, 2)),
  CONSTRAINT source_has_its_parts CHECK (
    num_nonnulls(source, source_key, source_said) IN (0, 3) AND (source_url IS NULL OR source IS NOT NULL))
);
CREATE UNIQUE INDEX one_ticket_a_group ON ticket (group_rule_id, group_key) WHERE group_rule_id IS NOT NULL;
CREATE UNIQUE INDEX one_ticket_a_key ON ticket (source, source_key) WHERE source IS NOT NULL;

-- The list's sorts. What is missing comes last in either direction, so those columns need an index for each.
CREATE INDEX ticket_by_due_date ON ticket (due_date, id);
CREATE INDEX ticket_by_due_date_desc ON ticket (due_date DESC NULLS LAST, id DESC);
CREATE INDEX ticket_by_title ON ticket (searched, id);
CREATE INDEX ticket_by_owner ON ticket (lower(owner_name), id);
CREATE INDEX ticket_by_status ON ticket (status, id);
CREATE INDEX ticket_by_severity ON ticket (severity_rank, id);
CREATE INDEX ticket_by_instance_count ON ticket (instance_count, id);
CREATE INDEX ticket_by_created_at ON ticket (created_at, id);
-- Its filters.
CREATE INDEX ticket_of_owner ON ticket (owner_id, due_date, id);
-- What is done is old and has nothing left: the index of an order alone would meet it last.
CREATE INDEX ticket_of_status ON ticket (status, due_date, id);
CREATE INDEX ticket_of_status_desc ON ticket (status, due_date DESC NULLS LAST, id DESC);
CREATE INDEX ticket_of_status_by_severity ON ticket (status, severity_rank, id);
CREATE INDEX ticket_of_status_by_instance_count ON ticket (status, instance_count, id);
CREATE INDEX ticket_deferred ON ticket (deferred_by) WHERE deferred_by IS NOT NULL;
CREATE INDEX ticket_waiting ON ticket (waiting_request) WHERE waiting_request IS NOT NULL;
CREATE INDEX ticket_of_severity ON ticket (severity_rank, due_date, id);
CREATE INDEX ticket_title ON ticket USING gin (searched gin_trgm_ops);
-- Those that a new version of the policy has not been held against.
CREATE INDEX ticket_governed ON ticket (policy_version, id) WHERE by_policy AND status = 'open' AND deferred_by IS NULL;

CREATE FUNCTION guard_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(NEW.due_move, 0) < coalesce(OLD.due_move, 0) THEN
    RAISE EXCEPTION 'a due date is what its newest move says' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.id, OLD.created_at, OLD.group_rule_id, OLD.group_key, OLD.source, OLD.source_key)
     IS DISTINCT FROM (NEW.id, NEW.created_at, NEW.group_rule_id, NEW.group_key, NEW.source, NEW.source_key)
     OR (OLD.original_due_date IS NOT NULL AND OLD.original_due_date IS DISTINCT FROM NEW.original_due_date) THEN
    RAISE EXCEPTION 'where a ticket comes from never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ticket_guard BEFORE UPDATE ON ticket FOR EACH ROW EXECUTE FUNCTION guard_ticket();
CREATE TRIGGER ticket_is_kept BEFORE DELETE ON ticket
  FOR EACH ROW EXECUTE FUNCTION refuse_change('tickets are kept for ever');

-- Every move of every due date, each from where the one before led, and why. A due date is what the newest of them says.
CREATE TABLE due_date_move (
  ticket_id uuid NOT NULL REFERENCES ticket (id),
  -- Counts the ticket's moves from 1.
  n int NOT NULL CHECK (n >= 1),
  previous int GENERATED ALWAYS AS (CASE WHEN n > 1 THEN n - 1 END) STORED,
  from_date date,
  to_date date NOT NULL,
  at timestamptz NOT NULL,
  cause text NOT NULL CHECK (cause IN ('opened', 'manager', 'policy', 'approved', 'deactivated', 'external')),
  -- Null where the system acted.
  actor_id uuid,
  actor_name text,
  reason text CHECK (char_length(reason) BETWEEN 1 AND 4000),
  exception_id uuid,
  policy_version int CHECK (policy_version >= 0),
  PRIMARY KEY (ticket_id, n),
  UNIQUE (ticket_id, n, to_date),
  UNIQUE (ticket_id, n, to_date, cause),
  -- An exception moves a due date there once, and back once.
  UNIQUE (exception_id, cause),
  FOREIGN KEY (ticket_id, previous, from_date) REFERENCES due_date_move (ticket_id, n, to_date),
  CONSTRAINT the_first_comes_from_nowhere CHECK ((n = 1) = (from_date IS NULL)),
  CONSTRAINT it_moves CHECK (cause IN ('approved', 'deactivated') OR from_date IS DISTINCT FROM to_date),
  CONSTRAINT cause_has_its_parts CHECK (
    (actor_id IS NULL) = (actor_name IS NULL)
    AND (exception_id IS NOT NULL) = (cause IN ('approved', 'deactivated'))
    AND (policy_version IS NOT NULL) = (cause = 'policy')
    -- Another system's word may be nobody's: then the reason names it.
    AND (cause NOT IN ('opened', 'manager', 'approved', 'deactivated') OR actor_id IS NOT NULL)
    AND (cause <> 'external' OR actor_id IS NOT NULL OR reason IS NOT NULL)
    AND (cause <> 'opened' OR n = 1))
);
ALTER TABLE ticket ADD CONSTRAINT due_date_is_its_newest_move
  FOREIGN KEY (id, due_move, due_date, due_cause) REFERENCES due_date_move (ticket_id, n, to_date, cause)
  DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER due_date_move_is_appended_to BEFORE UPDATE OR DELETE ON due_date_move
  FOR EACH ROW EXECUTE FUNCTION refuse_change('history is only ever added to');
CREATE TRIGGER due_date_move_is_not_emptied BEFORE TRUNCATE ON due_date_move
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('history is only ever added to');

-- A request for an exception, as its owner made it, and what `exceptions` has told of it since.
CREATE TABLE ticket_request (
  exception_id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket (id),
  -- Counts the ticket's requests from 1: one is decided before the next is asked for.
  ordinal int NOT NULL CHECK (ordinal >= 1),
  requester_id uuid NOT NULL,
  requester_name text NOT NULL,
  requested_at timestamptz NOT NULL,
  -- The ticket's title then.
  name text NOT NULL,
  justification text NOT NULL CHECK (char_length(justification) BETWEEN 1 AND 10000),
  use_case text NOT NULL CHECK (use_case IN ('technicalLimitation', 'fixUnavailable', 'unacceptableBusinessImpact', 'other')),
  evidence_link text CHECK (char_length(evidence_link) BETWEEN 1 AND 2000),
  evidence_ids uuid[] NOT NULL,
  proposed_due_date date NOT NULL,
  -- The managed copy of the ticket's query.
  query_id uuid NOT NULL UNIQUE,
  query_expression text NOT NULL,
  -- Whom the settings assigned, by which of their rules (null: the fallback), and of whom else.
  assigned_id uuid NOT NULL,
  assigned_by text,
  candidate_ids uuid[] NOT NULL,
  -- The ticket was done while this waited or was in force.
  ticket_done_at timestamptz,

  status text NOT NULL
    CHECK (status IN ('pendingApproval', 'active', 'denied', 'expired', 'deactivated', 'withdrawn')),
  -- Who holds its step now.
  reviewer_id uuid NOT NULL,
  reviewer_name text NOT NULL,
  decided_at timestamptz,
  applied_since timestamptz,
  ended_at timestamptz,
  incarnation bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 0,
  UNIQUE (ticket_id, ordinal),
  CONSTRAINT nobody_reviews_their_own CHECK (assigned_id <> requester_id AND reviewer_id <> requester_id)
);
CREATE UNIQUE INDEX one_request_waits ON ticket_request (ticket_id) WHERE status = 'pendingApproval';
CREATE INDEX ticket_request_waits_for ON ticket_request (reviewer_id) WHERE status = 'pendingApproval';
CREATE INDEX ticket_request_assigned ON ticket_request (assigned_id, requested_at);
-- Uploaded files go with one request.
CREATE TABLE request_evidence (
  evidence_id uuid PRIMARY KEY,
  exception_id uuid NOT NULL REFERENCES ticket_request (exception_id)
);

CREATE FUNCTION guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.exception_id, OLD.ticket_id, OLD.ordinal, OLD.requester_id, OLD.requested_at, OLD.justification, OLD.use_case, OLD.evidence_link,
      OLD.evidence_ids, OLD.proposed_due_date, OLD.query_id, OLD.query_expression, OLD.assigned_id, OLD.assigned_by)
     IS DISTINCT FROM
     (NEW.exception_id, NEW.ticket_id, NEW.ordinal, NEW.requester_id, NEW.requested_at, NEW.justification, NEW.use_case, NEW.evidence_link,
      NEW.evidence_ids, NEW.proposed_due_date, NEW.query_id, NEW.query_expression, NEW.assigned_id, NEW.assigned_by)
     OR (OLD.ticket_done_at IS NOT NULL AND OLD.ticket_done_at IS DISTINCT FROM NEW.ticket_done_at) THEN
    RAISE EXCEPTION 'what was requested never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status <> NEW.status AND OLD.status NOT IN ('pendingApproval', 'active') THEN
    RAISE EXCEPTION 'an exception never goes from % to %', OLD.status, NEW.status
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ticket_request_guard BEFORE UPDATE ON ticket_request FOR EACH ROW EXECUTE FUNCTION guard_request();
CREATE TRIGGER ticket_request_is_kept BEFORE DELETE ON ticket_request
  FOR EACH ROW EXECUTE FUNCTION refuse_change('requests are kept for ever');

-- All that happened to a ticket, in words, beside those of one exception where it is about that.
CREATE TABLE ticket_update (
  id uuid PRIMARY KEY,
  ticket_id uuid NOT NULL REFERENCES ticket (id),
  at timestamptz NOT NULL,
  actor_id uuid,
  actor_name text,
  type text NOT NULL,
  text text NOT NULL,
  exception_id uuid REFERENCES ticket_request (exception_id),
  -- The move of the due date that it came with.
  due_move int,
  FOREIGN KEY (ticket_id, due_move) REFERENCES due_date_move (ticket_id, n),
  CHECK ((actor_id IS NULL) = (actor_name IS NULL))
);
CREATE INDEX ticket_update_in_order ON ticket_update (ticket_id, at, id);
CREATE INDEX ticket_update_of_exception ON ticket_update (exception_id, at, id) WHERE exception_id IS NOT NULL;
CREATE TRIGGER ticket_update_is_appended_to BEFORE UPDATE OR DELETE ON ticket_update
  FOR EACH ROW EXECUTE FUNCTION refuse_change('history is only ever added to');
