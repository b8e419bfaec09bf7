-- +goose Up

-- A funcionario's claim about their own pay: that a gestión was settled wrongly, or that one
-- is missing. It is no «reclamo» of OPEN SGC's, which a gestión may refer to.
CREATE TABLE reclamos_funcionario (
    id         uuid PRIMARY KEY,
    agente_id  uuid NOT NULL REFERENCES funcionarios,
    gestion_id uuid REFERENCES gestiones, -- empty: there is none, and there should be
    contra     text CHECK (contra IN ('incluida', 'rechazada')), -- how that one stood
    unidad_id  uuid NOT NULL REFERENCES unidades,
    mes        text NOT NULL CHECK (mes ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    motivo     text NOT NULL CHECK (motivo <> ''),
    presentado_at timestamptz NOT NULL,
    vence      date NOT NULL, -- local: the last day for an answer in time
    vencido_at timestamptz,
    retirado_at timestamptz,
    respondido_por    uuid REFERENCES funcionarios,
    respondido_cargo  text CHECK (respondido_cargo IN ('jefe', 'subrogante')),
    respondido_unidad uuid REFERENCES unidades,
    respondido_at     timestamptz,
    procede    boolean,
    respuesta  text NOT NULL DEFAULT '',
    ajuste_id  uuid UNIQUE REFERENCES ajustes, -- by which it is mended
    motor      text, -- the Temporal namespace (its UUID) that knows it
    avisado    boolean NOT NULL DEFAULT false, -- its workflow knows that it ended
    CHECK ((gestion_id IS NULL) = (contra IS NULL)),
    CHECK (respondido_por <> agente_id),
    CHECK ((respondido_at IS NULL) = (respondido_por IS NULL) AND (respondido_at IS NULL) = (respondido_cargo IS NULL)
        AND (respondido_at IS NULL) = (respondido_unidad IS NULL) AND (respondido_at IS NULL) = (procede IS NULL)
        AND (respondido_at IS NULL) = (respuesta = '')),
    CHECK (retirado_at IS NULL OR respondido_at IS NULL),
    CHECK (ajuste_id IS NULL OR procede),
    CHECK (procede IS NOT TRUE OR ajuste_id IS NOT NULL OR gestion_id IS NOT NULL),
    CHECK (NOT avisado OR retirado_at IS NOT NULL OR respondido_at IS NOT NULL)
);
-- One open at a time: about a gestión, and about what is missing of a month in a unit.
CREATE UNIQUE INDEX reclamos_de_gestion ON reclamos_funcionario (gestion_id)
    WHERE gestion_id IS NOT NULL AND retirado_at IS NULL AND respondido_at IS NULL;
CREATE UNIQUE INDEX reclamos_de_faltantes ON reclamos_funcionario (agente_id, unidad_id, mes)
    WHERE gestion_id IS NULL AND retirado_at IS NULL AND respondido_at IS NULL;
CREATE INDEX reclamos_agente ON reclamos_funcionario (agente_id, presentado_at);
CREATE INDEX reclamos_unidad ON reclamos_funcionario (unidad_id, presentado_at);
CREATE INDEX reclamos_por_gestion ON reclamos_funcionario (gestion_id) WHERE gestion_id IS NOT NULL;
-- What a workflow waits for, or was not told.
CREATE INDEX reclamos_por_avisar ON reclamos_funcionario (id) WHERE NOT avisado;

-- What was answered stays as it was.
-- +goose StatementBegin
CREATE FUNCTION reclamo_terminado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'motor' - 'avisado' <> to_jsonb(NEW) - 'motor' - 'avisado' THEN
        RAISE EXCEPTION 'a reclamo that ended does not change';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER reclamos_terminados BEFORE UPDATE OR DELETE ON reclamos_funcionario FOR EACH ROW
    WHEN (OLD.retirado_at IS NOT NULL OR OLD.respondido_at IS NOT NULL) EXECUTE FUNCTION reclamo_terminado();
