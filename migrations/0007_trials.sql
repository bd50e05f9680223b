-- The trial of a policy on the whole workforce: who would change colour, and why. The work is done
-- by one server, in memory; what stays is how far it got and its report (ids, codes and counts).
CREATE SEQUENCE trial_id;
CREATE TABLE trial (
    id           bigint      NOT NULL CONSTRAINT trial_pkey PRIMARY KEY,
    policy       integer     NOT NULL,
    region       text        NOT NULL, -- the policy's; who may set it there may read the trial
    on_day       date        NOT NULL,
    account_id   bigint      NOT NULL,
    state        text        NOT NULL DEFAULT 'running' CONSTRAINT trial_state CHECK (state IN ('running', 'done', 'interrupted')),
    workers      bigint      NOT NULL, -- in all, when it began
    workers_done bigint      NOT NULL DEFAULT 0,
    report       jsonb,
    server_id    uuid        NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    heard_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at     timestamptz
);
CREATE INDEX trial_policy ON trial (policy, id);
CREATE UNIQUE INDEX trial_running_once ON trial (policy) WHERE state = 'running';
GRANT USAGE ON SEQUENCE trial_id TO jianan_app;
GRANT SELECT, INSERT, UPDATE ON trial TO jianan_app;
