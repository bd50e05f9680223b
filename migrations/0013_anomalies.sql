-- What passes show that somebody should look at: a void or forged code, one code at two gates, one
-- person in two places. Found by a job (store/sql/job_anomalies.sql), judged by people; no colour
-- depends on it.

-- Up to where passes were looked through, by the order in which they were recorded.
CREATE TABLE anomaly_round (
    only_one boolean     NOT NULL DEFAULT true CONSTRAINT anomaly_round_pkey PRIMARY KEY CHECK (only_one),
    upto     timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO anomaly_round DEFAULT VALUES;

CREATE SEQUENCE anomaly_id;
CREATE TABLE anomaly (
    id          bigint      NOT NULL DEFAULT nextval('anomaly_id') CONSTRAINT anomaly_pkey PRIMARY KEY,
    kind        smallint    NOT NULL, -- server/domain/anomaly.def
    site_id     bigint      NOT NULL,
    worker_id   bigint      NOT NULL, -- 0: nobody was recognised
    gate_id     bigint      NOT NULL, -- this and the next three: the pass that shows it
    epoch       integer     NOT NULL,
    seq         bigint      NOT NULL,
    day         date        NOT NULL,
    other_gate  bigint      NOT NULL, -- where the same person or code was just before; 0: not a matter of two
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT anomaly_once UNIQUE (kind, gate_id, epoch, seq, day)
);
CREATE INDEX anomaly_site ON anomaly (site_id, id);

-- Who looked, and what it was. A later look adds a row: the last one counts.
CREATE TABLE anomaly_review (
    anomaly_id  bigint      NOT NULL,
    number      integer     NOT NULL,
    outcome     text        NOT NULL CONSTRAINT anomaly_review_outcome CHECK (outcome IN ('harmless', 'lent', 'forged', 'device_fault')),
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT anomaly_review_pkey PRIMARY KEY (anomaly_id, number)
);

GRANT USAGE ON SEQUENCE anomaly_id TO jianan_app;
GRANT SELECT, UPDATE ON anomaly_round TO jianan_app;
GRANT SELECT, INSERT ON anomaly, anomaly_review TO jianan_app;
