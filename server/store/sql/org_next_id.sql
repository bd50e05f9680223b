-- A number for a new organisation, drawn before its answer is rendered. A number not used is lost.
-- returns: id bigint
SELECT nextval('org_id') AS id
