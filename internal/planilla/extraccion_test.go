package planilla

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

func unaExtraida(i int) app.Extraida {
	at := pa0580.LocalTime(2026, time.October, 15, 9, 41, 7)
	return app.Extraida{
		Gestion: pa0580.GestionID(fmt.Sprintf("019a4f2e-7c1b-7d3e-9a41-%012d", i)), Unidad: "SCA", UnidadNombre: "Sección Comercial Asunción", GuardadaAt: at,
		Legajo: "10427", Nombre: "Ana Benítez", Modo: pa0580.Permanente, Documento: pa0580.Documento{Tipo: pa0580.CI, Normal: "•••4567"},
		Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: fmt.Sprint(1_000_000 + i)}, Tipo: pa0580.ReclamosConsultas,
		Clasificacion: pa0580.Clasificacion{Jornada: pa0580.Ordinaria}, Estado: pa0580.Incluida, DecididaPor: "Jimena Ortiz", DecididaAt: &at, Planilla: 412,
	}
}

// What people typed is text to a spreadsheet, and a remark has no column where
// documents are masked.
func TestAnExtractionsRow(t *testing.T) {
	t.Parallel()
	g := unaExtraida(1)
	g.Observacion, g.DecididaPor, g.DecididaAt, g.Planilla = "=1+1\n\"x\"; y", "@SUM(A1)", nil, 0
	g.Ajustes = -1
	const row = "019a4f2e-7c1b-7d3e-9a41-000000000001;SCA;Sección Comercial Asunción;15/10/2026;09:41:07;10427;Ana Benítez;permanente;" +
		"CI;•••4567;NIS;1000001;5;RECLAMOS_CONSULTAS;ordinaria;;;incluida;'@SUM(A1);;;-1"
	for full, want := range map[bool]string{true: row + ";\"'=1+1\r\n\"\"x\"\"; y\"\r\n", false: row + "\r\n"} {
		var out bytes.Buffer
		w, err := Copista{}.Extraccion(app.Extraccion{Formato: app.CSV, Completos: full}, &out)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Fila(g); err != nil {
			t.Fatal(err)
		}
		if err := w.Cerrar(); err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(out.String(), "\r\n")
		if !strings.HasPrefix(head, "\uFEFFgestion;unidad;") || strings.HasSuffix(head, ";observacion") != full || body != want {
			t.Errorf("in full %t:\n%s\n%q, want\n%q", full, head, body, want)
		}
	}
}

// A workbook's rows wait in a file, which goes with it however it ends.
func TestAWorkbookLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	kept := func() int {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	w, err := Copista{}.Extraccion(app.Extraccion{Formato: app.XLSX}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	const enough = 30_000 // more than it keeps in memory
	for i := range enough {
		if err := w.Fila(unaExtraida(i)); err != nil {
			t.Fatal(err)
		}
	}
	if kept() == 0 {
		t.Fatal("its rows are nowhere")
	}
	if w.Soltar(); kept() != 0 {
		t.Error("its rows are still there")
	}
}
