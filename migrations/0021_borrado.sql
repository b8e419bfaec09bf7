-- +goose Up

-- Texts in which people wrote of a customer can be erased, as the law may have it, and
-- never be made to say something else.
DROP TRIGGER comandos_fijos ON comandos;
-- +goose StatementBegin
CREATE FUNCTION comando_fijo_o_borrado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'motivo' - 'correccion' = to_jsonb(NEW) - 'motivo' - 'correccion'
        AND NEW.motivo IN (OLD.motivo, 'Borrado por ley.') AND (NEW.correccion IS NOT DISTINCT FROM OLD.correccion OR NEW.correccion = '{}') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what somebody asked does not change';
END $$;
CREATE OR REPLACE FUNCTION reclamo_terminado() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR to_jsonb(OLD) - 'motor' - 'avisado' - 'motivo' - 'respuesta' - 'sal' <> to_jsonb(NEW) - 'motor' - 'avisado' - 'motivo' - 'respuesta' - 'sal'
        OR NEW.sal <> OLD.sal AND NEW.motivo <> 'Borrado por ley.'
        OR NEW.motivo NOT IN (OLD.motivo, 'Borrado por ley.') OR NEW.respuesta NOT IN (OLD.respuesta, 'Borrado por ley.') THEN
        RAISE EXCEPTION 'a reclamo that ended does not change';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
-- Who may still be paid has the salt of their commitment.
ALTER TABLE gestiones ADD CONSTRAINT gestiones_con_sal CHECK (sal IS NOT NULL OR estado IN ('incluida', 'rechazada', 'anulada', 'invalida'));
CREATE TRIGGER comandos_fijos BEFORE UPDATE OF id, gestion_id, accion, actor_id, cargo, unidad_id, vista, motivo, correccion, creado_at ON comandos
    FOR EACH ROW EXECUTE FUNCTION comando_fijo_o_borrado();
