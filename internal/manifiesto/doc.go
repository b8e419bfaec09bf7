// Package manifiesto writes, signs, opens and reads the manifest of a close: the text
// by which anyone can prove years later, with their own tools, what was closed and
// that a file is what came of it. docs/prueba.md publishes its form.
//
// A manifest is a signed note (C2SP signed-note, golang.org/x/mod/sumdb/note): lines of
// text, an empty line, and an Ed25519 signature over the text. The text:
//
//	gestiones/cierre/1
//	mes 2026-10
//	corte 2026-11-03T21:00:00Z
//	cierre 2026-11-03T21:20:00Z
//	lineas 310
//	huella 4f0c…
//	acta 55e1…
//	anterior 2026-09 9b2e…
//	auditoria 17 77aa…
//	planillas 1
//	planilla 412 SCA 310 1c3f… 5b4a…
//	archivos 2
//	archivo 0a1b…  planilla-412-SCA-2026-10.pdf
//	archivo 2c3d…  planilla-412-SCA-2026-10.xlsx
package manifiesto
