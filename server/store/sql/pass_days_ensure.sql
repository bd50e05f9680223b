-- Sees to the partitions of these days.
-- $1 days date[]
-- writes
SELECT pass_partition_ensure(wanted) FROM unnest($1::date[]) AS u (wanted)
