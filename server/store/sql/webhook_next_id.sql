-- A number for a new webhook.
-- returns: id bigint
SELECT nextval('webhook_id') AS id
