-- Policies in their current state, by number in (after, upto], without their documents.
-- $1 after integer
-- $2 upto integer
-- $3 with_drafts boolean
-- $4 count integer
-- returns: number integer, version integer, state text, id text, region text, effective text,
--   until text, title_zh text, title_en text, sha256 bytea, author bigint, account_id bigint,
--   recorded_at timestamptz
SELECT p.number, p.version, p.state, p.document ->> 'id' AS id, p.document ->> 'region' AS region,
       p.document ->> 'effective' AS effective, p.document ->> 'until' AS until,
       p.document -> 'title' ->> 'zh' AS title_zh, p.document -> 'title' ->> 'en' AS title_en,
       p.sha256,
       (SELECT first.account_id FROM policy first
        WHERE first.number = p.number AND first.version = 1) AS author,
       p.account_id, p.recorded_at
FROM policy p
WHERE p.number > $1 AND p.number <= $2
  AND NOT EXISTS (SELECT FROM policy newer WHERE newer.number = p.number AND newer.version > p.version)
  AND ($3::boolean OR p.state IN ('in_force', 'retiring', 'retired'))
ORDER BY p.number
LIMIT $4::integer
