-- +goose Up

-- Which gestiones a command moved lately: a reconciliation has the workflows of
-- some look at their rows again.
CREATE INDEX comandos_aplicados ON comandos (aplicado_at) WHERE resultado = 'aplicado';
