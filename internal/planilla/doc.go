// Package planilla writes the planillas of closed months as files: a unit's, and a
// whole month's consolidated one. XLSX, PDF, CSV and JSON are written from the same
// tables, so that they give the same figures. It reads no clock and computes nothing
// but sums.
package planilla

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// titulo is what PA0580, step 50, calls the document.
const titulo = "Planilla de comunicación para pago de bonificación por gestión administrativa comercial - Atención al cliente"

// impreso is what every format writes.
type impreso struct {
	titulo  string    // empty: [titulo]
	pie     string    // stands on each page; empty: the digest
	nombre  string    // of its files, without ending
	datos   [][]dato  // what stands above the tables, by lines
	exacto  objeto    // the same for programs
	tablas  []tabla   // the first is the planilla, the others stand behind it
	detalle tabla     // what they hold behind the planilla, for a file of one table
	motivo  dato      // why it was closed as it was; often none
	notas   []dato    // what stands below the first table, to read it by
	firmas  []dato    // who signs: in what capacity, and the name where it is known
	huella  string    // the digest of what was closed
	fecha   time.Time // of the close
}

type dato struct{ rotulo, valor string }

// deUnidad is a unit's planilla, with every gestión and every ajuste behind its rows.
func deUnidad(p app.Planilla) impreso {
	all := detalle(p.Anexo)
	lines, adjusted := all.partido()
	return impreso{
		nombre: fmt.Sprintf("planilla-%d-%s-%s", p.Numero, p.Codigo, p.Mes),
		datos: [][]dato{{
			{"Planilla N°", fmt.Sprint(p.Numero)},
			{"Mes", p.Mes.Nombre()},
			{"Unidad", p.Codigo + " · " + p.Nombre},
		}, {
			{"Jefe de Unidad", p.Jefe},
			{"Conformidad", conformidad(p.Conforme)},
			{"Cerrada", fechaHora(p.CerradaAt)},
		}},
		exacto: objeto{
			{"planilla", p.Numero}, {"mes", p.Mes.String()}, {"unidad", objeto{{"codigo", p.Codigo}, {"nombre", p.Nombre}}},
			{"jefe", p.Jefe}, {"conforme", p.Conforme}, {"motivo", p.Motivo}, {"cerrada_at", pa0580.Local(p.CerradaAt)},
		}.conTarifas(p.Tarifas),
		tablas: []tabla{porFuncionario(p.Filas).podada(), lines, adjusted}, detalle: all,
		motivo: dato{"Cerrada sin que todo estuviera resuelto, por", oneLine(p.Motivo)},
		notas:  append([]dato{tipos}, tarifas(p.Tarifas, p.Filas)...),
		firmas: []dato{{"Jefe de Unidad", p.Jefe}, {"Responsable", ""}},
		huella: p.Huella, fecha: p.CerradaAt,
	}
}

// deMes is the consolidated planilla of a month: what each unit's holds together,
// and each of its rows.
func deMes(c app.Consolidada) impreso {
	people := todas(c.Planillas).podada()
	rates := deTodas(c.Planillas)
	var rows []app.Fila
	for _, p := range c.Planillas {
		rows = append(rows, p.Filas...)
	}
	out := impreso{
		nombre: "planilla-consolidada-" + c.Mes.String(),
		datos: [][]dato{{
			{"Mes", c.Mes.Nombre()},
			{"Planillas", rango(c.Planillas)},
			{"Cerrado", fechaHora(c.CerradoAt)},
			{"Por", cerraron(c)},
		}},
		exacto: objeto{
			{"mes", c.Mes.String()}, {"motivo", c.Motivo}, {"cerrado_at", pa0580.Local(c.CerradoAt)}, {"cerrado_por", c.CerradoPor},
		}.conTarifas(rates),
		tablas: []tabla{porUnidad(c.Planillas).podada(), people}, detalle: people,
		motivo: dato{"Cerrado sin que todo estuviera resuelto, por", oneLine(c.Motivo)},
		notas:  append([]dato{tipos}, tarifas(rates, rows)...),
		firmas: []dato{{"Recursos Humanos", c.CerradoPor}},
		huella: c.Huella, fecha: c.CerradoAt,
	}
	if c.ConfirmadoPor != "" {
		out.exacto = append(out.exacto, par{"confirmado_por", c.ConfirmadoPor})
		out.firmas = append(out.firmas, dato{"Recursos Humanos", c.ConfirmadoPor})
	}
	return out
}

// cerraron is who closed the month: both, where it took two.
func cerraron(c app.Consolidada) string {
	if c.ConfirmadoPor == "" {
		return c.CerradoPor
	}
	return c.CerradoPor + " y " + c.ConfirmadoPor
}

// tipos names the types of gestión (PA0580, step 30), which columns only number.
var tipos = dato{"Tipos de gestión", "1 grandes clientes · 2 preferencial · 3 fraccionamiento de deuda · 4 solicitudes · 5 reclamos y consultas"}

// tarifas name what the amounts are by: from when on, and by what resolution; and why
// some rows have none.
func tarifas(all []app.TarifaDePlanilla, rows []app.Fila) (out []dato) {
	for _, t := range all {
		out = append(out, dato{"Tarifa desde " + t.Desde.Nombre(), t.Norma})
	}
	if len(all) > 0 && slices.ContainsFunc(rows, func(f app.Fila) bool { return !f.Importe.Hay }) {
		out = append(out, dato{"Sin importe", "lo de meses en los que no regía ninguna tarifa, que se paga por cantidad"})
	}
	return out
}

// conTarifas adds the same for programs; nothing where there is none.
func (o objeto) conTarifas(all []app.TarifaDePlanilla) objeto {
	if len(all) == 0 {
		return o
	}
	var out []objeto
	for _, t := range all {
		out = append(out, objeto{{"id", string(t.ID)}, {"desde", t.Desde.String()}, {"norma", t.Norma}})
	}
	return append(o, par{"tarifas", out})
}

// deTodas are the tariffs of several planillas, each once, latest first.
func deTodas(all []app.Planilla) []app.TarifaDePlanilla {
	var out []app.TarifaDePlanilla
	for _, p := range all {
		for _, t := range p.Tarifas {
			if !slices.ContainsFunc(out, func(o app.TarifaDePlanilla) bool { return o.ID == t.ID }) {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b app.TarifaDePlanilla) int { return cmp.Compare(b.Desde.String(), a.Desde.String()) })
	return out
}

func conformidad(given bool) string {
	if given {
		return "dada por la jefatura"
	}
	return "sin conformidad de la jefatura"
}

// rango names the planillas of a month, whose numbers have no gap.
func rango(all []app.Planilla) string {
	switch len(all) {
	case 0:
		return "ninguna"
	case 1:
		return fmt.Sprintf("N° %d", all[0].Numero)
	}
	first, last := all[0].Numero, all[0].Numero
	for _, p := range all {
		first, last = min(first, p.Numero), max(last, p.Numero)
	}
	return fmt.Sprintf("%d, N° %d a %d", len(all), first, last)
}

func fechaHora(t time.Time) string { return pa0580.Local(t).Format("02/01/2006 15:04") }

// oneLine joins the lines of what somebody wrote.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
