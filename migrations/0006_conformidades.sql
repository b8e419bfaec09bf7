-- +goose Up

-- A head signs a month as they saw it: this digest. What moves afterwards makes the
-- signature stale, and so are those of before.
ALTER TABLE conformidades ADD COLUMN huella text NOT NULL DEFAULT '';

-- What was rejected after a corte is undecided at it.
CREATE INDEX gestiones_rechazadas_desde ON gestiones (decidida_at) WHERE estado = 'rechazada';
