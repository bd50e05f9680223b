-- Who serves us, and how the session is set.
-- returns: pid integer, zone text, path text, statement_timeout text, lock_timeout text,
--   encoding text, application text
SELECT pg_backend_pid() AS pid, current_setting('TimeZone') AS zone,
       current_setting('search_path') AS path,
       current_setting('statement_timeout') AS statement_timeout,
       current_setting('lock_timeout') AS lock_timeout,
       current_setting('client_encoding') AS encoding,
       current_setting('application_name') AS application
