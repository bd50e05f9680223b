-- One value of each type, back again.
-- $1 small smallint
-- $2 normal integer
-- $3 big bigint
-- $4 yes boolean
-- $5 words text
-- $6 bytes bytea
-- $7 document jsonb
-- $8 day date
-- $9 instant timestamptz
-- returns: small smallint, normal integer, big bigint, yes boolean, words text, bytes bytea,
--   document jsonb, day date, instant timestamptz
SELECT $1::smallint AS small, $2::integer AS normal, $3::bigint AS big, $4::boolean AS yes,
       $5::text AS words, $6::bytea AS bytes, $7::jsonb AS document, $8::date AS day,
       $9::timestamptz AS instant
