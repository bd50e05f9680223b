-- Photos of people: so that a guard sees whose code was shown. Each is sealed under its person's key.
-- A new one takes the place of the one before, which stays; all go with the person.
CREATE TABLE person_photo (
    worker_id  bigint      NOT NULL
               CONSTRAINT person_photo_person REFERENCES person ON DELETE CASCADE,
    number     integer     NOT NULL CONSTRAINT person_photo_number CHECK (number > 0), -- counts within a person
    hash       bytea       NOT NULL CONSTRAINT person_photo_hash CHECK (length(hash) = 16), -- SHA-256, its start
    sealed     bytea       NOT NULL CONSTRAINT person_photo_bytes CHECK (length(sealed) <= 51229), -- 50 KiB and the seal
    account_id bigint      NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT person_photo_pkey PRIMARY KEY (worker_id, number)
);

-- The one in use, by which gates name it.
ALTER TABLE person ADD COLUMN photo bytea CONSTRAINT person_photo_in_use CHECK (length(photo) = 16);
CREATE INDEX person_by_photo ON person (photo) WHERE photo IS NOT NULL;

GRANT SELECT, INSERT ON person_photo TO jianan_app;
