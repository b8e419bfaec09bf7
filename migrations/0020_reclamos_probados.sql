-- +goose Up

-- What ends a reclamo is proved by its audit entry, which holds a digest of its texts: they
-- may quote a customer, so that a guess cannot be tried without the salt.
ALTER TABLE reclamos_funcionario ADD COLUMN sal uuid NOT NULL DEFAULT gen_random_uuid();

-- An ajuste mends the reclamo that it answers: it is of the gestión claimed about; and for
-- one that is missing, it adds one of the same agent, unit and month.
-- +goose StatementBegin
CREATE FUNCTION reclamo_reparado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM ajustes x JOIN gestiones g ON g.id = x.gestion_id
    WHERE x.id = NEW.ajuste_id AND (g.agente_id, g.unidad_id, g.mes) = (NEW.agente_id, NEW.unidad_id, NEW.mes)
        AND (g.id = NEW.gestion_id OR NEW.gestion_id IS NULL AND x.signo = 1);
    IF NOT FOUND THEN RAISE EXCEPTION 'that ajuste does not mend that reclamo'; END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER reclamos_reparados BEFORE INSERT OR UPDATE OF ajuste_id ON reclamos_funcionario FOR EACH ROW
    WHEN (NEW.ajuste_id IS NOT NULL) EXECUTE FUNCTION reclamo_reparado();
