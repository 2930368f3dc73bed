CREATE TABLE saved_query (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  folder text NOT NULL CHECK (char_length(folder) <= 200),
  expression text NOT NULL CHECK (octet_length(expression) BETWEEN 1 AND 65536),
  owner_id uuid NOT NULL,
  owner_name text NOT NULL,
  managed boolean NOT NULL,
  -- The exception whose copy it is.
  exception_id uuid UNIQUE,
  -- Counts its edits.
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  -- Deleted ones stay as rows that say so: read models elsewhere are rebuilt from here.
  deleted_at timestamptz,
  CHECK (managed = (exception_id IS NOT NULL))
);
CREATE INDEX saved_query_name ON saved_query (name, id) WHERE deleted_at IS NULL;
CREATE INDEX saved_query_folder ON saved_query (folder) WHERE deleted_at IS NULL;

-- What an exception was granted for can never become something else, whoever tries.
CREATE FUNCTION refuse_change_of_managed_query() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the managed query % can never be changed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER managed_query_is_immutable BEFORE UPDATE OR DELETE ON saved_query
  FOR EACH ROW WHEN (OLD.managed) EXECUTE FUNCTION refuse_change_of_managed_query();
