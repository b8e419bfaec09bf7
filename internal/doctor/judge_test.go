package doctor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
)

var night = time.Date(2026, time.November, 3, 3, 0, 0, 0, time.UTC)

func ago(d time.Duration) *time.Time {
	at := night.Add(-d)
	return &at
}

func healthy() Symptoms {
	return Symptoms{
		Now: night, Cada: 30 * time.Second,
		Postgres: Postgres{Version: "16.4", Esquema: 2, Ultimo: 2, Conexiones: 10, Tope: 100, Bytes: 5 << 30},
		Pulso:    app.Pulso{Abiertas: 40},
		Ultima:   &app.Reconciliacion{TerminadaAt: *ago(20 * time.Second)},
		Motor:    Motor{Epoca: "e", Workflows: 2, Actividades: 2, Programada: true},
		SGC:      SGC{Demora: 3 * time.Millisecond},
		Discos:   []Disco{{Ruta: "/", Libre: 50 << 30, Total: 100 << 30}},
	}
}

func TestEachSymptomHasItsFindingAndRemedy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fall  func(*Symptoms)
		nivel Nivel
		tema  string
		says  string
	}{
		"PostgreSQL away":                               {func(s *Symptoms) { s.Postgres = Postgres{Err: errors.New("reach PostgreSQL")} }, Grave, "PostgreSQL", "No contesta"},
		"an old schema":                                 {func(s *Symptoms) { s.Postgres.Esquema = 1 }, Grave, "PostgreSQL", "versión 1"},
		"hardly a connection left":                      {func(s *Symptoms) { s.Postgres.Conexiones = 95 }, Aviso, "PostgreSQL", "95 de 100"},
		"a talkative log":                               {func(s *Symptoms) { s.Postgres.Indiscretos = []string{"log_statement = none"} }, Aviso, "PostgreSQL", "datos personales"},
		"a forgetful server":                            {func(s *Symptoms) { s.Postgres.Olvidadizos = []string{"fsync = off"} }, Grave, "PostgreSQL", "fsync = off"},
		"Temporal away":                                 {func(s *Symptoms) { s.Motor = Motor{Err: errors.New("unavailable")} }, Grave, "Temporal", "No contesta"},
		"nobody works":                                  {func(s *Symptoms) { s.Motor.Workflows = 0 }, Grave, "Temporal", "ningún «gestiones work» trabaja"},
		"only APIs work":                                {func(s *Symptoms) { s.Motor.Actividades = 0 }, Grave, "Temporal", "ningún «gestiones work» trabaja"},
		"a lost engine":                                 {func(s *Symptoms) { s.Pulso.Ajenas = 12 }, Aviso, "Temporal", "12 de 40"},
		"a command late":                                {func(s *Symptoms) { s.Pulso.SinAplicar, s.Pulso.SinAplicarDesde = 3, ago(3*time.Minute) }, Aviso, "Pedidos", "hace 3 min"},
		"a command lost":                                {func(s *Symptoms) { s.Pulso.SinAplicar, s.Pulso.SinAplicarDesde = 3, ago(2*time.Hour) }, Grave, "Pedidos", "hace 2 h"},
		"a command just stored":                         {func(s *Symptoms) { s.Pulso.SinAplicar, s.Pulso.SinAplicarDesde = 1, ago(time.Second) }, Bien, "Pedidos", "aplicados: 1"},
		"OPEN SGC silent for long":                      {func(s *Symptoms) { s.Pulso.Recibidas, s.Pulso.RecibidaDesde = 9, ago(time.Hour) }, Aviso, "Verificación", "OPEN SGC: 9"},
		"an order stuck":                                {func(s *Symptoms) { s.Pulso.Ordenes, s.Pulso.OrdenDesde = 1, ago(time.Hour) }, Grave, "Cierre", "cabo: 1"},
		"entries just audited":                          {func(s *Symptoms) { s.Pulso.SinSellar, s.Pulso.SinSellarDesde = 3, ago(time.Minute) }, Bien, "Sellos", "por sellar: 3"},
		"entries long unsealed":                         {func(s *Symptoms) { s.Pulso.SinSellar, s.Pulso.SinSellarDesde = 3, ago(time.Hour) }, Aviso, "Sellos", "hace 1 h"},
		"a dump restored where less was counted":        {func(s *Symptoms) { s.Pulso.ContadorAtras = true }, Grave, "Sellos", "volcado"},
		"claims that nobody answered":                   {func(s *Symptoms) { s.Pulso.Reclamos, s.Pulso.ReclamoDesde = 2, ago(50*time.Hour) }, Bien, "Reclamos", "sin respuesta: 2"},
		"a drain under way":                             {func(s *Symptoms) { s.Pulso.SinAvisar = 700 }, Bien, "Cierre", "700"},
		"files being written":                           {func(s *Symptoms) { s.Pulso.SinArchivar, s.Pulso.ArchivoDesde = 70, ago(time.Minute) }, Bien, "Cierre", "sin escribir: 70"},
		"a close just signed for":                       {func(s *Symptoms) { s.Pulso.SinProbar, s.Pulso.ProbarDesde = 1, ago(time.Minute) }, Bien, "Cierre", "sin manifiesto firmado: 1"},
		"closes that cannot be signed for":              {func(s *Symptoms) { s.Pulso.Infirmables = 1 }, Grave, "Cierre", "no se firman: 1"},
		"closes that nobody signs for":                  {func(s *Symptoms) { s.Pulso.SinProbar, s.Pulso.ProbarDesde = 2, ago(3*time.Hour) }, Aviso, "Cierre", "sin manifiesto firmado: 2"},
		"files that nobody writes":                      {func(s *Symptoms) { s.Pulso.SinArchivar, s.Pulso.ArchivoDesde = 5, ago(3*time.Hour) }, Aviso, "Cierre", "sin escribir: 5"},
		"a workflow missing":                            {func(s *Symptoms) { s.Workflows = Workflows{Mirados: 9, Faltan: []string{"a"}} }, Aviso, "Workflows", "1 de 9"},
		"a workflow stuck":                              {func(s *Symptoms) { s.Workflows = Workflows{Mirados: 9, Trabados: []string{"a", "b", "c", "d"}} }, Grave, "Workflows", "a, b, c…"},
		"no reconciliation ever":                        {func(s *Symptoms) { s.Ultima = nil }, Aviso, "Reconciliación", "ninguna"},
		"reconciliations that stopped":                  {func(s *Symptoms) { s.Ultima.TerminadaAt = *ago(time.Hour) }, Aviso, "Reconciliación", "hace 1 h"},
		"reconciliations that fail":                     {func(s *Symptoms) { s.Ultima.Hallazgos = contract.Reconciliada{Fallas: 4} }, Aviso, "Reconciliación", "fallaron 4"},
		"a reconciliation that takes all its time":      {func(s *Symptoms) { s.Ultima.TerminadaAt = *ago(170 * time.Second) }, Bien, "Reconciliación", "hace 2 min"},
		"a reconciliation that could not look":          {func(s *Symptoms) { s.Ultima.Hallazgos = contract.Reconciliada{Rotas: "movidas"} }, Aviso, "Reconciliación", "no pudo buscar: movidas"},
		"a reconciliation cut short":                    {func(s *Symptoms) { s.Ultima.Hallazgos = contract.Reconciliada{Comandos: 9, Cortada: "pedidos"} }, Bien, "Reconciliación", "en «pedidos»"},
		"a paused schedule, and no reconciliation ever": {func(s *Symptoms) { s.Motor.Pausada, s.Ultima = true, nil }, Aviso, "Reconciliación", "pausa"},
		"no schedule, and none ever":                    {func(s *Symptoms) { s.Motor.Programada, s.Ultima = false, nil }, Aviso, "Reconciliación", "ninguna"},
		"a deleted schedule":                            {func(s *Symptoms) { s.Motor.Programada = false; s.Ultima.TerminadaAt = *ago(4 * time.Minute) }, Aviso, "Reconciliación", "No hay Schedule"},
		"no schedule in local mode":                     {func(s *Symptoms) { s.Motor.Programada = false }, Bien, "Reconciliación", "hace 20 s"},
		"a look cut short":                              {func(s *Symptoms) { s.Workflows = Workflows{Mirados: 9, Err: errors.New("late")} }, Aviso, "Workflows", "Se miraron 9"},
		"some missing before that":                      {func(s *Symptoms) { s.Workflows = Workflows{Mirados: 9, Faltan: []string{"a"}, Err: errors.New("late")} }, Aviso, "Workflows", "1 de 9"},
		"rows that contradict":                          {func(s *Symptoms) { s.Coherencia = Coherencia{Buscada: true, Faltas: []string{"Falta la planilla 3."}} }, Grave, "Coherencia", "planilla 3"},
		"a search that failed":                          {func(s *Symptoms) { s.Coherencia = Coherencia{Buscada: true, Err: errors.New("late")} }, Aviso, "Coherencia", "No se pudo buscar"},
		"rows that agree":                               {func(s *Symptoms) { s.Coherencia.Buscada = true }, Bien, "Coherencia", "concuerdan"},
		"a paused schedule":                             {func(s *Symptoms) { s.Motor.Pausada = true }, Aviso, "Reconciliación", "pausa"},
		"OPEN SGC away":                                 {func(s *Symptoms) { s.SGC.Err = errors.New("no route") }, Aviso, "OPEN SGC", "No contesta"},
		"OPEN SGC slow":                                 {func(s *Symptoms) { s.SGC.Demora = 3 * time.Second }, Aviso, "OPEN SGC", "3 s"},
		"an empty mirror":                               {func(s *Symptoms) { s.SGC.Vacio = true }, Grave, "OPEN SGC", "vacío"},
		"a disk filling up":                             {func(s *Symptoms) { s.Discos[0].Libre = 10 << 30 }, Aviso, "Disco", "10 %"},
		"a full disk":                                   {func(s *Symptoms) { s.Discos[0].Libre = 1 << 20 }, Grave, "Disco", "1 MB"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := healthy()
			tt.fall(&s)
			found := Judge(s)
			if worst := Worst(found); worst != tt.nivel {
				t.Errorf("worst is %s, want %s: %+v", worst, tt.nivel, found)
			}
			told := false
			for _, f := range found {
				told = told || f.Tema == tt.tema && f.Nivel == tt.nivel && strings.Contains(f.Que, tt.says)
				if (f.Nivel != Bien) != (f.Remedio != "") {
					t.Errorf("%s finding with remedy %q: %s", f.Nivel, f.Remedio, f.Que)
				}
			}
			if !told {
				t.Errorf("%s does not say %q: %+v", tt.tema, tt.says, found)
			}
		})
	}
	if worst := Worst(Judge(healthy())); worst != Bien {
		t.Errorf("a healthy system is %s", worst)
	}
}
