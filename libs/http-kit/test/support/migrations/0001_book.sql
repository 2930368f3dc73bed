CREATE TABLE book (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title text NOT NULL CHECK (length(title) <= 200),
  shelf text NOT NULL,
  price float8,
  read_at timestamptz,
  version int NOT NULL DEFAULT 1
);
