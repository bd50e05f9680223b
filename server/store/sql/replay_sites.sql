-- Sites in the versions that passes name; columns as directory_sites has them.
-- $1 ids bigint[]
-- $2 versions integer[]
-- returns: id bigint, version integer, org_id bigint, name text, region text, state text, rule text,
--          rectification text
SELECT id, version, org_id, name, region, state, rule::text AS rule,
       array_to_string(rectification, ',') AS rectification
FROM site
WHERE (id, version) IN (SELECT i, v FROM unnest($1::bigint[], $2::integer[]) AS named (i, v))
