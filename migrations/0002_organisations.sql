-- Organisations, sites, devices, accounts and policies. Each is append-only: a change is a new
-- version, the current one is the highest, and a decision can be replayed from the versions it
-- names. The loser of a race for a version gets 23505.

CREATE SEQUENCE org_id;
CREATE TABLE org (
    id             bigint      NOT NULL,
    version        integer     NOT NULL CONSTRAINT org_version CHECK (version > 0),
    kind           text        NOT NULL CONSTRAINT org_kind CHECK (kind IN
                       ('operator', 'contractor', 'clinic', 'training_centre', 'regulator', 'owner', 'supervision')),
    uscc           text        CONSTRAINT org_uscc CHECK (uscc ~ '^[0-9A-HJ-NP-RTUW-Y]{18}$'), -- 统一社会信用代码 GB 32100
    name           text        NOT NULL CONSTRAINT org_name CHECK (char_length(name) BETWEEN 1 AND 100),
    region         text        NOT NULL CONSTRAINT org_region CHECK (region ~ '^([0-9]{6})?$'),
    permit_state   text        NOT NULL DEFAULT 'none' CONSTRAINT org_permit_state CHECK (permit_state IN
                       ('none', 'valid', 'suspended', 'revoked')), -- 安全生产许可证
    permit_until   date,
    accreditations text[]      NOT NULL DEFAULT '{}', -- kinds of training a centre may post
    state          text        NOT NULL DEFAULT 'active' CONSTRAINT org_state CHECK (state IN ('active', 'closed')),
    account_id     bigint      NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT org_pkey PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX org_uscc_once ON org (uscc) WHERE version = 1 AND uscc IS NOT NULL;

CREATE SEQUENCE site_id;
CREATE TABLE site (
    id            bigint      NOT NULL,
    version       integer     NOT NULL CONSTRAINT site_version CHECK (version > 0),
    name          text        NOT NULL CONSTRAINT site_name CHECK (char_length(name) BETWEEN 1 AND 100),
    region        text        NOT NULL CONSTRAINT site_region CHECK (region ~ '^[0-9]{6}$'), -- GB/T 2260
    org_id        bigint      NOT NULL, -- general contractor (总承包单位)
    state         text        NOT NULL DEFAULT 'open' CONSTRAINT site_state CHECK (state IN ('open', 'stopped', 'closed')),
    rule          jsonb       NOT NULL, -- the site's written rule, server/domain/site_rule.h
    rectification bigint[]    NOT NULL DEFAULT '{}', -- workers let in while work is stopped (停工整改)
    account_id    bigint      NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT site_pkey PRIMARY KEY (id, version)
);

CREATE SEQUENCE device_id;
CREATE TABLE device (
    id          bigint      NOT NULL,
    version     integer     NOT NULL CONSTRAINT device_version CHECK (version > 0),
    site_id     bigint      NOT NULL,
    name        text        NOT NULL CONSTRAINT device_name CHECK (char_length(name) BETWEEN 1 AND 100),
    direction   text        NOT NULL CONSTRAINT device_direction CHECK (direction IN ('in', 'out', 'both')),
    zone        text        NOT NULL DEFAULT '' CONSTRAINT device_zone CHECK (zone ~ '^[a-z_]{0,32}$'),
    state       text        NOT NULL DEFAULT 'active' CONSTRAINT device_state CHECK (state IN ('active', 'disabled')),
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT device_pkey PRIMARY KEY (id, version)
);

CREATE INDEX device_site ON device (site_id, id);

-- An account is who asks: a role, and what it is narrowed to. A gate's account names its device.
-- Workers have none: their key is derived (server/crypto/seal.h), so that millions cost no rows.
CREATE SEQUENCE account_id;
CREATE TABLE account (
    id          bigint      NOT NULL,
    version     integer     NOT NULL CONSTRAINT account_version CHECK (version > 0),
    role        text        NOT NULL CONSTRAINT account_role CHECK (role IN
                    ('operator', 'contractor', 'clinic', 'training_centre', 'safety_officer', 'inspector', 'regulator', 'gate')),
    org_id      bigint      NOT NULL DEFAULT 0,
    site_id     bigint      NOT NULL DEFAULT 0, -- safety_officer
    device_id   bigint      NOT NULL DEFAULT 0, -- gate
    region      text        NOT NULL DEFAULT '' CONSTRAINT account_region CHECK (region ~ '^[0-9]{0,6}$'), -- inspector, regulator: prefix
    label       text        NOT NULL CONSTRAINT account_label CHECK (char_length(label) BETWEEN 1 AND 100),
    state       text        NOT NULL DEFAULT 'active' CONSTRAINT account_state CHECK (state IN ('active', 'disabled')),
    key_prefix  text        NOT NULL CONSTRAINT account_key_prefix CHECK (key_prefix ~ '^[0-9a-f]{12}$'),
    key_hash    bytea       NOT NULL CONSTRAINT account_key_hash CHECK (length(key_hash) = 32),
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT account_pkey PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX account_key_prefix_once ON account (key_prefix, id, version);

CREATE TABLE policy (
    number      integer     NOT NULL, -- what tokens and verdicts name
    version     integer     NOT NULL CONSTRAINT policy_version CHECK (version > 0), -- of its state; the document never changes
    state       text        NOT NULL CONSTRAINT policy_state CHECK (state IN ('draft', 'approved', 'in_force', 'retiring', 'retired')),
    document    jsonb       NOT NULL,
    sha256      bytea       NOT NULL CONSTRAINT policy_sha256 CHECK (length(sha256) = 32),
    account_id  bigint      NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT policy_pkey PRIMARY KEY (number, version)
);

GRANT USAGE ON SEQUENCE org_id, site_id, device_id, account_id TO jianan_app;
GRANT SELECT, INSERT ON org, site, device, account, policy TO jianan_app;

-- The account 0 is the service itself: what is set up before anybody can ask.
