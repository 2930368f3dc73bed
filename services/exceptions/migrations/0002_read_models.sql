-- What this service knows of rules and saved queries, kept by their owners' events; only the newest of each.

CREATE TABLE known_rule (
  id uuid PRIMARY KEY,
  role text NOT NULL,
  rule_version int NOT NULL,
  -- Null is Auto Pilot; otherwise each step's candidates (users and groups), or who assigns: [{"candidates": ["…"]},
  -- {"assigned": {"reviewerRules": [{"name", "when", "reviewerId", "choice"}], "fallbackReviewerId", "fallbackChoice"}}].
  steps jsonb,
  instructions text NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);
-- Who may ask from tickets: they upload files before.
CREATE TABLE known_ticket_settings (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  requester_roles text[] NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX known_rule_of_role ON known_rule (role);

CREATE TABLE known_query (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  expression text NOT NULL,
  deleted boolean NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

-- How many instances each exception covered, or would have covered, from when on: every count that scope told.
CREATE TABLE known_reach (
  exception_id uuid NOT NULL REFERENCES exception (id),
  incarnation bigint NOT NULL,
  version bigint NOT NULL,
  as_of timestamptz NOT NULL,
  instance_count bigint NOT NULL CHECK (instance_count >= 0),
  in_force_since timestamptz,
  PRIMARY KEY (exception_id, incarnation, version)
);
CREATE INDEX known_reach_at ON known_reach (exception_id, as_of, incarnation, version) INCLUDE (instance_count);
-- What is thinned out, oldest first.
CREATE INDEX known_reach_by_age ON known_reach (as_of);
