-- Opens a session, and ends those beyond the limit that were not used for longest. The login's row is
-- locked already (login_lock). Breaks session_entered, so that nothing of the batch is kept, when the
-- password or the code that let him in counts no more.
-- $1 account_id bigint
-- $2 token_hash bytea
-- $3 agent text
-- $4 password text  that he was held against
-- $5 totp_step bigint  of his code, or NULL
-- $6 sessions_max integer
-- writes
-- returns: id bigint
WITH entered AS (
    UPDATE login SET totp_step = coalesce($5::bigint, totp_step)
    WHERE account_id = $1 AND password = $4 AND (totp_at IS NULL OR totp_step < $5::bigint)
    RETURNING 1
), ended AS (
    DELETE FROM session
    WHERE id IN (SELECT id FROM session WHERE account_id = $1
                 ORDER BY seen_at DESC, id DESC OFFSET $6::integer - 1)
)
INSERT INTO session (account_id, token_hash, agent, entered)
VALUES ($1, $2, $3, EXISTS (SELECT FROM entered))
RETURNING id
