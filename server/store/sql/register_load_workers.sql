-- A range of workers (register_range), by COPY. A person that was erased has no name any more.
-- returns: worker_id bigint, version integer, packed bytea, name_masked text,
--          access_version integer, index bigint, photo bytea
SELECT f.worker_id, f.version, f.packed, p.name_masked, p.access_version, s.index, p.photo
FROM facts f
LEFT JOIN person p ON p.worker_id = f.worker_id
LEFT JOIN slot s ON s.worker_id = f.worker_id AND s.badge IS NULL
WHERE f.worker_id >= current_setting('register.first')::bigint
  AND f.worker_id < current_setting('register.beyond')::bigint
ORDER BY f.worker_id
