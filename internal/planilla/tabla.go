package planilla

import (
	"fmt"
	"slices"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// clase is what a column holds: every format writes numbers as such, and moments as
// local dates with their hour.
type clase int

const (
	texto   clase = iota // string
	cuenta               // int, added up
	numero               // int, of something
	dinero               // pa0580.Guaranies, added up; nil where no tariff is in force
	momento              // time.Time
)

type columna struct {
	clave  string  // heading in CSV, name in JSON
	grupo  string  // heading over the headings of neighbours, for people
	titulo string  // heading for people
	ancho  float64 // relative to the others
	clase  clase
	suma   []string // claves of the columns that it adds up
	debajo bool     // on paper, below the row over its whole width; such columns come last
	escasa bool     // often empty in every row, and left out then
}

// tabla has a row of totals where total says so: it adds up the columns of counts.
type tabla struct {
	clave, nombre string
	lema          string // what its rows are, where headings do not tell
	columnas      []columna
	filas         [][]any
	total         bool
	escasa        bool // most have no rows, and are neither a sheet nor printed then
}

func (t tabla) totales() []any {
	out := make([]any, len(t.columnas))
	for i, c := range t.columnas {
		switch c.clase {
		case cuenta:
			sum := 0
			for _, f := range t.filas {
				sum += f[i].(int)
			}
			out[i] = sum
		case dinero:
			var all pa0580.Guaranies
			for _, f := range t.filas {
				paid, _ := f[i].(pa0580.Guaranies)
				all += paid
			}
			out[i] = all
		default:
			out[i] = ""
		}
	}
	out[0] = "TOTAL"
	return out
}

// sumada tells a column that totals add up.
func (c columna) sumada() bool { return c.clase == cuenta || c.clase == dinero }

// podada leaves out the scarce columns that are empty in every row.
func (t tabla) podada() tabla {
	var kept []int
	for i, c := range t.columnas {
		if !c.escasa || slices.ContainsFunc(t.filas, func(f []any) bool { return f[i] != nil }) {
			kept = append(kept, i)
		}
	}
	out := t
	out.columnas, out.filas = pick(t.columnas, kept), nil
	for _, f := range t.filas {
		out.filas = append(out.filas, pick(f, kept))
	}
	return out
}

func pick[T any](all []T, kept []int) []T {
	out := make([]T, len(kept))
	for i, at := range kept {
		out[i] = all[at]
	}
	return out
}

// miles writes a count with '.' between thousands.
func miles(n int) string {
	if n < 0 {
		return "-" + miles(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s.%03d", miles(n/1000), n%1000)
}

var modos = columna{clave: "modo", titulo: "Atención", ancho: 22}

// porFuncionario has a row per funcionario, attendance mode and month of the gestiones.
func porFuncionario(filas []app.Fila) tabla {
	t := tabla{clave: "filas", nombre: "Planilla", total: true, columnas: append([]columna{
		{clave: "legajo", titulo: "Legajo", ancho: 16},
		{clave: "ci", titulo: "C.I.", ancho: 18},
		{clave: "nombre", titulo: "Nombre", ancho: 44},
		modos,
		{clave: "mes", titulo: "Mes", ancho: 15},
	}, cuentas()...)}
	for _, f := range filas {
		t.filas = append(t.filas, append([]any{f.Legajo, f.CI, f.Nombre, string(f.Modo), f.Mes.String()}, cells(f)...))
	}
	return t
}

// porUnidad has a row per unit.
func porUnidad(all []app.Planilla) tabla {
	t := tabla{clave: "unidades", nombre: "Unidades", total: true, columnas: append([]columna{
		{clave: "planilla", titulo: "Planilla N°", ancho: 18, clase: numero},
		{clave: "codigo", titulo: "Código", ancho: 26},
		{clave: "unidad", titulo: "Unidad", ancho: 65},
		{clave: "conformidad", titulo: "Conformidad", ancho: 22},
	}, cuentas()...)}
	for _, p := range all {
		given := "no"
		if p.Conforme {
			given = "sí"
		}
		t.filas = append(t.filas, append([]any{int(p.Numero), p.Codigo, p.Nombre, given}, cells(p.Filas...)...))
	}
	return t
}

// todas has the rows of every unit.
func todas(all []app.Planilla) tabla {
	t := porFuncionario(nil)
	t.nombre = "Funcionarios"
	t.columnas = append([]columna{
		{clave: "planilla", titulo: "Planilla N°", ancho: 19, clase: numero},
		{clave: "codigo", titulo: "Unidad", ancho: 26},
	}, t.columnas...)
	for _, p := range all {
		for _, f := range porFuncionario(p.Filas).filas {
			t.filas = append(t.filas, append([]any{int(p.Numero), p.Codigo}, f...))
		}
	}
	return t
}

// cuentas are the columns of counts: by type, ordinary and extraordinary, and their
// sums; then the net of ajustes, and what is paid in the end, in guaraní where a tariff is.
func cuentas() []columna {
	var porTipo, totales []columna
	whole := columna{clave: "total", grupo: "Totales", titulo: "Todas", ancho: 15, clase: cuenta}
	for _, j := range []struct{ clave, grupo, corto string }{
		{"ordinarias", "Ordinarias, por tipo", "Ord."}, {"extraordinarias", "Extraordinarias, por tipo", "Extra."},
	} {
		sum := columna{clave: "total_" + j.clave, grupo: whole.grupo, titulo: j.corto, ancho: 15, clase: cuenta}
		for _, tipo := range pa0580.TiposGestion() {
			c := columna{clave: fmt.Sprintf("%s_tipo_%d", j.clave, tipo), grupo: j.grupo, titulo: fmt.Sprint(int(tipo)), ancho: 11, clase: cuenta}
			porTipo = append(porTipo, c)
			sum.suma = append(sum.suma, c.clave)
		}
		totales = append(totales, sum)
		whole.suma = append(whole.suma, sum.clave)
	}
	adjusted := columna{clave: "ajustes", grupo: "Pago", titulo: "Ajustes", ancho: 16, clase: cuenta}
	net := columna{clave: "neto", grupo: adjusted.grupo, titulo: "A pagar", ancho: 16, clase: cuenta, suma: []string{whole.clave, adjusted.clave}}
	paid := columna{clave: "importe", grupo: adjusted.grupo, titulo: "Importe ₲", ancho: 27, clase: dinero, escasa: true}
	return append(append(porTipo, totales...), whole, adjusted, net, paid)
}

// cells are the counts of rows together, in the order of cuentas.
func cells(filas ...app.Fila) []any {
	var c app.Cuentas
	for _, f := range filas {
		c = c.Mas(f.Cuentas)
	}
	out := make([]any, 0, 16)
	for _, n := range append(c.Ordinarias[:], c.Extraordinarias[:]...) {
		out = append(out, n)
	}
	return append(out, c.TotalOrdinarias(), c.TotalExtraordinarias(), c.Total(), c.Ajustes, c.Neto(), importe(c.Importe))
}

// importe is a cell of money.
func importe(i pa0580.Importe) any {
	if !i.Hay {
		return nil
	}
	return i.Guaranies
}
