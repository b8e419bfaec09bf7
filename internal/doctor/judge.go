package doctor

import (
	"fmt"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/contract"
)

// From when on something that waits is worth a person's attention.
const (
	lateCommand   = 2 * time.Minute
	lostCommand   = 15 * time.Minute
	lateReference = 10 * time.Minute
	lateOrder     = 2 * time.Minute
	lostOrder     = 10 * time.Minute
	lateTelling   = time.Hour // since the month was closed
	lateFiling    = time.Hour // the same
	slowSGC       = time.Second
	missedRuns    = 3 // reconciliations, the last of which may be taking all its time
)

// Judge turns symptoms into findings, in the order in which to look at them.
func Judge(s Symptoms) []Finding {
	var out []Finding
	say := func(n Nivel, tema, remedio, format string, args ...any) {
		if n == Bien {
			remedio = ""
		}
		out = append(out, Finding{Nivel: n, Tema: tema, Que: fmt.Sprintf(format, args...), Remedio: remedio})
	}
	s.disks(say)
	if !s.postgres(say) {
		return out // everything else is asked of it
	}
	engine := s.motor(say)
	s.commands(say)
	s.references(say)
	s.months(say)
	if engine {
		s.workflows(say)
	}
	s.claims(say)
	s.reconciler(say)
	s.seals(say)
	s.sgc(say)
	if s.Coherencia.Buscada {
		s.coherence(say)
	}
	return out
}

type sayer = func(n Nivel, tema, remedio, format string, args ...any)

func (s Symptoms) postgres(say sayer) bool {
	p := s.Postgres
	const tema = "PostgreSQL"
	if p.Err != nil {
		say(Grave, tema, "Revise que esté en marcha y que GESTIONES_DATABASE_URL sea la suya. Nadie puede cargar hasta entonces.", "No contesta: %s.", plain(p.Err))
		return false
	}
	if p.Esquema < p.Ultimo {
		say(Grave, tema, "Ejecute «gestiones migrate».", "El esquema está en la versión %d; este programa necesita la %d.", p.Esquema, p.Ultimo)
		return false
	}
	say(Bien, tema, "", "Versión %s, esquema %d, %s.", p.Version, p.Esquema, size(uint64(p.Bytes)))
	if p.Conexiones*10 >= p.Tope*9 {
		say(Aviso, tema, "Suba max_connections, o baje la cantidad de procesos.", "%d de %d conexiones en uso.", p.Conexiones, p.Tope)
	}
	if len(p.Olvidadizos) > 0 {
		say(Grave, tema, "Póngalos en «on»: lo que se acusa a un funcionario debe sobrevivir a un corte de luz.", "Puede olvidar lo que confirmó: %s.", strings.Join(p.Olvidadizos, "; "))
	}
	if len(p.Indiscretos) > 0 {
		say(Aviso, tema, "Cambie: "+strings.Join(p.Indiscretos, "; ")+" (README, «Deploy it»).", "Su registro puede recibir datos personales.")
	}
	return true
}

func (s Symptoms) motor(say sayer) bool {
	m := s.Motor
	const tema = "Temporal"
	switch {
	case m.SinNamespace:
		say(Grave, tema, "Si el motor es nuevo, regístrelo: «temporal operator namespace create --namespace … --retention 720h» (docs/operations.md, «El motor perdido»). Si no, revise GESTIONES_TEMPORAL_NAMESPACE.", "Contesta, y no tiene el namespace de Gestiones.")
		return false
	case m.Err != nil:
		say(Grave, tema, "Póngalo en marcha, o revise GESTIONES_TEMPORAL_ADDRESS y GESTIONES_TEMPORAL_NAMESPACE. Mientras tanto se sigue cargando y decidiendo; se aplica cuando vuelva.", "No contesta: %s.", plain(m.Err))
		return false
	case m.Workflows == 0 || m.Actividades == 0:
		say(Grave, tema, "Ponga en marcha «gestiones work»: sin él nadie cierra meses, reconcilia ni vuelve a preguntar a OPEN SGC, y sin él ni «serve» nadie aplica lo guardado.", "Contesta, pero ningún «gestiones work» trabaja su cola de tareas.")
	default:
		say(Bien, tema, "", "Contesta (época %s). Trabajan su cola: %d para workflows, %d para actividades.", m.Epoca, m.Workflows, m.Actividades)
	}
	if n := s.Pulso.Ajenas; n > 0 {
		say(Aviso, tema, "Ejecute «gestiones reconcile» o espere a la próxima reconciliación.", "De otro motor: %d de %d gestiones abiertas.", n, s.Pulso.Abiertas)
	}
	return true
}

func (s Symptoms) commands(say sayer) {
	n, age := s.Pulso.SinAplicar, s.age(s.Pulso.SinAplicarDesde)
	level := Bien
	switch {
	case age > lostCommand:
		level = Grave
	case age > lateCommand:
		level = Aviso
	}
	if n == 0 {
		say(Bien, "Pedidos", "", "Ninguno espera ser aplicado.")
		return
	}
	say(level, "Pedidos", "Si Temporal y «gestiones work» están bien, ejecute «gestiones reconcile»; si siguen, busque «apply command» en los registros de serve y de work.",
		"Esperan ser aplicados: %d; el más viejo, hace %s.", n, since(age))
}

func (s Symptoms) references(say sayer) {
	n, age := s.Pulso.Recibidas, s.age(s.Pulso.RecibidaDesde)
	if n == 0 {
		say(Bien, "Verificación", "", "Ninguna gestión espera a OPEN SGC.")
		return
	}
	level := late(age, lateReference)
	say(level, "Verificación", "Busque «ask OPEN SGC» en los registros de serve y de work: dicen qué contesta OPEN SGC. Cuando conteste se verifican solas; si contesta y no avanzan, ejecute «gestiones reconcile --todas».",
		"Gestiones que esperan a OPEN SGC: %d; la más vieja, hace %s.", n, since(age))
}

// late is how grave it is that something waits, which may for so long.
func late(age, limit time.Duration) Nivel {
	if age > limit {
		return Aviso
	}
	return Bien
}

func (s Symptoms) months(say sayer) {
	if n, age := s.Pulso.Ordenes, s.age(s.Pulso.OrdenDesde); n > 0 {
		level := Bien
		switch {
		case age > lostOrder:
			level = Grave
		case age > lateOrder:
			level = Aviso
		}
		say(level, "Cierre", "Vea el workflow cierre/AAAA-MM en Temporal y el registro de work; «gestiones reconcile» la vuelve a mandar.",
			"Órdenes de cierre sin llevar a cabo: %d; la más vieja, hace %s.", n, since(age))
	}
	if n, age := s.Pulso.SinAvisar, s.age(s.Pulso.CierreDesde); n > 0 {
		level := late(age, lateTelling)
		say(level, "Cierre", "Vea el workflow cierre/AAAA-MM en Temporal y el registro de work; «gestiones reconcile» retoma los avisos.", "Avisos de inclusión que faltan: %d. La planilla ya está firme y los workflows terminan a medida que se les avisa.", n)
	}
	if n, age := s.Pulso.SinArchivar, s.age(s.Pulso.ArchivoDesde); n > 0 {
		level := late(age, lateFiling)
		say(level, "Cierre", "Busque «file month» en el registro de work, que dice cuál no se puede escribir; «gestiones reconcile» retoma los demás. Mientras tanto quien pide uno lo recibe igual.",
			"Archivos de planillas sin escribir: %d; el mes más viejo con alguno se cerró hace %s.", n, since(age))
	}
	if n, age := s.Pulso.SinProbar, s.age(s.Pulso.ProbarDesde); n > 0 {
		level := late(age, lateFiling)
		say(level, "Cierre", "Compruebe que «work» tenga GESTIONES_SIGNING_KEY_FILE (la clave la hace «gestiones key new»); si la tiene, busque «certify month» en su registro.",
			"Cierres sin manifiesto firmado: %d; el más viejo, de hace %s. Están firmes, pero nada los prueba fuera de la base.", n, since(age))
	}
	if n := s.Pulso.Infirmables; n > 0 {
		say(Grave, "Cierre", "«gestiones verify --database» nombra lo que cambió; vea «Un mes que no se firma» en docs/operations.md.",
			"Cierres que no se firman: %d. No están como la auditoría dice que se cerraron, o se les quitó el manifiesto.", n)
	}
}

func (s Symptoms) workflows(say sayer) {
	w := s.Workflows
	const tema = "Workflows"
	if w.Err != nil {
		say(Aviso, tema, "Repita; si persiste, revise Temporal.", "Se miraron %d y los demás no se pudo: %s.", w.Mirados, plain(w.Err))
	}
	if len(w.Faltan) > 0 {
		say(Aviso, tema, "Ejecute «gestiones reconcile --todas».", "No están en marcha: %d de %d mirados (%s).", len(w.Faltan), w.Mirados, some(w.Faltan))
	}
	if len(w.Trabados) > 0 {
		say(Grave, tema, "Vea su error en Temporal: suele ser un programa que no repite una historia vieja; vuelva a la versión anterior.",
			"Fallan una y otra vez: %d de %d mirados (%s).", len(w.Trabados), w.Mirados, some(w.Trabados))
	}
	if w.Err == nil && len(w.Faltan)+len(w.Trabados) == 0 {
		say(Bien, tema, "", "En marcha los %d mirados; gestiones abiertas: %d.", w.Mirados, s.Pulso.Abiertas)
	}
}

func (s Symptoms) reconciler(say sayer) {
	const tema = "Reconciliación"
	s.schedule(say, tema)
	const remedy = "Revise que «gestiones work» esté en marcha; si lo está, vea sus errores en su registro y los workflows «reconciliacion-…» en Temporal. «gestiones reconcile» hace una ahora."
	if s.Ultima == nil {
		say(Aviso, tema, remedy, "No hubo ninguna todavía.")
		return
	}
	age := s.Now.Sub(s.Ultima.TerminadaAt)
	if age < -s.Cada {
		say(Aviso, "Reloj", "Sincronice los relojes de las máquinas: mientras tanto nadie nota una reconciliación que falta.",
			"La última reconciliación terminó %s después de ahora.", since(-age))
	}
	level := late(age, s.lateReconciliation())
	h := s.Ultima.Hallazgos
	text := "no encontró nada que hacer"
	if !h.Nada() {
		text = fmt.Sprintf("volvió a mandar: pedidos %d, gestiones movidas %d, de otro motor %d, verificaciones %d, órdenes %d, cierres %d, meses sin archivos %d, reclamos %d; fallaron %d",
			h.Comandos, h.Movidas, h.Ajenas, h.Verificaciones, h.Ordenes, h.Cierres, h.Archivos, h.Reclamos, h.Fallas)
	}
	if h.Selladas > 0 {
		text += fmt.Sprintf("; selló %d asientos de la auditoría", h.Selladas)
	}
	if h.Cortada != "" {
		text += "; se quedó sin tiempo o sin Temporal en «" + h.Cortada + "», y sigue la próxima"
	}
	if h.Rotas != "" {
		text += "; no pudo buscar: " + h.Rotas
	}
	if h.Fallas > 0 || h.Rotas != "" {
		level = max(level, Aviso)
	}
	say(level, tema, remedy, "La última, hace %s, %s.", since(max(0, age)), text)
}

// lateReconciliation is how long after the last one ended the next should have.
func (s Symptoms) lateReconciliation() time.Duration {
	return missedRuns*s.Cada + contract.PlazoReconciliacion
}

// schedule judges what starts reconciliations. Local mode makes them without.
func (s Symptoms) schedule(say sayer, tema string) {
	switch m := s.Motor; {
	case m.Err != nil:
	case m.Pausada:
		say(Aviso, tema, "Reanude el Schedule «reconciliacion» en Temporal.", "Está en pausa.")
	case !m.Programada && (s.Ultima == nil || s.Now.Sub(s.Ultima.TerminadaAt) > s.lateReconciliation()):
		say(Aviso, tema, "Lo crea «gestiones work»: póngalo en marcha o, si lo está, busque «Schedule» en su registro. «gestiones reconcile» hace una ahora.",
			"No hay Schedule «reconciliacion» en Temporal.")
	}
}

func (s Symptoms) sgc(say sayer) {
	const tema = "OPEN SGC"
	switch {
	case s.SGC.Err != nil:
		say(Aviso, tema, "Avise a quien lo opera. Se sigue cargando: las gestiones se verifican cuando conteste.", "No contesta.")
	case s.SGC.Vacio:
		say(Grave, tema, "Cárguelo: «gestiones import sgc ARCHIVO…».", "Su espejo está vacío: toda referencia se rechazaría.")
	case s.SGC.Demora > slowSGC:
		say(Aviso, tema, "Avise a quien lo opera.", "Contesta en %s.", since(s.SGC.Demora))
	case s.Pulso.Recibidas > 0:
		say(Bien, tema, "", "Su espejo contesta al doctor en %d ms, pero hay gestiones que esperan: si no avanzan, busque «ask OPEN SGC» en los registros de serve y de work.", s.SGC.Demora.Milliseconds())
	default:
		say(Bien, tema, "", "Contesta en %d ms.", s.SGC.Demora.Milliseconds())
	}
}

func (s Symptoms) disks(say sayer) {
	for _, d := range s.Discos {
		if d.Err != nil || d.Total == 0 {
			say(Aviso, "Disco", "Indique una carpeta que exista con --disco.", "No se pudo mirar %s.", d.Ruta)
			continue
		}
		level, share := Bien, 100*float64(d.Libre)/float64(d.Total)
		switch {
		case share < 5 || d.Libre < 1<<30:
			level = Grave
		case share < 15:
			level = Aviso
		}
		say(level, "Disco", "Haga lugar: sin disco se detiene lo que guarde aquí sus datos. Los de PostgreSQL y Temporal pueden estar en otra máquina, cuyo disco no se ve desde esta.",
			"En esta máquina, %s: libres %s de %s (%.0f %%).", d.Ruta, size(d.Libre), size(d.Total), share)
	}
}

func (s Symptoms) coherence(say sayer) {
	const tema = "Coherencia"
	switch c := s.Coherencia; {
	case c.Err != nil:
		say(Aviso, tema, "Repita; no dice que algo esté mal, sino que no se sabe.", "No se pudo buscar: %s.", plain(c.Err))
	case len(c.Faltas) == 0:
		say(Bien, tema, "", "Filas, pedidos, auditoría y planillas concuerdan.")
	}
	for _, text := range s.Coherencia.Faltas {
		say(Grave, tema, "No corrija a mano: guarde una copia de la base y pida ayuda.", "%s", text)
	}
}

func (s Symptoms) age(t *time.Time) time.Duration {
	if t == nil {
		return 0
	}
	return max(0, s.Now.Sub(*t))
}

// plain is an error's text as the end of a sentence.
func plain(err error) string { return strings.TrimRight(err.Error(), ".") }

// some names the first of many.
func some(ids []string) string {
	if len(ids) > 3 {
		return strings.Join(ids[:3], ", ") + "…"
	}
	return strings.Join(ids, ", ")
}

func since(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d días", int(d.Hours()/24))
}

func size(bytes uint64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%d MB", bytes>>20)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
}
