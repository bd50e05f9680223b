-- What was written with a version of an appeal, sealed.
-- $1 appeal_id bigint
-- $2 version integer
-- $3 worker_id bigint
-- $4 sealed bytea
-- writes
INSERT INTO appeal_words (appeal_id, version, worker_id, sealed) VALUES ($1, $2, $3, $4)
