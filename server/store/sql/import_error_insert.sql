-- Rows that an import refused.
-- $1 import_id bigint
-- $2 row_numbers integer[]
-- $3 column_names text[]
-- $4 codes text[]
-- $5 expected text[]
-- writes
INSERT INTO import_error (import_id, row_number, column_name, code, expected)
SELECT $1, r, c, e, x FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[]) AS u (r, c, e, x)
ON CONFLICT DO NOTHING
