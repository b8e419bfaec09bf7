-- +goose Up

-- The rows of a lost engine are found by its UUID, not by asking the new one
-- about each. Only those whose workflow is open are in it.
CREATE INDEX gestiones_motor ON gestiones (motor, id) WHERE estado IN ('recibida', 'pendiente', 'observada', 'aprobada');

-- What each reconciliation found: for whoever operates, kept thirty days.
CREATE TABLE reconciliaciones (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    empezada_at  timestamptz NOT NULL,
    terminada_at timestamptz NOT NULL CHECK (terminada_at >= empezada_at),
    motor        text NOT NULL,  -- the engine it spoke to
    hallazgos    jsonb NOT NULL, -- how many of each it sent again
    tras         text NOT NULL   -- where the next one goes on looking at what waits for OPEN SGC
);
CREATE INDEX reconciliaciones_edad ON reconciliaciones (terminada_at);
