-- How far worker ids and slots reach.
-- returns: last_worker bigint, last_index bigint
SELECT (SELECT coalesce(max(worker_id), 0) FROM facts) AS last_worker,
       (SELECT coalesce(max(index), 0) FROM slot) AS last_index
