-- The keys of a gate, those that were removed as well, in their order.
-- $1 device_id bigint
-- returns: number integer, kid bytea, alg integer, point bytea, removed boolean,
--   recorded_at timestamptz
SELECT number, kid, alg, point,
       number <= max(removes) OVER () AS removed, recorded_at
FROM device_key WHERE device_id = $1
ORDER BY number
LIMIT 64
