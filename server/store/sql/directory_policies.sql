-- The policies in force.
-- returns: number integer, document text
SELECT number, document::text AS document
FROM (SELECT DISTINCT ON (number) number, state, document
      FROM policy
      ORDER BY number, version DESC) AS latest
WHERE state = 'in_force'
ORDER BY number
