-- Addresses of other systems that hear of events.
CREATE TABLE webhook (
  id uuid PRIMARY KEY,
  version int NOT NULL CHECK (version > 0),
  name text NOT NULL,
  url text NOT NULL,
  event_types text[] NOT NULL,
  enabled boolean NOT NULL,
  -- Why it is not: failures (nothing got through for days), gone (its receiver answered 410), person.
  disabled_because text CHECK (disabled_because IN ('failures', 'gone', 'person')),
  disabled_at timestamptz,
  -- The first failure since something got through.
  failing_since timestamptz,
  failures int NOT NULL DEFAULT 0,
  last_error text,
  last_success_at timestamptz,
  created_at timestamptz NOT NULL,
  created_by uuid NOT NULL,
  created_by_name text NOT NULL,
  CONSTRAINT disabled_for_a_reason CHECK (enabled = (disabled_because IS NULL) AND enabled = (disabled_at IS NULL))
);
CREATE INDEX webhook_by_name ON webhook (name, id);

-- What signs. Two at once while a new one takes over.
CREATE TABLE webhook_secret (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  -- Sealed where the installation gives a secret to seal with.
  sealed text NOT NULL,
  made_at timestamptz NOT NULL,
  -- Null: the newest.
  expires_at timestamptz
);
CREATE UNIQUE INDEX webhook_secret_newest ON webhook_secret (webhook_id) WHERE expires_at IS NULL;
CREATE INDEX webhook_secret_of ON webhook_secret (webhook_id);

-- One event for one webhook, and how its sending goes. Its id is the `webhook-id` of every attempt.
CREATE TABLE webhook_delivery (
  id uuid PRIMARY KEY,
  webhook_id uuid NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
  type text NOT NULL,
  -- What tells one event from another, however often it comes: topic, subject, version.
  event_key text NOT NULL,
  -- As it is signed and sent, to the byte.
  body text NOT NULL,
  -- W3C trace context of what happened.
  trace jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'sending', 'delivered', 'given_up', 'dropped')),
  attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_at timestamptz,
  claim uuid,
  claimed_at timestamptz,
  last_attempt_at timestamptz,
  -- Of the last answer; null where there was none.
  response_status int,
  last_error text,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  CONSTRAINT webhook_delivery_once UNIQUE (webhook_id, event_key),
  CONSTRAINT webhook_claimed_while_sending CHECK ((status = 'sending') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_at IS NULL)),
  CONSTRAINT webhook_finished_once_final CHECK ((finished_at IS NULL) = (status IN ('waiting', 'sending'))),
  CONSTRAINT webhook_waits_for_a_time CHECK ((next_at IS NOT NULL) = (status IN ('waiting', 'sending')))
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_at) WHERE status IN ('waiting', 'sending');
CREATE INDEX webhook_delivery_list ON webhook_delivery (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL;

-- Hosts to which an admin allows delivery though their addresses are private. One row.
CREATE TABLE webhook_hosts (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version int NOT NULL,
  hosts text[] NOT NULL
);
INSERT INTO webhook_hosts (version, hosts) VALUES (1, '{}');
