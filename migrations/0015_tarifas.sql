-- +goose Up

-- What a gestión is paid, in guaraní: entered by one administrator, approved or rejected by
-- another. What was decided never changes: another tariff comes after it.
CREATE TABLE tarifas (
    id            uuid PRIMARY KEY,
    desde         text NOT NULL CHECK (desde ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'), -- first month whose gestiones it pays
    norma         text NOT NULL CHECK (norma <> ''), -- what it rests on
    -- Of permanente, then of apoyo; of each, ordinaria, then extraordinaria; of each, by type 1–5.
    montos        bigint[] NOT NULL CHECK (cardinality(montos) = 20 AND array_position(montos, NULL) IS NULL AND 0 <= ALL (montos) AND 10000000 >= ALL (montos)),
    estado        text NOT NULL DEFAULT 'propuesta' CHECK (estado IN ('propuesta', 'aprobada', 'rechazada')),
    propuesta_por uuid NOT NULL REFERENCES funcionarios,
    propuesta_at  timestamptz NOT NULL,
    decidida_por  uuid REFERENCES funcionarios,
    decidida_at   timestamptz,
    motivo        text NOT NULL DEFAULT '', -- of its rejection
    orden         bigint UNIQUE CHECK (orden > 0), -- they follow one another as they were approved: of two from one month on, the later counts
    compromiso    bytea CHECK (length(compromiso) = 32), -- to all of it, once approved
    CONSTRAINT tarifas_otra_persona CHECK (decidida_por <> propuesta_por),
    CHECK ((estado = 'propuesta') = (decidida_por IS NULL) AND (decidida_por IS NULL) = (decidida_at IS NULL)),
    CHECK ((estado = 'aprobada') = (orden IS NOT NULL) AND (orden IS NULL) = (compromiso IS NULL)),
    CHECK ((estado = 'rechazada') = (motivo <> ''))
);
CREATE INDEX tarifas_aprobadas ON tarifas (desde, orden) WHERE estado = 'aprobada';

-- +goose StatementBegin
CREATE FUNCTION tarifa_fija() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a tariff does not change';
END $$;
-- +goose StatementEnd
CREATE TRIGGER tarifas_fijas BEFORE UPDATE ON tarifas FOR EACH ROW
    WHEN (OLD.estado <> 'propuesta' OR (OLD.id, OLD.desde, OLD.norma, OLD.montos, OLD.propuesta_por, OLD.propuesta_at)
        IS DISTINCT FROM (NEW.id, NEW.desde, NEW.norma, NEW.montos, NEW.propuesta_por, NEW.propuesta_at))
    EXECUTE FUNCTION tarifa_fija();
CREATE TRIGGER tarifas_quedan BEFORE DELETE OR TRUNCATE ON tarifas
    FOR EACH STATEMENT EXECUTE FUNCTION tarifa_fija();

-- What a row pays, by the tariff of its gestiones' month; none where that month has none.
ALTER TABLE planilla_filas
    ADD COLUMN tarifa_id uuid REFERENCES tarifas,
    ADD COLUMN importe   bigint,
    ADD CHECK ((tarifa_id IS NULL) = (importe IS NULL));
