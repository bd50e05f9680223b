-- The keys that the service signs with, and the lists of them that a root has signed.
--
-- A key's row says what anybody may know: its public half, what it may sign and when, its state. The
-- private half is a file of the servers, or lies in a device. Rows are versions, and are only added:
-- who brought a key where, when and why can always be seen. States: server/domain/signing_key.h.

CREATE TABLE signing_key (
    number      integer     NOT NULL CONSTRAINT signing_key_number CHECK (number > 0),
    version     integer     NOT NULL CONSTRAINT signing_key_version CHECK (version > 0),
    kid         bytea       NOT NULL CONSTRAINT signing_key_kid CHECK (length(kid) = 4),
    alg         integer     NOT NULL CONSTRAINT signing_key_alg CHECK (alg IN (-7, -65537)), -- ES256, SM2
    point       bytea       NOT NULL CONSTRAINT signing_key_point CHECK (length(point) = 64), -- x, y
    kinds       integer     NOT NULL CONSTRAINT signing_key_kinds CHECK (kinds > 0), -- bit 1 << kind
    nbf         bigint      NOT NULL, -- seconds since 1970; what it signed counts in [nbf, exp)
    exp         bigint      NOT NULL CONSTRAINT signing_key_exp CHECK (exp > nbf),
    state       text        NOT NULL CONSTRAINT signing_key_state
                CHECK (state IN ('announced', 'active', 'retired', 'removed')),
    emergency   boolean     NOT NULL DEFAULT false, -- activated before everybody could know it
    reason      text,       -- as the operator gave it
    account_id  bigint      NOT NULL, -- 0: the service itself, its first key
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT signing_key_pkey PRIMARY KEY (number, version)
);
-- A removed key never comes back under the same kid, nor does another one.
CREATE UNIQUE INDEX signing_key_once ON signing_key (kid) WHERE version = 1;

CREATE TABLE trust_list (
    sequence    bigint      NOT NULL CONSTRAINT trust_list_pkey PRIMARY KEY,
    signed      bytea       NOT NULL, -- COSE_Sign1: server/crypto/trust.h
    root        bytea       NOT NULL CONSTRAINT trust_list_root CHECK (length(root) = 4), -- which signed it
    kids        bytea[]     NOT NULL, -- what it lists
    issued_at   timestamptz NOT NULL, -- its iat
    expires_at  timestamptz NOT NULL,
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT ON signing_key, trust_list TO jianan_app;

CREATE TRIGGER log_note AFTER INSERT ON signing_key REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON trust_list REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
