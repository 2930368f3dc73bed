-- What exceptions.v1 last told: who asked for what. The newest version only.
CREATE TABLE exception (
  id uuid PRIMARY KEY,
  incarnation bigint NOT NULL,
  version int NOT NULL,
  name text NOT NULL,
  justification text NOT NULL,
  auto_pilot boolean NOT NULL,
  -- Asked for from a ticket: it moves its due date to the end, and covers nothing.
  defers boolean NOT NULL,
  requester_id uuid NOT NULL,
  requester_name text NOT NULL,
  expires_at timestamptz,
  -- Its end where it is counted from activation and not known yet.
  expires_after_days int,
  active boolean NOT NULL,
  applied_since timestamptz,
  -- [{ "id", "name" }]: who holds each step.
  approvers jsonb NOT NULL
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

-- A message on its way, of one notice or of a day's. Its job only wakes it up; whether it was sent is decided here.
CREATE TABLE mail (
  id uuid PRIMARY KEY,
  recipient_id uuid NOT NULL,
  -- Collects what happens until it is due.
  digest boolean NOT NULL,
  due_at timestamptz NOT NULL,
  -- A job was written for it.
  queued boolean NOT NULL,
  -- sending: a process has claimed it and talks to the mail server. dropped: its recipient can receive no mail, or wants none of this kind.
  status text NOT NULL CHECK (status IN ('waiting', 'sending', 'sent', 'refused', 'given_up', 'dropped')),
  attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Identifies the attempt that may write the outcome.
  claim uuid,
  claimed_at timestamptz,
  last_error text,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  -- What the mail server answered when it took the mail.
  receipt text,
  CONSTRAINT claimed_while_sending CHECK ((status = 'sending') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_at IS NULL)),
  CONSTRAINT finished_once_final CHECK ((finished_at IS NULL) = (status IN ('waiting', 'sending')))
);
CREATE UNIQUE INDEX mail_digest_once ON mail (recipient_id, due_at) WHERE digest;
CREATE INDEX mail_pending ON mail (due_at) WHERE status IN ('waiting', 'sending');
CREATE INDEX mail_unqueued ON mail (due_at) WHERE NOT queued;
CREATE INDEX mail_newest ON mail (created_at DESC, id DESC);
CREATE INDEX mail_of_recipient ON mail (recipient_id, created_at DESC, id DESC);
CREATE INDEX mail_finished ON mail (finished_at) WHERE finished_at IS NOT NULL;

-- Something a person is told. The unique constraint is what makes it once, however often an event comes.
CREATE TABLE notice (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  -- The exception, or for what is told of a webhook the webhook.
  subject_id uuid NOT NULL,
  -- Of the exception, of its approval or of the webhook: each kind of notice is of one of them. Of a reminder the end it reminds of, in Unix minutes.
  incarnation bigint NOT NULL,
  version int NOT NULL,
  recipient_id uuid NOT NULL,
  -- When it happened.
  at timestamptz NOT NULL,
  -- What the templates can say, as it was then.
  facts jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  -- Shown in the product; not where its recipient has switched that off.
  in_app boolean NOT NULL,
  read_at timestamptz,
  mail_id uuid REFERENCES mail (id) ON DELETE SET NULL,
  CONSTRAINT notice_once UNIQUE (subject_id, incarnation, version, kind, recipient_id)
);
CREATE INDEX notice_of_recipient ON notice (recipient_id, at DESC, id DESC) WHERE in_app;
CREATE INDEX notice_unread ON notice (recipient_id, at DESC, id DESC) WHERE in_app AND read_at IS NULL;
CREATE INDEX notice_of_mail ON notice (mail_id);
CREATE INDEX notice_old ON notice (created_at);

-- Reminders of an end that comes. A row stays while the exception is in force, so that none is told twice.
CREATE TABLE reminder (
  exception_id uuid NOT NULL,
  kind text NOT NULL,
  -- The end it reminds of: an end that moves is reminded of anew.
  ends_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (exception_id, kind, ends_at)
);
CREATE INDEX reminder_due ON reminder (due_at) WHERE done_at IS NULL;
