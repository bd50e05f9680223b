-- Which days are working days, year by year: deadlines are counted by it (migrations/reference).
-- A corrected year is a new version; a deadline that was told stays as it was told.
CREATE TABLE holiday_year (
    year        integer     NOT NULL CONSTRAINT holiday_year_year CHECK (year BETWEEN 2000 AND 2078),
    version     integer     NOT NULL CONSTRAINT holiday_year_version CHECK (version > 0),
    document    jsonb       NOT NULL, -- server/domain/workdays.h
    account_id  bigint      NOT NULL, -- 0: it came with the program
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT holiday_year_pkey PRIMARY KEY (year, version)
);
GRANT SELECT, INSERT ON holiday_year TO jianan_app;
