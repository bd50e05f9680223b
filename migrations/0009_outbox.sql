-- What happened and whom it is told: events, the addresses of outside systems, one row a telling.
--
-- An event is written in the transaction of what happened, together with a delivery for each
-- webhook that wants it; a delivery is tried until the receiver has said yes or patience ends. So a
-- message is sent at least once, and its id says which one it is.

-- An address that an organisation has given us, seen as far as the role that gave it sees. Like all
-- that is set up it is append-only: a change is a new version.
CREATE SEQUENCE webhook_id;
CREATE TABLE webhook (
    id          bigint      NOT NULL,
    version     integer     NOT NULL CONSTRAINT webhook_version CHECK (version > 0),
    role        text        NOT NULL CONSTRAINT webhook_role CHECK (role IN
                    ('contractor', 'safety_officer', 'regulator')),
    org_id      bigint      NOT NULL,
    site_id     bigint      NOT NULL DEFAULT 0, -- safety_officer
    region      text        NOT NULL DEFAULT '' CONSTRAINT webhook_region CHECK (region ~ '^[0-9]{0,6}$'), -- regulator: prefix
    url         text        NOT NULL CONSTRAINT webhook_url CHECK (url ~ '^https?://[\x21-\x7e]+$' AND length(url) <= 500),
    events      text[]      NOT NULL CONSTRAINT webhook_events CHECK (cardinality(events) BETWEEN 1 AND 16), -- server/domain/event.def
    state       text        NOT NULL DEFAULT 'active' CONSTRAINT webhook_state CHECK (state IN ('active', 'disabled')),
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhook_pkey PRIMARY KEY (id, version)
);
CREATE INDEX webhook_org ON webhook (org_id, id);

-- What messages are signed with, sealed by the vault. The newest signs; the one before it signs
-- along for a day after the change, so that the receiver can change over in its own time.
CREATE TABLE webhook_secret (
    webhook_id  bigint      NOT NULL,
    number      integer     NOT NULL CONSTRAINT webhook_secret_number CHECK (number > 0),
    sealed      bytea       NOT NULL CONSTRAINT webhook_secret_sealed CHECK (length(sealed) = 61),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT webhook_secret_pkey PRIMARY KEY (webhook_id, number)
);

-- An event: codes, ids and dates, never personal data; a worker's masked name is added when it is
-- sent, so that erasing a person takes it out of here, too. (kind, subject, due) says what it is:
-- whoever finds the same once more adds nothing.
CREATE TABLE outbox (
    id        bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    message   uuid        NOT NULL DEFAULT gen_random_uuid(), -- its id outside; the same at each attempt
    kind      text        NOT NULL CONSTRAINT outbox_kind CHECK (kind ~ '^[a-z_]{1,32}\.[a-z_]{1,32}$'),
    subject   text        NOT NULL CONSTRAINT outbox_subject CHECK (subject ~ '^[0-9a-z._:-]{1,100}$'),
    due       date        NOT NULL,
    org_id    bigint      NOT NULL DEFAULT 0, -- whose firm, site and region it concerns
    site_id   bigint      NOT NULL DEFAULT 0,
    region    text        NOT NULL DEFAULT '',
    worker_id bigint      NOT NULL DEFAULT 0,
    data      jsonb       NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT outbox_once UNIQUE (kind, subject, due)
);
CREATE INDEX outbox_at ON outbox USING brin (at);

CREATE TABLE delivery (
    outbox_id   bigint      NOT NULL,
    webhook_id  bigint      NOT NULL,
    state       text        NOT NULL DEFAULT 'pending' CONSTRAINT delivery_state CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts    integer     NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL DEFAULT clock_timestamp(), -- while pending: not before
    lease_until timestamptz, -- a server is at it; when it dies, others may take over then
    status      smallint,    -- of the last answer; NULL: none came
    trouble     text        NOT NULL DEFAULT '', -- why the last attempt failed, a code
    took_ms     integer,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at    timestamptz,
    CONSTRAINT delivery_pkey PRIMARY KEY (outbox_id, webhook_id)
) WITH (fillfactor = 70);
CREATE INDEX delivery_due ON delivery (webhook_id, next_at) WHERE state = 'pending';
CREATE INDEX delivery_leased ON delivery (webhook_id) WHERE lease_until IS NOT NULL;
CREATE INDEX delivery_webhook ON delivery (webhook_id, outbox_id);
CREATE INDEX delivery_dead ON delivery (webhook_id) WHERE state = 'dead';

-- Work that is done once a day by whichever server comes first: who is at it, until when that is
-- believed, whether it was finished. Its effects have keys of their own, so doing it twice is only
-- a waste.
CREATE TABLE job_run (
    job         text        NOT NULL,
    due         date        NOT NULL,
    server_id   uuid        NOT NULL,
    lease_until timestamptz NOT NULL,
    effects     bigint      NOT NULL DEFAULT 0,
    done_at     timestamptz,
    CONSTRAINT job_run_pkey PRIMARY KEY (job, due)
);

GRANT USAGE ON SEQUENCE webhook_id TO jianan_app;
GRANT SELECT, INSERT ON webhook TO jianan_app;
GRANT SELECT, INSERT, DELETE ON webhook_secret TO jianan_app;
GRANT SELECT, INSERT, DELETE ON outbox TO jianan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery, job_run TO jianan_app;
