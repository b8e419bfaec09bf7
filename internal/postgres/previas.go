package postgres

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// previaHoja is a unit's sheet as a preview showed it, kept as JSON.
type previaHoja struct {
	Unidad string       `json:"unidad"`
	Codigo string       `json:"codigo"`
	Nombre string       `json:"nombre"`
	Huella string       `json:"huella"`
	Filas  []previaFila `json:"filas"`
}

type previaFila struct {
	Funcionario     string `json:"funcionario"`
	Legajo          string `json:"legajo"`
	Nombre          string `json:"nombre"`
	Modo            string `json:"modo"`
	Mes             string `json:"mes"`
	Ordinarias      [5]int `json:"ordinarias"`
	Extraordinarias [5]int `json:"extraordinarias"`
	Ajustes         int    `json:"ajustes"`
	Importe         *int64 `json:"importe,omitempty"`
	Prueba          string `json:"prueba"`
}

func previaHojaOf(p app.Planilla) previaHoja {
	return previaHoja{string(p.Unidad), p.Codigo, p.Nombre, p.Huella, each(p.Filas, func(f app.Fila) previaFila {
		return previaFila{string(f.Funcionario), f.Legajo, f.Nombre, string(f.Modo), f.Mes.String(), f.Ordinarias, f.Extraordinarias, f.Ajustes, f.Importe.Entero(), f.Prueba}
	})}
}

func (h previaHoja) planilla(m pa0580.Mes) app.Planilla {
	return app.Planilla{Mes: m, Unidad: pa0580.UnidadID(h.Unidad), Codigo: h.Codigo, Nombre: h.Nombre, Huella: h.Huella, Filas: each(h.Filas, previaFila.fila)}
}

func (f previaFila) fila() app.Fila {
	return app.Fila{
		Funcionario: pa0580.FuncionarioID(f.Funcionario), Legajo: f.Legajo, Nombre: f.Nombre, Modo: pa0580.Modo(f.Modo), Mes: mes(f.Mes),
		Cuentas: app.Cuentas{Ordinarias: f.Ordinarias, Extraordinarias: f.Extraordinarias, Ajustes: f.Ajustes, Importe: importe(f.Importe)}, Prueba: f.Prueba,
	}
}

// AddPrevia keeps what HR saw; seen again, it is the last one again.
func (s *Store) AddPrevia(ctx context.Context, v app.VistaPrevia, quien pa0580.FuncionarioID, at time.Time) error {
	_, err := s.db.NewRaw(`
INSERT INTO vistas_previas (mes, huella, actor_id, at, hojas) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (mes, huella) DO UPDATE SET actor_id = EXCLUDED.actor_id, at = EXCLUDED.at`,
		v.Mes.String(), v.Huella, quien, at, each(v.Unidades, previaHojaOf)).Exec(ctx)
	return seek("keep a preview", err)
}

// Previa is the last that HR saw of a month, of those with a digest or, where other
// is true, with another one.
func (s *Store) Previa(ctx context.Context, m pa0580.Mes, huella string, other bool) (*app.Previa, error) {
	var rows []struct {
		Huella string
		Por    string
		At     time.Time
		Hojas  []previaHoja
	}
	err := s.db.NewRaw(`
SELECT v.huella, f.nombre AS por, v.at, v.hojas FROM vistas_previas v JOIN funcionarios f ON f.id = v.actor_id
WHERE v.mes = ? AND (v.huella <> ?) = ? ORDER BY v.at DESC LIMIT 1`, m.String(), huella, other).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, seek("read a preview", err)
	}
	r := rows[0]
	return &app.Previa{Huella: r.Huella, Por: r.Por, At: pa0580.Local(r.At),
		Unidades: each(r.Hojas, func(h previaHoja) app.Planilla { return h.planilla(m) })}, nil
}
