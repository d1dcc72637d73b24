-- What several nodes keep together. Times are in milliseconds since 1970, by the nodes' clocks,
-- but for the nodes' own leases, which go by the clock of the database.
CREATE TABLE IF NOT EXISTS exai_nodes (
    id text PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS exai_jobs (
    name text PRIMARY KEY,
    node text NOT NULL,
    number bigint NOT NULL
);
-- Who runs now. It need not outlive a crash of the database: whether a key was answered is asked
-- again in the transaction that answers it.
CREATE UNLOGGED TABLE IF NOT EXISTS exai_claims (
    org text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    node text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (org, key)
);
CREATE TABLE IF NOT EXISTS exai_kept (
    org text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    until bigint NOT NULL,
    status integer,
    receipt text,
    headers bytea,
    body bytea,
    PRIMARY KEY (org, key)
);
CREATE INDEX IF NOT EXISTS exai_kept_until ON exai_kept (until);
-- The head of each chain. An empty organisation is the chain of nobody's.
CREATE TABLE IF NOT EXISTS exai_chains (
    org text PRIMARY KEY,
    sequence bigint NOT NULL,
    hash text NOT NULL
);
-- Records as they were hashed, to the byte.
CREATE TABLE IF NOT EXISTS exai_receipts (
    org text NOT NULL,
    sequence bigint NOT NULL,
    id text NOT NULL,
    record text NOT NULL,
    PRIMARY KEY (org, sequence)
);
CREATE UNIQUE INDEX IF NOT EXISTS exai_receipts_id ON exai_receipts (org, id);
CREATE TABLE IF NOT EXISTS exai_tokens (
    hash bytea PRIMARY KEY,
    id text NOT NULL,
    caller text NOT NULL,
    expires bigint,
    revoked boolean NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS exai_tokens_id ON exai_tokens (id);
CREATE TABLE IF NOT EXISTS exai_deliveries (
    org text NOT NULL,
    id text COLLATE "C" NOT NULL,
    endpoint text NOT NULL,
    due boolean NOT NULL,
    node text NOT NULL,
    delivery text NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX IF NOT EXISTS exai_deliveries_due ON exai_deliveries (org, endpoint) WHERE due;
