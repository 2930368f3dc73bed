-- One rule a role, never deleted. What it says is in its newest version.
CREATE TABLE rule (
  id uuid PRIMARY KEY,
  role text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  CONSTRAINT rule_role_unique UNIQUE (role)
);

-- Every version for ever: exceptions keep the workflow they were made with.
CREATE TABLE rule_version (
  rule_id uuid NOT NULL REFERENCES rule (id),
  version integer NOT NULL CHECK (version >= 1),
  workflow_type text NOT NULL CHECK (workflow_type IN ('autoPilot', 'approvers')),
  -- For each step in order, the ids of the users and groups who may be chosen, or who assigns: [{"candidates": ["…", "…"]},
  -- {"assigned": {"reviewerRules": [{"name", "when", "reviewerId", "choice"}], "fallbackReviewerId", "fallbackChoice"}}]. Empty for autoPilot.
  steps jsonb NOT NULL,
  instructions text NOT NULL,
  edited_by uuid NOT NULL,
  edited_by_name text NOT NULL,
  edited_at timestamptz NOT NULL,
  PRIMARY KEY (rule_id, version),
  CONSTRAINT rule_version_steps CHECK (
    jsonb_typeof(steps) = 'array'
    AND CASE workflow_type WHEN 'autoPilot' THEN jsonb_array_length(steps) = 0
                           ELSE jsonb_array_length(steps) BETWEEN 1 AND 10 END
  )
);
-- A rule's newest version is there: a rule cannot be committed without the version it names.
ALTER TABLE rule ADD CONSTRAINT rule_newest_version
  FOREIGN KEY (id, version) REFERENCES rule_version (rule_id, version) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER rule_version_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_is_never_deleted BEFORE DELETE OR TRUNCATE ON rule
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
