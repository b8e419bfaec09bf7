package planilla_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/planilla"
)

// unEstado is a statement of two units with something of everything, and a page of
// n gestiones of which it says there are more where its counts do.
func unEstado(n int) app.EstadoDeCuenta {
	octubre := pa0580.NewMes(2026, time.October)
	at := pa0580.LocalTime(2026, time.November, 3, 18, 20, 0)
	central := pa0580.Unidad{ID: "u1", Codigo: "SCA", Nombre: "Sección Comercial Asunción y alrededores de la Región Oriental"}
	este := pa0580.Unidad{ID: "u2", Codigo: "SCE", Nombre: "Sección Comercial Este"}
	some := func(n int) (c app.Cuentas) {
		for i := range 5 {
			c.Ordinarias[i], c.Extraordinarias[i] = n*(i+1), n*i/2
		}
		return c
	}
	e := app.EstadoDeCuenta{
		Funcionario: app.Funcionario{ID: "f", Legajo: "10427", Nombre: "Óscar Ñandutí Benítez"}, Mes: octubre, At: at, CerradoAt: &at, Parcial: true,
		Grupos: []app.GrupoDeCuenta{
			{Unidad: central, Modo: pa0580.Permanente, Situacion: app.Contada, Estado: pa0580.Incluida, Cuentas: some(120)},
			{Unidad: central, Modo: pa0580.Permanente, Situacion: app.EnEspera, Estado: pa0580.Pendiente, Porque: "Esperan la decisión de Jimena Ortiz (jefatura) o de Sara Duarte (subrogante).", Cuentas: some(3)},
			{Unidad: central, Modo: pa0580.Permanente, Situacion: app.NoContada, Estado: pa0580.Rechazada, Porque: "Rechazadas por la jefatura.", Cuentas: some(2)},
			{Unidad: este, Modo: pa0580.Apoyo, Situacion: app.EnEspera, Estado: pa0580.Observada, Porque: "Observadas: esperan la corrección de Óscar Ñandutí Benítez.", Cuentas: some(1)},
		},
		Pagos: []app.Pago{
			{Planilla: app.Planilla{Numero: 413, Mes: octubre.Next(), Codigo: "SCE", Huella: strings.Repeat("b", 64)}, Fila: app.Fila{Modo: pa0580.Apoyo, Mes: octubre, Cuentas: some(7)}},
			{Planilla: app.Planilla{Numero: 412, Mes: octubre, Codigo: "SCA", Conforme: true, Huella: huella}, Fila: app.Fila{Modo: pa0580.Permanente, Mes: octubre, Cuentas: some(113)}},
		},
		Ajustes: []app.AjusteDeCuenta{
			{AjusteFicha: app.AjusteFicha{Ajuste: pa0580.Ajuste{Gestion: "0199e0a4-7a3c-7000-8000-000000000003", Signo: pa0580.Resta, Incluido: true}, PlanillaNro: 521, PlanillaMes: octubre.Next()},
				Porque: "Resta en la planilla N° 521 de noviembre de 2026: «Se cargó dos veces al mismo cliente»."},
			{AjusteFicha: app.AjusteFicha{Ajuste: pa0580.Ajuste{Gestion: "0199e0a4-7a3c-7000-8000-000000000004", Signo: pa0580.Suma}},
				Porque: "Suma que espera a recursos humanos: «El expediente estaba completo, y se había cargado el día 12 en la Sección Comercial Este, como mostró su jefatura»."},
		},
		Reclamos: []app.ReclamoDeCuenta{
			{ReclamoFicha: app.ReclamoFicha{ReclamoFuncionario: pa0580.ReclamoFuncionario{
				Gestion: "0199e0a4-7a3c-7000-8000-000000000004", Vence: pa0580.Dia{Year: 2026, Month: 11, Day: 17}, Respuesta: &pa0580.Respuesta{Procede: true},
			}}, Porque: "Procede: Jimena Ortiz lo respondió el 10/11/2026 a las 10:05: «El expediente estaba completo». La suma espera a recursos humanos."},
			{ReclamoFicha: app.ReclamoFicha{ReclamoFuncionario: pa0580.ReclamoFuncionario{Vence: pa0580.Dia{Year: 2026, Month: 11, Day: 18}, VencidoAt: &at}, UnidadCodigo: "SCE"},
				Porque: "Presentado el 11/11/2026: venció el 18/11/2026 y sigue a la espera de la respuesta de Jimena Ortiz (jefatura) o de Gladys Rojas (jefatura)."},
		},
		Historia: []app.MesDeCuenta{{Mes: octubre, Contadas: 2500, EnEspera: 80, NoContadas: 40, Pagadas: 2300, Importe: pa0580.EnGuaranies(11_295_000)}, {Mes: octubre.Prev(), Contadas: 1900, Pagadas: 1900}},
	}
	e.Pagos[1].Fila.Importe = pa0580.EnGuaranies(11_295_000)
	for i := range n {
		g := app.GestionDeCuenta{
			ID: pa0580.GestionID(fmt.Sprintf("0199e0a4-7a3c-7000-8000-%012d", i)), Unidad: central, Modo: pa0580.Permanente, Documento: fmt.Sprintf("•••%04d", i),
			Referencia: pa0580.Referencia{Tipo: pa0580.Expediente, Numero: fmt.Sprintf("EXP-%d/2026", i)}, Tipo: pa0580.TiposGestion()[i%5], Jornada: pa0580.Ordinaria,
			GuardadaAt: pa0580.LocalTime(2026, time.October, 1+i%31, 7+i%8, i%60, 0), Situacion: app.NoContada,
			Porque: "Jimena Ortiz la rechazó el 15/10/2026 a las 11:05: «El expediente que se cita es de otro suministro; hay que cargarla de nuevo con el que corresponde y avisar a la Sección 😀».",
		}
		if i > n/2 {
			g.Situacion, g.Jornada, g.Porque = app.Contada, pa0580.Extraordinaria, "Contada en la planilla N° 412 de octubre de 2026."
		}
		e.Gestiones = append(e.Gestiones, g)
	}
	return e
}

// A statement on paper says of whom and when it is and that nobody keeps it, on each
// page; it has the figures, the reasons and every gestión it was given.
func TestAStatementOnPaper(t *testing.T) {
	t.Parallel()
	e := unEstado(70)
	a, err := planilla.Imprenta{}.Estado(t.Context(), e)
	if err != nil || a.Nombre != "estado-10427-2026-10.pdf" {
		t.Fatalf("%q, %v", a.Nombre, err)
	}
	keep(t, a)
	pages := pdfPages(t, a)
	for i, page := range pages {
		for _, must := range []string{
			"ESTADO DE CUENTA", "Óscar Ñandutí Benítez", "10427", "octubre de 2026, cerrado el 03/11/2026 18:20", "solo las unidades que ve quien lo pidió",
			"Al 03/11/2026 18:20. No es una planilla ni queda guardado", fmt.Sprintf("Página %d de %d", i+1, len(pages)), "70 de 2.518 gestiones, primero las que no se contaron",
		} {
			if !strings.Contains(drawn(page), must) {
				t.Errorf("page %d does not say %q: %s", i+1, must, drawn(page))
			}
		}
	}
	all := drawn(strings.Join(pages, " "))
	for _, g := range e.Gestiones {
		if !strings.Contains(all, string(g.ID)) || !strings.Contains(all, g.Documento) {
			t.Errorf("no page has %s", g.ID)
		}
	}
	total := e.Totales()
	for _, must := range []string{
		"TOTAL contadas 120 240 360 480 600 0 60 120 180 240 1.800 600 2.400", "TOTAL cargadas", "cargadas " + counts(total.Cargadas()),
		"Esperan la decisión de Jimena Ortiz (jefatura) o de Sara Duarte (subrogante). 45 14 59", "412 2026-10 SCA permanente 2026-10 sí " + huella, "lo que lleva la planilla del mes 1.695 564 2.259 0 2.259 ₲ 11.295.000",
		"octubre de 2026 2.620 2.500 80 40 2.300 ₲ 11.295.000", "resta incluido 521 2026-11 Resta en la planilla N° 521", "una que falta en SCE vencido 18/11/2026 Presentado el",
		"procede 17/11/2026 Procede: Jimena Ortiz", "Contada en la planilla N° 412", "4 solicitudes",
	} {
		if !strings.Contains(all, must) {
			t.Errorf("no page says %q: %s", must, all)
		}
	}
	if again, err := (planilla.Imprenta{}).Estado(t.Context(), app.EstadoDeCuenta{Mes: e.Mes, At: e.At}); err != nil || !strings.Contains(drawn(pdfPages(t, again)[0]), "abierto: las cifras pueden cambiar") {
		t.Errorf("nobody's month: %v", err)
	}
}

func counts(c app.Cuentas) string {
	var out []string
	for _, n := range append(append(c.Ordinarias[:], c.Extraordinarias[:]...), c.TotalOrdinarias(), c.TotalExtraordinarias(), c.Total()) {
		out = append(out, miles(n))
	}
	return strings.Join(out, " ")
}
