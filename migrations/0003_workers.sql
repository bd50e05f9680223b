-- People and what happened to them.
--
-- A person belongs to the platform and is unique by (document type, HMAC of the number). Records
-- hold codes, dates and salted hashes only; what is personal is sealed under one key per person,
-- whose wrapped form lies in person_key: deleting that row erases the person, and the records stay.

CREATE SEQUENCE worker_id;

-- Somebody who is enrolled under a known number but another name becomes a provisional person of
-- his own, and a review is opened: the enroller sees what he would see for anybody new, so numbers
-- cannot be probed. A merge record joins the two when the review says so.
CREATE TABLE person (
    worker_id      bigint      NOT NULL CONSTRAINT person_pkey PRIMARY KEY,
    document_type  smallint    NOT NULL,
    document_hmac  bytea       NOT NULL CONSTRAINT person_hmac CHECK (length(document_hmac) = 32),
    name_hmac      bytea       NOT NULL CONSTRAINT person_name_hmac CHECK (length(name_hmac) = 32),
    provisional    boolean     NOT NULL DEFAULT false,
    name_masked    text        NOT NULL CONSTRAINT person_name_masked CHECK (char_length(name_masked) BETWEEN 1 AND 64), -- 张*
    sealed         bytea       NOT NULL, -- name, document number, phone, under the person's key
    access_version integer     NOT NULL DEFAULT 1, -- raising it ends the worker's own key
    version        integer     NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX person_document ON person (document_type, document_hmac) WHERE NOT provisional;
CREATE UNIQUE INDEX person_claim ON person (document_type, document_hmac, name_hmac) WHERE provisional;

CREATE TABLE person_key (
    worker_id bigint NOT NULL CONSTRAINT person_key_pkey PRIMARY KEY,
    wrapped   bytea  NOT NULL CONSTRAINT person_key_wrapped CHECK (length(wrapped) = 61),
    salt      bytea  NOT NULL CONSTRAINT person_key_salt CHECK (length(salt) = 16)
);

CREATE TABLE erasure (
    worker_id  bigint      NOT NULL CONSTRAINT erasure_pkey PRIMARY KEY,
    account_id bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A known number came with another name: somebody must look at both.
CREATE TABLE identity_review (
    worker_id       bigint      NOT NULL CONSTRAINT identity_review_pkey PRIMARY KEY, -- the provisional one
    known_worker_id bigint      NOT NULL,
    account_id      bigint      NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Who showed his document to which clinic or training centre. Worker numbers count up, so an
-- organisation that may post about anybody could count them through; it may use the number of those
-- only whom it named by document before.
CREATE TABLE shown_document (
    org_id    bigint      NOT NULL,
    worker_id bigint      NOT NULL,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT shown_document_pkey PRIMARY KEY (org_id, worker_id)
);
CREATE INDEX shown_document_worker ON shown_document (worker_id);

-- Append-only: everything that happens to a worker. A correction is a record that supersedes one.
CREATE TABLE record (
    worker_id   bigint      NOT NULL,
    version     integer     NOT NULL CONSTRAINT record_version CHECK (version > 0),
    kind        smallint    NOT NULL CONSTRAINT record_kind CHECK (kind BETWEEN 1 AND 32), -- server/domain/record.h
    occurred_on date        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id  bigint      NOT NULL,
    org_id      bigint      NOT NULL,
    body        jsonb       NOT NULL,
    CONSTRAINT record_pkey PRIMARY KEY (worker_id, version)
);
CREATE INDEX record_at ON record USING brin (recorded_at);

-- The personal words of a record (a certificate's number, a team, evidence), sealed; erasable.
CREATE TABLE record_secret (
    worker_id bigint  NOT NULL,
    version   integer NOT NULL,
    sealed    bytea   NOT NULL,
    CONSTRAINT record_secret_pkey PRIMARY KEY (worker_id, version)
);

-- The fold of a worker's records: a cache, rebuilt by refolding, packed as the register reads it.
CREATE TABLE facts (
    worker_id bigint  NOT NULL CONSTRAINT facts_pkey PRIMARY KEY,
    version   integer NOT NULL,
    packed    bytea   NOT NULL
) WITH (fillfactor = 85);

-- Engagements as a cache of their records: who works where, for whom, as what. [from_day, until).
CREATE TABLE engagement (
    worker_id bigint   NOT NULL,
    version   integer  NOT NULL, -- of the record that opened it
    org_id    bigint   NOT NULL,
    site_id   bigint   NOT NULL,
    trade     smallint NOT NULL CONSTRAINT engagement_trade CHECK (trade BETWEEN 10 AND 1000),
    role      smallint NOT NULL CONSTRAINT engagement_role CHECK (role BETWEEN 1 AND 6),
    from_day  date     NOT NULL,
    until_day date,
    CONSTRAINT engagement_pkey PRIMARY KEY (worker_id, version),
    CONSTRAINT engagement_period CHECK (until_day IS NULL OR until_day >= from_day)
);
CREATE INDEX engagement_org ON engagement (org_id, worker_id);
CREATE INDEX engagement_site ON engagement (site_id, worker_id);
CREATE UNIQUE INDEX engagement_once ON engagement (worker_id, site_id, org_id, trade) WHERE until_day IS NULL;

-- A code names nobody: it names a slot of a list. index = list << 20 | slot; a worker's slot is
-- drawn at random among the free ones of the open lists.
CREATE TABLE slot_list (
    number integer NOT NULL CONSTRAINT slot_list_pkey PRIMARY KEY,
    open   boolean NOT NULL DEFAULT true
);
INSERT INTO slot_list (number) VALUES (0), (1);
CREATE TABLE slot (
    index     bigint NOT NULL CONSTRAINT slot_pkey PRIMARY KEY,
    worker_id bigint NOT NULL,
    badge     integer,                          -- NULL: the worker himself
    void      boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX slot_worker ON slot (worker_id) WHERE badge IS NULL;
CREATE INDEX slot_badge ON slot (worker_id) WHERE badge IS NOT NULL;

GRANT USAGE ON SEQUENCE worker_id TO jianan_app;
GRANT SELECT, INSERT ON record, erasure, identity_review TO jianan_app;
GRANT SELECT, INSERT, DELETE ON person_key, record_secret, shown_document TO jianan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON person TO jianan_app;
GRANT SELECT, INSERT, UPDATE ON facts, engagement, slot, slot_list TO jianan_app;
GRANT DELETE ON engagement TO jianan_app; -- refolding replaces a worker's rows
