-- What readers that keep the inventory in memory have to read again. Whatever statement changes it says so here, in its own transaction,
-- whoever wrote it. A reader takes what its last snapshot of the database did not see and its next one does, so that a transaction which
-- commits late is not passed over.

CREATE TABLE inventory_change (
  -- In the order of the statements. For one instance or member that is the order of commits, since each of them is one row's.
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- joined, left: members of exceptions, which need not be read again.
  what text COLLATE "C" NOT NULL CHECK (what IN ('asset', 'vulnerability', 'instance', 'joined', 'left')),
  keys bigint[] NOT NULL,
  -- Of instances their assets, of members their exceptions: one for each key.
  others integer[]
);
CREATE INDEX inventory_change_xid ON inventory_change (xid);

-- One row: changes by transactions before this one may have been deleted.
CREATE TABLE inventory_log (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  kept_from xid8 NOT NULL
);
INSERT INTO inventory_log (kept_from) VALUES ('0');

CREATE FUNCTION note_changed_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO inventory_change (what, keys) SELECT TG_TABLE_NAME, array_agg(key) FROM changed HAVING count(*) > 0;
  RETURN NULL;
END $$;

-- One list a statement: whoever writes very many rows does so in several statements. Taking the list apart here would cost as much again
-- as entering the rows.
CREATE FUNCTION note_changed_instances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO inventory_change (what, keys, others)
  SELECT 'instance', array_agg(key), array_agg(asset_key) FROM changed HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION note_members_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO inventory_change (what, keys, others)
  SELECT 'joined', array_agg(instance_key), array_agg(exception_key) FROM after WHERE until IS NULL HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE FUNCTION note_members_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO inventory_change (what, keys, others)
  SELECT 'left', array_agg(instance_key), array_agg(exception_key) FROM before WHERE until IS NULL HAVING count(*) > 0;
  RETURN NULL;
END $$;

CREATE TRIGGER note_inserted AFTER INSERT ON asset REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rows();
CREATE TRIGGER note_updated AFTER UPDATE ON asset REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rows();
CREATE TRIGGER note_inserted AFTER INSERT ON vulnerability REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rows();
CREATE TRIGGER note_updated AFTER UPDATE ON vulnerability REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_rows();
CREATE TRIGGER note_inserted AFTER INSERT ON instance REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_instances();
CREATE TRIGGER note_updated AFTER UPDATE ON instance REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_instances();
CREATE TRIGGER note_deleted AFTER DELETE ON instance REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_instances();
CREATE TRIGGER note_inserted AFTER INSERT ON membership REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_members_joined();
-- In the order of their names: a changed row is left before it is joined again.
CREATE TRIGGER note_updated_before AFTER UPDATE ON membership REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION note_members_left();
CREATE TRIGGER note_updated_since AFTER UPDATE ON membership REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_members_joined();
CREATE TRIGGER note_deleted AFTER DELETE ON membership REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION note_members_left();
