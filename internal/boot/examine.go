package boot

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/serviceerror"
	"golang.org/x/sys/unix"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/doctor"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
)

const (
	examineIn = 5 * time.Second // each part
	scrapeIn  = time.Second     // a scrape waits for Temporal
)

// Examine gathers what the doctor judges. It changes nothing. With a part out
// of reach it tells that and goes on with the others. Thorough looks at the
// workflow of every open gestión instead of some, and searches the rows for
// contradictions, which reads whole tables.
func (s *System) Examine(ctx context.Context, disks []string, thorough bool) doctor.Symptoms {
	out := doctor.Symptoms{Now: s.config.Reloj(), Cada: s.config.ReconciliarCada}
	for _, path := range disks {
		out.Discos = append(out.Discos, disk(path))
	}
	if out.Postgres = s.examinePostgres(ctx); out.Postgres.Err != nil || out.Postgres.Esquema < out.Postgres.Ultimo {
		return out
	}
	out.Motor = s.examineEngine(ctx)
	soon, cancel := context.WithTimeout(ctx, examineIn)
	defer cancel()
	var err error
	if out.Pulso, err = s.Store.Pulso(soon, out.Motor.Epoca); err == nil {
		out.Ultima, err = s.Store.UltimaReconciliacion(soon)
	}
	out.Now = s.config.Reloj() // after what it is held against
	if err != nil {
		out.Postgres = doctor.Postgres{Err: err}
		return out
	}
	if out.Motor.Err == nil {
		out.Workflows = s.examineWorkflows(ctx, thorough)
	}
	out.SGC = s.examineSGC(ctx)
	if thorough {
		out.Coherencia.Buscada = true
		out.Coherencia.Faltas, out.Coherencia.Err = s.Store.Inconsistencias(ctx)
	}
	return out
}

func (s *System) examinePostgres(ctx context.Context) (p doctor.Postgres) {
	ctx, cancel := context.WithTimeout(ctx, examineIn)
	defer cancel()
	if p.Err = s.Store.Ping(ctx); p.Err != nil {
		return p
	}
	if p.Esquema, p.Ultimo, p.Err = postgres.MigrationStatus(ctx, s.config.URL); p.Err != nil || p.Esquema < p.Ultimo {
		return p
	}
	server, err := s.Store.Servidor(ctx)
	if err == nil {
		p.Version, p.Conexiones, p.Tope, p.Bytes = server.Version, server.Conexiones, server.Tope, server.Bytes
		p.Indiscretos, err = s.Store.Indiscretos(ctx)
	}
	if err == nil {
		p.Olvidadizos, err = s.Store.Olvidadizos(ctx)
	}
	p.Err = err
	return p
}

func (s *System) examineEngine(ctx context.Context) (m doctor.Motor) {
	if s.flow == nil {
		m.Err = errNoEngine
		return m
	}
	ctx, cancel := context.WithTimeout(ctx, examineIn)
	defer cancel()
	if m.Epoca, m.Err = s.flow.Motor(ctx); m.Err != nil {
		var unknown *serviceerror.NamespaceNotFound
		m.SinNamespace = errors.As(m.Err, &unknown)
		return m
	}
	if m.Workflows, m.Actividades, m.Err = s.flow.Pollers(ctx); m.Err != nil {
		return m
	}
	m.Programada, m.Pausada, m.Err = s.flow.Programada(ctx)
	return m
}

// examineSGC asks OPEN SGC about a supply; that it has none is an answer.
func (s *System) examineSGC(ctx context.Context) (out doctor.SGC) {
	ctx, cancel := context.WithTimeout(ctx, examineIn)
	defer cancel()
	begin := time.Now()
	_, err := s.sgc.Consultar(ctx, pa0580.Referencia{Tipo: pa0580.NIS, Numero: "10000"})
	out.Demora = time.Since(begin)
	if len(pa0580.RefusalsIn(err)) > 0 {
		err = nil
	}
	if out.Err = err; err == nil {
		out.Vacio, out.Err = s.Store.EspejoVacio(ctx)
	}
	return out
}

func disk(path string) doctor.Disco {
	var fs unix.Statfs_t
	d := doctor.Disco{Ruta: path}
	if d.Err = unix.Statfs(path, &fs); d.Err == nil {
		d.Libre, d.Total = fs.Bavail*uint64(fs.Bsize), fs.Blocks*uint64(fs.Bsize)
	}
	return d
}

// Pulso is how much waits, for metrics. Without the engine's epoch, which is
// asked for, what it says of other engines' gestiones means nothing.
func (s *System) Pulso(ctx context.Context) (pulse app.Pulso, epoch bool, err error) {
	motor := s.motor(ctx)
	pulse, err = s.Store.Pulso(ctx, motor)
	return pulse, motor != "", err
}

// motor is the engine's epoch, empty where it does not tell it at once.
func (s *System) motor(ctx context.Context) string {
	if s.flow == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, scrapeIn)
	defer cancel()
	motor, err := s.flow.Motor(ctx)
	if err != nil {
		return ""
	}
	return motor
}
