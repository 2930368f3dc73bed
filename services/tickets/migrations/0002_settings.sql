-- Every version of the settings; the newest holds. Before the first there is what the product comes with.
CREATE TABLE settings_version (
  name text NOT NULL CHECK (name IN ('dueDates', 'exceptions')),
  version int NOT NULL CHECK (version >= 1),
  at timestamptz NOT NULL,
  actor_id uuid NOT NULL,
  actor_name text NOT NULL,
  settings jsonb NOT NULL,
  PRIMARY KEY (name, version)
);
CREATE TRIGGER settings_version_is_appended_to BEFORE UPDATE OR DELETE ON settings_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change('history is only ever added to');

CREATE TABLE grouping_rule (
  id uuid PRIMARY KEY,
  version int NOT NULL CHECK (version >= 1),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  grouped_by text NOT NULL CHECK (grouped_by IN ('ownerAndComponent', 'asset', 'vulnerability')),
  filter text NOT NULL CHECK (octet_length(filter) <= 65536),
  -- Counts the edits of what it selects from 1.
  query_version int NOT NULL CHECK (query_version >= 1),
  enabled boolean NOT NULL,
  -- Who owns a ticket whose group's owner is nobody here.
  owner_id uuid NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX grouping_rule_name ON grouping_rule (lower(name));

-- Files that were uploaded before asking, as `exceptions` told of them.
CREATE TABLE known_upload (
  id uuid PRIMARY KEY,
  uploaded_by uuid NOT NULL,
  exception_id uuid,
  removed boolean NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);
