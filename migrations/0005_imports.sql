-- Bulk enrolment. The uploaded file is never stored: it holds personal data. What stays is how far
-- it got and which rows were refused, so that the clerk can mend them and send the file again.

CREATE SEQUENCE import_id;
CREATE TABLE import (
    id          bigint      NOT NULL CONSTRAINT import_pkey PRIMARY KEY,
    account_id  bigint      NOT NULL,
    org_id      bigint      NOT NULL,
    state       text        NOT NULL DEFAULT 'running' CONSTRAINT import_state CHECK (state IN ('running', 'done', 'interrupted')),
    rows_total  integer     NOT NULL,
    rows_done   integer     NOT NULL DEFAULT 0,
    rows_bad    integer     NOT NULL DEFAULT 0,
    server_id   uuid        NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    progress_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- silence tells that nobody is at work
    ended_at    timestamptz
);
CREATE TABLE import_error (
    import_id   bigint   NOT NULL,
    row_number  integer  NOT NULL, -- as a spreadsheet counts: the header is row 1
    column_name text     NOT NULL,
    code        text     NOT NULL,
    expected    text     NOT NULL,
    CONSTRAINT import_error_pkey PRIMARY KEY (import_id, row_number, column_name)
);
GRANT USAGE ON SEQUENCE import_id TO jianan_app;
GRANT SELECT, INSERT, UPDATE ON import TO jianan_app;
GRANT SELECT, INSERT ON import_error TO jianan_app;
