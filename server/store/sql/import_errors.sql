-- The rows that an import refused, in the file's order.
-- $1 import_id bigint
-- $2 after integer
-- $3 max integer
-- returns: row_number integer, column_name text, code text, expected text
SELECT row_number, column_name, code, expected FROM import_error
WHERE import_id = $1 AND row_number > $2 ORDER BY row_number LIMIT $3::integer
