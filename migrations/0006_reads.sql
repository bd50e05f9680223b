-- Who looked at a person: lists and searches name people in an array.
--
-- One audit row of a list holds up to 500 ids, so this index is written in the background
-- (fastupdate) and read only when a person or a regulator asks.
CREATE INDEX audit_worker_ids ON audit USING gin (worker_ids) WHERE worker_ids IS NOT NULL;
