-- Sessions that have ended (168 hours is the longest setting), tries to sign in of days ago, and
-- invitations that nobody used.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), ended AS (
    DELETE FROM session
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM session
                            WHERE opened_at < clock_timestamp() - interval '168 hours'
                              AND $2::date IS NOT NULL
                            LIMIT $3::integer))
      AND (SELECT held FROM lock)
    RETURNING 1
), forgotten AS (
    DELETE FROM sign_in_try
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM sign_in_try
                            WHERE failed_at < clock_timestamp() - interval '2 days'
                            LIMIT $3::integer))
      AND (SELECT held FROM lock)
    RETURNING 1
), unused AS (
    DELETE FROM worker_invitation
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM worker_invitation
                            WHERE ends_at < clock_timestamp() - interval '1 day'
                            LIMIT $3::integer))
      AND (SELECT held FROM lock)
    RETURNING 1
)
SELECT CASE WHEN held THEN (SELECT count(*) FROM ended) + (SELECT count(*) FROM forgotten) +
                           (SELECT count(*) FROM unused) END AS done
FROM lock
