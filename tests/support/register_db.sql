-- Functions for the register's tests: people, their changes, and what surrounds them.

-- Numbers in little-endian bytes.
CREATE FUNCTION test_le1(v bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT set_byte('\x00', 0, (v & 255)::int)
$$;
CREATE FUNCTION test_le2(v bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT set_byte(set_byte('\x0000', 0, (v & 255)::int), 1, (v >> 8 & 255)::int)
$$;
CREATE FUNCTION test_le4(v bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT test_le2(v & 65535) || test_le2(v >> 16)
$$;

-- A facts row's bytes (server/domain/facts_pack.h): n trainings.
CREATE FUNCTION test_packed(worker bigint, version int, n int) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT '\x01'::bytea || test_le1(1 + worker % 2) || test_le2(n) ||
           test_le2(30000 + worker % 9000) || test_le2(45000 + worker % 300) || test_le4(version) ||
           coalesce((SELECT string_agg(test_le2(45000 + i) || '\x000002'::bytea || test_le1(1 + i % 13) ||
                                       test_le1(worker % 40) || '\x01'::bytea ||
                                       test_le4(worker % 1000 + version), '' ORDER BY i)
                     FROM generate_series(1, n) AS i), '\x'::bytea)
$$;

CREATE FUNCTION test_change(kind int, key bigint, version bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO change (kind, key, version) VALUES (kind, key, version)
$$;

-- Workers with id % 6 facts, id % 3 engagements (the first one open), a slot in list 0 or 1, and
-- every fifth with a badge in list 2.
CREATE FUNCTION test_enrol(first bigint, last bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO facts (worker_id, version, packed)
    SELECT w, 1, test_packed(w, 1, (w % 6)::int) FROM generate_series(first, last) AS w;
    INSERT INTO person (worker_id, document_type, document_hmac, name_hmac, name_masked, sealed)
    SELECT w, 1, sha256(int8send(w)), sha256(int8send(w % 99)), CASE w % 3 WHEN 0 THEN '张*' WHEN 1 THEN '欧阳*' ELSE 'T***' END, '\x00'
    FROM generate_series(first, last) AS w;
    INSERT INTO engagement (worker_id, version, org_id, site_id, trade, role, from_day, until_day)
    SELECT w, n, 1 + w % 7, 1 + w % 11, 10 * (1 + w % 30), 1 + w % 6, date '2025-01-01' + (w % 100)::int,
           CASE WHEN n > 1 THEN date '2026-01-01' + (w % 50)::int END
    FROM generate_series(first, last) AS w, generate_series(1, (w % 3)::int) AS n;
    INSERT INTO slot (index, worker_id) SELECT (w % 2) << 20 | w, w FROM generate_series(first, last) AS w;
    INSERT INTO slot (index, worker_id, badge, void)
    SELECT 2::bigint << 20 | w, w, 1, w % 10 = 0 FROM generate_series(first, last) AS w WHERE w % 5 = 0;
    INSERT INTO change (kind, key, version) SELECT 1, w, 1 FROM generate_series(first, last) AS w;
$$;

-- A new version of a worker: other facts, one engagement more, the badge void.
CREATE FUNCTION test_touch(worker bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v int;
BEGIN
    UPDATE facts SET version = facts.version + 1,
                     packed = test_packed(worker, facts.version + 1, (facts.version % 9)::int)
    WHERE worker_id = worker RETURNING version INTO v;
    INSERT INTO engagement (worker_id, version, org_id, site_id, trade, role, from_day, until_day)
    VALUES (worker, 100 + v, 50, 60, 30, 1, date '2026-02-01', date '2026-03-01');
    UPDATE slot SET void = NOT void WHERE index = (2::bigint << 20 | worker);
    INSERT INTO change (kind, key, version) VALUES (1, worker, v);
END
$$;

-- The next version of an organisation, site, device or account; the first when there is none.
CREATE FUNCTION test_org(org_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO org (id, version, kind, uscc, name, region, permit_state, permit_until, accreditations, state, account_id)
    SELECT org_id, v, 'contractor', NULL, '建工第' || org_id || '-' || v, '320900',
           (ARRAY['valid', 'suspended', 'none', 'revoked'])[1 + v % 4],
           CASE WHEN v % 2 = 1 THEN date '2027-01-01' + v END, ARRAY['annual', 'drill'],
           CASE WHEN v % 5 = 0 THEN 'closed' ELSE 'active' END, 0
    FROM (SELECT coalesce(max(version), 0) + 1 AS v FROM org WHERE id = org_id) AS next;
    SELECT test_change(2, org_id, (SELECT max(version) FROM org WHERE id = org_id));
$$;
CREATE FUNCTION test_site(site_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO site (id, version, name, region, org_id, state, rule, rectification, account_id)
    SELECT site_id, v, '工地' || site_id, '320902', 1, (ARRAY['open', 'stopped', 'closed'])[1 + v % 3],
           jsonb_build_object('offline_hours', 1 + v % 100, 'yellow_gate', 'allow'),
           ARRAY(SELECT generate_series(1, v % 4)::bigint), 0
    FROM (SELECT coalesce(max(version), 0) + 1 AS v FROM site WHERE id = site_id) AS next;
    SELECT test_change(3, site_id, (SELECT max(version) FROM site WHERE id = site_id));
$$;
CREATE FUNCTION test_device(device_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO device (id, version, site_id, name, direction, zone, state, account_id)
    SELECT device_id, v, 1 + device_id % 11, 'gate ' || device_id, (ARRAY['in', 'out', 'both'])[1 + v % 3], 'pit',
           CASE WHEN v % 2 = 0 THEN 'disabled' ELSE 'active' END, 0
    FROM (SELECT coalesce(max(version), 0) + 1 AS v FROM device WHERE id = device_id) AS next;
    SELECT test_change(4, device_id, (SELECT max(version) FROM device WHERE id = device_id));
$$;
CREATE FUNCTION test_account(who bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO account (id, version, role, org_id, site_id, device_id, region, label, state, key_prefix, key_hash, account_id)
    SELECT who, v, 'gate', 0, 0, who, '', 'key of gate ' || who, 'active',
           lpad(to_hex(who * 1000 + v), 12, '0'), sha256(int8send(who * 1000 + v)), 0
    FROM (SELECT coalesce(max(version), 0) + 1 AS v FROM account WHERE id = who) AS next;
    SELECT test_change(5, who, (SELECT max(version) FROM account WHERE id = who));
$$;
-- The next version of a signing key, and now and then a list of them.
CREATE FUNCTION test_key(n int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO signing_key (number, version, kid, alg, point, kinds, nbf, exp, state, account_id)
    SELECT n, v, substr(sha256(int4send(n)), 1, 4), -7, sha256('x') || sha256('y'), 1 + v % 1000, 0, 1000000,
           (ARRAY['announced', 'active', 'retired', 'removed'])[1 + v % 4], 0
    FROM (SELECT coalesce(max(version), 0) + 1 AS v FROM signing_key WHERE number = n) AS next;
    INSERT INTO trust_list (sequence, signed, root, kids, issued_at, expires_at, account_id)
    SELECT coalesce(max(sequence), 0) + 1, '\xd284', '\x01020304', '{}', now(), now(), 0 FROM trust_list
    HAVING count(*) % 2 = 0 OR n % 2 = 0;
    SELECT test_change(10, 0, 0);
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO jianan_app;
