-- +goose Up

-- What HR saw before a close: so that the next preview, and a refused close, can say
-- what moved since.
CREATE TABLE vistas_previas (
    mes      text NOT NULL CHECK (mes ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    huella   text NOT NULL,
    actor_id uuid NOT NULL REFERENCES funcionarios,
    at       timestamptz NOT NULL, -- when it was last looked at
    hojas    jsonb NOT NULL,
    PRIMARY KEY (mes, huella)
);
