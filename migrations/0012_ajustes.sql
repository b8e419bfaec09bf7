-- +goose Up

-- A mistake found after a close: a line that was paid is taken back, or one is added, in a
-- later planilla. What a closed month paid never changes.
CREATE TABLE ajustes (
    id         uuid PRIMARY KEY,
    gestion_id uuid NOT NULL REFERENCES gestiones,
    mes        text NOT NULL, -- the closed month that it corrects
    orden      integer NOT NULL CHECK (orden > 0), -- among its gestión's that were not rejected
    pagada     boolean NOT NULL, -- a close had paid the gestión before any ajuste
    signo      smallint NOT NULL,
    motivo     text NOT NULL CHECK (motivo <> ''),
    pedido_por uuid NOT NULL REFERENCES funcionarios,
    pedido_at  timestamptz NOT NULL,
    jefe_por   uuid REFERENCES funcionarios, -- whoever decides on the gestión
    jefe_cargo text CHECK (jefe_cargo IN ('jefe', 'subrogante')),
    jefe_unidad uuid REFERENCES unidades,
    jefe_at    timestamptz,
    rrhh_por   uuid REFERENCES funcionarios,
    rrhh_at    timestamptz,
    aprobado_at timestamptz, -- when the second of both was stored: cortes look at it
    rechazado_por uuid REFERENCES funcionarios,
    rechazado_at  timestamptz,
    rechazo    text NOT NULL DEFAULT '',
    planilla_id uuid REFERENCES planillas,
    sal        uuid NOT NULL DEFAULT gen_random_uuid(),
    -- A gestión is paid once or not at all, whatever is adjusted: what is paid is taken
    -- back, what is not is added, by turns.
    CONSTRAINT ajustes_por_turno CHECK (signo = CASE WHEN (orden % 2 = 1) = pagada THEN -1 ELSE 1 END),
    CHECK ((jefe_at IS NULL) = (jefe_por IS NULL) AND (jefe_at IS NULL) = (jefe_cargo IS NULL) AND (jefe_at IS NULL) = (jefe_unidad IS NULL)),
    CHECK ((rrhh_at IS NULL) = (rrhh_por IS NULL)),
    CHECK (jefe_por <> rrhh_por), -- two people
    CHECK ((aprobado_at IS NOT NULL) = (jefe_at IS NOT NULL AND rrhh_at IS NOT NULL)),
    CHECK ((rechazado_at IS NULL) = (rechazado_por IS NULL) AND (rechazado_at IS NULL) = (rechazo = '')),
    CHECK (rechazado_at IS NULL OR aprobado_at IS NULL),
    CHECK (planilla_id IS NULL OR aprobado_at IS NOT NULL)
);
CREATE UNIQUE INDEX ajustes_orden ON ajustes (gestion_id, orden) WHERE rechazado_at IS NULL;
CREATE UNIQUE INDEX ajustes_abierto ON ajustes (gestion_id) WHERE planilla_id IS NULL AND rechazado_at IS NULL; -- one at a time
CREATE INDEX ajustes_por_incluir ON ajustes (aprobado_at) WHERE aprobado_at IS NOT NULL AND planilla_id IS NULL;
CREATE INDEX ajustes_pedidos ON ajustes (pedido_at, id);

-- As it was frozen.
CREATE TABLE planilla_ajustes (
    ajuste_id   uuid PRIMARY KEY REFERENCES ajustes,
    planilla_id uuid NOT NULL REFERENCES planillas,
    gestion_id  uuid NOT NULL REFERENCES gestiones,
    funcionario_id uuid NOT NULL REFERENCES funcionarios,
    modo        text NOT NULL,
    mes         text NOT NULL, -- the gestión's own
    tipo_gestion smallint NOT NULL,
    jornada     text NOT NULL,
    guardada_at timestamptz NOT NULL,
    signo       smallint NOT NULL,
    personal    bytea NOT NULL CHECK (length(personal) = 32), -- as planilla_lineas has it
    compromiso  bytea NOT NULL CHECK (length(compromiso) = 32)
);
CREATE INDEX planilla_ajustes_planilla ON planilla_ajustes (planilla_id, ajuste_id);
CREATE INDEX planilla_ajustes_gestion ON planilla_ajustes (gestion_id);
CREATE TRIGGER ajustes_fijos BEFORE UPDATE OR DELETE OR TRUNCATE ON planilla_ajustes
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
CREATE TRIGGER ajustes_nuevos AFTER INSERT ON planilla_ajustes
    REFERENCING NEW TABLE AS nuevas FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();

-- What a planilla prints of an ajuste stays as it was.
-- +goose StatementBegin
CREATE FUNCTION ajuste_incluido() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an ajuste in a planilla does not change';
END $$;
-- +goose StatementEnd
CREATE TRIGGER ajustes_incluidos BEFORE UPDATE OR DELETE ON ajustes FOR EACH ROW
    WHEN (OLD.planilla_id IS NOT NULL) EXECUTE FUNCTION ajuste_incluido();

ALTER TABLE planilla_filas ADD COLUMN ajustes integer NOT NULL DEFAULT 0; -- lines added less lines taken back
