package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// tarifaEnsayada is what closed months would have paid by a tariff.
type tarifaEnsayada struct {
	Tarifa       string            `json:"tarifa" format:"uuid"`
	Meses        []mesEnsayado     `json:"meses" doc:"Los últimos cerrados, hasta 12, el más nuevo primero; las complementarias cuentan con el mes que corrigen"`
	Total        Ensayado          `json:"total"`
	Personas     int               `json:"personas" doc:"A cuántas pagaron esos meses"`
	Ganan        int               `json:"ganan" doc:"De ellas, cuántas habrían cobrado más de lo que cobraron en guaraníes"`
	Pierden      int               `json:"pierden" doc:"Cuántas, menos"`
	Funcionarios []personaEnsayada `json:"funcionarios" doc:"La mayor diferencia primero, y después el mayor importe"`
}

// Ensayado is what planillas paid, and would have.
type Ensayado struct {
	Lineas         int    `json:"lineas" doc:"Las que se pagaron, menos las que se restaron"`
	Pagado         *int64 `json:"pagado" doc:"En guaraníes; null si no regía ninguna tarifa"`
	Seria          *int64 `json:"seria" doc:"Lo que eso mismo habría sido con esta tarifa"`
	Diferencia     *int64 `json:"diferencia" doc:"Lo que sería menos lo que fue"`
	SinImporte     int    `json:"renglones_sin_importe" doc:"Líneas y ajustes que se pagaron sin tarifa, sumen lo que sumen"`
	SeriaSinTarifa *int64 `json:"seria_sin_tarifa" doc:"Lo que esos habrían sido con esta; null si no hay"`
}

type mesEnsayado struct {
	Mes string `json:"mes"`
	Ensayado
}

type personaEnsayada struct {
	Funcionario personaCorta `json:"funcionario"`
	Ensayado
	Meses []mesEnsayado `json:"meses"`
}

func ensayadoOf(e app.Ensayado) Ensayado {
	return Ensayado{e.Lineas, e.Pagado.Entero(), e.Seria.Entero(), e.Diferencia.Entero(), e.SinImporte, e.SeriaSinTarifa.Entero()}
}

func mesEnsayadoOf(m app.MesEnsayado) mesEnsayado {
	return mesEnsayado{m.Mes.String(), ensayadoOf(m.Ensayado)}
}

func tarifaEnsayadaOf(e app.EnsayoTarifa) tarifaEnsayada {
	return tarifaEnsayada{
		string(e.Tarifa), mapped(e.Meses, mesEnsayadoOf), ensayadoOf(e.Total), e.Personas, e.Ganan, e.Pierden,
		mapped(e.Gente, func(f app.PersonaEnsayada) personaEnsayada {
			return personaEnsayada{personaCorta{string(f.Funcionario), f.Legajo, f.Nombre}, ensayadoOf(f.Ensayado), mapped(f.Meses, mesEnsayadoOf)}
		}),
	}
}

func (s *server) ensayoTarifa() {
	whole := Ensayado{95, ptr(int64(482_500)), ptr(int64(530_750)), ptr(int64(48_250)), 0, nil}
	s.handle(operacion{
		id: "ensayar-tarifa", tag: "tarifas", method: http.MethodGet, path: "/tarifas/{id}/ensayo", resumen: "Ensayar una tarifa",
		texto: "Qué habrían pagado con ella los últimos 12 meses cerrados, o los que haya, por lo que llevan sus planillas: quién habría cobrado cuánto más o menos. " +
			"No cambia nada, y lo pagado no se toca. Vale para una tarifa en cualquier estado. Lo ven los roles admin, rrhh y auditor.",
		query: []parametro{number("limite", "Cuántos funcionarios, a lo más; las sumas son de todos", 1, app.PersonasDeEnsayo, 100)},
		niega: []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound}, plazo: closeIn,
		salidas: []salida{{status: 200, texto: "Lo que habría pasado", ejemplo: tarifaEnsayada{
			idTarifa, []mesEnsayado{{"2026-10", whole}}, whole, 1, 1, 0,
			[]personaEnsayada{{personaCorta{idAgente, "10427", "Ana Benítez"}, whole, []mesEnsayado{{"2026-10", whole}}}},
		}}},
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		limite := p.number("limite", p.get("limite"), 1, app.PersonasDeEnsayo, app.PersonasDeEnsayo)
		if err := p.err(); err != nil {
			return err
		}
		e, err := s.EnsayarTarifa(p.ctx, p.actor, pa0580.TarifaID(id), limite)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, tarifaEnsayadaOf(e))
	})
}
