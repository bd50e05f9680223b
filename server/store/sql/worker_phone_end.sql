-- The phone is lost, or he signs out: nothing of it counts any more, nor does an invitation.
-- $1 worker_id bigint
-- writes
WITH invitation AS (DELETE FROM worker_invitation WHERE worker_id = $1)
DELETE FROM worker_phone WHERE worker_id = $1
