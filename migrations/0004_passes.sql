-- Passes: what each gate was asked and answered. A day's passes are one partition, keyed by the
-- gate's own counting, so that the open day has one insertion point per gate; everything by worker
-- waits until the partition closes.

-- One row a batch. A batch whose outcome is unknown is sent again: the key says whether it was in.
CREATE TABLE pass_batch (
    id        bigint      NOT NULL CONSTRAINT pass_batch_pkey PRIMARY KEY, -- 63 random bits
    server_id uuid        NOT NULL,
    passes    integer     NOT NULL,
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
    -- the versions of what decided: replaying them gives the answer bit for bit
    facts_version      integer     NOT NULL,
    engagement_version integer     NOT NULL,
    site_version       integer     NOT NULL,
    org_version        integer     NOT NULL,
    policy             integer     NOT NULL,
    semantics          smallint    NOT NULL,
    fresh_ms           integer     NOT NULL,
    batch_id           bigint      NOT NULL,
    CONSTRAINT pass_pkey PRIMARY KEY (gate_id, epoch, seq, day, told)
) PARTITION BY RANGE (day);
CREATE INDEX pass_decided ON pass USING brin (decided_at);

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
