-- Which open tickets of a rule an instance is of, by its key.
CREATE INDEX ticket_of_owner ON ticket (rule_id, owner, component) WHERE open AND owner IS NOT NULL;
CREATE INDEX ticket_of_asset ON ticket (rule_id, asset_id) WHERE open AND asset_id IS NOT NULL;
CREATE INDEX ticket_of_vulnerability ON ticket (rule_id, vulnerability) WHERE open AND vulnerability IS NOT NULL;
