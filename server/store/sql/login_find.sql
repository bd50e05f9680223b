-- A login by its name, with its account as it is now; and how long who tries under that name has to
-- wait. One row, also when there is no such login.
-- $1 name text
-- $2 name_hash bytea
-- $3 known boolean
-- returns: account_id bigint, role text, state text, password text, totp_secret bytea,
--   totp boolean, totp_step bigint, wait_s integer
SELECT l.account_id, a.role, a.state, l.password, l.totp_secret,
       coalesce(l.totp_at IS NOT NULL, false) AS totp, coalesce(l.totp_step, 0) AS totp_step,
       coalesce((SELECT ceil(extract(epoch FROM t.failed_at - clock_timestamp()) +
                             least(900, 2 ^ least(t.failures - 5, 10)))
                 FROM sign_in_try t
                 WHERE t.name_hash = $2 AND t.known = $3 AND t.failures >= 5), 0)::integer AS wait_s
FROM (SELECT 1 AS one) always
LEFT JOIN login l ON l.name = $1
LEFT JOIN account a ON a.id = l.account_id
     AND NOT EXISTS (SELECT FROM account newer
                     WHERE newer.id = a.id AND newer.version > a.version)
