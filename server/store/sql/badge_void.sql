-- A badge is good for nothing any more: its slot is void from now on.
-- $1 worker_id bigint
-- $2 number integer
-- $3 reason text
-- $4 account_id bigint  NULL: the worker himself
-- writes
WITH voided AS (
    INSERT INTO badge_void (worker_id, number, reason, account_id)
    VALUES ($1::bigint, $2::integer, $3::text, $4::bigint))
UPDATE slot SET void = true WHERE worker_id = $1 AND badge = $2
