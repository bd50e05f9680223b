-- A range of slots (register_range), by COPY.
-- returns: index bigint, worker_id bigint, badge boolean, void boolean
SELECT index, worker_id, badge IS NOT NULL AS badge, void
FROM slot
WHERE index >= current_setting('register.first')::bigint
  AND index < current_setting('register.beyond')::bigint
