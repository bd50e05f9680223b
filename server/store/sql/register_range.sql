-- What the statements register_load_… read until the transaction ends: [first, beyond). COPY takes no
-- parameters.
-- $1 first text
-- $2 beyond text
-- returns: first text, beyond text
SELECT set_config('register.first', $1, true) AS first,
       set_config('register.beyond', $2, true) AS beyond
