package httpapi

import (
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// extractIn is how long an extraction may take, whoever takes it. PostgreSQL keeps
// what it reads as of one instant for as long.
const extractIn = 15 * time.Minute

// extraccion is what somebody takes away.
type extraccion struct {
	Unidad     string   `json:"unidad" format:"uuid" doc:"De qué unidad"`
	Subarbol   bool     `json:"subarbol,omitempty" doc:"Con las unidades que dependen de ella, de las que usted puede ver"`
	Desde      string   `json:"desde" format:"date" doc:"Guardadas desde este día, hora local"`
	Hasta      string   `json:"hasta" format:"date" doc:"El último día, incluido"`
	Estado     []string `json:"estado,omitempty" enum:"recibida,pendiente,observada,aprobada,rechazada,incluida,invalida,anulada" doc:"Solo en estos estados"`
	Tipo       int      `json:"tipo,omitempty" minimum:"1" maximum:"5" doc:"Solo de este tipo de gestión"`
	Jornada    string   `json:"jornada,omitempty" enum:"ordinaria,extraordinaria" doc:"Solo de esta jornada"`
	Formato    string   `json:"formato" enum:"csv,xlsx" doc:"xlsx, hasta 200.000 gestiones y con los documentos enmascarados; csv, sin límite"`
	Documentos string   `json:"documentos,omitempty" enum:"enmascarados,completos" default:"enmascarados" doc:"Con completos va también la observación, y se debe un motivo"`
	Motivo     string   `json:"motivo,omitempty" maxLength:"2000" doc:"Para qué; queda en la auditoría"`
}

// How documents are given.
const (
	enmascarados = "enmascarados"
	completos    = "completos"
)

// filasTrailer is the trailer that says how many gestiones were given.
const filasTrailer = "Extraccion-Filas"

func (s *server) extracciones() {
	headers := map[string]string{
		"Content-Disposition": "El nombre del archivo",
		"Trailer":             filasTrailer + ": cuántas gestiones lleva el archivo, detrás de él",
	}
	handleBody(s, operacion{
		id: "extraer-gestiones", tag: "gestiones", method: http.MethodPost, path: "/extracciones", resumen: "Extraer las gestiones de una unidad",
		texto: "Un archivo con las gestiones de una unidad entre dos días, todas de un mismo instante, una por fila, ordenadas por unidad y día. La hacen su responsable, su jefatura o subrogante, rrhh y auditor. " +
			"La auditoría guarda quién extrajo qué, antes de dar nada, y después cuántas filas se dieron o que se cortó.\n\n" +
			"Los documentos van enmascarados y sin la observación. Completos, solo en csv y con motivo escrito.\n\n" +
			"Un archivo que no llegó entero se nota: la conexión termina mal, y el programa que lo pidió da error; cada uno que llega entero trae detrás, como trailer, " + filasTrailer + ". Se corta a los 15 minutos, y antes si quien lo recibe se detiene medio minuto." + paraCSV,
		repetible: true, plazo: extractIn,
		niega:     []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeReasonMissing, pa0580.CodeTooMany, pa0580.CodeRemark},
		problemas: []*problema{extracting("Usted ya tiene una extracción en curso: espere a que termine, o córtela."), unmarked()},
		salidas: []salida{
			{status: 200, texto: "El archivo", tipo: csvType, ejemplo: "\uFEFFgestion;unidad;unidad_nombre;dia;hora;…\r\n", headers: headers},
			{status: 200, texto: "El archivo", tipo: xlsxType, ejemplo: "PK…", headers: headers},
		},
	}, extraccion{Unidad: idUnidad, Desde: "2026-10-01", Hasta: "2026-10-31", Formato: "csv"}, s.extraer)
}

func (s *server) extraer(p *pedido, in extraccion, ajenos pa0580.Refusals) error {
	e := p.extraccion(in)
	// What the body's form was refused for says enough of a field.
	own := slices.DeleteFunc(p.refusals, func(r *pa0580.Refusal) bool {
		return slices.ContainsFunc(ajenos, func(o *pa0580.Refusal) bool { return o.Campo == r.Campo })
	})
	if err := p.refusal(slices.Concat(ajenos, own)); err != nil {
		return err
	}
	if !p.g.Request.ProtoAtLeast(1, 1) {
		return unmarked()
	}
	release, busy := s.cupo.take(p.actor.ID, e.Formato)
	if busy != nil {
		return busy
	}
	defer release()
	out := newEnvio(p, e.Formato)
	n, err := s.Extraer(p.ctx, p.actor, e, out.open)
	if err != nil && out.begun {
		level := slog.LevelError
		if p.ctx.Err() != nil || out.err != nil {
			level = slog.LevelInfo
		}
		s.log.Log(p.ctx, level, "extraction cut", "error", err, "rows", n, "request", p.g.GetString(keyRequest))
		// Ended well, the file would pass for a whole one.
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		return err
	}
	p.g.Header(filasTrailer, strconv.FormatInt(n, 10))
	return nil
}

// unmarked says that a file cut in the middle would pass for a whole one: an answer of
// HTTP/1.0 ends with its connection.
func unmarked() *problema {
	return newProblema(http.StatusHTTPVersionNotSupported, "HTTP_1_0", "Hace falta HTTP/1.1",
		"Con HTTP/1.0 un archivo cortado parecería entero: pídalo con HTTP/1.1. Si hay un proxy delante, que lo hable con este servicio (nginx: proxy_http_version 1.1).")
}

// extraccion judges the form of what was asked.
func (c *consulta) extraccion(in extraccion) app.Extraccion {
	f := c.filtro(Criterios{Estado: in.Estado, Tipo: in.Tipo, Jornada: in.Jornada})
	e := app.Extraccion{
		Unidad: pa0580.UnidadID(c.uuid("unidad", in.Unidad)), Subarbol: in.Subarbol,
		Desde: c.day("desde", in.Desde), Hasta: c.day("hasta", in.Hasta),
		Estados: f.Estados, Tipo: f.Tipo, Jornada: f.Jornada,
		Formato: app.Formato(in.Formato), Completos: in.Documentos == completos, Motivo: in.Motivo,
	}
	for campo, value := range map[string]string{"unidad": in.Unidad, "desde": in.Desde, "hasta": in.Hasta} {
		if value == "" {
			c.no(campo, "Falta «"+campo+"».")
		}
	}
	if e.Formato != app.CSV && e.Formato != app.XLSX {
		c.no("formato", "El formato es csv o xlsx.")
	}
	if !slices.Contains([]string{"", enmascarados, completos}, in.Documentos) {
		c.no("documentos", "Los documentos van enmascarados o completos.")
	}
	return e
}
