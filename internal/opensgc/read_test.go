package opensgc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

const header = "tipo,numero,tension,titular\n"

// read splits what Read gives. It fails on anything but rows and rejections.
func read(t *testing.T, text string) (filas []app.ReferenciaSGC, rechazos []opensgc.Rechazo) {
	t.Helper()
	for fila, err := range opensgc.Read("sgc.csv", strings.NewReader(text), pa0580.PatronesANDE()) {
		var bad *opensgc.Rechazo
		switch {
		case errors.As(err, &bad):
			rechazos = append(rechazos, *bad)
		case err != nil:
			t.Fatalf("Read: %v", err)
		default:
			filas = append(filas, fila)
		}
	}
	return filas, rechazos
}

func fila(tipo pa0580.TipoReferencia, numero string, tension pa0580.Tension, titular string) app.ReferenciaSGC {
	return app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: tipo, Numero: numero}, Tension: tension, Titular: titular}
}

func TestRead(t *testing.T) {
	t.Parallel()
	want := []app.ReferenciaSGC{
		fila(pa0580.NIS, "1234567", pa0580.MT, "80009735-1"),
		fila(pa0580.Expediente, "EXP-1/2026", "", "1234567"),
		fila(pa0580.Reclamo, "R.77", "", ""),
	}
	tests := map[string]string{
		"plain":                     header + "NIS,1234567,MT,80009735-1\nEXPEDIENTE,EXP-1/2026,,1234567\nRECLAMO,R.77,,\n",
		"no end on the last line":   header + "NIS,1234567,MT,80009735-1\nEXPEDIENTE,EXP-1/2026,,1234567\nRECLAMO,R.77,,",
		"semicolons and CRLF":       "tipo;numero;tension;titular\r\nNIS;1234567;MT;80009735-1\r\nEXPEDIENTE;EXP-1/2026;;1234567\r\nRECLAMO;R.77;;\r\n",
		"a BOM, as Excel writes":    "\ufeff" + header + "NIS,1234567,MT,80009735-1\nEXPEDIENTE,EXP-1/2026,,1234567\nRECLAMO,R.77,,\n",
		"a BOM before a quote":      "\ufeff\"tipo\",numero,tension,titular\nNIS,1234567,MT,80009735-1\nEXPEDIENTE,EXP-1/2026,,1234567\nRECLAMO,R.77,,\n",
		"another order":             "titular,tension,numero,tipo\n80009735-1,MT,1234567,NIS\n1234567,,EXP-1/2026,EXPEDIENTE\n,,R.77,RECLAMO\n",
		"header with accents, case": "TIPO,Número,Tensión,Titular\nNIS,1234567,MT,80009735-1\nEXPEDIENTE,EXP-1/2026,,1234567\nRECLAMO,R.77,,\n",
		"quotes round every field":  header + `"NIS","1234567","MT","80009735-1"` + "\n" + `"EXPEDIENTE","EXP-1/2026","","1234567"` + "\n" + `"RECLAMO" , "R.77","",""` + "\n",
		"small letters and spaces":  header + " nis , 1234567 , mt , 80.009.735-1 \nexpediente,exp-1/2026,,1.234.567\nreclamo,r.77,,\n",
		"lines that hold nothing":   header + "\nNIS,1234567,MT,80009735-1\n,,,\nEXPEDIENTE,EXP-1/2026,,1234567\n  \nRECLAMO,R.77,,\n\n\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, rechazos := read(t, text); !slices.Equal(got, want) || len(rechazos) > 0 {
				t.Errorf("got %+v, rejected %+v", got, rechazos)
			}
		})
	}
}

func TestReadRejects(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		line    string // the second of three lines
		columna string
		motivo  string // part of it
	}{
		"unknown kind":                {"FACTURA,1234567,,", "tipo", "NIS, EXPEDIENTE o RECLAMO"},
		"no kind":                     {",1234567,,", "tipo", "NIS, EXPEDIENTE o RECLAMO"},
		"NIS with letters":            {"NIS,12X4567,,", "numero", "solo dígitos"},
		"no number":                   {"NIS,,BT,", "numero", "formato"},
		"unknown voltage":             {"NIS,2234567,AT,", "tension", "BT, MT o nada"},
		"voltage of a reclamo":        {"RECLAMO,R-1,BT,", "tension", "Solo un NIS"},
		"wrong check digit":           {"NIS,2234567,BT,80009735-9", "titular", "dígito verificador"},
		"RUC without check digit":     {"NIS,2234567,BT,80009735-", "titular", "Falta el dígito"},
		"C.I. with letters":           {"NIS,2234567,BT,12A4567", "titular", "C.I."},
		"C.I. too long":               {"NIS,2234567,BT,123456789", "titular", "C.I."},
		"a column short":              {"NIS,2234567,BT", "", "hay 3"},
		"a column more":               {"NIS,2234567,BT,,x", "", "hay 5"},
		"many columns more":           {"NIS" + strings.Repeat(",", 100), "", "hay 101"},
		"the other separator":         {"NIS;2234567;BT;", "", "hay 1"},
		"a quote that does not end":   {`"NIS,2234567,BT,`, "", "comilla"},
		"a quote inside":              {`NIS,22"34567,BT,`, "", "comilla"},
		"text after a quote":          {`"NIS"x,2234567,BT,`, "", "comilla"},
		"a doubled quote in a number": {`NIS,"22""34567",BT,`, "numero", "formato"},
		"Latin-1":                     {"NIS,2234567,BT,\xf1", "", "UTF-8"},
		"a NUL":                       {"NIS,2234567\x00,BT,", "numero", "formato"},
		"a line without end in sight": {"NIS," + strings.Repeat("1", 1<<20), "", "demasiado larga"},
		"repeats the first row":       {"NIS,1234567,MT,", "numero", "línea 2."},
		"repeats it in other letters": {" nis ,1234567 ,,1234567", "numero", "línea 2."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			filas, rechazos := read(t, header+"NIS,1234567,BT,\n"+tt.line+"\nRECLAMO,1234567,,\n")
			if len(rechazos) != 1 {
				t.Fatalf("rejected %+v; want one", rechazos)
			}
			got := rechazos[0]
			if got.Archivo != "sgc.csv" || got.Linea != 3 || got.Columna != tt.columna || !strings.Contains(got.Motivo, tt.motivo) {
				t.Errorf("rejected %+v; want line 3, column %q, «%s»", got, tt.columna, tt.motivo)
			}
			if len(filas) != 2 {
				t.Errorf("rows %+v; want those before and after", filas)
			}
		})
	}
}

func TestReadFindsEveryRepetition(t *testing.T) {
	t.Parallel()
	filas, rechazos := read(t, header+"NIS,1234567,BT,\nNIS,7654321,BT,\nNIS,1234567,XX,\nNIS,1234567,,\nEXPEDIENTE,1234567,,\nNIS,1234567,BT,\n")
	if len(filas) != 3 || len(rechazos) != 3 {
		t.Fatalf("rows %+v, rejected %+v", filas, rechazos)
	}
	for i, want := range []string{
		"sgc.csv, línea 4, columna tension: La tensión es BT, MT o nada.",
		"sgc.csv, línea 5, columna numero: Repite la referencia de la línea 2.",
		"sgc.csv, línea 7, columna numero: Repite la referencia de la línea 2.",
	} {
		if got := rechazos[i].Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestReadNeedsAHeader(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, motivo string }{
		"nothing":              {"", "vacío"},
		"a BOM alone":          {"\ufeff", "columna 1 de la primera línea"},
		"data at once":         {"NIS,4111222,BT,4111222\n", "columna 1 de la primera línea"},
		"an empty first line":  {"\n" + header, "columna 1 de la primera línea"},
		"a column missing":     {"tipo,numero,tension\n", "Falta la columna titular"},
		"a column twice":       {"tipo,numero,tension,titular,tipo\n", "repite la columna tipo"},
		"a column of theirs":   {"tipo,numero,tension,titular,nombre\n", "columna 5"},
		"UTF-16, as Excel can": {"\xff\xfet\x00i\x00p\x00o\x00\n\x00", "UTF-8"},
		"no text at all":       {strings.Repeat("x", 1<<20), "demasiado larga"},
		"a stray quote":        {"tipo,\"numero,tension,titular\n", "comilla"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errs []error
			for _, err := range opensgc.Read("sgc.csv", strings.NewReader(tt.text), pa0580.PatronesANDE()) {
				errs = append(errs, err)
			}
			var unusable *opensgc.Ilegible
			if len(errs) != 1 || !errors.As(errs[0], &unusable) {
				t.Fatalf("got %v; want one Ilegible", errs)
			}
			if unusable.Archivo != "sgc.csv" || !strings.Contains(unusable.Motivo, tt.motivo) {
				t.Errorf("got %q; want «%s»", unusable, tt.motivo)
			}
		})
	}
}

// Whatever column a document ended up in, no message repeats it.
func TestReadKeepsDocumentsToItself(t *testing.T) {
	t.Parallel()
	const canary = "4111222"
	lines := []string{
		"tipo,numero,tension,titular", "NIS,41112229,BT,4111222-0", "NIS,4111222,4111222,", "4111222,1234567,,", "NIS,x4111222,,",
		"NIS,4111222,,", "NIS,4111222,,", "RECLAMO,4111222 BT,,", "NIS,1,2,3,4111222", `NIS,"4111222,BT,`, "NIS,4111222,BT,4111222\xf1", "4111222",
	}
	for _, text := range []string{strings.Join(lines, "\n"), strings.Join(lines[1:], "\n"), canary} {
		if !strings.Contains(text, canary) {
			t.Fatal("the canary is not planted")
		}
		said := 0
		for _, err := range opensgc.Read("sgc.csv", strings.NewReader(text), pa0580.PatronesANDE()) {
			if err == nil {
				continue
			}
			if said++; strings.Contains(fmt.Sprintf("%+v", err), canary) {
				t.Errorf("said %q", err)
			}
		}
		if said == 0 {
			t.Error("nothing was rejected")
		}
	}
}

func TestReadTellsABrokenDiskFromABadLine(t *testing.T) {
	t.Parallel()
	disk := errors.New("broken disk")
	in := io.MultiReader(strings.NewReader(header+"NIS,1234567,BT,\nNIS,12345"), iotest.ErrReader(disk))
	var last error
	rows := 0
	for _, err := range opensgc.Read("sgc.csv", in, pa0580.PatronesANDE()) {
		if last = err; err == nil {
			rows++
		}
	}
	if rows != 1 || !errors.Is(last, disk) {
		t.Errorf("%d rows, then %v; the half line must not count", rows, last)
	}
}

func TestReadStopsWhenAsked(t *testing.T) {
	t.Parallel()
	in := strings.NewReader(header + strings.Repeat("NIS,bad,,\n", 10) + "NIS,1234567,,\n")
	for range opensgc.Read("sgc.csv", in, pa0580.PatronesANDE()) {
		break
	}
	in = strings.NewReader(header + "NIS,1234567,,\nNIS,1234568,,\n")
	for range opensgc.Read("sgc.csv", in, pa0580.PatronesANDE()) {
		break
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(header + "NIS,1234567,MT,80009735-1\nnis,1234567,,\n"))
	f.Add([]byte("\ufefftitular;tension;numero;tipo\r\n1.234.567;;\"EXP/1\";expediente\r\n;;;\r\n\"\"\"\n"))
	f.Add([]byte(header + "NIS,1234567,BT,\xf1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		patrones := pa0580.PatronesANDE()
		seen := map[pa0580.Referencia]bool{}
		line := 1
		for got, err := range opensgc.Read("sgc.csv", bytes.NewReader(text), patrones) {
			var bad *opensgc.Rechazo
			var unusable *opensgc.Ilegible
			switch {
			case errors.As(err, &bad):
				if bad.Linea <= line || bad.Linea > 1+bytes.Count(text, []byte("\n")) || bad.Motivo == "" {
					t.Fatalf("after line %d: %+v", line, bad)
				}
				line = bad.Linea
				continue
			case errors.As(err, &unusable):
				continue
			case err != nil:
				t.Fatalf("a fault from memory: %v", err)
			}
			if again, err := patrones.Parse(string(got.Tipo), got.Numero); err != nil || again != got.Referencia {
				t.Fatalf("%+v is not in normal form: %+v, %v", got, again, err)
			}
			if seen[got.Referencia] {
				t.Fatalf("%+v came twice", got)
			}
			seen[got.Referencia] = true
			if got.Tension != "" && got.Tipo != pa0580.NIS {
				t.Fatalf("%+v has a voltage", got)
			}
			if got.Titular != "" {
				tipo := pa0580.CI
				if strings.Contains(got.Titular, "-") {
					tipo = pa0580.RUC
				}
				if doc, err := pa0580.ParseDocumento(string(tipo), got.Titular); err != nil || doc.Normal != got.Titular {
					t.Fatalf("holder of %+v is not in normal form: %v", got, err)
				}
			}
		}
	})
}
