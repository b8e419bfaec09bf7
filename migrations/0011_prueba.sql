-- +goose Up

-- What is paid is proved by commitments: a digest of the whole gestión as it was frozen, over
-- one of the customer's data, salted with a number of its own, so that these may be erased
-- with their salt and the proof of everything else stays whole.
ALTER TABLE gestiones ADD COLUMN sal uuid; -- what is paid already needs none: no rewrite of all
ALTER TABLE gestiones ALTER COLUMN sal SET DEFAULT gen_random_uuid();
UPDATE gestiones SET sal = gen_random_uuid() WHERE estado <> 'incluida';

ALTER TABLE planilla_lineas
    ADD COLUMN version    bigint, -- the gestión's, as it was approved; empty: closed before there were commitments
    ADD COLUMN personal   bytea CHECK (length(personal) = 32), -- to the customer's data, with the gestión's salt
    ADD COLUMN compromiso bytea CHECK (length(compromiso) = 32), -- to all of it, with the month's
    ADD CHECK ((version IS NULL) = (compromiso IS NULL) AND (version IS NULL) = (personal IS NULL));
ALTER TABLE planilla_filas
    ADD COLUMN compromiso bytea CHECK (length(compromiso) = 32); -- over its lines'

-- Each close's proof: what was closed, the files' digests, the manifest before and the
-- sealed audit, signed.
CREATE TABLE manifiestos (
    mes       text PRIMARY KEY REFERENCES cierres,
    orden     bigint NOT NULL UNIQUE CHECK (orden > 0), -- they follow one another as they were signed
    contenido text NOT NULL,
    clave     text NOT NULL, -- public key that proves the signature
    at        timestamptz NOT NULL
);
CREATE TRIGGER manifiestos_fijos BEFORE UPDATE OR DELETE OR TRUNCATE ON manifiestos
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
