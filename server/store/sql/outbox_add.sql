-- An event, with a delivery for each webhook that wants it and whose owner it concerns. An event
-- that is there already (kind, subject, due) adds nothing. The region is the site's. A webhook
-- counts while its organisation is active and somebody can still ask in its role.
-- $1 kind text
-- $2 subject text
-- $3 due date
-- $4 org_id bigint
-- $5 site_id bigint
-- $6 worker_id bigint
-- $7 data jsonb
-- writes
-- returns: added bigint
WITH event AS (
    INSERT INTO outbox (kind, subject, due, org_id, site_id, region, worker_id, data)
    VALUES ($1, $2, $3, $4, $5,
            coalesce((SELECT region FROM site WHERE id = $5 AND version = 1), ''), $6, $7)
    ON CONFLICT ON CONSTRAINT outbox_once DO NOTHING
    RETURNING id, kind, org_id, site_id, region
), told AS (
    INSERT INTO delivery (outbox_id, webhook_id)
    SELECT e.id, w.id
    FROM event e
    JOIN webhook w ON e.kind = ANY (w.events) AND w.state = 'active' AND
         ((w.role = 'contractor' AND w.org_id = e.org_id) OR
          (w.role = 'safety_officer' AND w.site_id = e.site_id) OR
          (w.role = 'regulator' AND starts_with(e.region, w.region)))
    WHERE NOT EXISTS (SELECT FROM webhook n WHERE n.id = w.id AND n.version > w.version)
      AND EXISTS (SELECT FROM org o
                  WHERE o.id = w.org_id AND o.state = 'active' AND NOT EXISTS
                        (SELECT FROM org n WHERE n.id = o.id AND n.version > o.version))
      AND EXISTS (SELECT FROM account a
                  WHERE a.org_id = w.org_id AND a.role = w.role AND a.site_id = w.site_id AND
                        a.region = w.region AND a.state = 'active' AND NOT EXISTS
                        (SELECT FROM account n WHERE n.id = a.id AND n.version > a.version))
)
SELECT count(*) AS added FROM event
