-- Run once by PostgreSQL's image, as superuser, on an empty volume. Gestiones and
-- Temporal own what is theirs and cannot read what is the other's, so that the
-- engine's databases can be dropped and made anew without touching the rows.
\getenv gestiones GESTIONES_DB_PASSWORD
\getenv temporal TEMPORAL_DB_PASSWORD

CREATE ROLE gestiones LOGIN PASSWORD :'gestiones';
CREATE DATABASE gestiones OWNER gestiones;
REVOKE CONNECT ON DATABASE gestiones FROM PUBLIC;

CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE temporal, temporal_visibility FROM PUBLIC;
