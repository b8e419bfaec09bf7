-- +goose Up

-- Who decided what, and who signed a closed month off, stays as it was stored.
-- +goose StatementBegin
CREATE FUNCTION comando_fijo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what somebody asked does not change';
END $$;
CREATE FUNCTION conformidad_cerrada() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cierres WHERE mes IN (OLD.mes, NEW.mes) AND cerrado_at IS NOT NULL;
    IF FOUND THEN RAISE EXCEPTION 'the conformidades of a closed month do not change'; END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
-- +goose StatementEnd
CREATE TRIGGER comandos_fijos BEFORE UPDATE OF id, gestion_id, accion, actor_id, cargo, unidad_id, vista, motivo, correccion, creado_at ON comandos
    FOR EACH STATEMENT EXECUTE FUNCTION comando_fijo();
CREATE TRIGGER comandos_quedan BEFORE DELETE OR TRUNCATE ON comandos
    FOR EACH STATEMENT EXECUTE FUNCTION comando_fijo();
CREATE TRIGGER conformidades_cerradas BEFORE INSERT OR UPDATE OR DELETE ON conformidades
    FOR EACH ROW EXECUTE FUNCTION conformidad_cerrada();
CREATE TRIGGER conformidades_quedan BEFORE TRUNCATE ON conformidades
    FOR EACH STATEMENT EXECUTE FUNCTION planilla_cerrada();
