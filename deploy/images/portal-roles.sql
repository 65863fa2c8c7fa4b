-- Run once by the PostgreSQL of docker-compose.yml when it makes its data: the role that serves, which owns nothing.
-- The password is read here, so that it stands in no process list.
\set serving `cat /run/secrets/portal_password`
CREATE ROLE portal LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'serving';
