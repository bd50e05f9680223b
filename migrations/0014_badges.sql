-- Badges: stickers on helmets. A badge shows no colour and lives for three years; its slot shows its
-- worker's colour until the badge is voided. What is issued and voided is only ever added.

CREATE TABLE badge (
    worker_id  bigint      NOT NULL,
    number     integer     NOT NULL CONSTRAINT badge_number CHECK (number > 0), -- counts within a worker
    index      bigint      NOT NULL CONSTRAINT badge_index UNIQUE, -- its slot
    org_id     bigint      NOT NULL, -- for whom it was made
    account_id bigint      NOT NULL,
    issued_at  timestamptz NOT NULL, -- whole seconds: what the code says
    expires_at timestamptz NOT NULL CONSTRAINT badge_life CHECK (expires_at > issued_at),
    CONSTRAINT badge_pkey PRIMARY KEY (worker_id, number)
);

CREATE TABLE badge_void (
    worker_id  bigint      NOT NULL,
    number     integer     NOT NULL,
    reason     text        NOT NULL CONSTRAINT badge_void_reason
               CHECK (reason IN ('lost', 'stolen', 'damaged', 'left', 'replaced', 'other')),
    account_id bigint,               -- NULL: the worker himself
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT badge_void_pkey PRIMARY KEY (worker_id, number),
    CONSTRAINT badge_void_badge FOREIGN KEY (worker_id, number) REFERENCES badge
);

GRANT SELECT, INSERT ON badge, badge_void TO jianan_app;

CREATE TRIGGER log_note AFTER INSERT ON badge REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
CREATE TRIGGER log_note AFTER INSERT ON badge_void REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION log_note();
