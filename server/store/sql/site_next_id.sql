-- A number for a new site.
-- returns: id bigint
SELECT nextval('site_id') AS id
