-- A worker signs in by a link or six digits that his contractor asked for, on his own phone.
--
-- One invitation and one phone a worker: another takes the place of the one before. The phone's key
-- stays in the phone; its public half is kept, so that codes for where there is no network are made
-- for this phone only. All of it goes when the person is erased.

CREATE TABLE worker_invitation (
    worker_id  bigint      NOT NULL CONSTRAINT worker_invitation_pkey PRIMARY KEY
                           CONSTRAINT worker_invitation_person REFERENCES person ON DELETE CASCADE,
    account_id bigint      NOT NULL, -- who asked for it
    link_hash  bytea       NOT NULL CONSTRAINT worker_invitation_link CHECK (length(link_hash) = 32)
                           CONSTRAINT worker_invitation_link_once UNIQUE,
    code_mac   bytea       NOT NULL CONSTRAINT worker_invitation_code CHECK (length(code_mac) = 32), -- under a key outside the database: six digits could be tried through
    tries      integer     NOT NULL DEFAULT 0, -- of the six digits
    ends_at    timestamptz NOT NULL
);

CREATE TABLE worker_phone (
    worker_id  bigint      NOT NULL CONSTRAINT worker_phone_pkey PRIMARY KEY
                           CONSTRAINT worker_phone_person REFERENCES person ON DELETE CASCADE,
    point      bytea       NOT NULL CONSTRAINT worker_phone_point CHECK (length(point) = 64), -- P-256: x, y
    invited_by bigint      NOT NULL,
    bound      boolean     NOT NULL CONSTRAINT worker_phone_bound CHECK (bound), -- false undoes what came too late
    since      timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON worker_invitation, worker_phone TO jianan_app;
