-- Opens a review for each new person whose number is known under another name.
-- $1 worker_ids bigint[]
-- $2 known_worker_ids bigint[]  0: nothing to review
-- $3 account_id bigint
-- writes
INSERT INTO identity_review (worker_id, known_worker_id, account_id)
SELECT w, k, $3 FROM unnest($1::bigint[], $2::bigint[]) AS u (w, k) WHERE k > 0
