-- +goose Up

-- A closed month's planillas as files: written once, and the same bytes for ever.
CREATE TABLE archivos (
    mes         text NOT NULL REFERENCES cierres,
    planilla_id uuid REFERENCES planillas, -- empty: the month's consolidated one
    formato     text NOT NULL,
    nombre      text NOT NULL,
    contenido   bytea NOT NULL,
    sha256      bytea NOT NULL CHECK (sha256 = sha256(contenido)),
    UNIQUE NULLS NOT DISTINCT (mes, planilla_id, formato)
);
CREATE INDEX archivos_planilla ON archivos (planilla_id) WHERE planilla_id IS NOT NULL;

CREATE TRIGGER archivos_fijos BEFORE UPDATE OR DELETE OR TRUNCATE ON archivos
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
