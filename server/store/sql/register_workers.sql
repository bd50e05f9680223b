-- Workers that changed, one row for each id asked (ascending); who has no facts has no version.
-- $1 ids bigint[]
-- returns: worker_id bigint, version integer, packed bytea, name_masked text,
--          access_version integer, index bigint, photo bytea
SELECT w.worker_id, f.version, f.packed, p.name_masked, p.access_version, s.index, p.photo
FROM unnest($1::bigint[]) AS w (worker_id)
LEFT JOIN facts f ON f.worker_id = w.worker_id
LEFT JOIN person p ON p.worker_id = w.worker_id
LEFT JOIN slot s ON s.worker_id = w.worker_id AND s.badge IS NULL
ORDER BY w.worker_id
