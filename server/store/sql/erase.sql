-- Erases a person: name, number, phone, key, salt and the sealed words of every record. The records
-- themselves hold codes, dates and hashes that nobody can open any more. An appeal that nobody has
-- answered yet is void: there is nobody left to answer; so is an override that nobody signed yet. His
-- photos go with his row (person_photo).
-- $1 worker_id bigint
-- $2 account_id bigint
-- writes
WITH words AS (DELETE FROM record_secret WHERE worker_id = $1),
     key AS (DELETE FROM person_key WHERE worker_id = $1),
     shown AS (DELETE FROM shown_document WHERE worker_id = $1),
     appealed AS (DELETE FROM appeal_words WHERE worker_id = $1),
     void AS (
         INSERT INTO appeal (id, version, worker_id, org_id, reason, scope, colour, on_day, policy, site_id,
                             region, disputes, known_version, round, filed_on, due, due_certain, state,
                             account_id)
         SELECT a.id, a.version + 1, a.worker_id, a.org_id, a.reason, a.scope, a.colour, a.on_day, a.policy,
                a.site_id, a.region, a.disputes, a.known_version, a.round, a.filed_on, a.due,
                a.due_certain, 'void', $2
         FROM appeal a
         WHERE a.worker_id = $1 AND a.state = 'open'
           AND NOT EXISTS (SELECT FROM appeal newer WHERE newer.id = a.id AND newer.version > a.version)),
     evidence AS (DELETE FROM override_words WHERE worker_id = $1),
     unsigned AS (
         INSERT INTO override_request (id, version, worker_id, body, asked_by, expires_at, state, account_id)
         SELECT o.id, o.version + 1, o.worker_id, o.body, o.asked_by, o.expires_at, 'void', $2
         FROM override_request o
         WHERE o.worker_id = $1 AND o.state = 'awaiting_signature'
           AND NOT EXISTS (SELECT FROM override_request newer WHERE newer.id = o.id AND newer.version > o.version)),
     person AS (DELETE FROM person WHERE worker_id = $1)
INSERT INTO erasure (worker_id, account_id) VALUES ($1, $2)
