#!/bin/sh
# Registers the namespace unless it exists. The port of a server opens a little
# before the server answers, hence the tries.
set -eu
name=$1
tries=30
until temporal operator namespace describe --namespace "$name" >/dev/null 2>&1; do
	tries=$((tries - 1))
	if [ "$tries" -eq 0 ]; then
		echo "No se pudo registrar el namespace $name en $TEMPORAL_ADDRESS." >&2
		exit 1
	fi
	# 30 days of what has ended: PostgreSQL keeps everything, this is to look at.
	temporal operator namespace create --namespace "$name" --retention 720h || true
	sleep 2
done
echo "Namespace $name listo."
