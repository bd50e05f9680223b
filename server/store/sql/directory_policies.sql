-- The policies in force, and those that were: retired ones count for the days before.
-- returns: number integer, document text, ended_at timestamptz
SELECT number, document::text AS document,
       CASE WHEN state = 'retired' THEN recorded_at END AS ended_at
FROM (SELECT DISTINCT ON (number) number, state, document, recorded_at
      FROM policy
      ORDER BY number, version DESC) AS latest
WHERE state IN ('in_force', 'retiring')
   OR (state = 'retired' AND EXISTS (SELECT FROM policy p
                                     WHERE p.number = latest.number AND p.state = 'in_force'))
ORDER BY number
