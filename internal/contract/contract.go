// Package contract is what processes agree on over Temporal: names, ids and
// payloads. Payloads hold ids, estados and codes and nothing else: documents,
// names and free text stay in PostgreSQL, because a history is kept, copied and
// shown where personal data must not go (Ley 7593/2025). A field here is part
// of histories already written: add, never rename.
package contract

import (
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// TaskQueue is the queue that workers serve.
const TaskQueue = "pa0580"

// Workflow types.
const (
	WorkflowGestion        = "Gestion"
	WorkflowCierre         = "Cierre"
	WorkflowReconciliacion = "Reconciliacion"

	WorkflowReclamoFuncionario = "ReclamoFuncionario"
)

// Messages. The update and the signal of one thing share name, payload and handler.
const (
	Verificar = "verificar" // update, of processes and histories from before: waits until OPEN SGC answered
	Aplicar   = "aplicar"   // update and signal: a stored command is to be applied
	Incluir   = "incluir"   // update and signal: the freeze made it a planilla line
	Mirar     = "mirar"     // signal: the row moved, of a gestión or of a reclamo, and the workflow may not know
	Congelar  = "congelar"  // update of Cierre: carry out a stored order to close
)

// GestionWorkflowID is the workflow of one gestión.
func GestionWorkflowID(id pa0580.GestionID) string { return "gestion/" + string(id) }

// CierreWorkflowID is the workflow that closes one month for all units.
func CierreWorkflowID(mes pa0580.Mes) string { return "cierre/" + mes.String() }

// ReclamoWorkflowID is the workflow of one reclamo del funcionario.
func ReclamoWorkflowID(id pa0580.ReclamoFuncionarioID) string {
	return "reclamo-funcionario/" + string(id)
}

// ReconciliacionID is the Schedule that starts reconciliations, and the
// beginning of their workflows' ids.
const ReconciliacionID = "reconciliacion"

// PlazoReconciliacion bounds a periodic reconciliation, so that what it did is soon
// known and the next one starts.
const PlazoReconciliacion = 2 * time.Minute

// AplicarUpdateID names the application of one command.
func AplicarUpdateID(id pa0580.ComandoID) string { return "aplicar/" + string(id) }

// IncluirUpdateID names the last message of a life.
const IncluirUpdateID = "incluir"

// CongelarUpdateID names the carrying out of one order.
func CongelarUpdateID(id OrdenID) string { return "congelar/" + string(id) }

// RowState is a gestión's row as an activity left it. The zero value is a row
// not yet read.
type RowState struct {
	Estado  pa0580.Estado `json:"estado"`
	Version int64         `json:"version"`
}

// Aplicacion asks to apply a gestión's stored commands up to and including one.
type Aplicacion struct {
	Comando pa0580.ComandoID `json:"comando"`
}

// Applied is the recorded result of one command, and the row after all that
// were applied with it.
type Applied struct {
	Row       RowState         `json:"row"`
	Resultado pa0580.Resultado `json:"resultado"`
	Codigo    pa0580.Code      `json:"codigo,omitempty"` // why it ended sin_efecto
}

// ReclamoState is the row of a reclamo del funcionario as an activity left it.
type ReclamoState struct {
	Estado pa0580.EstadoReclamo `json:"estado"`
	Falta  time.Duration        `json:"falta,omitempty"` // until it lapses, ns; 0 where it does not any more
}

// OrdenID names a stored order to close a month.
type OrdenID string

// CierreInput starts the closing of a month. Drenar skips the waiting for an
// order: the month is frozen already and its gestiones are to be told.
type CierreInput struct {
	Mes    string `json:"mes"`
	Drenar bool   `json:"drenar,omitempty"`
}

// Congelacion asks a closing to carry out one order.
type Congelacion struct {
	Orden OrdenID `json:"orden"`
}

// Congelada is an order's recorded result.
type Congelada struct {
	Cerrado bool        `json:"cerrado"`          // this order closed the month
	Codigo  pa0580.Code `json:"codigo,omitempty"` // why not
	Lineas  int64       `json:"lineas"`
}

// Drenaje is how far the telling of frozen gestiones came.
type Drenaje struct {
	Avisadas int64  `json:"avisadas"`
	Fallidas int64  `json:"fallidas"` // left for the reconciler
	Tras     string `json:"tras"`     // last gestión told
}

// Reconciliada is how much one reconciliation sent again.
type Reconciliada struct {
	Comandos       int `json:"comandos"`       // gestiones told of their unapplied commands
	Ajenas         int `json:"ajenas"`         // open gestiones that another engine drove
	Verificaciones int `json:"verificaciones"` // those that wait for OPEN SGC, started where they were not running
	Movidas        int `json:"movidas"`        // gestiones moved lately whose workflow was had to look again
	Ordenes        int `json:"ordenes"`        // orders to close that were not carried out yet
	Cierres        int `json:"cierres"`        // closed months whose telling was taken up again
	Fallas         int `json:"fallas"`         // messages that failed; the next one tries them again

	Selladas int `json:"selladas,omitempty"` // audit entries sealed: the day's work, not something left undone
	// Archivos are the closed months whose files were to be written: those of Cierres
	// too, where they lacked both. Absent where there is none, as in older histories.
	Archivos int `json:"archivos,omitempty"`
	// Reclamos are those of funcionarios whose workflow was told, or started. Absent where
	// there is none.
	Reclamos int `json:"reclamos,omitempty"`

	// Cortada is the step at which its time was over or the engine fell silent: the
	// next one begins with what comes after it. Empty: it did all.
	Cortada string `json:"cortada,omitempty"`
	// Rotas are the steps that could not look for what to send, as people read them;
	// see Romper and PasosRotos.
	Rotas string `json:"rotas,omitempty"`
}

// entreRotas stands between the steps in Rotas. No step has it in its name.
const entreRotas = ", "

// Romper adds a step to Rotas.
func (r *Reconciliada) Romper(paso string) {
	if r.Rotas != "" {
		paso = r.Rotas + entreRotas + paso
	}
	r.Rotas = paso
}

// PasosRotos are the steps in Rotas.
func (r Reconciliada) PasosRotos() []string {
	if r.Rotas == "" {
		return nil
	}
	return strings.Split(r.Rotas, entreRotas)
}

// Nada tells a reconciliation that found nothing left undone.
func (r Reconciliada) Nada() bool { return r == Reconciliada{Selladas: r.Selladas} }
