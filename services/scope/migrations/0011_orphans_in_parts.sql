-- Members that are no instances are looked for part by part: from this block of `membership` on; NULL once all were looked at.
ALTER TABLE reconciliation ADD COLUMN members_from_block bigint DEFAULT 0;
