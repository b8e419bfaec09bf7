// Package app holds what people do with Gestiones: load, correct, decide,
// close a month, keep the organisation. The JSON API and the pages call the
// same use cases; adapters implement the ports declared here. Whatever a use
// case refuses is a [pa0580.Refusal]; anything else is a fault.
package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Reloj gives the moment. Production reads the system's clock; only local mode
// and tests can move it.
type Reloj func() time.Time

// Config is what a utility may decide otherwise.
type Config struct {
	Patrones      pa0580.Patrones
	InusualPorDia int           // gestiones of one agent in a day from which the head is warned
	Espera        time.Duration // how long the counter waits for OPEN SGC before «recibida»
	MaxLote       int           // commands in one bulk request
	CierreDoble   bool          // a second person of HR confirms each close

	// ReconciliarTras is how old something stored must be before its message
	// counts as lost.
	ReconciliarTras time.Duration
}

// DefaultConfig is ANDE's.
func DefaultConfig() Config {
	return Config{Patrones: pa0580.PatronesANDE(), InusualPorDia: 100, Espera: 2 * time.Second, MaxLote: 1000, ReconciliarTras: 30 * time.Second}
}

// App is every use case over its ports.
type App struct {
	Store    Store
	Flow     Flow
	SGC      SGC
	Imprenta Imprenta
	Notario  Notario // nil where there is no key to sign with
	Copista  Copista
	Reloj    Reloj
	Config   Config
	Log      *slog.Logger

	background sync.WaitGroup // messages that outlive their requests, and extractions
	turns      turns
	waiting    waiting
	prensa     prensa
	avances    avances
}

// Drain waits, for a while, until every message accepted so far was handed to
// Temporal. What remains [App.Reconciliar] sends.
func (a *App) Drain(within time.Duration) {
	sent := make(chan struct{})
	go func() {
		a.background.Wait()
		close(sent)
	}()
	deadline, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	select {
	case <-sent:
	case <-deadline.Done():
		a.Log.Warn("stopped with messages unsent; the next reconciliation sends them")
	}
}
