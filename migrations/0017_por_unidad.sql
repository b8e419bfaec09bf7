-- +goose Up

-- A head prepares and signs their own unit's month: its lines are found without those of
-- the whole country.
DROP INDEX gestiones_por_congelar;
CREATE INDEX gestiones_por_congelar ON gestiones (mes, unidad_id, decidida_at) WHERE estado = 'aprobada';
