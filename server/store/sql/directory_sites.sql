-- Sites as they are now; of all, or of some.
-- $1 ids bigint[]
-- returns: id bigint, version integer, org_id bigint, name text, region text, state text, rule text,
--          rectification text
SELECT DISTINCT ON (id)
       id, version, org_id, name, region, state, rule::text AS rule,
       array_to_string(rectification, ',') AS rectification
FROM site
WHERE $1::bigint[] IS NULL OR id = ANY ($1)
ORDER BY id, version DESC
