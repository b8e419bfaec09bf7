package httpapi

import (
	"net/http"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// ensayarCalendario is a change of the calendar to be shown, not made.
type ensayarCalendario struct {
	ID     string `json:"id,omitempty" format:"uuid" doc:"El feriado que se cambia o se quita; si falta, es uno nuevo"`
	Quitar bool   `json:"quitar,omitempty" doc:"Si se quita; entonces basta «id»"`
	Dia    string `json:"dia,omitempty" format:"date"`
	Nombre string `json:"nombre,omitempty" maxLength:"200"`
	Unidad string `json:"unidad,omitempty" format:"uuid" doc:"Solo para esta unidad y las que dependen de ella"`
}

type calendarioEnsayado struct {
	Version        int                `json:"version" doc:"La del calendario que se ensayó: al aplicar el cambio se envía en «calendario»"`
	Reclasificadas int                `json:"reclasificadas" doc:"Gestiones de meses abiertos que contarían de otro modo; a quien vio una antes, el sistema le pedirá verla de nuevo"`
	Intactas       int                `json:"intactas" doc:"Las que son de meses cerrados: quedan como se pagaron"`
	Meses          []mesReclasificado `json:"meses"`
	Conformidades  []unidadFirmada    `json:"conformidades" doc:"Las vigentes que dejarían de estarlo: habrá que darlas de nuevo"`
}

type mesReclasificado struct {
	Mes       string                `json:"mes"`
	Cerrado   bool                  `json:"cerrado" doc:"Si lo está, nada de él cambia"`
	Cortado   bool                  `json:"cortado" doc:"Si tiene corte y está abierto, su vista previa cambia: hay que verla de nuevo antes de cerrar"`
	Gestiones int                   `json:"gestiones"`
	Unidades  []unidadReclasificada `json:"unidades"`
}

type unidadReclasificada struct {
	Unidad  nombrado        `json:"unidad"`
	Codigo  string          `json:"codigo"`
	Cambios []cambioJornada `json:"cambios"`
}

type cambioJornada struct {
	De        string `json:"de" enum:"ordinaria,fuera_de_horario,dia_no_laborable"`
	A         string `json:"a" enum:"ordinaria,fuera_de_horario,dia_no_laborable"`
	Gestiones int    `json:"gestiones"`
}

type unidadFirmada struct {
	Mes    string   `json:"mes"`
	Unidad nombrado `json:"unidad"`
	Codigo string   `json:"codigo"`
}

var ejemploEnsayoCalendario = calendarioEnsayado{
	Version: 14, Reclasificadas: 312, Intactas: 0,
	Meses: []mesReclasificado{{Mes: "2026-10", Cortado: true, Gestiones: 312, Unidades: []unidadReclasificada{
		{nombrado{idUnidad, "Agencia Regional Central"}, "AR-01", []cambioJornada{
			{"ordinaria", "dia_no_laborable", 290}, {"fuera_de_horario", "dia_no_laborable", 22},
		}},
	}}},
	Conformidades: []unidadFirmada{{"2026-10", nombrado{idUnidad, "Agencia Regional Central"}, "AR-01"}},
}

func (s *server) ensayoCalendario() {
	handleBody(s, operacion{
		id: "ensayar-calendario", tag: "organizacion", method: http.MethodPost, path: "/calendario/ensayo", resumen: "Ensayar un cambio del calendario", repetible: true,
		texto: "Qué gestiones ya guardadas contarían de otro modo, por mes y unidad, y qué conformidades dejarían de estar vigentes. No cambia nada. Lo ven los roles admin, rrhh y auditor.", niega: deAdmin,
		salidas: []salida{{status: 200, texto: "Lo que pasaría", ejemplo: ejemploEnsayoCalendario}},
	}, ensayarCalendario{Dia: "2026-10-05", Nombre: "Asueto por decreto"}, func(p *pedido, in ensayarCalendario, ajenos pa0580.Refusals) error {
		c := &campos{refusals: ajenos}
		change := c.ensayado(in)
		if err := p.refusal(c.refusals); err != nil {
			return err
		}
		out, err := s.EnsayarCalendario(p.ctx, p.actor, change)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, calendarioEnsayadoOf(out))
	})
}

func (c *campos) ensayado(in ensayarCalendario) app.Cambio {
	id := strings.ToLower(in.ID) // as rows hold it
	if in.Quitar {
		return app.Cambio{SinFeriado: c.id("id", id)}
	}
	return c.feriado(datosFeriado{Dia: in.Dia, Nombre: in.Nombre, Unidad: in.Unidad}, c.optionalID("id", id))
}

func calendarioEnsayadoOf(e app.EnsayoCalendario) calendarioEnsayado {
	out := calendarioEnsayado{
		Version: e.Version, Meses: mapped(e.Meses, mesReclasificadoOf),
		Conformidades: mapped(e.Conformidades, func(f app.Firmada) unidadFirmada {
			return unidadFirmada{f.Mes.String(), nombrado{string(f.Unidad), f.Nombre}, f.Codigo}
		}),
	}
	for _, m := range out.Meses {
		if m.Cerrado {
			out.Intactas += m.Gestiones
		} else {
			out.Reclasificadas += m.Gestiones
		}
	}
	return out
}

func mesReclasificadoOf(m app.EnsayoMes) mesReclasificado {
	return mesReclasificado{m.Mes.String(), m.Cerrado, m.Cortado, m.Gestiones(), mapped(m.Unidades, func(u app.EnsayoUnidad) unidadReclasificada {
		return unidadReclasificada{nombrado{string(u.Unidad), u.Nombre}, u.Codigo, mapped(u.Cambios, func(k app.CambioJornada) cambioJornada {
			return cambioJornada{cuentaComo(k.De), cuentaComo(k.A), k.Cantidad}
		})}
	})}
}

// cuentaComo names how a gestión counts in one word.
func cuentaComo(m pa0580.MotivoExtra) string {
	if m == "" {
		return string(pa0580.Ordinaria)
	}
	return string(m)
}
