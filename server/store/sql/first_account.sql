-- An operator's account, opened by whoever owns the schema, because nobody else can yet.
-- $1 label text
-- $2 key_prefix text
-- $3 key_hash text  hex
-- writes
-- returns: id bigint
WITH opened AS (
    INSERT INTO account (id, version, role, label, key_prefix, key_hash, account_id)
    SELECT nextval('account_id'), 1, 'operator', $1::text, $2::text, decode($3::text, 'hex'), 0
    RETURNING id
), told AS (
    INSERT INTO change (kind, key, version) SELECT 5, id, 1 FROM opened
), kept AS (
    INSERT INTO audit (account_id, action, detail, request_id)
    SELECT 0, 'account.open', jsonb_build_object('account', id), 0 FROM opened
)
SELECT id FROM opened
