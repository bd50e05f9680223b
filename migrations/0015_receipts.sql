-- What gates decided by themselves, as they signed it.
--
-- A receipt is evidence: its pass lies in `pass` like all others, and the signed bytes lie here, each
-- naming the one before it by its digest. Receipts come in any order and more than once; two that
-- tell different things under one number are both kept.

-- The public halves of gates' own keys. A gate gives its first one itself; another one is given by the
-- operator. Earlier keys go on verifying what they signed, unless they were removed.
CREATE TABLE device_key (
    device_id   bigint      NOT NULL,
    number      integer     NOT NULL CONSTRAINT device_key_number CHECK (number > 0),
    kid         bytea       NOT NULL CONSTRAINT device_key_kid CHECK (length(kid) = 4),
    alg         integer     NOT NULL CONSTRAINT device_key_alg CHECK (alg IN (-7, -65537)), -- ES256, SM2
    point       bytea       NOT NULL CONSTRAINT device_key_point CHECK (length(point) = 64), -- x, y
    removes     integer     NOT NULL DEFAULT 0, -- keys up to this number no longer count
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT device_key_pkey PRIMARY KEY (device_id, number),
    CONSTRAINT device_key_once UNIQUE (device_id, kid)
);

CREATE TABLE receipt (
    gate_id     bigint      NOT NULL,
    epoch       integer     NOT NULL,
    seq         bigint      NOT NULL,
    digest      bytea       NOT NULL CONSTRAINT receipt_digest CHECK (length(digest) = 32), -- SHA-256 of signed
    prev        bytea       NOT NULL CONSTRAINT receipt_prev CHECK (length(prev) = 32),
    at          timestamptz NOT NULL, -- the gate's clock
    signed      bytea       NOT NULL,
    batch_id    bigint      NOT NULL, -- its pass came with
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT receipt_pkey PRIMARY KEY (gate_id, epoch, seq, digest)
);
CREATE INDEX receipt_by_digest ON receipt (gate_id, digest);

GRANT SELECT, INSERT ON device_key, receipt TO jianan_app;

CREATE TRIGGER log_note AFTER INSERT ON device_key REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
