-- People sign in: login names and passwords of accounts, and the sessions that come of them.
--
-- Unlike what the log keeps, these rows change and go: they say who may come in now. What happened
-- stands in the audit. A password rests as argon2id, a session's and a link's token as SHA-256.

CREATE TABLE login (
    account_id  bigint      NOT NULL CONSTRAINT login_pkey PRIMARY KEY,
    name        text        NOT NULL CONSTRAINT login_name CHECK (name ~ '^[a-z0-9][a-z0-9._@-]{2,63}$')
                            CONSTRAINT login_name_once UNIQUE,
    password    text        CONSTRAINT login_password CHECK (password LIKE '$argon2id$%'), -- NULL: none yet
    password_at timestamptz,
    link_hash   bytea       CONSTRAINT login_link CHECK (length(link_hash) = 32)
                            CONSTRAINT login_link_once UNIQUE, -- sets a password, once
    link_until  timestamptz,
    totp_secret bytea       CONSTRAINT login_totp CHECK (length(totp_secret) = 61), -- sealed by the vault
    totp_at     timestamptz,             -- since when it is asked for; NULL: it was never confirmed
    totp_step   bigint      NOT NULL DEFAULT 0 -- the last code that was used (RFC 6238: T); none counts twice
);

CREATE TABLE session (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT session_pkey PRIMARY KEY,
    account_id bigint      NOT NULL,
    token_hash bytea       NOT NULL CONSTRAINT session_token CHECK (length(token_hash) = 32)
                           CONSTRAINT session_token_once UNIQUE,
    agent      text        NOT NULL CONSTRAINT session_agent CHECK (char_length(agent) <= 120), -- the browser, by its own account
    entered    boolean     NOT NULL CONSTRAINT session_entered CHECK (entered), -- false undoes a sign-in that came too late
    opened_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp() -- to the minute
);
CREATE INDEX session_account ON session (account_id);

-- How often somebody tried to sign in under a name, whether or not there is such a login. Browsers
-- that were signed in there before count for themselves, so that nobody locks another out.
CREATE TABLE sign_in_try (
    name_hash bytea       NOT NULL CONSTRAINT sign_in_try_name CHECK (length(name_hash) = 32),
    known     boolean     NOT NULL,
    failures  integer     NOT NULL,
    failed_at timestamptz NOT NULL,
    CONSTRAINT sign_in_try_pkey PRIMARY KEY (name_hash, known)
);
CREATE INDEX sign_in_try_at ON sign_in_try (failed_at);

GRANT SELECT, INSERT, UPDATE ON login TO jianan_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON session, sign_in_try TO jianan_app;
