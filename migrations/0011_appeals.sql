-- Appeals (申诉): somebody disputes a reason of his verdict, and a human answers within a deadline
-- (个人信息保护法 24, 46). Like all that is decided an appeal is append-only: an answer is its second
-- version. What it is against lies in the first one for good, so it can be looked at later as it was.
CREATE SEQUENCE appeal_id;
CREATE TABLE appeal (
    id            bigint      NOT NULL,
    version       integer     NOT NULL CONSTRAINT appeal_version CHECK (version > 0),
    worker_id     bigint      NOT NULL,
    org_id        bigint      NOT NULL DEFAULT 0, -- the contractor that filed it on his behalf; 0: himself
    -- the reason, as it was given on that day
    reason        text        NOT NULL CONSTRAINT appeal_reason CHECK (reason ~ '^[A-Z_]{1,32}$'), -- scoring/reason.def
    scope         text        NOT NULL CONSTRAINT appeal_scope CHECK (scope IN ('person', 'trade', 'role', 'site')),
    colour        text        NOT NULL CONSTRAINT appeal_colour CHECK (colour IN ('green', 'yellow', 'red')),
    on_day        date        NOT NULL,
    policy        integer     NOT NULL,
    site_id       bigint      NOT NULL DEFAULT 0, -- of the post it was asked for; 0: none
    region        text        NOT NULL CONSTRAINT appeal_region_form CHECK (region ~ '^([0-9]{6})?$'), -- who is in charge
    disputes      integer     NOT NULL DEFAULT 0, -- the record it rests on, when the appeal names one
    known_version integer     NOT NULL,           -- the worker's newest record when it was filed
    round         integer     NOT NULL CONSTRAINT appeal_round_positive CHECK (round > 0), -- the n-th on this matter
    filed_on      date        NOT NULL,
    due           date        NOT NULL, -- the last day on which it is answered in time
    due_certain   boolean     NOT NULL, -- the calendar was known all the way
    -- what became of it
    state         text        NOT NULL DEFAULT 'open' CONSTRAINT appeal_state CHECK (state IN
                      ('open', 'upheld', 'partly', 'rejected', 'void')), -- void: the person was erased
    mended_by     integer     NOT NULL DEFAULT 0, -- the record that mends what was wrong
    account_id    bigint      NOT NULL,           -- who wrote this version; 0: the worker himself
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT appeal_pkey PRIMARY KEY (id, version)
);
-- Of two that file the same at the same moment, one comes too late and looks again.
CREATE UNIQUE INDEX appeal_once ON appeal (worker_id, reason, scope, (CASE WHEN scope = 'person' THEN 0 ELSE site_id END), round)
    WHERE version = 1;
CREATE INDEX appeal_worker ON appeal (worker_id, id);
CREATE INDEX appeal_region ON appeal (region text_pattern_ops, id);

-- What was written, sealed under the worker's key; erasable.
CREATE TABLE appeal_words (
    appeal_id bigint  NOT NULL,
    version   integer NOT NULL,
    worker_id bigint  NOT NULL,
    sealed    bytea   NOT NULL,
    CONSTRAINT appeal_words_pkey PRIMARY KEY (appeal_id, version)
);
CREATE INDEX appeal_words_worker ON appeal_words (worker_id);

GRANT USAGE ON SEQUENCE appeal_id TO jianan_app;
GRANT SELECT, INSERT ON appeal TO jianan_app;
GRANT SELECT, INSERT, DELETE ON appeal_words TO jianan_app;
