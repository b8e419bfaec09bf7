#!/bin/sh
# Brings Temporal's two databases to the version of this image: from nothing, or
# from an earlier release. Does nothing where that is so already. Where SQL_HOST,
# SQL_USER, SQL_PASSWORD… point, the tool reads by itself.
set -eu
for store in temporal visibility; do
	case $store in
	temporal) database=temporal ;;
	visibility) database=temporal_visibility ;;
	esac
	temporal-sql-tool --db "$database" setup-schema -v 0.0
	temporal-sql-tool --db "$database" update-schema --schema-name "postgresql/v12/$store"
done
