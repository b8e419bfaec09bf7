package planilla

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

const tituloDeEstado = "Estado de cuenta de gestiones - Atención al cliente"

// Estado writes a funcionario's statement; see [app.Imprenta].
func (i Imprenta) Estado(ctx context.Context, e app.EstadoDeCuenta) (app.Archivo, error) {
	d := deEstado(e)
	if err := ctx.Err(); err != nil {
		return app.Archivo{}, fmt.Errorf("write %s: %w", d.nombre, err)
	}
	w := d.papel()
	w.AddPage()
	w.head()
	for _, t := range d.tablas {
		w.section(t)
	}
	content, err := w.bytes()
	if err != nil {
		return app.Archivo{}, fmt.Errorf("write %s: %w", d.nombre, err)
	}
	return app.Archivo{Nombre: d.nombre + ".pdf", Formato: app.PDF, Contenido: content, SHA256: sha256.Sum256(content)}, nil
}

func deEstado(e app.EstadoDeCuenta) impreso {
	abierto := "abierto: las cifras pueden cambiar"
	if e.CerradoAt != nil {
		abierto = "cerrado el " + fechaHora(*e.CerradoAt)
	}
	alcance := "todas sus unidades"
	if e.Parcial {
		alcance = "solo las unidades que ve quien lo pidió: puede no ser todo"
	}
	listed, all := len(e.Gestiones), e.Totales().Cargadas().Total()
	detalle := "cada gestión, una por línea"
	if all == 0 {
		detalle = "ninguna gestión"
	} else if listed < all {
		detalle = fmt.Sprintf("%s de %s gestiones, primero las que no se contaron; las cifras son de todas, y las demás están en el estado en línea", miles(listed), miles(all))
	}
	return impreso{
		titulo: tituloDeEstado,
		pie:    fmt.Sprintf("Al %s. No es una planilla ni queda guardado: lo que se paga es lo que dicen las planillas cerradas.", fechaHora(e.At)),
		nombre: fmt.Sprintf("estado-%s-%s", e.Funcionario.Legajo, e.Mes),
		datos: [][]dato{{
			{"Funcionario", e.Funcionario.Nombre},
			{"Legajo", e.Funcionario.Legajo},
			{"Mes", e.Mes.Nombre() + ", " + abierto},
		}, {
			{"Al", fechaHora(e.At)},
			{"Alcance", alcance},
			{"Detalle", detalle},
		}},
		motivo: tipos,
		tablas: []tabla{resumen(e), esperas(e), pagos(e), ajustesDe(e), reclamosDe(e), meses(e), sinContar(e), contadas(e)},
		fecha:  e.At,
	}
}

// resumen counts what was loaded, by unit and mode.
func resumen(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "Lo cargado en el mes: contadas + en espera + no contadas = cargadas", columnas: append([]columna{
		{titulo: "Unidad", ancho: 52}, modos, {titulo: "Gestiones", ancho: 22},
	}, cuentas()[:deLineas]...)}
	add := func(unit, modo string, s app.Sumas) {
		for _, line := range []struct {
			what string
			c    app.Cuentas
		}{{"contadas", s.Contadas}, {"en espera", s.EnEspera}, {"no contadas", s.NoContadas}, {"cargadas", s.Cargadas()}} {
			t.filas = append(t.filas, append([]any{unit, modo, line.what}, cells(app.Fila{Cuentas: line.c})[:deLineas]...))
		}
	}
	parts := e.Partes()
	for _, p := range parts {
		add(p.Unidad.Codigo+" · "+p.Unidad.Nombre, string(p.Modo), p.Sumas)
	}
	if len(parts) != 1 {
		add(deTodo, "", e.Totales())
	}
	return t
}

// deLineas is how many of the columns of counts are of lines; what is paid comes behind.
const deLineas = 13

// deTodo marks the rows that add others up.
const deTodo = "TOTAL"

// esperas are what is not counted, or not yet, and why.
func esperas(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "En espera y no contadas, por su causa", columnas: []columna{
		{titulo: "Unidad", ancho: 52}, modos, {titulo: "Causa", ancho: 140},
		{titulo: "Ord.", ancho: 15, clase: cuenta}, {titulo: "Extra.", ancho: 15, clase: cuenta}, {titulo: "Todas", ancho: 15, clase: cuenta},
	}}
	for _, p := range e.Partes() {
		for _, g := range p.Grupos {
			t.filas = append(t.filas, []any{p.Unidad.Codigo + " · " + p.Unidad.Nombre, string(p.Modo), g.Porque, g.TotalOrdinarias(), g.TotalExtraordinarias(), g.Total()})
		}
	}
	return t
}

// pagos are the planillas that hold gestiones of the month, and the month's own.
func pagos(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "En planillas cerradas", columnas: append([]columna{
		{titulo: "Planilla N°", ancho: 19, clase: numero}, {titulo: "De", ancho: 15}, {titulo: "Unidad", ancho: 19}, modos, {titulo: "Gestiones de", ancho: 21},
		{titulo: "Conformidad", ancho: 21}, {titulo: "Huella", ancho: 104},
	}, cuentas()[10:]...)}
	for _, p := range e.Pagos {
		given := "no"
		if p.Planilla.Conforme {
			given = "sí"
		}
		t.filas = append(t.filas, append([]any{int(p.Planilla.Numero), p.Planilla.Mes.String(), p.Planilla.Codigo, string(p.Fila.Modo), p.Fila.Mes.String(), given, p.Planilla.Huella}, cells(p.Fila)[10:]...))
	}
	if len(e.Pagos) > 0 {
		t.filas = append(t.filas, append([]any{deTodo, e.Mes.String(), "", "", "", "", "lo que lleva la planilla del mes"}, cells(app.Fila{Cuentas: e.Pagadas()})[10:]...))
	}
	return t.podada()
}

// ajustesDe are the lines that correct what closed months paid.
func ajustesDe(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "Ajustes de lo pagado", columnas: []columna{
		{titulo: "Gestión", ancho: 58}, {titulo: "Signo", ancho: 15}, {titulo: "Estado", ancho: 20}, {titulo: "Planilla N°", ancho: 19}, {titulo: "De", ancho: 15},
		{titulo: "Cómo está y por qué", ancho: 150},
	}}
	for _, x := range e.Ajustes {
		number := ""
		if x.PlanillaNro > 0 {
			number = strconv.FormatInt(x.PlanillaNro, 10)
		}
		t.filas = append(t.filas, []any{string(x.Gestion), x.Signo.String(), string(x.Estado()), number, x.PlanillaMes.String(), x.Porque})
	}
	return t
}

// reclamosDe are what the funcionario claims about the month.
func reclamosDe(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "Reclamos del funcionario sobre el mes", columnas: []columna{
		{titulo: "Sobre la gestión", ancho: 58}, {titulo: "Estado", ancho: 20}, {titulo: "Vence", ancho: 20}, {titulo: "Cómo está", ancho: 179},
	}}
	for _, r := range e.Reclamos {
		about := string(r.Gestion)
		if about == "" {
			about = "una que falta en " + r.UnidadCodigo
		}
		t.filas = append(t.filas, []any{about, strings.ReplaceAll(string(r.Estado()), "_", " "), r.Vence.Start().Format("02/01/2006"), r.Porque})
	}
	return t
}

// meses are the closed months.
func meses(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "Meses cerrados", columnas: []columna{
		{titulo: "Mes", ancho: 40},
		{grupo: "De lo cargado en el mes", titulo: "Cargadas", ancho: 30, clase: cuenta}, {grupo: "De lo cargado en el mes", titulo: "Contadas", ancho: 30, clase: cuenta},
		{grupo: "De lo cargado en el mes", titulo: "En espera", ancho: 30, clase: cuenta}, {grupo: "De lo cargado en el mes", titulo: "No contadas", ancho: 30, clase: cuenta},
		{titulo: "En su planilla, también de meses anteriores", ancho: 70, clase: cuenta},
		{titulo: "Importe ₲", ancho: 30, clase: dinero, escasa: true},
	}}
	for _, m := range e.Historia {
		t.filas = append(t.filas, []any{m.Mes.Nombre(), m.Cargadas(), m.Contadas, m.EnEspera, m.NoContadas, m.Pagadas, importe(m.Importe)})
	}
	return t.podada()
}

// sinContar are the gestiones that are not counted, or not yet, each with its reason.
func sinContar(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "Gestiones no contadas y en espera", columnas: append(deGestion(), columna{titulo: "Por qué", ancho: 112})}
	for _, g := range e.Gestiones {
		if g.Situacion != app.Contada {
			t.filas = append(t.filas, append(gestionCells(g), g.Porque))
		}
	}
	return t
}

// contadas are those that planillas hold.
func contadas(e app.EstadoDeCuenta) tabla {
	t := tabla{nombre: "Gestiones contadas", columnas: append(deGestion(), columna{titulo: "Dónde", ancho: 112})}
	for _, g := range e.Gestiones {
		if g.Situacion == app.Contada {
			t.filas = append(t.filas, append(gestionCells(g), g.Porque))
		}
	}
	return t
}

func deGestion() []columna {
	return []columna{
		{titulo: "Gestión", ancho: 58}, {titulo: "Guardada", ancho: 28}, {titulo: "Unidad", ancho: 19}, {titulo: "Documento", ancho: 20},
		{titulo: "Referencia", ancho: 32}, {titulo: "Tipo", ancho: 8, clase: numero}, {titulo: "Jornada", ancho: 22},
	}
}

func gestionCells(g app.GestionDeCuenta) []any {
	return []any{
		string(g.ID), pa0580.Local(g.GuardadaAt).Format("02/01/2006 15:04"), g.Unidad.Codigo, g.Documento,
		string(g.Referencia.Tipo) + " " + g.Referencia.Numero, int(g.Tipo), string(g.Jornada),
	}
}
