-- The log: what cannot be changed without an outsider finding out.
--
-- Every row that is kept for good becomes a leaf of a Merkle tree (RFC 6962), and each minute the
-- tree's root is signed. A leaf is a commitment: SHA-256 over a salt and the row's content, so that
-- it can be shown to anybody without telling him anything. Triggers note each new row in its own
-- transaction; the sealer takes what has been committed and numbers it. So nothing is missed however
-- late it commits, and nobody waits for the sealer.

-- Rows that are committed and not yet sealed. Kinds: server/domain/log_leaf.def.
CREATE TABLE log_pending (
    id      bigint   GENERATED ALWAYS AS IDENTITY CONSTRAINT log_pending_pkey PRIMARY KEY,
    kind    smallint NOT NULL,
    subject bigint   NOT NULL, -- with number: the row's key
    number  bigint   NOT NULL
);

CREATE TABLE log_leaf (
    index      bigint   NOT NULL CONSTRAINT log_leaf_pkey PRIMARY KEY, -- from 0, without gaps
    kind       smallint NOT NULL,
    subject    bigint   NOT NULL,
    number     bigint   NOT NULL,
    salt       bytea    NOT NULL CONSTRAINT log_leaf_salt CHECK (length(salt) = 16),
    commitment bytea    NOT NULL CONSTRAINT log_leaf_commitment CHECK (length(commitment) = 32),
    CONSTRAINT log_leaf_once UNIQUE (kind, subject, number)
);

-- Whole subtrees of every fourth level: server/crypto/merkle.h.
CREATE TABLE log_node (
    level smallint NOT NULL CONSTRAINT log_node_level CHECK (level > 0 AND level % 4 = 0),
    index bigint   NOT NULL,
    hash  bytea    NOT NULL CONSTRAINT log_node_hash CHECK (length(hash) = 32),
    CONSTRAINT log_node_pkey PRIMARY KEY (level, index)
);

CREATE TABLE log_head (
    sequence  bigint      NOT NULL CONSTRAINT log_head_pkey PRIMARY KEY, -- from 1, without gaps
    size      bigint      NOT NULL CONSTRAINT log_head_size CHECK (size >= 0),
    root      bytea       NOT NULL CONSTRAINT log_head_root CHECK (length(root) = 32),
    at        timestamptz NOT NULL, -- as signed: whole seconds
    server_id uuid        NOT NULL,
    signed    bytea       NOT NULL  -- COSE_Sign1: server/crypto/log_head.h
);
CREATE INDEX log_head_of_size ON log_head (size, sequence);

CREATE FUNCTION log_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'record' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 1, worker_id, version FROM added;
    WHEN 'audit' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 2, id, 0 FROM added;
    WHEN 'policy' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 3, number, version FROM added;
    WHEN 'signing_key' THEN -- 0019_signing_keys.sql
        INSERT INTO log_pending (kind, subject, number) SELECT 4, number, version FROM added;
    WHEN 'trust_list' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 13, sequence, 0 FROM added;
    WHEN 'badge' THEN -- 0014_badges.sql
        INSERT INTO log_pending (kind, subject, number) SELECT 5, worker_id, number FROM added;
    WHEN 'badge_void' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 12, worker_id, number FROM added;
    WHEN 'pass_batch' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 6, id, 0 FROM added;
    WHEN 'device_key' THEN -- 0015_receipts.sql
        INSERT INTO log_pending (kind, subject, number) SELECT 7, device_id, number FROM added;
    WHEN 'org' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 8, id, version FROM added;
    WHEN 'site' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 9, id, version FROM added;
    WHEN 'device' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 10, id, version FROM added;
    WHEN 'account' THEN
        INSERT INTO log_pending (kind, subject, number) SELECT 11, id, version FROM added;
    END CASE;
    RETURN NULL;
END
$$;

CREATE TRIGGER log_note AFTER INSERT ON record REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON audit REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON policy REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON pass_batch REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON org REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON site REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON device REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON account REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();

GRANT SELECT, INSERT, DELETE ON log_pending TO jianan_app;
GRANT SELECT, INSERT ON log_leaf, log_node, log_head TO jianan_app;
