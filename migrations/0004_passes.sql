-- Passes: what each gate was asked and answered. A day's passes are one partition, keyed by the
-- gate's own counting, so that the open day has one insertion point per gate; everything by worker
-- waits until the partition closes.

-- One row a batch. A batch whose outcome is unknown is sent again: the key says whether it was in.
CREATE TABLE pass_batch (
    id        bigint      NOT NULL CONSTRAINT pass_batch_pkey PRIMARY KEY, -- 63 random bits
    server_id uuid        NOT NULL,
    passes    integer     NOT NULL,
    first_day date        NOT NULL, -- its passes lie in the partitions between
    last_day  date        NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX pass_batch_at ON pass_batch USING brin (at);

CREATE TABLE pass (
    gate_id            bigint      NOT NULL, -- device
    epoch              integer     NOT NULL, -- the gate's boot count
    seq                bigint      NOT NULL, -- counts up within an epoch
    day                date        NOT NULL, -- local date as first sent
    told               smallint    NOT NULL, -- 0: what was decided; 1: what the device was told instead
    site_id            bigint      NOT NULL,
    worker_id          bigint      NOT NULL, -- 0: nobody was recognised
    direction          smallint    NOT NULL, -- 1 in, 2 out
    verdict            smallint    NOT NULL, -- 1 open, 2 refuse, 3 cannot tell
    why                smallint    NOT NULL, -- server/domain/gate.def
    person_colour      smallint    NOT NULL,
    colour_here        smallint    NOT NULL,
    reasons            bigint      NOT NULL, -- bit set of scoring/reason.def
    restrictions       integer     NOT NULL, -- bit set of the site's zones
    flags              integer     NOT NULL, -- server/domain/gate.h: opened though it could not tell, passback, ...
    source             smallint    NOT NULL, -- 1 asked here, 2 from the spool, 3 handed in by the gate
    at                 timestamptz NOT NULL, -- the gate's clock, as claimed
    decided_at         timestamptz NOT NULL, -- the server's
    recorded_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    token_iat          bigint      NOT NULL, -- seconds; 0 without a token
    token_index        bigint      NOT NULL, -- -1 without a token
    -- What it was decided from. Every row of an engine can be decided again from its own columns and
    -- the versions that they name, and gives the same answer bit for bit (server/domain/replay.h).
    facts_version      integer     NOT NULL, -- the worker's records up to this one; 0: not known here
    engagement_version integer     NOT NULL, -- his engagement here that day; 0: none
    site_version       integer     NOT NULL, -- 0: not known here, nor its rule
    org_version        integer     NOT NULL, -- of the firm that engages him; 0: not known here
    policy             integer     NOT NULL, -- 0: none was asked
    semantics          smallint    NOT NULL,
    fresh_ms           integer     NOT NULL, -- age of the register; -1: never heard of the database
    engine             smallint    NOT NULL, -- server/domain/engine.h; 0: the gate decided by itself
    inputs             integer     NOT NULL, -- bit set: enum pass_input in server/domain/gate_case.h
    today              date        NOT NULL, -- the server's local date: the day judged by
    device_version     integer     NOT NULL, -- 0: not known here
    token_policy       integer     NOT NULL, -- stated by a live code; 0: none
    clock_offset_ms    integer     NOT NULL, -- server's clock minus the database's
    fresh_limit_ms     integer     NOT NULL, -- the operator's, beyond which nobody can tell
    inputs_hash        bigint      NOT NULL, -- over this row and everything that it names
    batch_id           bigint      NOT NULL,
    CONSTRAINT pass_pkey PRIMARY KEY (gate_id, epoch, seq, day, told)
) PARTITION BY RANGE (day);
CREATE INDEX pass_decided ON pass USING brin (decided_at);
-- The passes of a batch are found by their days and by when they were written: the open day keeps
-- its one B-tree.
CREATE INDEX pass_recorded ON pass USING brin (recorded_at)
    WITH (pages_per_range = 32, autosummarize = on);

-- Servers may not create tables; they may ask for a day's partition.
CREATE FUNCTION pass_partition_ensure(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'pass_' || to_char(wanted, 'YYYYMMDD');
BEGIN
    IF wanted < current_date - 400 OR wanted > current_date + 40 THEN
        RAISE EXCEPTION 'no passes are kept for %', wanted USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('pass_partition'));
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF pass FOR VALUES FROM (%L) TO (%L)', name, wanted, wanted + 1);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION pass_partition_ensure(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pass_partition_ensure(date) TO jianan_app;
GRANT SELECT, INSERT ON pass, pass_batch TO jianan_app;
