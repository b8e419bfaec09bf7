package app

import (
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Planilla is the bonus sheet of one unit and month.
type Planilla struct {
	ID        string
	Numero    int64
	Mes       pa0580.Mes
	Unidad    pa0580.UnidadID
	Codigo    string
	Nombre    string
	Jefe      string
	Conforme  bool
	Motivo    string
	Huella    string
	CerradaAt time.Time
	Tarifas   []TarifaDePlanilla // that its rows are paid by, latest first; often none
	Filas     []Fila
	Anexo     []Linea
}

// TarifaDePlanilla is a tariff as planillas name it.
type TarifaDePlanilla struct {
	ID    pa0580.TarifaID
	Desde pa0580.Mes
	Norma string
}

// Consolidada is a closed month's planillas together, without annexes.
type Consolidada struct {
	Mes           pa0580.Mes
	CerradoAt     time.Time
	CerradoPor    string
	ConfirmadoPor string // empty: nobody had to
	Motivo        string
	Huella        string
	Planillas     []Planilla // by number
}

// Formato is how a planilla is written as a file.
type Formato string

// The formats: the same figures in each.
const (
	XLSX     Formato = "xlsx"
	PDF      Formato = "pdf"
	CSV      Formato = "csv"       // the first table
	AnexoCSV Formato = "anexo.csv" // the second
	JSON     Formato = "json"
)

// Formatos are those that every planilla, and every closed month, is written in.
func Formatos() []Formato { return []Formato{XLSX, PDF, CSV, AnexoCSV, JSON} }

// Archivo is a planilla's file. It is written once, and the same for ever.
type Archivo struct {
	Nombre    string
	Formato   Formato
	Contenido []byte
	SHA256    [32]byte
}

// Fila is one funcionario's row: counts per type 1–5.
type Fila struct {
	Funcionario pa0580.FuncionarioID
	Legajo      string
	CI          string
	Nombre      string
	Modo        pa0580.Modo
	Mes         pa0580.Mes // the gestiones' own
	Cuentas
	Tarifa pa0580.TarifaID // by which it is paid; empty where its month has none
	Prueba string          // digest of its gestiones, in a preview
}

// Cuentas count gestiones by type, 1 to 5.
type Cuentas struct {
	Ordinarias      [5]int
	Extraordinarias [5]int
	Ajustes         int            // lines of closed months added, less those taken back
	Importe         pa0580.Importe // that all of it pays, by the tariffs there are
}

// Mas adds two counts up.
func (c Cuentas) Mas(o Cuentas) Cuentas {
	for i := range c.Ordinarias {
		c.Ordinarias[i] += o.Ordinarias[i]
		c.Extraordinarias[i] += o.Extraordinarias[i]
	}
	c.Ajustes += o.Ajustes
	c.Importe = c.Importe.Mas(o.Importe)
	return c
}

// TotalOrdinarias is every type's together.
func (c Cuentas) TotalOrdinarias() int { return sum(c.Ordinarias) }

// TotalExtraordinarias is every type's together.
func (c Cuentas) TotalExtraordinarias() int { return sum(c.Extraordinarias) }

// Total is every gestión.
func (c Cuentas) Total() int { return c.TotalOrdinarias() + c.TotalExtraordinarias() }

// Neto is what is paid: every gestión, and the ajustes of what was paid before.
func (c Cuentas) Neto() int { return c.Total() + c.Ajustes }

func sum(counts [5]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// Linea is one gestión of the annex, its document masked; or an ajuste of one.
type Linea struct {
	Gestion    pa0580.GestionID
	Ajuste     pa0580.Signo // zero for a line
	Motivo     string       // of the ajuste
	Legajo     string
	Modo       pa0580.Modo
	Mes        pa0580.Mes
	Documento  string // masked
	Referencia pa0580.Referencia
	Tipo       pa0580.TipoGestion
	Jornada    pa0580.Jornada
	GuardadaAt time.Time
	Importe    pa0580.Importe // that it pays, or takes back
}
