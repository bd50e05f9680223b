-- Overrides (人工改色) on their way: one person asks and signs first, and only when another has signed
-- with a key of his own is it a record. Append-only like all that is decided: what became of it is the
-- next version.
CREATE SEQUENCE override_id;
CREATE TABLE override_request (
    id             bigint      NOT NULL,
    version        integer     NOT NULL CONSTRAINT override_version CHECK (version > 0),
    worker_id      bigint      NOT NULL,
    body           jsonb       NOT NULL, -- as the record's would be: colour, period, the evidence's hash, who was named
    asked_by       bigint      NOT NULL, -- account; the first signature
    expires_at     timestamptz NOT NULL, -- until then somebody else may sign
    state          text        NOT NULL DEFAULT 'awaiting_signature' CONSTRAINT override_state CHECK (state IN
                       ('awaiting_signature', 'signed', 'withdrawn', 'void')), -- void: the person was erased
    record_version integer     NOT NULL DEFAULT 0, -- the worker's record that it became
    account_id     bigint      NOT NULL,           -- who wrote this version: of a signed one, the second signature
    recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT override_request_pkey PRIMARY KEY (id, version)
);
CREATE INDEX override_request_worker ON override_request (worker_id);

-- The evidence, sealed under the worker's key; erasable.
CREATE TABLE override_words (
    override_id bigint NOT NULL CONSTRAINT override_words_pkey PRIMARY KEY,
    worker_id   bigint NOT NULL,
    sealed      bytea  NOT NULL
);
CREATE INDEX override_words_worker ON override_words (worker_id);

GRANT USAGE ON SEQUENCE override_id TO jianan_app;
GRANT SELECT, INSERT ON override_request TO jianan_app;
GRANT SELECT, INSERT, DELETE ON override_words TO jianan_app;
