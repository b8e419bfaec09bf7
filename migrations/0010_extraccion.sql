-- +goose Up

-- Extractions are few among the entries of the audit: who took what is found without
-- reading the others.
CREATE INDEX auditoria_extracciones ON auditoria (id) WHERE accion = 'extraer';
