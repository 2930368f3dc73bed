-- Trigrams make a search for a part of a text an index scan.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A refusal by a trigger, told apart from ordinary faults by its SQLSTATE.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is never allowed: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TABLE exception (
  id uuid PRIMARY KEY,
  -- Counts the changes from 1: one history line and one event each.
  version int NOT NULL CHECK (version >= 1),
  kind text NOT NULL CHECK (kind IN ('query', 'ticket')),
  effect text NOT NULL CHECK (effect IN ('suppress', 'defer')),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  justification text NOT NULL CHECK (char_length(justification) BETWEEN 1 AND 10000),
  use_case text CHECK (char_length(use_case) BETWEEN 1 AND 200),
  evidence_link text CHECK (char_length(evidence_link) BETWEEN 1 AND 2000),
  risk_acknowledged boolean NOT NULL CHECK (risk_acknowledged),

  status text NOT NULL
    CHECK (status IN ('pendingApproval', 'active', 'denied', 'expired', 'deactivated', 'withdrawn')),

  -- The managed copy, made at submission.
  query_id uuid NOT NULL UNIQUE,
  query_name text NOT NULL,
  query_folder text NOT NULL,
  query_expression text NOT NULL CHECK (octet_length(query_expression) BETWEEN 1 AND 65536),
  source_query_id uuid,

  expiration_type text NOT NULL CHECK (expiration_type IN ('never', 'days', 'date', 'at')),
  expiration_days int CHECK (expiration_days >= 1),
  expiration_date date,
  -- Exclusive: at this instant it no longer holds.
  expires_at timestamptz,
  applied_since timestamptz,

  requester_id uuid NOT NULL,
  -- Names are kept as they were: this is a record of what was done by whom.
  requester_name text NOT NULL,
  requested_at timestamptz NOT NULL,

  rule_id uuid,
  rule_version int CHECK (rule_version >= 1),
  ticket_id uuid,
  -- When that ticket was done, while this waited or was in force. Whatever is heard of it later ends, too.
  ticket_done_at timestamptz,

  approval_type text NOT NULL CHECK (approval_type IN ('autoPilot', 'approvers', 'reviewer')),
  step_count int NOT NULL,
  -- Index of the step in effect; the number of steps once all are approved.
  current_step int NOT NULL,
  waiting_for_id uuid,
  waiting_for_name text,
  -- How much of the approval's own record has been taken in.
  approval_incarnation bigint NOT NULL DEFAULT 0,
  approval_version int NOT NULL DEFAULT 0,

  -- What a search looks into, made of the columns above as a row is inserted: ten thousand hits are counted without lowering each text.
  searched text NOT NULL DEFAULT '',

  ended_at timestamptz,
  ended_by_id uuid,
  ended_by_name text,
  ended_reason text,

  -- What scope last told of the instances it covers, or would cover.
  instance_count bigint NOT NULL DEFAULT 0 CHECK (instance_count >= 0),
  in_force_since timestamptz,
  reach_as_of timestamptz,
  reach_incarnation bigint NOT NULL DEFAULT 0,
  reach_version bigint NOT NULL DEFAULT 0,

  UNIQUE (id, requester_id),
  CONSTRAINT kind_has_its_source CHECK (
    CASE kind
      WHEN 'query' THEN rule_id IS NOT NULL AND rule_version IS NOT NULL AND ticket_id IS NULL AND effect = 'suppress'
      ELSE rule_id IS NULL AND rule_version IS NULL AND ticket_id IS NOT NULL AND effect = 'defer'
    END),
  CONSTRAINT done_with_its_ticket CHECK (ticket_done_at IS NULL OR ticket_id IS NOT NULL),
  CONSTRAINT steps_fit_the_workflow CHECK (
    CASE approval_type
      WHEN 'autoPilot' THEN step_count = 0
      WHEN 'reviewer' THEN step_count = 1
      ELSE step_count BETWEEN 1 AND 10
    END
    AND (approval_type = 'reviewer') = (kind = 'ticket')),
  CONSTRAINT current_step_fits_the_status CHECK (
    current_step BETWEEN 0 AND step_count
    AND (status <> 'pendingApproval' OR current_step < step_count)
    AND (applied_since IS NULL OR current_step = step_count)),
  CONSTRAINT someone_is_waited_for_while_pending CHECK (
    (waiting_for_id IS NOT NULL) = (status = 'pendingApproval')
    AND (waiting_for_name IS NULL) = (waiting_for_id IS NULL)),
  CONSTRAINT applied_once_active CHECK (
    CASE status
      WHEN 'active' THEN applied_since IS NOT NULL
      WHEN 'deactivated' THEN applied_since IS NOT NULL
      -- Without it: it lapsed while it waited.
      WHEN 'expired' THEN true
      ELSE applied_since IS NULL
    END),
  CONSTRAINT ended_when_final CHECK (
    (ended_at IS NOT NULL) = (status NOT IN ('pendingApproval', 'active'))
    AND (ended_by_id IS NULL) = (ended_by_name IS NULL)
    AND (ended_at IS NOT NULL OR (ended_by_id IS NULL AND ended_reason IS NULL))),
  CONSTRAINT expires_after_it_applies CHECK (expires_at > applied_since),
  CONSTRAINT expired_at_its_end CHECK (status <> 'expired' OR (expires_at IS NOT NULL AND ended_at = expires_at)),
  CONSTRAINT end_fits_the_expiration CHECK (
    CASE expiration_type
      WHEN 'never' THEN expires_at IS NULL AND expiration_days IS NULL AND expiration_date IS NULL
      WHEN 'days' THEN expiration_days IS NOT NULL AND expiration_date IS NULL
                       AND (expires_at IS NULL) = (applied_since IS NULL)
      WHEN 'date' THEN expires_at IS NOT NULL AND expiration_date IS NOT NULL AND expiration_days IS NULL
      ELSE expires_at IS NOT NULL AND expiration_days IS NULL AND expiration_date IS NULL
    END),
  CONSTRAINT in_force_as_of_some_time CHECK (in_force_since IS NULL OR reach_as_of IS NOT NULL)
);

-- What ends next.
CREATE INDEX exception_ends ON exception (expires_at, id) WHERE status = 'active' AND expires_at IS NOT NULL;

-- The Exception Table's sorts. What is missing comes last in either direction, so those columns need an index for each.
CREATE INDEX exception_by_requested_at ON exception (requested_at, id);
CREATE INDEX exception_by_name ON exception (lower(name), id);
CREATE INDEX exception_by_status ON exception (status, id);
CREATE INDEX exception_by_requester_name ON exception (lower(requester_name), id);
CREATE INDEX exception_by_instance_count ON exception (instance_count, id);
-- Filtered by when they expire and ordered by another time, they are sorted from this index alone.
CREATE INDEX exception_by_expires_at ON exception (expires_at, id) INCLUDE (requested_at, applied_since, status);
CREATE INDEX exception_by_expires_at_desc ON exception (expires_at DESC NULLS LAST, id DESC);
CREATE INDEX exception_by_applied_since ON exception (applied_since, id);
CREATE INDEX exception_by_applied_since_desc ON exception (applied_since DESC NULLS LAST, id DESC);
CREATE INDEX exception_by_waiting_for ON exception (lower(waiting_for_name), id);
CREATE INDEX exception_by_waiting_for_desc ON exception (lower(waiting_for_name) DESC NULLS LAST, id DESC);
-- Its filters.
CREATE INDEX exception_of_requester ON exception (requester_id, requested_at, id);
CREATE INDEX exception_waiting_for ON exception (waiting_for_id, requested_at, id) WHERE waiting_for_id IS NOT NULL;
CREATE INDEX exception_of_ticket ON exception (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX exception_of_kind ON exception (kind, requested_at, id);
CREATE INDEX exception_of_status ON exception (status, requested_at, id);
CREATE INDEX exception_text ON exception USING gin (searched gin_trgm_ops);

CREATE FUNCTION fill_searched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Words begin after a blank, the first one, too.
  NEW.searched := lower(' ' || NEW.name || ' ' || NEW.requester_name || ' ' || NEW.justification);
  RETURN NEW;
END $$;
CREATE TRIGGER exception_searched BEFORE INSERT ON exception FOR EACH ROW EXECUTE FUNCTION fill_searched();

CREATE FUNCTION guard_exception() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
       ('pendingApproval', 'active'), ('pendingApproval', 'denied'), ('pendingApproval', 'withdrawn'),
       ('pendingApproval', 'expired'), ('active', 'expired'), ('active', 'deactivated')) THEN
    RAISE EXCEPTION 'an exception never goes from % to %', OLD.status, NEW.status
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.status <> NEW.status AND NEW.version <= OLD.version THEN
    RAISE EXCEPTION 'a change of status is a new version' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.id, OLD.kind, OLD.effect, OLD.name, OLD.justification, OLD.use_case, OLD.evidence_link,
      OLD.query_id, OLD.query_name, OLD.query_folder, OLD.query_expression, OLD.source_query_id,
      OLD.expiration_type, OLD.expiration_days, OLD.expiration_date,
      OLD.requester_id, OLD.requester_name, OLD.requested_at, OLD.rule_id, OLD.rule_version, OLD.ticket_id,
      OLD.approval_type, OLD.step_count, OLD.searched)
     IS DISTINCT FROM
     (NEW.id, NEW.kind, NEW.effect, NEW.name, NEW.justification, NEW.use_case, NEW.evidence_link,
      NEW.query_id, NEW.query_name, NEW.query_folder, NEW.query_expression, NEW.source_query_id,
      NEW.expiration_type, NEW.expiration_days, NEW.expiration_date,
      NEW.requester_id, NEW.requester_name, NEW.requested_at, NEW.rule_id, NEW.rule_version, NEW.ticket_id,
      NEW.approval_type, NEW.step_count, NEW.searched) THEN
    RAISE EXCEPTION 'what was requested never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.applied_since IS NOT NULL AND OLD.applied_since IS DISTINCT FROM NEW.applied_since)
     OR (OLD.expires_at IS NOT NULL AND OLD.expires_at IS DISTINCT FROM NEW.expires_at)
     OR (OLD.ended_at IS NOT NULL AND (OLD.ended_at, OLD.ended_by_id, OLD.ended_reason)
         IS DISTINCT FROM (NEW.ended_at, NEW.ended_by_id, NEW.ended_reason)) THEN
    RAISE EXCEPTION 'when it began and when it ends never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.ticket_done_at IS NOT NULL AND OLD.ticket_done_at IS DISTINCT FROM NEW.ticket_done_at THEN
    RAISE EXCEPTION 'that its ticket was done is never taken back' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER exception_guard BEFORE UPDATE ON exception FOR EACH ROW EXECUTE FUNCTION guard_exception();
CREATE TRIGGER exception_is_kept BEFORE DELETE ON exception
  FOR EACH ROW EXECUTE FUNCTION refuse_change('exceptions are kept for ever');
CREATE TRIGGER exception_is_not_emptied BEFORE TRUNCATE ON exception
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('exceptions are kept for ever');

CREATE TABLE exception_step (
  exception_id uuid NOT NULL,
  step_index int NOT NULL CHECK (step_index BETWEEN 0 AND 9),
  requester_id uuid NOT NULL,
  approver_id uuid NOT NULL,
  approver_name text NOT NULL,
  -- Users and groups, by the rule's version the request was made with.
  candidate_ids uuid[] NOT NULL,
  -- Who was assigned at first, when, and by which rule (null: the fallback). Nobody where the requester chose.
  assigned_id uuid,
  assigned_at timestamptz,
  assigned_rule text,
  decision text CHECK (decision IN ('approved', 'denied')),
  decided_at timestamptz,
  decided_by_id uuid,
  decided_by_name text,
  comment text,
  -- The files that whoever decided could see.
  evidence_ids uuid[],
  PRIMARY KEY (exception_id, step_index),
  FOREIGN KEY (exception_id, requester_id) REFERENCES exception (id, requester_id),
  CONSTRAINT nobody_approves_their_own CHECK (approver_id <> requester_id AND decided_by_id <> requester_id),
  CONSTRAINT assigned_as_a_whole CHECK (
    num_nonnulls(assigned_id, assigned_at) IN (0, 2) AND (assigned_rule IS NULL OR assigned_id IS NOT NULL)),
  CONSTRAINT decided_as_a_whole CHECK (
    num_nonnulls(decision, decided_at, decided_by_id, decided_by_name) IN (0, 4)
    AND (comment IS NULL OR decision IS NOT NULL)
    AND (evidence_ids IS NULL) = (decision IS NULL))
);
CREATE INDEX exception_step_of_approver ON exception_step (approver_id, exception_id);

-- Who has how much to do, and whose turn is longest ago.
CREATE INDEX exception_step_open ON exception_step (approver_id) WHERE decision IS NULL;
CREATE INDEX exception_step_assigned ON exception_step (assigned_id, assigned_at) WHERE assigned_id IS NOT NULL;

CREATE FUNCTION guard_exception_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.decision IS NOT NULL
     AND (OLD.decision, OLD.decided_at, OLD.decided_by_id, OLD.decided_by_name, OLD.comment, OLD.evidence_ids)
         IS DISTINCT FROM
         (NEW.decision, NEW.decided_at, NEW.decided_by_id, NEW.decided_by_name, NEW.comment, NEW.evidence_ids) THEN
    RAISE EXCEPTION 'a decision never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.assigned_id, OLD.assigned_at, OLD.assigned_rule) IS DISTINCT FROM (NEW.assigned_id, NEW.assigned_at, NEW.assigned_rule) THEN
    RAISE EXCEPTION 'who was assigned at first never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER exception_step_guard BEFORE UPDATE ON exception_step
  FOR EACH ROW EXECUTE FUNCTION guard_exception_step();
CREATE TRIGGER exception_step_is_kept BEFORE DELETE ON exception_step
  FOR EACH ROW EXECUTE FUNCTION refuse_change('steps are kept for ever');

-- One line for each version, written with it.
CREATE TABLE exception_history (
  exception_id uuid NOT NULL REFERENCES exception (id),
  version int NOT NULL CHECK (version >= 1),
  at timestamptz NOT NULL,
  type text NOT NULL CHECK (type IN ('submitted', 'stepApproved', 'handedOver', 'activated', 'denied', 'withdrawn',
                                     'lapsed', 'expired', 'deactivated', 'evidenceAdded')),
  from_status text,
  to_status text,
  -- Null where the system acted.
  actor_id uuid,
  actor_name text,
  reason text,
  step_index int,
  -- Whom a step was handed over to.
  subject_id uuid,
  subject_name text,
  -- Files that came with it, or that whoever decided could see.
  evidence_ids uuid[],
  PRIMARY KEY (exception_id, version),
  CHECK ((actor_id IS NULL) = (actor_name IS NULL)),
  CHECK ((subject_id IS NULL) = (subject_name IS NULL))
);
CREATE TRIGGER exception_history_is_appended_to BEFORE UPDATE OR DELETE ON exception_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('history is only ever added to');
CREATE TRIGGER exception_history_is_not_emptied BEFORE TRUNCATE ON exception_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('history is only ever added to');

-- What each version left, and from when until before when it was so: the table as it was at any time.
CREATE TABLE exception_state (
  exception_id uuid NOT NULL REFERENCES exception (id),
  version int NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz NOT NULL DEFAULT 'infinity',
  status text NOT NULL,
  current_step int NOT NULL,
  waiting_for_id uuid,
  waiting_for_name text,
  expires_at timestamptz,
  applied_since timestamptz,
  -- Who held each step.
  approver_ids uuid[] NOT NULL,
  approver_names text[] NOT NULL,
  PRIMARY KEY (exception_id, version),
  CHECK (valid_until >= valid_from)
);
-- Its sorts and filters, as of the table itself.
CREATE INDEX exception_state_by_status ON exception_state (status, exception_id);
-- Who had a status at a time; what is ordered by a time as well is sorted from this index alone.
CREATE INDEX exception_state_of_status ON exception_state (status, valid_from, valid_until, exception_id)
  INCLUDE (applied_since, expires_at);
-- What waits waits for days, among years of it.
CREATE INDEX exception_state_pending ON exception_state USING gist (tstzrange(valid_from, valid_until))
  WHERE status = 'pendingApproval';
CREATE INDEX exception_state_by_expires_at ON exception_state (expires_at, exception_id);
CREATE INDEX exception_state_by_applied_since ON exception_state (applied_since, exception_id);
-- As of long ago the latest are all passed over: by these alone, without a look at the rows.
CREATE INDEX exception_state_by_expires_at_desc
  ON exception_state (expires_at DESC NULLS LAST, exception_id DESC) INCLUDE (valid_from, valid_until);
CREATE INDEX exception_state_by_applied_since_desc
  ON exception_state (applied_since DESC NULLS LAST, exception_id DESC) INCLUDE (valid_from, valid_until);
CREATE INDEX exception_state_by_waiting_for ON exception_state (lower(waiting_for_name), exception_id);
CREATE INDEX exception_state_by_waiting_for_desc
  ON exception_state (lower(waiting_for_name) DESC NULLS LAST, exception_id DESC);
CREATE INDEX exception_state_waiting_for ON exception_state (waiting_for_id) WHERE waiting_for_id IS NOT NULL;
CREATE INDEX exception_state_of_approver ON exception_state USING gin (approver_ids);

CREATE FUNCTION guard_exception_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(OLD) - 'valid_until' IS DISTINCT FROM to_jsonb(NEW) - 'valid_until' OR OLD.valid_until <> 'infinity' THEN
    RAISE EXCEPTION 'what was is never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER exception_state_guard BEFORE UPDATE ON exception_state
  FOR EACH ROW EXECUTE FUNCTION guard_exception_state();
CREATE TRIGGER exception_state_is_kept BEFORE DELETE ON exception_state
  FOR EACH ROW EXECUTE FUNCTION refuse_change('history is only ever added to');
CREATE TRIGGER exception_state_is_not_emptied BEFORE TRUNCATE ON exception_state
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('history is only ever added to');

CREATE TABLE exception_comment (
  id uuid PRIMARY KEY,
  exception_id uuid NOT NULL REFERENCES exception (id),
  author_id uuid NOT NULL,
  author_name text NOT NULL,
  at timestamptz NOT NULL,
  text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 4000)
);
CREATE INDEX exception_comment_in_order ON exception_comment (exception_id, at, id);
CREATE TRIGGER exception_comment_is_appended_to BEFORE UPDATE OR DELETE ON exception_comment
  FOR EACH ROW EXECUTE FUNCTION refuse_change('comments are only ever added');
