-- Arrays of each type, element by element.
-- $1 smalls smallint[]
-- $2 normals integer[]
-- $3 bigs bigint[]
-- $4 words text[]
-- $5 bytes bytea[]
-- $6 documents jsonb[]
-- $7 days date[]
-- $8 instants timestamptz[]
-- returns: small smallint, normal integer, big bigint, words text, bytes bytea, document jsonb,
--   day date, instant timestamptz
SELECT small, normal, big, words, bytes, document, day, instant
FROM unnest($1::smallint[], $2::integer[], $3::bigint[], $4::text[], $5::bytea[], $6::jsonb[],
            $7::date[], $8::timestamptz[])
     AS t (small, normal, big, words, bytes, document, day, instant)
