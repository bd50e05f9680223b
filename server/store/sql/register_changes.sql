-- What became visible since a snapshot: xids that it did not know yet, and those it saw in progress.
-- Each object once, in order; one more than a register would follow rather than load anew.
-- After a connection was lost, also what was written since shortly before it: a crash of PostgreSQL
-- gives the xids of transactions that left nothing behind out again, and $1 takes them for over.
-- $1 since text
-- $2 lost_after text  NULL: the connection was never lost
-- returns: kind smallint, key bigint, version bigint, at timestamptz
SELECT kind, key, max(version) AS version, max(at) AS at
FROM (SELECT kind, key, version, at FROM change
      WHERE xid >= pg_snapshot_xmax($1::text::pg_snapshot)
      UNION ALL
      SELECT kind, key, version, at FROM change
      WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot)))
      UNION ALL
      SELECT kind, key, version, at FROM change
      WHERE $2::text IS NOT NULL
        AND at >= $2::text::timestamptz - interval '10 minutes') AS seen
GROUP BY kind, key
ORDER BY kind, key
LIMIT 1000001
