-- An account's sessions that have not ended, the one used last first.
-- $1 account_id bigint
-- $2 idle_s bigint
-- $3 life_s bigint
-- returns: id bigint, agent text, opened_at timestamptz, seen_at timestamptz
SELECT id, agent, opened_at, seen_at
FROM session
WHERE account_id = $1
  AND seen_at > clock_timestamp() - $2::bigint * interval '1 second'
  AND opened_at > clock_timestamp() - $3::bigint * interval '1 second'
ORDER BY seen_at DESC, id DESC
