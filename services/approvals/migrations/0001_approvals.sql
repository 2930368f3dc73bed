-- A refusal by a trigger, told apart from ordinary faults by its SQLSTATE.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is never allowed: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Every exception as its owner last told of it, also those that never wait for anybody (Auto Pilot).
CREATE TABLE known_exception (
  id uuid PRIMARY KEY,
  requester_id uuid NOT NULL,
  status text NOT NULL
    CHECK (status IN ('pendingApproval', 'active', 'denied', 'expired', 'deactivated', 'withdrawn')),
  -- Its files, in the order they came.
  evidence_ids uuid[] NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

-- How many instances an exception covers or would cover, as scope last told. It may be heard of before the exception is.
CREATE TABLE known_reach (
  exception_id uuid PRIMARY KEY,
  instance_count bigint NOT NULL CHECK (instance_count >= 0),
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

-- Requests from tickets that are done, whether there is an approval of them yet or not.
CREATE TABLE done_ticket_request (
  exception_id uuid PRIMARY KEY,
  done_at timestamptz NOT NULL
);

-- A request on its way through its steps. Whatever happens to it happens to this row, under its lock.
CREATE TABLE approval (
  exception_id uuid PRIMARY KEY,
  -- 1 opened it; each act adds one.
  version int NOT NULL CHECK (version >= 1),
  status text NOT NULL CHECK (status IN ('waiting', 'approved', 'denied', 'withdrawn', 'lapsed')),
  -- approvers: by a rule. reviewer: asked for from a ticket.
  type text NOT NULL CHECK (type IN ('approvers', 'reviewer')),
  name text NOT NULL,
  requester_id uuid NOT NULL,
  requester_name text NOT NULL,
  requested_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  step_count int NOT NULL CHECK (step_count BETWEEN 1 AND 10),
  -- Index of the step in effect; the number of steps once all are approved.
  current_step int NOT NULL,
  -- The approver of the step in effect while it waits.
  waiting_for_id uuid,
  -- The request's end where it is known from the start (a date or an instant), exclusive: then it lapses.
  ends_at timestamptz,
  resolved_at timestamptz,
  UNIQUE (exception_id, requester_id),
  CONSTRAINT a_reviewer_is_one CHECK (type <> 'reviewer' OR step_count = 1),
  CONSTRAINT current_step_fits_the_status CHECK (
    current_step BETWEEN 0 AND step_count AND (status = 'approved') = (current_step = step_count)),
  CONSTRAINT someone_is_waited_for_while_it_waits CHECK (
    (waiting_for_id IS NOT NULL) = (status = 'waiting')),
  CONSTRAINT nobody_waits_for_themselves CHECK (waiting_for_id <> requester_id),
  CONSTRAINT resolved_once_it_no_longer_waits CHECK ((resolved_at IS NOT NULL) = (status <> 'waiting')),
  CONSTRAINT resolved_before_its_end CHECK (
    CASE WHEN status = 'lapsed' THEN ends_at IS NOT NULL AND resolved_at = ends_at
         ELSE resolved_at < ends_at END)
);
-- Whose turn it is, oldest first.
CREATE INDEX approval_waiting_for ON approval (waiting_for_id, requested_at, exception_id) WHERE waiting_for_id IS NOT NULL;
-- What lapses next.
CREATE INDEX approval_ends ON approval (ends_at, exception_id) WHERE status = 'waiting' AND ends_at IS NOT NULL;

CREATE FUNCTION guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'waiting' AND (OLD.status, OLD.resolved_at, OLD.current_step)
     IS DISTINCT FROM (NEW.status, NEW.resolved_at, NEW.current_step) THEN
    RAISE EXCEPTION 'a resolved approval stays as it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.exception_id, OLD.type, OLD.name, OLD.requester_id, OLD.requester_name, OLD.requested_at, OLD.opened_at, OLD.step_count, OLD.ends_at)
     IS DISTINCT FROM
     (NEW.exception_id, NEW.type, NEW.name, NEW.requester_id, NEW.requester_name, NEW.requested_at, NEW.opened_at, NEW.step_count, NEW.ends_at) THEN
    RAISE EXCEPTION 'what was requested never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.version <> OLD.version + 1 THEN
    RAISE EXCEPTION 'each act is one version' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_guard BEFORE UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION guard_approval();
CREATE TRIGGER approval_is_kept BEFORE DELETE ON approval
  FOR EACH ROW EXECUTE FUNCTION refuse_change('approvals are kept for ever');

CREATE TABLE approval_step (
  exception_id uuid NOT NULL,
  step_index int NOT NULL CHECK (step_index BETWEEN 0 AND 9),
  requester_id uuid NOT NULL,
  approver_id uuid NOT NULL,
  approver_name text NOT NULL,
  -- Users and groups, by the rule's version the request was made with.
  candidate_ids uuid[] NOT NULL,
  PRIMARY KEY (exception_id, step_index),
  FOREIGN KEY (exception_id, requester_id) REFERENCES approval (exception_id, requester_id),
  CONSTRAINT nobody_approves_their_own CHECK (approver_id <> requester_id)
);
CREATE TRIGGER approval_step_is_kept BEFORE DELETE ON approval_step
  FOR EACH ROW EXECUTE FUNCTION refuse_change('steps are kept for ever');

-- All that was done, in order. The indexes below are the rules of the game: a step is decided once, a request resolved once.
CREATE TABLE approval_act (
  exception_id uuid NOT NULL,
  -- The version of the approval that this act made.
  version int NOT NULL CHECK (version >= 2),
  type text NOT NULL CHECK (type IN ('stepApproved', 'approved', 'denied', 'withdrawn', 'lapsed', 'handedOver')),
  at timestamptz NOT NULL,
  requester_id uuid NOT NULL,
  -- Null where the system acted: a lapse, or a withdrawal because the ticket is done.
  by_id uuid,
  by_name text,
  step_index int,
  to_id uuid,
  to_name text,
  reason text,
  -- A decision's: the files that whoever decided could see.
  evidence_ids uuid[],
  PRIMARY KEY (exception_id, version),
  FOREIGN KEY (exception_id, requester_id) REFERENCES approval (exception_id, requester_id),
  FOREIGN KEY (exception_id, step_index) REFERENCES approval_step (exception_id, step_index),
  CONSTRAINT act_has_its_parts CHECK (
    (by_id IS NULL) = (by_name IS NULL) AND (to_id IS NULL) = (to_name IS NULL)
    AND (by_id IS NOT NULL OR type IN ('lapsed', 'withdrawn'))
    AND (by_id IS NULL OR type <> 'lapsed')
    AND (to_id IS NOT NULL) = (type = 'handedOver')
    AND (step_index IS NULL) = (type IN ('withdrawn', 'lapsed'))
    AND (evidence_ids IS NOT NULL) = (type IN ('stepApproved', 'approved', 'denied'))
    AND (type NOT IN ('denied', 'handedOver') OR coalesce(char_length(reason), 0) >= 1)),
  CONSTRAINT nobody_decides_their_own CHECK (
    CASE type
      WHEN 'withdrawn' THEN by_id IS NULL OR by_id = requester_id
      WHEN 'lapsed' THEN true
      WHEN 'handedOver' THEN to_id <> requester_id
      ELSE by_id <> requester_id
    END)
);
CREATE UNIQUE INDEX a_step_is_decided_once ON approval_act (exception_id, step_index)
  WHERE type IN ('stepApproved', 'approved', 'denied');
CREATE UNIQUE INDEX a_request_is_resolved_once ON approval_act (exception_id)
  WHERE type IN ('approved', 'denied', 'withdrawn', 'lapsed');
CREATE TRIGGER approval_act_is_appended_to BEFORE UPDATE OR DELETE ON approval_act
  FOR EACH ROW EXECUTE FUNCTION refuse_change('what was done is only ever added to');
CREATE TRIGGER approval_act_is_not_emptied BEFORE TRUNCATE ON approval_act
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('what was done is only ever added to');
