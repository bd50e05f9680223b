-- Where a register stands: which database, which history of it, which snapshot. oldest is the xid of
-- the oldest change row that is still kept (NULL: none). The timeline is the one being written now;
-- pg_control_checkpoint() would still name the one before a promotion.
-- returns: system_identifier bigint, timeline text, snapshot text, oldest bigint, at text
SELECT system_identifier,
       substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline,
       pg_current_snapshot()::text AS snapshot,
       (SELECT xid FROM change ORDER BY xid LIMIT 1)::text::bigint AS oldest,
       clock_timestamp()::text AS at
FROM pg_control_system()
