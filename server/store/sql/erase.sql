-- Erases a person: name, number, phone, key, salt and the sealed words of every record. The records
-- themselves hold codes, dates and hashes that nobody can open any more.
-- $1 worker_id bigint
-- $2 account_id bigint
-- writes
WITH words AS (DELETE FROM record_secret WHERE worker_id = $1),
     key AS (DELETE FROM person_key WHERE worker_id = $1),
     shown AS (DELETE FROM shown_document WHERE worker_id = $1),
     person AS (DELETE FROM person WHERE worker_id = $1)
INSERT INTO erasure (worker_id, account_id) VALUES ($1, $2)
