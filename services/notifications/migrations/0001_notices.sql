-- What exceptions.v1 last told: who asked for what. The newest version only.
CREATE TABLE exception (
  id uuid PRIMARY KEY,
  incarnation bigint NOT NULL,
  version int NOT NULL,
  name text NOT NULL,
  justification text NOT NULL,
  auto_pilot boolean NOT NULL,
  requester_id uuid NOT NULL,
  requester_name text NOT NULL,
  expires_at timestamptz,
  -- Its end where it is counted from activation and not known yet.
  expires_after_days int
);

-- What approvals.v1 last told: where the decision stands. It can arrive before the exception itself; people are told once both are here.
CREATE TABLE approval (
  exception_id uuid PRIMARY KEY,
  incarnation bigint NOT NULL,
  version int NOT NULL,
  -- Up to which version people have been told.
  told_incarnation bigint NOT NULL,
  told_version int NOT NULL,
  waits boolean NOT NULL,
  current_step int NOT NULL,
  -- [{ "id", "name" }]: who holds each step.
  approvers jsonb NOT NULL,
  -- Who held them in the version before, while people have not been told of this one.
  approvers_told jsonb NOT NULL,
  -- [{ "type", "at", "by", "step", "to", "reason" }]: act i made version i + 2.
  acts jsonb NOT NULL,
  opened_at timestamptz NOT NULL,
  -- When its owner wrote the event of this version.
  published_at timestamptz NOT NULL,
  -- W3C trace context of the event that brought this version.
  trace jsonb NOT NULL
);

-- Something a person is told. The unique constraint is what makes it once, however often an event comes.
CREATE TABLE notice (
  id uuid PRIMARY KEY,
  exception_id uuid NOT NULL,
  -- Of the exception or of its approval: each kind of notice is of one of them.
  incarnation bigint NOT NULL,
  version int NOT NULL,
  kind text NOT NULL,
  recipient_id uuid NOT NULL,
  -- When it happened.
  at timestamptz NOT NULL,
  -- What the templates can say, as it was then.
  facts jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  read_at timestamptz,
  CONSTRAINT notice_once UNIQUE (exception_id, incarnation, version, kind, recipient_id)
);
CREATE INDEX notice_of_recipient ON notice (recipient_id, at DESC, id DESC);
CREATE INDEX notice_unread ON notice (recipient_id) WHERE read_at IS NULL;

-- How a notice travels. Its job only wakes it up; whether it was sent is decided here.
CREATE TABLE delivery (
  notice_id uuid NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('mail')),
  -- sending: a process has claimed it and talks to the mail server. dropped: its recipient can receive no mail.
  status text NOT NULL CHECK (status IN ('waiting', 'sending', 'sent', 'refused', 'given_up', 'dropped')),
  attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Identifies the attempt that may write the outcome.
  claim uuid,
  claimed_at timestamptz,
  last_error text,
  finished_at timestamptz,
  -- What the mail server answered when it took the mail.
  receipt text,
  PRIMARY KEY (notice_id, channel),
  CONSTRAINT claimed_while_sending CHECK ((status = 'sending') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_at IS NULL)),
  CONSTRAINT finished_once_final CHECK ((finished_at IS NULL) = (status IN ('waiting', 'sending')))
);
CREATE INDEX delivery_pending ON delivery (notice_id) WHERE status IN ('waiting', 'sending');
