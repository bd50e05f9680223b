-- A small schema for the engine's own tests.
CREATE TABLE item (
    id   bigint CONSTRAINT item_pkey PRIMARY KEY,
    name text   CONSTRAINT item_name CHECK (name <> 'bad'),
    note text   CONSTRAINT item_note CHECK (note <> 'bad') -- not in constraints.def
);
CREATE TABLE part (
    item_id bigint CONSTRAINT part_item REFERENCES item DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE secret (id bigint);
GRANT SELECT, INSERT, UPDATE, DELETE ON item, part TO jianan_app;
GRANT SELECT ON schema_migration TO jianan_app;
