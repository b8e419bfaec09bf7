// Package doctor judges the symptoms of a running Gestiones for whoever operates
// it: what is wrong, how bad it is and what to do about it. It asks nobody
// anything; internal/boot gathers the symptoms.
package doctor

import (
	"time"

	"ande.gov.py/gestiones/internal/app"
)

// Nivel is how bad a finding is; it is the exit status that monitors expect
// (Nagios plugin conventions: 0 OK, 1 WARNING, 2 CRITICAL; 3 UNKNOWN is for a
// doctor that could not look).
type Nivel int

// Levels, the worst last.
const (
	Bien Nivel = iota
	Aviso
	Grave
)

func (n Nivel) String() string { return [...]string{"bien", "aviso", "grave"}[n] }

// MarshalText writes the level as people read it.
func (n Nivel) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// Finding is one thing looked at. Texts are Spanish and hold no personal data.
type Finding struct {
	Nivel   Nivel  `json:"nivel"`
	Tema    string `json:"tema"`
	Que     string `json:"que"`
	Remedio string `json:"remedio,omitempty"` // empty where nothing is to be done
}

// Worst is the level of the worst finding.
func Worst(fs []Finding) Nivel {
	worst := Bien
	for _, f := range fs {
		worst = max(worst, f.Nivel)
	}
	return worst
}

// Symptoms is all that was seen. A part whose Err is set has nothing else.
type Symptoms struct {
	Now        time.Time
	Cada       time.Duration // how often the reconciler should run
	Postgres   Postgres
	Pulso      app.Pulso
	Ultima     *app.Reconciliacion
	Motor      Motor
	Workflows  Workflows
	SGC        SGC
	Discos     []Disco
	Coherencia Coherencia
}

// Postgres is the system of record.
type Postgres struct {
	Err              error
	Version          string
	Esquema, Ultimo  int64 // the schema's version and the program's
	Conexiones, Tope int
	Bytes            int64
	Indiscretos      []string // settings with which its log may receive personal data
	Olvidadizos      []string // settings with which it may forget what it committed
}

// Motor is Temporal.
type Motor struct {
	Err                    error
	SinNamespace           bool // it answers, and does not know ours
	Epoca                  string
	Workflows, Actividades int // pollers of the task queue
	Programada             bool
	Pausada                bool
}

// Workflows is what a look at open gestiones' workflows found, up to what ended it.
type Workflows struct {
	Err      error // not all could be looked at
	Mirados  int
	Faltan   []string // gestiones whose workflow is not running
	Trabados []string // whose workflow task fails again and again
}

// SGC is OPEN SGC.
type SGC struct {
	Err    error
	Demora time.Duration
	Vacio  bool // the mirror holds nothing
}

// Coherencia is what the thorough search for contradictions between rows found.
type Coherencia struct {
	Buscada bool  // it was asked for
	Err     error // it could not be made
	Faltas  []string
}

// Disco is a file system of the machine that the doctor runs on, which need not be
// PostgreSQL's.
type Disco struct {
	Ruta         string
	Err          error
	Libre, Total uint64 // bytes
}
