package httpapi

import (
	"fmt"
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Encabezado is what a list shows of a planilla.
type Encabezado struct {
	ID        string      `json:"id" format:"uuid"`
	Numero    int64       `json:"numero" doc:"Sin huecos"`
	Mes       string      `json:"mes"`
	Unidad    unidadCorta `json:"unidad"`
	Jefe      string      `json:"jefe,omitempty"`
	Conforme  bool        `json:"conforme" doc:"Si la jefatura dio su conformidad"`
	Motivo    string      `json:"motivo,omitempty" doc:"Por qué se cerró con bloqueos"`
	Huella    string      `json:"huella"`
	CerradaAt string      `json:"cerrada_at" format:"date-time"`
}

type planilla struct {
	Encabezado
	Tarifas []tarifaCorta `json:"tarifas" doc:"Por las que se pagan sus filas; vacío si no rige ninguna"`
	Filas   []fila        `json:"filas"`
	Totales Totales       `json:"totales"`
	Anexo   []linea       `json:"anexo" doc:"Cada gestión, con el documento enmascarado"`
}

type planillas struct {
	Planillas []Encabezado `json:"planillas"`
}

// Totales are counts: by type, 1 to 5 in that order, and together.
type Totales struct {
	Ordinarias           [5]int `json:"ordinarias" doc:"Por tipo, del 1 al 5"`
	Extraordinarias      [5]int `json:"extraordinarias" doc:"Por tipo, del 1 al 5"`
	TotalOrdinarias      int    `json:"total_ordinarias"`
	TotalExtraordinarias int    `json:"total_extraordinarias"`
	Total                int    `json:"total"`
	Ajustes              int    `json:"ajustes" doc:"Líneas de meses cerrados que se suman, menos las que se restan"`
	Neto                 int    `json:"neto" doc:"Lo que se paga: el total y los ajustes"`
	Importe              *int64 `json:"importe,omitempty" doc:"En guaraníes, lo que se paga; falta si en el mes de las gestiones no rige ninguna tarifa"`
}

// fila is one funcionario's row.
type fila struct {
	Funcionario string `json:"funcionario" format:"uuid"`
	Legajo      string `json:"legajo"`
	CI          string `json:"ci"`
	Nombre      string `json:"nombre"`
	Modo        string `json:"modo" enum:"permanente,apoyo"`
	Mes         string `json:"mes" doc:"El de las gestiones: puede ser anterior al de la planilla"`
	Totales
}

type linea struct {
	Gestion     string     `json:"gestion" format:"uuid"`
	Legajo      string     `json:"legajo"`
	Modo        string     `json:"modo" enum:"permanente,apoyo"`
	Mes         string     `json:"mes"`
	Documento   string     `json:"documento" doc:"Enmascarado"`
	Referencia  referencia `json:"referencia"`
	TipoGestion int        `json:"tipo_gestion"`
	Jornada     string     `json:"jornada" enum:"ordinaria,extraordinaria"`
	GuardadaAt  string     `json:"guardada_at" format:"date-time"`
	Ajuste      string     `json:"ajuste,omitempty" enum:"suma,resta" doc:"Falta si es una gestión que se paga; si no, corrige una de un mes cerrado"`
	Motivo      string     `json:"motivo,omitempty" doc:"Del ajuste"`
	Importe     *int64     `json:"importe,omitempty" doc:"En guaraníes, lo que paga, o lo que suma o resta el ajuste; falta si no rige ninguna tarifa"`
}

func encabezadoOf(p app.Planilla) Encabezado {
	return Encabezado{
		p.ID, p.Numero, p.Mes.String(), unidadCorta{string(p.Unidad), p.Codigo, p.Nombre},
		p.Jefe, p.Conforme, p.Motivo, p.Huella, moment(p.CerradaAt),
	}
}

func filaOf(f app.Fila) fila {
	return fila{string(f.Funcionario), f.Legajo, f.CI, f.Nombre, string(f.Modo), f.Mes.String(), totalesOf([]app.Fila{f})}
}

// totalesOf adds rows up.
func totalesOf(filas []app.Fila) Totales {
	var c app.Cuentas
	for _, f := range filas {
		c = c.Mas(f.Cuentas)
	}
	return totales(c)
}

func totales(c app.Cuentas) Totales {
	return Totales{c.Ordinarias, c.Extraordinarias, c.TotalOrdinarias(), c.TotalExtraordinarias(), c.Total(), c.Ajustes, c.Neto(), c.Importe.Entero()}
}

func lineaOf(l app.Linea) linea {
	return linea{
		string(l.Gestion), l.Legajo, string(l.Modo), l.Mes.String(), l.Documento, referencia{string(l.Referencia.Tipo), l.Referencia.Numero},
		int(l.Tipo), string(l.Jornada), moment(l.GuardadaAt), l.Ajuste.String(), l.Motivo, l.Importe.Entero(),
	}
}

var (
	ejemploTotales = Totales{Ordinarias: [5]int{0, 4, 2, 0, 84}, Extraordinarias: [5]int{0, 0, 0, 0, 6}, TotalOrdinarias: 90, TotalExtraordinarias: 6, Total: 96, Ajustes: -1, Neto: 95, Importe: ptr(int64(482_500))}
	ejemploFila    = fila{idAgente, "10427", "2345678", "Ana Benítez", "permanente", "2026-10", ejemploTotales}
	ejemploHoja    = Encabezado{idPlanilla, 412, "2026-10", unidadCorta{idUnidad, "SCA", "Sección Comercial Asunción"}, "Jimena Ortiz", true, "", huella, "2026-11-03T18:20:00-03:00"}
	ejemploLinea   = linea{idGestion, "10427", "permanente", "2026-10", "•••4567", referencia{"NIS", "1234567"}, 5, "ordinaria", unMomento, "", "", ptr(int64(5_000))}
)

func (s *server) planillas() {
	s.handle(operacion{
		id: "listar-planillas", tag: "planillas", method: http.MethodGet, path: "/planillas", resumen: "Listar planillas",
		texto:   "Las de las unidades que usted puede ver.",
		query:   []parametro{text("mes", "Solo las de este mes, AAAA-MM, o de esta complementaria, AAAA-MM-cN", "2026-10")},
		salidas: []salida{{status: 200, texto: "Las planillas", ejemplo: planillas{[]Encabezado{ejemploHoja}}}},
	}, func(p *pedido) error {
		mes := p.closing("mes", p.get("mes"))
		if err := p.err(); err != nil {
			return err
		}
		all, err := s.Planillas(p.ctx, p.actor, mes)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, planillas{mapped(all, encabezadoOf)})
	})
	s.handle(operacion{
		id: "leer-planilla", tag: "planillas", method: http.MethodGet, path: "/planillas/{id}", resumen: "Leer una planilla",
		texto: "Una fila por funcionario, modo y mes, los totales, y el anexo con cada gestión.", niega: []pa0580.Code{pa0580.CodeNotFound}, plazo: closeIn,
		salidas: []salida{{status: 200, texto: "La planilla", ejemplo: planilla{ejemploHoja, []tarifaCorta{{idTarifa, "2026-10", unaNorma}}, []fila{ejemploFila}, ejemploTotales, []linea{ejemploLinea}}}},
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		sheet, err := s.Planilla(p.ctx, p.actor, id)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, planilla{encabezadoOf(sheet), mapped(sheet.Tarifas, tarifaCortaOf), mapped(sheet.Filas, filaOf), totalesOf(sheet.Filas), mapped(sheet.Anexo, lineaOf)})
	})
	for _, f := range descargas {
		s.handle(operacion{
			id: "descargar-planilla-" + f.id, tag: "planillas", method: http.MethodGet, path: "/planillas/{id}/" + string(f.formato), resumen: f.resumen,
			texto: f.deUnidad + unaSola, niega: []pa0580.Code{pa0580.CodeNotFound}, plazo: closeIn, salidas: f.salidas(f.ejemplo),
		}, func(p *pedido) error {
			id, err := p.id()
			if err != nil {
				return err
			}
			a, err := s.ArchivoDePlanilla(p.ctx, p.actor, id, f.formato)
			if err != nil {
				return err
			}
			return p.file(a, f.tipo)
		})
		s.handle(operacion{
			id: "descargar-mes-" + f.id, tag: "planillas", method: http.MethodGet, path: "/cierres/{mes}/consolidada/" + f.rutaDeMes, resumen: f.resumen + ", de todo el mes",
			texto: f.deMes + " De un mes cerrado; para los roles rrhh y auditor." + unaSola,
			niega: []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound}, plazo: closeIn, salidas: f.salidas(f.ejemploDeMes),
		}, func(p *pedido) error {
			mes, err := p.mes()
			if err := p.refusal(pa0580.RefusalsIn(err)); err != nil {
				return err
			}
			a, err := s.ArchivoDeMes(p.ctx, p.actor, mes, f.formato)
			if err != nil {
				return err
			}
			return p.file(a, f.tipo)
		})
	}
}

// descarga is a format that planillas are downloaded in.
type descarga struct {
	formato         app.Formato
	id, resumen     string
	rutaDeMes       string
	ejemplo         any    // its beginning, of a unit
	ejemploDeMes    any    // and of a month
	deUnidad, deMes string // what the file of a unit holds, and that of a month
	tipo            string
}

const (
	csvType = "text/csv; charset=utf-8"
	paraCSV = " En UTF-8 con BOM, separado por punto y coma y con fin de línea CRLF, como lo espera Excel en español de Paraguay. Un texto que parecería una fórmula lleva un apóstrofo delante."
	unaSola = " El archivo se escribe una vez y es siempre el mismo; ETag es su SHA-256."
	deUna   = "Las filas con sus cuentas por tipo y jornada, los totales y el anexo con cada gestión, el documento enmascarado. Donde rige una tarifa, también los importes en guaraníes."
	deMas   = " Si el anexo pasa de %s líneas, este archivo lo dice y el anexo está en el CSV."
	deTodas = "Una fila por unidad, y las filas de todas las unidades, con sus totales."
)

var descargas = []descarga{
	{app.XLSX, "xlsx", "Descargar en Excel", "xlsx", "PK…", "PK…",
		deUna + " Los totales son fórmulas; se imprime en A4." + fmt.Sprintf(deMas, "200.000"), deTodas, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{app.PDF, "pdf", "Descargar en PDF", "pdf", "%PDF-…", "%PDF-…",
		deUna + " En A4, con lugar para las firmas y la huella como texto y como QR." + fmt.Sprintf(deMas, "20.000"), deTodas, "application/pdf"},
	{app.JSON, "json", "Descargar en JSON", "json", map[string]any{"mes": "2026-10", "unidad": map[string]any{"codigo": "SCA"}, "huella": huella}, map[string]any{"mes": "2026-10", "cerrado_por": "Hugo Ferreira", "huella": huella},
		deUna, deTodas, "application/json"},
	{app.CSV, "csv", "Descargar en CSV", "csv", "\uFEFFlegajo;ci;nombre;…\r\n", "\uFEFFplanilla;codigo;unidad;conformidad;…\r\n",
		"Las filas con sus cuentas por tipo y jornada, y los totales." + paraCSV, "Una fila por unidad, y los totales." + paraCSV, csvType},
	{app.AnexoCSV, "detalle-csv", "Descargar el detalle en CSV", "funcionarios.csv", "\uFEFFgestion;legajo;…\r\n", "\uFEFFplanilla;codigo;legajo;ci;nombre;…\r\n",
		"El anexo: una línea por gestión, con el documento enmascarado." + paraCSV, "Las filas de todas las unidades, y los totales." + paraCSV, csvType},
}

func (d descarga) salidas(ejemplo any) []salida {
	return []salida{{status: 200, texto: "El archivo", tipo: d.tipo, ejemplo: ejemplo, headers: map[string]string{
		"Content-Disposition": "El nombre del archivo", "ETag": "Su SHA-256",
	}}}
}

func (p *pedido) file(a app.Archivo, tipo string) error {
	p.g.Header("Content-Disposition", fmt.Sprintf("attachment; filename=%q", a.Nombre))
	p.g.Header("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", a.SHA256)))
	p.g.Data(http.StatusOK, tipo, a.Contenido)
	return nil
}
