-- Sites that are warned of their people's colours (大数据警示): counted again and again by one of
-- the servers, opened and cleared by the counts, escalated by the calendar.

-- Who counts next: the first server that finds the last round old enough.
CREATE TABLE alert_round (
    only_one boolean     NOT NULL DEFAULT true CONSTRAINT alert_round_pkey PRIMARY KEY CHECK (only_one),
    at       timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO alert_round DEFAULT VALUES;

-- A site as it was last counted. A cache: the colours of its people on that day.
CREATE TABLE site_standing (
    site_id        bigint      NOT NULL CONSTRAINT site_standing_pkey PRIMARY KEY,
    on_day         date        NOT NULL,
    people         integer     NOT NULL, -- with an engagement there that day
    no_code        integer     NOT NULL, -- of them, outside the code's scope
    green          integer     NOT NULL,
    yellow         integer     NOT NULL,
    yellow_counted integer     NOT NULL, -- without those whose reasons the policy leaves out (三违)
    red            integer     NOT NULL,
    at             timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE SEQUENCE alert_id;
CREATE TABLE alert (
    id        bigint   NOT NULL DEFAULT nextval('alert_id') CONSTRAINT alert_pkey PRIMARY KEY,
    site_id   bigint   NOT NULL,
    kind      smallint NOT NULL, -- server/domain/site_alert.h: 1 share of yellow, 2 number of red
    policy    integer  NOT NULL,
    then_what smallint NOT NULL, -- 0 report, 1 stop work
    state     text     NOT NULL DEFAULT 'open' CONSTRAINT alert_state CHECK (state IN ('open', 'escalated', 'cleared')),
    opened_on date     NOT NULL,
    deadline  date     NOT NULL, -- the last day on which it may still be cleared
    ended_on  date               -- when it was cleared
);
CREATE UNIQUE INDEX alert_once ON alert (site_id, kind) WHERE state <> 'cleared';
CREATE INDEX alert_site ON alert (site_id, id);

-- What became of it, and who did it (account 0: the service).
CREATE TABLE alert_event (
    alert_id   bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    event      text        NOT NULL CONSTRAINT alert_event_event CHECK (event IN ('opened', 'seen', 'extended', 'escalated', 'cleared')),
    account_id bigint      NOT NULL,
    deadline   date        CONSTRAINT alert_event_stands CHECK (deadline IS NOT NULL), -- NULL: the alert changed meanwhile
    people     integer,    -- the counts of that moment, when the service counted
    yellow     integer,
    red        integer
);
CREATE INDEX alert_event_alert ON alert_event (alert_id, at);
CREATE UNIQUE INDEX alert_event_seen ON alert_event (alert_id, account_id) WHERE event = 'seen';
-- What outside systems are told of, by its age: each round looks at the last three days.
CREATE INDEX alert_event_told ON alert_event (at) WHERE event IN ('opened', 'escalated', 'cleared');

GRANT USAGE ON SEQUENCE alert_id TO jianan_app;
GRANT SELECT, UPDATE ON alert_round TO jianan_app;
GRANT SELECT, INSERT, UPDATE ON site_standing, alert TO jianan_app;
GRANT SELECT, INSERT ON alert_event TO jianan_app;
