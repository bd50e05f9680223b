-- Rows that have no leaf and do not wait for one either: their trigger was silenced, or their leaf
-- was taken away. A row comes into sight together with its note in log_pending, and the note goes in
-- the transaction that makes the leaf, so none is between the two.
-- $1 count integer
-- returns: kind smallint, subject bigint, number bigint
SELECT r.kind, r.subject, r.number
FROM (SELECT 1::smallint AS kind, worker_id AS subject, version::bigint AS number FROM record
      UNION ALL SELECT 2::smallint, id, 0 FROM audit
      UNION ALL SELECT 3::smallint, number, version FROM policy
      UNION ALL SELECT 4::smallint, number, version FROM signing_key
      UNION ALL SELECT 13::smallint, sequence, 0 FROM trust_list
      UNION ALL SELECT 5::smallint, worker_id, number FROM badge
      UNION ALL SELECT 12::smallint, worker_id, number FROM badge_void
      UNION ALL SELECT 6::smallint, id, 0 FROM pass_batch
      UNION ALL SELECT 7::smallint, device_id, number FROM device_key
      UNION ALL SELECT 8::smallint, id, version FROM org
      UNION ALL SELECT 9::smallint, id, version FROM site
      UNION ALL SELECT 10::smallint, id, version FROM device
      UNION ALL SELECT 11::smallint, id, version FROM account) r
LEFT JOIN log_leaf l ON l.kind = r.kind AND l.subject = r.subject AND l.number = r.number
LEFT JOIN log_pending p ON p.kind = r.kind AND p.subject = r.subject AND p.number = r.number
WHERE l.index IS NULL AND p.id IS NULL
ORDER BY r.kind, r.subject, r.number
LIMIT $1::integer
