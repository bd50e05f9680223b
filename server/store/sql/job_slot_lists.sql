-- Codes' slots are drawn at random from the open lists. So that drawing finds free ones and nobody
-- reads off a slot when it was given, another list is opened once the open ones together are half
-- full, and one that is seven eighths full is closed. A list has 2^20 slots; there are at most 4,096.
-- Because slots are drawn at random, every 256th tells how full a list is.
-- $1 lock_key bigint
-- $2 today date
-- $3 max integer
-- writes
-- returns: done bigint
WITH me AS (SELECT pg_try_advisory_xact_lock($1) AS mine, $2::date AS today, $3::integer AS max),
filled AS (
    SELECT l.number, (SELECT count(*) FROM generate_series(0, 4095) AS k
                      WHERE EXISTS (SELECT FROM slot s
                                    WHERE s.index = (l.number::bigint << 20) + (k << 8))) AS taken
    FROM slot_list l, me WHERE me.mine AND l.open),
closed AS (
    UPDATE slot_list l SET open = false
    FROM filled f WHERE f.number = l.number AND f.taken >= 3584
    RETURNING l.number),
opened AS (
    INSERT INTO slot_list (number)
    SELECT (SELECT max(number) + 1 FROM slot_list)
    FROM (SELECT coalesce(sum(taken), 0) AS taken, count(*) AS lists
          FROM filled WHERE taken < 3584) open_ones, me
    WHERE me.mine AND open_ones.taken >= open_ones.lists * 2048
      AND (SELECT max(number) FROM slot_list) < 4095
    RETURNING number)
SELECT CASE WHEN mine THEN (SELECT count(*) FROM closed) + (SELECT count(*) FROM opened) END AS done
FROM me
