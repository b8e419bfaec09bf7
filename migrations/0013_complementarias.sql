-- +goose Up

-- A complementaria closes what corrects a closed month: «2026-10-c1». It is a close like
-- any other, with its corte, its planillas, their files and their manifest.
ALTER TABLE cierres DROP CONSTRAINT cierres_mes_check,
    ADD CONSTRAINT cierres_mes_check CHECK (mes ~ '^[0-9]{4}-(0[1-9]|1[0-2])(-c[1-9][0-9]?)?$');
ALTER TABLE vistas_previas DROP CONSTRAINT vistas_previas_mes_check,
    ADD CONSTRAINT vistas_previas_mes_check CHECK (mes ~ '^[0-9]{4}-(0[1-9]|1[0-2])(-c[1-9][0-9]?)?$');
