-- A number for a new trial.
-- returns: id bigint
SELECT nextval('trial_id') AS id
