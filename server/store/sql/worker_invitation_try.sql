-- An invitation by its link, or by worker and six digits (link NULL), which are counted: five of them
-- end that way in, not the link. No row: there is none, or it has ended.
-- $1 link_hash bytea
-- $2 worker_id bigint
-- writes
-- returns: worker_id bigint, link_hash bytea, code_mac bytea, access_version integer
UPDATE worker_invitation i
SET tries = i.tries + CASE WHEN $1::bytea IS NULL THEN 1 ELSE 0 END
FROM person p
WHERE p.worker_id = i.worker_id
  AND CASE WHEN $1::bytea IS NULL THEN i.worker_id = $2::bigint AND i.tries < 5
           ELSE i.link_hash = $1 END
  AND i.ends_at > clock_timestamp()
RETURNING i.worker_id, i.link_hash, i.code_mac, p.access_version
