-- What the database knows of itself, and the role the servers use.
--
-- Migrations run as the owner; servers connect as jianan_app, which can neither change nor remove
-- a record, an audit row, a pass or a version of a set-up object: it is not granted to it.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jianan_app') THEN
        CREATE ROLE jianan_app LOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of this cluster was migrated at the same moment
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO jianan_app;
GRANT SELECT ON schema_migration TO jianan_app;

-- Every transaction that touches what gates read leaves a row here, and the registers follow it by
-- snapshot difference: what is visible now and was not in the last snapshot. An id sequence would
-- not do, because ids are drawn before they commit.
CREATE TABLE change (
    xid     xid8        NOT NULL DEFAULT pg_current_xact_id(),
    kind    smallint    NOT NULL, -- server/register/change.def
    key     bigint      NOT NULL,
    version bigint      NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX change_xid ON change (xid);
GRANT SELECT, INSERT, DELETE ON change TO jianan_app;

-- One row a server, rewritten every second; its journey back through the feed measures freshness.
CREATE TABLE heartbeat (
    server_id uuid        PRIMARY KEY,
    beat      bigint      NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE, DELETE ON heartbeat TO jianan_app;

-- Who did what: one row when one person is opened, one for a list, search or export with the query
-- and the worker ids. A gate check's audit row is its pass.
CREATE TABLE audit (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id bigint      NOT NULL, -- 0: the worker himself, or the service
    action     text        NOT NULL CONSTRAINT audit_action CHECK (action ~ '^[a-z_.]{1,64}$'),
    worker_id  bigint,
    worker_ids bigint[],
    detail     jsonb       NOT NULL DEFAULT '{}', -- codes and ids, never personal data
    request_id bigint      NOT NULL
);
CREATE INDEX audit_worker ON audit (worker_id, at) WHERE worker_id IS NOT NULL;
CREATE INDEX audit_account ON audit (account_id, id);
GRANT SELECT, INSERT ON audit TO jianan_app;

-- A request key never acts twice within 400 days. The answer holds ids, codes and dates only.
CREATE TABLE idempotency (
    tenant      bigint      NOT NULL, -- the account
    route       text        NOT NULL,
    key         text        NOT NULL CONSTRAINT idempotency_key_form CHECK (key ~ '^[\x21-\x7e]{1,80}$'),
    fingerprint bytea       NOT NULL CONSTRAINT idempotency_fingerprint CHECK (length(fingerprint) = 32),
    status      smallint    NOT NULL,
    answer      text        NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (tenant, route, key)
);
CREATE INDEX idempotency_at ON idempotency USING brin (at);
GRANT SELECT, INSERT, DELETE ON idempotency TO jianan_app;
