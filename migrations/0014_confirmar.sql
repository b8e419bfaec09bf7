-- +goose Up

-- An order to close that needs a second person of HR. What an order needs is stored
-- with it: a later change of configuration changes none.
ALTER TABLE ordenes_cierre
    ADD COLUMN doble          boolean NOT NULL DEFAULT false,
    ADD COLUMN confirmada_por uuid REFERENCES funcionarios,
    ADD COLUMN confirmada_at  timestamptz,
    ADD CONSTRAINT ordenes_otra_persona CHECK (confirmada_por <> actor_id),
    ADD CONSTRAINT ordenes_confirmada CHECK ((confirmada_por IS NULL) = (confirmada_at IS NULL) AND (doble OR confirmada_por IS NULL)),
    ADD CONSTRAINT ordenes_sin_confirmar CHECK (NOT doble OR confirmada_por IS NOT NULL OR cerrado IS NOT TRUE);

-- One of a month waits at most.
CREATE UNIQUE INDEX ordenes_por_confirmar ON ordenes_cierre (mes) WHERE doble AND confirmada_por IS NULL AND cerrado IS NULL;

-- Who ordered, what it needs and who confirmed it stay as they were stored.
-- +goose StatementBegin
CREATE FUNCTION orden_fija() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a stored order to close does not change';
END $$;
-- +goose StatementEnd
CREATE TRIGGER ordenes_fijas BEFORE UPDATE ON ordenes_cierre FOR EACH ROW
    WHEN ((OLD.mes, OLD.actor_id, OLD.huella, OLD.motivo, OLD.doble) IS DISTINCT FROM (NEW.mes, NEW.actor_id, NEW.huella, NEW.motivo, NEW.doble)
        OR OLD.confirmada_por IS NOT NULL AND OLD.confirmada_por IS DISTINCT FROM NEW.confirmada_por
        OR OLD.cerrado IS NOT NULL AND OLD.cerrado IS DISTINCT FROM NEW.cerrado)
    EXECUTE FUNCTION orden_fija();

ALTER TABLE cierres
    ADD COLUMN confirmado_por uuid REFERENCES funcionarios, -- empty: nobody had to
    ADD CONSTRAINT cierres_otra_persona CHECK (confirmado_por <> cerrado_por);
