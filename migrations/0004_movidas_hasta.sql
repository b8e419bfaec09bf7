-- +goose Up

-- Up to which moment every gestión that a command moved was looked at: where
-- messages failed, the next reconciliation goes on from there.
ALTER TABLE reconciliaciones ADD COLUMN movidas_hasta timestamptz;
UPDATE reconciliaciones SET movidas_hasta = empezada_at;
