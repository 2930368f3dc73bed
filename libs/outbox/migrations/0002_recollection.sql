-- Set as a restored database begins a new incarnation, until its service has taken in again what it told after the backup.
ALTER TABLE incarnation ADD COLUMN recollects boolean NOT NULL DEFAULT false;
