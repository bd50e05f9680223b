-- What the posting organisation may post.
-- $1 org_id bigint
-- returns: accreditations text, state text
SELECT array_to_string(accreditations, ',') AS accreditations, state FROM org WHERE id = $1 ORDER BY version DESC LIMIT 1
