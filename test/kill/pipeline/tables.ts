/** What the source of changes keeps, beside its outbox. */
export const SOURCE_TABLES = `
  CREATE TABLE rule (id text PRIMARY KEY, version int NOT NULL, says int NOT NULL);
  CREATE TABLE change (n int PRIMARY KEY, rule_id text NOT NULL, version int NOT NULL);`

/** What the consumers keep, beside their inbox. Nothing here refuses a double: the test must see it. */
export const TARGET_TABLES = `
  CREATE TABLE delivered (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL);
  CREATE TABLE effect (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL, rule_id text NOT NULL, version int NOT NULL, says int NOT NULL
  );
  CREATE TABLE rule_copy (id text PRIMARY KEY, incarnation bigint NOT NULL, version bigint NOT NULL, says int NOT NULL);
  CREATE TABLE ledger (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition int NOT NULL, record_offset bigint NOT NULL, event_id uuid NOT NULL
  );
  CREATE TABLE position (topic text, partition int, next_offset bigint NOT NULL, PRIMARY KEY (topic, partition));`
