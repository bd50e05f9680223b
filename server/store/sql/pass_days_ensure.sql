-- Sees to the partitions of these days.
-- $1 days date[]
-- writes
-- returns: ensured bigint
SELECT count(pass_partition_ensure(wanted)) AS ensured FROM unnest($1::date[]) AS u (wanted)
