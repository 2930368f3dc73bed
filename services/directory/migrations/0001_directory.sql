CREATE TABLE role (
  name text PRIMARY KEY,
  permissions text[] NOT NULL,
  built_in boolean NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL
);
-- Nobody can make an "Admin" beside "admin".
CREATE UNIQUE INDEX role_name_unique ON role (lower(name));

-- Users are never deleted, only deactivated: what they did stays theirs.
CREATE TABLE app_user (
  id uuid PRIMARY KEY,
  email text,
  name text NOT NULL,
  role text NOT NULL REFERENCES role (name),
  active boolean NOT NULL,
  kind text NOT NULL CHECK (kind IN ('person', 'service')),
  password_hash text,
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  CONSTRAINT app_user_person_has_email CHECK (kind = 'service' OR email IS NOT NULL),
  CONSTRAINT app_user_service_has_no_password CHECK (kind = 'person' OR password_hash IS NULL)
);
CREATE UNIQUE INDEX app_user_email_unique ON app_user (lower(email));
CREATE INDEX app_user_name ON app_user (lower(name), id);
CREATE INDEX app_user_role ON app_user (role) WHERE active;

CREATE TABLE user_group (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX user_group_name_unique ON user_group (lower(name));

CREATE TABLE user_group_member (
  group_id uuid NOT NULL REFERENCES user_group (id),
  user_id uuid NOT NULL REFERENCES app_user (id),
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX user_group_member_user ON user_group_member (user_id);

CREATE TABLE signing_key (
  kid text PRIMARY KEY,
  public_jwk text NOT NULL,
  -- The private half as a JWK: as it is, or sealed (AES-256-GCM) where the installation gives a secret for it.
  private_jwk text NOT NULL,
  sealed boolean NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  -- No token signed by it is accepted from then on; null while its end is not known.
  retired_at timestamptz
);

-- Sessions and access tokens. The token itself is not kept: its id is, so that it can be revoked.
CREATE TABLE token (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('session', 'access')),
  user_id uuid NOT NULL REFERENCES app_user (id),
  name text,
  -- Null: all that the owner may do.
  permissions text[],
  kid text NOT NULL REFERENCES signing_key (kid),
  version integer NOT NULL CHECK (version >= 1),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  -- Of a session: about when its owner last did something. Access tokens may lie idle.
  last_used_at timestamptz NOT NULL,
  CONSTRAINT token_access_has_name CHECK ((kind = 'access') = (name IS NOT NULL))
);
CREATE INDEX token_user ON token (user_id, id);
CREATE INDEX token_session_expiry ON token (expires_at) WHERE kind = 'session';
CREATE INDEX token_session_use ON token (last_used_at) WHERE kind = 'session' AND revoked_at IS NULL;

-- Failed sign-ins of the last minute. The account is a hash of what was typed: whoever mistypes a password into the field for the
-- address has not written it into a table.
CREATE TABLE failed_sign_in (
  id uuid PRIMARY KEY,
  account text NOT NULL,
  -- Where the attempt came from: an IPv4 address, or the /64 of an IPv6 one.
  network text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX failed_sign_in_account ON failed_sign_in (account, at);
CREATE INDEX failed_sign_in_network ON failed_sign_in (network, at);
CREATE INDEX failed_sign_in_at ON failed_sign_in (at);

-- Where an account's owner has signed in from: failures of others do not lock them out there.
CREATE TABLE signed_in_from (
  account text NOT NULL,
  network text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (account, network)
);
CREATE INDEX signed_in_from_at ON signed_in_from (at);

-- Accounts and networks that sign-ins are refused of, so that the journal is told of each lock-out once, however long somebody goes on
-- trying. Empty: of every account, from every network.
CREATE TABLE sign_in_lock_out (
  account text NOT NULL,
  network text NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (account, network)
);
CREATE INDEX sign_in_lock_out_until ON sign_in_lock_out (until);
