-- How many open instances there were at the beginning of each hour. Never told apart by query: that is what a point in time is asked for.
CREATE TABLE summary_hour (
  at timestamptz NOT NULL,
  severity text COLLATE "C" NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'none', 'unknown')),
  open integer NOT NULL CHECK (open >= 0),
  covered integer NOT NULL CHECK (covered >= 0),
  deferred integer NOT NULL CHECK (deferred >= 0),
  PRIMARY KEY (at, severity)
);
