-- Names a batch of passes and tells the other servers of it. One that was here before changes nothing.
-- $1 batch_id bigint
-- $2 server_id uuid
-- $3 passes integer
-- $4 change_kind smallint
-- $5 server_key bigint
-- $6 first_day date
-- $7 last_day date
-- writes
WITH batch AS (
    INSERT INTO pass_batch (id, server_id, passes, first_day, last_day)
    VALUES ($1::bigint, $2::uuid, $3::integer, $6::date, $7::date)
    ON CONFLICT DO NOTHING
    RETURNING id
)
INSERT INTO change (kind, key, version) SELECT $4::smallint, id, $5::bigint FROM batch
