-- What a person wants to hear, and how. Nobody has a row who never said so.
CREATE TABLE preference (
  person_id uuid PRIMARY KEY,
  version int NOT NULL CHECK (version > 0),
  -- { "<kind>": { "mail": boolean, "inApp": boolean } }: only what differs from both.
  kinds jsonb NOT NULL,
  digest boolean NOT NULL,
  digest_hour int NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
  -- IANA name.
  time_zone text NOT NULL
);

-- A mail's template where a person has edited it. The row stays when the edit is taken back, so that no version comes twice.
CREATE TABLE mail_template (
  kind text PRIMARY KEY,
  version int NOT NULL CHECK (version > 0),
  -- { "subject", "text", "html" }; null: the product's own is used.
  content jsonb,
  edited_at timestamptz NOT NULL,
  edited_by uuid NOT NULL,
  edited_by_name text NOT NULL
);
