#!/bin/bash
# Run once by PostgreSQL's image, on an empty volume: a database for each service and a role that can connect to it and to no other.
set -euo pipefail

for service in approvals audit directory exceptions notifications rules scope tickets; do
  name=reprieve_$service
  psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --set=password="$POSTGRES_PASSWORD" <<SQL
CREATE ROLE $name LOGIN PASSWORD :'password';
CREATE DATABASE $name OWNER $name;
REVOKE ALL ON DATABASE $name FROM PUBLIC;
SQL
done
