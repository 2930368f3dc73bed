-- What this service knows of the directory, made from its events. Nothing here is the service's own: rebuilding it is republishing.
-- Every row keeps the version it was made from, so that an older event changes nothing. There are no foreign keys: a group may be
-- heard of before its members are.
CREATE TABLE people_person (
  id uuid PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  active boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('person', 'service')),
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE people_person_group (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE people_person_group_member (
  group_id uuid NOT NULL REFERENCES people_person_group (id) ON DELETE CASCADE,
  person_id uuid NOT NULL,
  PRIMARY KEY (group_id, person_id)
);
CREATE INDEX people_person_group_member_person ON people_person_group_member (person_id);

CREATE TABLE people_person_role (
  name text PRIMARY KEY,
  permissions text[] NOT NULL,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

CREATE TABLE people_signing_key (
  kid text PRIMARY KEY,
  public_jwk text NOT NULL,
  retired_at timestamptz,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);

-- Only what can make a token fail before its signature's own end. A token that is absent has not been revoked.
CREATE TABLE people_access_token (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  incarnation bigint NOT NULL,
  version bigint NOT NULL
);
CREATE INDEX people_access_token_expiry ON people_access_token (expires_at);
