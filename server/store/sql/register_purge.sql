-- Removes change rows that ended before a snapshot, oldest xid first, a part at a time. The snapshot
-- must be an old one: who followed within its age has seen all of them. The newest of them stays: a
-- row from before anybody's position, which says that nothing after it was removed (is_complete_since
-- in register/follower.c).
-- $1 until text
-- writes
-- returns: removed bigint
WITH newest AS (
    SELECT xid FROM change
    WHERE xid < pg_snapshot_xmin($1::text::pg_snapshot)
    ORDER BY xid DESC LIMIT 1
), gone AS (
    DELETE FROM change
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM change
                            WHERE xid < (SELECT xid FROM newest)
                            ORDER BY xid LIMIT 20000))
    RETURNING 1
)
SELECT count(*) AS removed FROM gone
