package bench

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/bench/report"
)

// DESIGN's budgets of what is measured against something else in the same run.
const (
	budgetPath   = 0.8
	budgetFreeze = 2
	budgetDrain  = 0.9
)

// summarize turns what was found into figures: first what is the same on every
// machine.
func (m *measurement) summarize(ctx context.Context) error {
	if err := m.countWrites(ctx); err != nil {
		return err
	}
	f := &m.found
	m.report.Add(f.counts...)
	m.report.Add(m.cpuFigures()...)
	m.report.Add(m.ratios()...)
	m.report.Add(m.rates()...)
	m.report.Add(f.latency...)
	m.report.Add(report.Figure{
		ID: "espera.tardias", Group: "Espera", Name: "pedidos respondidos antes de aplicarse", Kind: report.Time, Value: float64(f.late.Load()),
	})
	return m.summarizeRows(ctx)
}

func (m *measurement) summarizeRows(context.Context) error {
	m.report.Add(m.found.rows...)
	return nil
}

// life are the phases that a gestión goes through.
func (f *found) life() []phase { return []phase{f.load, f.single, f.bulk, f.close} }

// share is how much of a whole month a phase stands for: half of the gestiones
// are decided one by one.
func (f *found) share(p phase) float64 {
	if p.n == f.load.n || p.n == f.close.n {
		return 1 / float64(p.n)
	}
	return 1 / float64(f.single.n+f.bulk.n)
}

// span is how long N gestiones took from load to told.
func (f *found) span() time.Duration {
	var out float64
	for _, p := range f.life() {
		out += p.took.Seconds() * f.share(p)
	}
	return time.Duration(out * float64(f.load.n) * float64(time.Second))
}

// countWrites asks the write-ahead log how many transactions wrote. It comes
// last: reading the log takes a while.
func (m *measurement) countWrites(ctx context.Context) error {
	if m.wal == nil {
		return nil
	}
	f := &m.found
	_, end := m.Progress("transacciones", len(f.life()))
	defer end()
	var ours, theirs float64
	for _, p := range f.life() {
		by, err := m.wal.written(ctx, p.from, p.to)
		if err != nil {
			return err
		}
		ours += float64(by[database]) * f.share(p)
		theirs += float64(by["temporal"]+by["temporal_visibility"]) * f.share(p)
	}
	figure := func(id, name string, v, budget float64) report.Figure {
		return report.Figure{ID: "cuenta." + id, Group: "Por gestión", Name: name, Kind: report.Count, Value: v, Budget: budget}
	}
	f.counts = append(f.counts,
		figure("escrituras", "transacciones nuestras que escriben", ours, budgetWrites),
		figure("escrituras.temporal", "transacciones de Temporal que escriben", theirs, 0))
	return nil
}

// cpuFigures are CPU-seconds per 1,000 gestiones, by part and in all.
func (m *measurement) cpuFigures() []report.Figure {
	f := &m.found
	used, whole := map[string]float64{}, 0.0
	for _, p := range f.life() {
		for part, d := range p.cpu {
			used[part] += 1000 * d.Seconds() * f.share(p)
			whole += 1000 * d.Seconds() * f.share(p)
		}
	}
	figure := func(id, name string, v, budget float64) report.Figure {
		return report.Figure{ID: "cpu." + id, Group: "CPU por 1.000 gestiones", Name: name, Kind: report.Rate, Value: v, Unit: "s", Budget: budget}
	}
	bare := 1000 * m.bareTimes.cpu.Seconds() / float64(m.bareTimes.n)
	out := []report.Figure{
		figure("total", "en total", whole, budgetCPU),
		figure("minimo", "flujo mínimo, en total", bare, 0),
		{ID: "cpu.razon", Group: "CPU por 1.000 gestiones", Name: "en total / flujo mínimo", Kind: report.Ratio, Value: whole / bare},
	}
	for _, part := range f.load.parts() {
		out = append(out, figure(part, part, used[part], 0))
	}
	return out
}

func (m *measurement) ratios() []report.Figure {
	f := &m.found
	path := perSecond(f.load.n, f.span())
	drain, bareDrain := perSecond(int(f.lines), f.drain), perSecond(m.bareTimes.n, m.bareTimes.ended)
	figure := func(id, name string, v, budget float64, more bool) report.Figure {
		return report.Figure{ID: "razon." + id, Group: "Razones", Name: name, Kind: report.Ratio, Value: v, Budget: budget, More: more}
	}
	return []report.Figure{
		figure("camino", "camino entero por HTTP / flujo mínimo", path/m.bareTimes.rate(), budgetPath, true),
		figure("camino.inmediato", "camino entero por HTTP / flujo mínimo que empieza en su proceso", path/m.eager.rate(), 0, true),
		figure("camino.suelo", "camino entero por HTTP / suelo SQL", path/f.floor.rate(), 0, true),
		figure("congelado", "congelado / INSERT y UPDATE solos", float64(median(f.ownFreeze))/float64(median(f.bareFreeze)), budgetFreeze, false),
		figure("drenaje", "drenaje / aviso y fin mínimos", drain/bareDrain, budgetDrain, true),
	}
}

func (m *measurement) rates() []report.Figure {
	f, bare := &m.found, m.bareTimes
	rate := func(id, name string, v float64) report.Figure {
		return report.Figure{ID: "ritmo." + id, Group: "Ritmo, 64 a la vez", Name: name, Kind: report.Rate, Value: v, Unit: "/s", More: true}
	}
	wait := func(id, name string, d time.Duration) report.Figure {
		return report.Figure{ID: "cierre." + id, Group: "Cierre", Name: name, Kind: report.Time, Value: milliseconds(d), Unit: "ms"}
	}
	return []report.Figure{
		rate("cargas", "cargas", f.load.rate()),
		rate("decisiones", "decisiones de a una", f.single.rate()),
		rate("lotes", "decisiones en lotes, aplicadas", f.bulk.rate()),
		rate("drenaje", "drenaje", perSecond(int(f.lines), f.drain)),
		rate("camino", "camino entero por HTTP", perSecond(f.load.n, f.span())),
		rate("suelo", "suelo SQL: los mismos commits", f.floor.rate()),
		rate("minimo", "flujo mínimo, vida entera", bare.rate()),
		rate("minimo.comienzo", "flujo mínimo: comienzo", perSecond(bare.n, bare.start)),
		rate("minimo.comienzo.inmediato", "flujo mínimo: comienzo en su proceso", perSecond(m.eager.n, m.eager.start)),
		rate("minimo.mensaje", "flujo mínimo: mensaje con respuesta", perSecond(bare.n, bare.decide)),
		rate("minimo.fin", "flujo mínimo: aviso y fin", perSecond(bare.n, bare.ended)),
		wait("vista", "vista previa", f.preview),
		wait("congelado", "congelado, como RRHH lo espera", f.freeze),
		wait("congelado.solo", "congelado, la transacción", median(f.ownFreeze)),
		wait("congelado.minimo", "INSERT y UPDATE solos", median(f.bareFreeze)),
	}
}
