-- Somebody has looked at an anomaly. Two at once: the second is refused by the key.
-- $1 anomaly_id bigint
-- $2 number integer
-- $3 outcome text
-- $4 account_id bigint
-- writes
INSERT INTO anomaly_review (anomaly_id, number, outcome, account_id) VALUES ($1, $2, $3, $4)
