-- +goose Up

-- The transaction that wrote an entry. Ids are given before commit and are no order
-- of it; a transaction below PostgreSQL's oldest running one has ended for ever.
-- Rows from before have this migration's: a stable default costs no rewrite.
ALTER TABLE auditoria ADD COLUMN tx bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint;
-- The table only grows, so pages are in the order of tx, and the sealing reads its end.
CREATE INDEX auditoria_tx ON auditoria USING brin (tx) WITH (autosummarize = on);

-- The audit, sealed in blocks that follow one another without a gap.
CREATE TABLE sellos (
    bloque   bigint PRIMARY KEY CHECK (bloque > 0), -- 1, 2, 3…
    desde    bigint NOT NULL, -- the entries whose transaction is desde or later,
    hasta    bigint NOT NULL UNIQUE CHECK (hasta > desde), -- and before hasta: the next block's desde
    filas    bigint NOT NULL CHECK (filas > 0),
    at       timestamptz NOT NULL,
    -- For each entry, by id: id (8 bytes, big-endian) and SHA-256 of its text, 40 bytes.
    hojas    bytea  NOT NULL CHECK (length(hojas) = 40 * filas),
    anterior bytea  NOT NULL UNIQUE CHECK (length(anterior) = 32), -- the block before's huella; zeros for the first
    huella   bytea  NOT NULL UNIQUE GENERATED ALWAYS AS (sha256(
        'gestiones sello 1'::bytea || anterior || int8send(bloque) || int8send(desde) || int8send(hasta) ||
        int8send(filas) || timestamptz_send(at) || sha256(hojas))) STORED
);
ALTER TABLE sellos ALTER COLUMN hojas SET STORAGE EXTERNAL; -- digests do not compress

CREATE TRIGGER sellos_solo_crecen BEFORE UPDATE OR DELETE OR TRUNCATE ON sellos
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_crece();
