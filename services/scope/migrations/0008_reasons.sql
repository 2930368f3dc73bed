-- Why an instance became a member, where the query leaves a choice: which of its leaves held then, by their place in it. NULL: all of them,
-- as wherever a query has no `||`.
ALTER TABLE membership ADD COLUMN held smallint[];
