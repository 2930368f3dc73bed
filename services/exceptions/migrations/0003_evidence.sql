-- Bytes that may lie in a store. Written before them, so that none is ever forgotten, whatever ends an upload half-way.
CREATE TABLE evidence_blob (
  id uuid PRIMARY KEY,
  store text NOT NULL CHECK (store IN ('postgres', 's3')),
  begun_at timestamptz NOT NULL
);
CREATE INDEX evidence_blob_by_age ON evidence_blob (begun_at, id);

CREATE TABLE evidence (
  id uuid PRIMARY KEY REFERENCES evidence_blob (id),
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  size bigint NOT NULL CHECK (size BETWEEN 1 AND 26214400),
  -- The media type told by its content.
  type text NOT NULL CHECK (char_length(type) BETWEEN 1 AND 200),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  uploaded_by_id uuid NOT NULL,
  uploaded_by_name text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  -- Null while no exception uses it; never another one afterwards.
  exception_id uuid REFERENCES exception (id),
  -- When it came to the exception, and the how-manieth of its files it is.
  added_at timestamptz,
  ordinal int CHECK (ordinal >= 0),
  UNIQUE (exception_id, ordinal),
  CHECK (num_nonnulls(exception_id, added_at, ordinal) IN (0, 3))
);
CREATE INDEX evidence_unused ON evidence (uploaded_at, id) WHERE exception_id IS NULL;
CREATE INDEX evidence_unused_of ON evidence (uploaded_by_id) WHERE exception_id IS NULL;

CREATE FUNCTION guard_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.exception_id IS NOT NULL THEN
    RAISE EXCEPTION 'evidence of an exception is kept for ever, as it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF (OLD.id, OLD.name, OLD.size, OLD.type, OLD.sha256, OLD.uploaded_by_id, OLD.uploaded_by_name, OLD.uploaded_at)
     IS DISTINCT FROM
     (NEW.id, NEW.name, NEW.size, NEW.type, NEW.sha256, NEW.uploaded_by_id, NEW.uploaded_by_name, NEW.uploaded_at) THEN
    RAISE EXCEPTION 'what was uploaded never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER evidence_guard BEFORE UPDATE OR DELETE ON evidence
  FOR EACH ROW EXECUTE FUNCTION guard_evidence();

-- The bytes of those whose store is this database.
CREATE TABLE evidence_object (
  id uuid PRIMARY KEY,
  large_object oid NOT NULL UNIQUE
);
