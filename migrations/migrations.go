// Package migrations holds the schema's history. Migrations only go forward
// and never change once landed.
package migrations

import "embed"

// FS holds the numbered SQL files, as goose reads them.
//
//go:embed *.sql
var FS embed.FS
