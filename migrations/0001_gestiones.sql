-- +goose Up

-- The organisation -----------------------------------------------------------

CREATE TABLE organizacion (
    unica   boolean PRIMARY KEY DEFAULT true CHECK (unica),
    version bigint  NOT NULL DEFAULT 1, -- raised by every change to what follows
    calendario integer NOT NULL DEFAULT 1 -- version of the calendar
);
INSERT INTO organizacion DEFAULT VALUES;

CREATE TABLE unidades (
    id     uuid PRIMARY KEY,
    codigo text NOT NULL UNIQUE CHECK (codigo ~ '^[A-Z0-9][A-Z0-9-]{0,29}$'),
    nombre text NOT NULL CHECK (nombre <> ''),
    padre_id uuid REFERENCES unidades CHECK (padre_id <> id),
    activa boolean NOT NULL DEFAULT true
);

CREATE TABLE funcionarios (
    id     uuid PRIMARY KEY,
    legajo text NOT NULL UNIQUE CHECK (legajo ~ '^[0-9A-Z-]{1,20}$'),
    ci     text NOT NULL UNIQUE CHECK (ci ~ '^[1-9][0-9]{0,7}$'),
    nombre text NOT NULL CHECK (nombre <> ''),
    roles  text[] NOT NULL DEFAULT '{}'
        CHECK (roles <@ ARRAY['agente', 'jefe', 'responsable', 'rrhh', 'auditor', 'admin'])
        -- An administrator never approves and never closes; an auditor changes nothing.
        CONSTRAINT roles_admin CHECK (NOT 'admin' = ANY (roles) OR NOT roles && ARRAY['agente', 'jefe', 'rrhh'])
        CONSTRAINT roles_auditor CHECK (NOT 'auditor' = ANY (roles) OR roles = ARRAY['auditor']),
    activo boolean NOT NULL DEFAULT true
);

-- Spans are whole days, both included; an empty hasta is open.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE jefaturas (
    id        uuid PRIMARY KEY,
    unidad_id uuid NOT NULL REFERENCES unidades,
    jefe_id   uuid NOT NULL REFERENCES funcionarios,
    desde     date NOT NULL,
    hasta     date CHECK (hasta >= desde),
    EXCLUDE USING gist (unidad_id WITH =, daterange(desde, hasta, '[]') WITH &&)
);

CREATE TABLE subrogancias (
    id            uuid PRIMARY KEY,
    unidad_id     uuid NOT NULL REFERENCES unidades,
    subrogante_id uuid NOT NULL REFERENCES funcionarios,
    desde         date NOT NULL,
    hasta         date NOT NULL CHECK (hasta >= desde),
    EXCLUDE USING gist (unidad_id WITH =, daterange(desde, hasta, '[]') WITH &&)
);

CREATE TABLE responsables (
    unidad_id      uuid NOT NULL REFERENCES unidades,
    funcionario_id uuid NOT NULL REFERENCES funcionarios,
    PRIMARY KEY (unidad_id, funcionario_id)
);

CREATE TABLE asignaciones (
    id             uuid PRIMARY KEY,
    funcionario_id uuid NOT NULL REFERENCES funcionarios,
    unidad_id      uuid NOT NULL REFERENCES unidades,
    modo           text NOT NULL CHECK (modo IN ('permanente', 'apoyo')),
    desde          date NOT NULL,
    hasta          date CHECK (hasta >= desde),
    EXCLUDE USING gist (funcionario_id WITH =, unidad_id WITH =, daterange(desde, hasta, '[]') WITH &&)
);

CREATE TABLE feriados (
    id        uuid PRIMARY KEY,
    dia       date NOT NULL,
    nombre    text NOT NULL CHECK (nombre <> ''),
    unidad_id uuid REFERENCES unidades, -- its subtree; empty: everybody
    desde_version integer NOT NULL,     -- of the calendar
    hasta_version integer CHECK (hasta_version >= desde_version) -- last version that has it
);
CREATE UNIQUE INDEX feriados_vigentes ON feriados (dia, unidad_id) NULLS NOT DISTINCT WHERE hasta_version IS NULL;

CREATE TABLE tokens (
    id             uuid PRIMARY KEY,
    funcionario_id uuid  NOT NULL REFERENCES funcionarios,
    nombre         text  NOT NULL,
    hash           bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    roles          text[] NOT NULL, -- never more than the funcionario's own, judged at use
    creado_at      timestamptz NOT NULL,
    expira_at      timestamptz NOT NULL,
    revocado_at    timestamptz
);

-- OPEN SGC's mirror ----------------------------------------------------------

CREATE TABLE sgc_referencias (
    tipo    text NOT NULL CHECK (tipo IN ('NIS', 'EXPEDIENTE', 'RECLAMO')),
    numero  text NOT NULL,
    tension text CHECK (tension IN ('BT', 'MT')),
    titular text, -- the holder's document in normal form
    PRIMARY KEY (tipo, numero)
);

-- Audit ----------------------------------------------------------------------

CREATE TABLE auditoria (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_id   uuid REFERENCES funcionarios, -- empty: the system
    accion     text NOT NULL,
    gestion_id uuid,
    version    bigint, -- the gestión's version that this entry made
    objeto     text,   -- what else it is about: 'cierre/2026-10', 'unidad/…'
    detalle    jsonb NOT NULL DEFAULT '{}',
    UNIQUE (gestion_id, version),
    CHECK ((version IS NULL) OR (gestion_id IS NOT NULL))
);
CREATE INDEX auditoria_objeto ON auditoria (objeto, id) WHERE objeto IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION auditoria_solo_crece() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'auditoria only grows';
END $$;
-- +goose StatementEnd
CREATE TRIGGER auditoria_solo_crece BEFORE UPDATE OR DELETE OR TRUNCATE ON auditoria
    FOR EACH STATEMENT EXECUTE FUNCTION auditoria_solo_crece();

-- Months ---------------------------------------------------------------------

CREATE TABLE cierres (
    mes         text PRIMARY KEY CHECK (mes ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    corte_at    timestamptz,
    corte_por   uuid REFERENCES funcionarios,
    sellado     boolean NOT NULL DEFAULT false, -- the corte has passed: nothing stored from here on comes before it
    cerrado_at  timestamptz,
    cerrado_por uuid REFERENCES funcionarios,
    huella      text, -- digest of what was closed
    -- Salts the digests, which cover people's documents: 244 random bits that no statement reads out.
    sal         bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) CHECK (length(sal) >= 16),
    motivo      text,
    lineas      bigint NOT NULL DEFAULT 0,
    CHECK (NOT sellado OR corte_at IS NOT NULL),
    CHECK ((cerrado_at IS NULL) = (huella IS NULL)),
    CHECK (cerrado_at IS NULL OR (sellado AND cerrado_por IS NOT NULL AND corte_at <= cerrado_at))
);

CREATE TABLE ordenes_cierre (
    id         uuid PRIMARY KEY,
    mes        text NOT NULL,
    actor_id   uuid NOT NULL REFERENCES funcionarios,
    huella     text NOT NULL, -- of the preview HR saw
    motivo     text NOT NULL,
    creado_at  timestamptz NOT NULL,
    clave      text NOT NULL,
    cuerpo     bytea NOT NULL,
    cerrado    boolean, -- result: empty until carried out
    codigo     text,
    UNIQUE (actor_id, clave)
);
CREATE INDEX ordenes_pendientes ON ordenes_cierre (creado_at) WHERE cerrado IS NULL;

CREATE TABLE conformidades (
    mes       text NOT NULL,
    unidad_id uuid NOT NULL REFERENCES unidades,
    actor_id  uuid NOT NULL REFERENCES funcionarios,
    cargo     text NOT NULL CHECK (cargo IN ('jefe', 'subrogante')),
    at        timestamptz NOT NULL,
    PRIMARY KEY (mes, unidad_id)
);

CREATE TABLE planillas (
    id        uuid PRIMARY KEY,
    numero    bigint NOT NULL UNIQUE CHECK (numero > 0), -- gapless
    mes       text NOT NULL REFERENCES cierres,
    unidad_id uuid NOT NULL REFERENCES unidades,
    unidad_codigo text NOT NULL,
    unidad_nombre text NOT NULL,
    jefe      text NOT NULL DEFAULT '', -- name printed over the signature
    conforme  boolean NOT NULL,
    motivo    text NOT NULL DEFAULT '', -- why it was closed as it was
    huella    text NOT NULL,
    cerrada_at timestamptz NOT NULL,
    UNIQUE (mes, unidad_id)
);

-- Who was paid, as they were named then: a row per funcionario, mode and own month.
CREATE TABLE planilla_filas (
    planilla_id uuid NOT NULL REFERENCES planillas,
    funcionario_id uuid NOT NULL REFERENCES funcionarios,
    modo        text NOT NULL CHECK (modo IN ('permanente', 'apoyo')),
    mes         text NOT NULL, -- of the gestiones, earlier than the planilla's where late
    legajo      text NOT NULL,
    ci          text NOT NULL,
    nombre      text NOT NULL,
    ordinarias      integer[5] NOT NULL CHECK (cardinality(ordinarias) = 5),
    extraordinarias integer[5] NOT NULL CHECK (cardinality(extraordinarias) = 5),
    PRIMARY KEY (planilla_id, funcionario_id, modo, mes)
);

-- Gestiones ------------------------------------------------------------------

CREATE TABLE gestiones (
    id            uuid PRIMARY KEY,
    agente_id     uuid NOT NULL REFERENCES funcionarios,
    clave         text NOT NULL,  -- the client's Idempotency-Key
    cuerpo        bytea NOT NULL, -- SHA-256 of what was asked with it
    unidad_id     uuid NOT NULL REFERENCES unidades,
    unidad_nombre text NOT NULL,
    asignacion_id uuid NOT NULL REFERENCES asignaciones,
    modo          text NOT NULL CHECK (modo IN ('permanente', 'apoyo')),
    documento_tipo    text NOT NULL CHECK (documento_tipo IN ('CI', 'RUC')),
    documento_entrada text NOT NULL,
    documento         text NOT NULL,
    persona           text NOT NULL,
    referencia_tipo   text NOT NULL CHECK (referencia_tipo IN ('NIS', 'EXPEDIENTE', 'RECLAMO')),
    referencia        text NOT NULL,
    tipo_gestion      smallint NOT NULL CHECK (tipo_gestion BETWEEN 1 AND 5),
    observacion       text NOT NULL CHECK (char_length(observacion) <= 2000),
    guardada_at   timestamptz NOT NULL,
    dia           date NOT NULL, -- local
    mes           text NOT NULL CHECK (mes ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'), -- local
    jornada       text NOT NULL CHECK (jornada IN ('ordinaria', 'extraordinaria')),
    jornada_motivo text NOT NULL CHECK (jornada_motivo IN ('', 'fuera_de_horario', 'dia_no_laborable')),
    feriado       text NOT NULL,
    calendario    integer NOT NULL,
    estado        text NOT NULL CHECK (estado IN ('recibida', 'pendiente', 'invalida', 'observada',
                      'anulada', 'aprobada', 'rechazada', 'incluida')),
    version       bigint NOT NULL CHECK (version > 0),
    aceptada      boolean NOT NULL DEFAULT false,
    sgc_existe    boolean,
    sgc_tension   text CHECK (sgc_tension IN ('BT', 'MT')),
    sgc_titular   text,
    sgc_at        timestamptz,
    decision_id   uuid,
    decidida_por  uuid REFERENCES funcionarios,
    decidida_at   timestamptz, -- when the decision was stored
    planilla_id   uuid REFERENCES planillas,
    avisada       boolean NOT NULL DEFAULT false, -- its workflow was told that it is incluida
    motor         text, -- the Temporal namespace (its UUID) that knows it
    UNIQUE (agente_id, clave),
    CHECK ((jornada = 'ordinaria') = (jornada_motivo = '')),
    CHECK ((estado IN ('aprobada', 'rechazada', 'incluida')) = (decidida_at IS NOT NULL)),
    CHECK ((decidida_at IS NULL) = (decidida_por IS NULL) AND (decidida_at IS NULL) = (decision_id IS NULL)),
    CHECK (decidida_por <> agente_id),
    CHECK ((estado = 'incluida') = (planilla_id IS NOT NULL)),
    CHECK (estado NOT IN ('pendiente', 'aprobada', 'incluida') OR sgc_existe IS TRUE), -- only what OPEN SGC has is paid
    -- No audit, no change: every version has its audit entry when the transaction ends.
    FOREIGN KEY (id, version) REFERENCES auditoria (gestion_id, version) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX gestiones_bandeja ON gestiones (unidad_id, guardada_at, id) WHERE estado IN ('recibida', 'pendiente', 'observada');
-- Lists are newest first by local day: a month is a span of days.
CREATE INDEX gestiones_dia ON gestiones (dia, id);
CREATE INDEX gestiones_unidad ON gestiones (unidad_id, dia, id);
CREATE INDEX gestiones_agente ON gestiones (agente_id, dia, id);
CREATE INDEX gestiones_persona ON gestiones (persona, dia);
CREATE INDEX gestiones_referencia ON gestiones (referencia);
-- What is so rare that a list would walk every day to find a page of it, or none.
CREATE INDEX gestiones_descartadas ON gestiones (dia, id, estado) WHERE estado IN ('invalida', 'anulada');
CREATE INDEX gestiones_extraordinarias ON gestiones (dia, id) WHERE jornada = 'extraordinaria';
CREATE INDEX gestiones_rechazadas ON gestiones (mes, unidad_id) WHERE estado = 'rechazada';
CREATE INDEX gestiones_por_congelar ON gestiones (mes, decidida_at) WHERE estado = 'aprobada';
CREATE INDEX gestiones_por_avisar ON gestiones (id) WHERE estado = 'incluida' AND NOT avisada;
CREATE INDEX gestiones_por_verificar ON gestiones (guardada_at) WHERE estado = 'recibida';

-- What a correction replaced, so that whoever pays can defend what changed.
CREATE TABLE gestion_versiones (
    gestion_id        uuid NOT NULL REFERENCES gestiones,
    version           bigint NOT NULL, -- the last one that held this content
    documento_tipo    text NOT NULL,
    documento_entrada text NOT NULL,
    documento         text NOT NULL,
    persona           text NOT NULL,
    referencia_tipo   text NOT NULL,
    referencia        text NOT NULL,
    tipo_gestion      smallint NOT NULL,
    observacion       text NOT NULL,
    sgc_existe        boolean,
    sgc_tension       text,
    sgc_titular       text,
    sgc_at            timestamptz,
    PRIMARY KEY (gestion_id, version)
);

CREATE TABLE comandos (
    id         uuid PRIMARY KEY,
    seq        bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- the order of storing
    gestion_id uuid NOT NULL REFERENCES gestiones,
    accion     text NOT NULL CHECK (accion IN ('corregir', 'anular', 'aprobar', 'observar',
                   'retirar_observacion', 'rechazar', 'retirar_decision')),
    actor_id   uuid NOT NULL REFERENCES funcionarios,
    cargo      text NOT NULL CHECK (cargo IN ('agente', 'jefe', 'subrogante')),
    unidad_id  uuid NOT NULL REFERENCES unidades, -- of the authority
    vista      bigint NOT NULL,
    motivo     text NOT NULL,
    correccion jsonb CHECK ((accion = 'corregir') = (correccion IS NOT NULL)),
    creado_at  timestamptz NOT NULL,
    clave      text NOT NULL,
    cuerpo     bytea NOT NULL,
    lote_id    uuid,
    resultado  text CHECK (resultado IN ('aplicado', 'sin_efecto')),
    codigo     text CHECK ((codigo IS NOT NULL) = (resultado IS NOT DISTINCT FROM 'sin_efecto')),
    aplicado_at timestamptz CHECK ((aplicado_at IS NULL) = (resultado IS NULL)),
    version    bigint,   -- of the row it made
    visto_at   timestamptz, -- by its author, where sin_efecto
    UNIQUE (actor_id, clave)
);
CREATE INDEX comandos_gestion ON comandos (gestion_id, seq);
CREATE INDEX comandos_sin_aplicar ON comandos (creado_at) WHERE resultado IS NULL;
CREATE INDEX comandos_sin_efecto ON comandos (actor_id, seq) WHERE resultado = 'sin_efecto' AND visto_at IS NULL;
CREATE INDEX comandos_lote ON comandos (lote_id, seq) WHERE lote_id IS NOT NULL;

CREATE TABLE lotes (
    id        uuid PRIMARY KEY,
    actor_id  uuid NOT NULL REFERENCES funcionarios,
    creado_at timestamptz NOT NULL,
    clave     text NOT NULL,
    cuerpo    bytea NOT NULL,
    pedidos   integer NOT NULL,
    rechazos  jsonb NOT NULL, -- items refused at the door: {gestion, codigo, mensaje}
    UNIQUE (actor_id, clave)
);

-- One line per gestión for ever: a second payment is impossible.
CREATE TABLE planilla_lineas (
    gestion_id  uuid PRIMARY KEY REFERENCES gestiones,
    planilla_id uuid NOT NULL REFERENCES planillas,
    funcionario_id uuid NOT NULL, -- the gestión's agente_id: checking it again would cost a close a fifth
    modo        text NOT NULL,
    mes         text NOT NULL, -- the gestión's own
    tipo_gestion smallint NOT NULL,
    jornada     text NOT NULL,
    guardada_at timestamptz NOT NULL
);
CREATE INDEX planilla_lineas_planilla ON planilla_lineas (planilla_id, gestion_id);

-- Closed is immutable: what a close wrote is never edited or added to.
-- +goose StatementBegin
CREATE FUNCTION planilla_cerrada() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM 1 FROM nuevas n JOIN planillas p ON p.id = n.planilla_id JOIN cierres c ON c.mes = p.mes
            WHERE c.cerrado_at IS NOT NULL LIMIT 1;
        IF NOT FOUND THEN RETURN NULL; END IF;
    END IF;
    RAISE EXCEPTION 'a closed planilla does not change';
END $$;
CREATE FUNCTION planilla_de_mes_cerrado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM nuevas n JOIN cierres c ON c.mes = n.mes WHERE c.cerrado_at IS NOT NULL LIMIT 1;
    IF FOUND THEN RAISE EXCEPTION 'a closed month takes no more planillas'; END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION cierre_cerrado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a closed month does not change';
END $$;
-- +goose StatementEnd
CREATE TRIGGER lineas_fijas BEFORE UPDATE OR DELETE OR TRUNCATE ON planilla_lineas
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
CREATE TRIGGER lineas_nuevas AFTER INSERT ON planilla_lineas
    REFERENCING NEW TABLE AS nuevas FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
CREATE TRIGGER filas_fijas BEFORE UPDATE OR DELETE OR TRUNCATE ON planilla_filas
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
CREATE TRIGGER filas_nuevas AFTER INSERT ON planilla_filas
    REFERENCING NEW TABLE AS nuevas FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
CREATE TRIGGER planillas_fijas BEFORE UPDATE OR DELETE OR TRUNCATE ON planillas
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
CREATE TRIGGER planillas_nuevas AFTER INSERT ON planillas
    REFERENCING NEW TABLE AS nuevas FOR EACH STATEMENT EXECUTE FUNCTION planilla_de_mes_cerrado();
CREATE TRIGGER cierres_fijos BEFORE UPDATE OR DELETE ON cierres
    FOR EACH ROW WHEN (OLD.cerrado_at IS NOT NULL) EXECUTE FUNCTION cierre_cerrado();

-- An administrator's or HR's request, remembered by its key.
CREATE TABLE pedidos (
    actor_id uuid NOT NULL REFERENCES funcionarios,
    clave    text NOT NULL,
    cuerpo   bytea NOT NULL,
    objeto   text NOT NULL, -- what it made
    PRIMARY KEY (actor_id, clave)
);
