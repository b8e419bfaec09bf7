-- +goose Up

-- What was approved by mistake is rejected, until a planilla has it.
ALTER TABLE ajustes
    DROP CONSTRAINT ajustes_check3,
    ADD CONSTRAINT ajustes_aprobado CHECK ((aprobado_at IS NOT NULL) = (jefe_at IS NOT NULL AND rrhh_at IS NOT NULL AND rechazado_at IS NULL));
