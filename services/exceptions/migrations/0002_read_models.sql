-- What this service knows of rules and saved queries, kept by their owners' events; only the newest of each.

CREATE TABLE known_rule (
  id uuid PRIMARY KEY,
  role text NOT NULL,
  rule_version int NOT NULL,
  -- Null is Auto Pilot; otherwise one list of candidates (users and groups) a step: [["…"], …].
  steps jsonb,
  instructions text NOT NULL,
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
