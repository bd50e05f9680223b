-- Lends this transaction's snapshot to the connections that load beside it.
-- returns: id text
SELECT pg_export_snapshot() AS id
