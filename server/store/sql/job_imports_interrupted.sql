-- Imports that will not go on: their server has not been heard from for a minute, or they have been
-- silent for ten (a job gives up after two without progress: api/import_job.c). The file was never
-- stored, so the clerk has to send it again.
-- $1 lock_key bigint
-- $2 today date
-- $3 limit_rows integer
-- writes
-- returns: done bigint
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($1::bigint) AS held
), ended AS (
    UPDATE import SET state = 'interrupted', ended_at = clock_timestamp()
    WHERE id = ANY (ARRAY(SELECT id FROM import
                          WHERE state = 'running' AND $2::date IS NOT NULL
                            AND progress_at < clock_timestamp() - interval '1 minute'
                            AND (progress_at < clock_timestamp() - interval '10 minutes'
                                 OR NOT EXISTS (
                                     SELECT FROM heartbeat
                                     WHERE heartbeat.server_id = import.server_id
                                       AND heartbeat.at > clock_timestamp() - interval '1 minute'))
                          LIMIT $3::integer))
      AND (SELECT held FROM lock)
    RETURNING 1
)
SELECT CASE WHEN held THEN (SELECT count(*) FROM ended) END AS done FROM lock
