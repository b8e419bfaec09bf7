package pa0580

import (
	"errors"
	"strings"
)

// Code names one reason to refuse. Codes are stable: programs depend on them.
type Code string

// The reasons there are.
const (
	CodeDocumentType     Code = "DOCUMENTO_TIPO"
	CodeDocumentFormat   Code = "DOCUMENTO_FORMATO"
	CodeCheckDigit       Code = "DOCUMENTO_DIGITO"
	CodeReferenceType    Code = "REFERENCIA_TIPO"
	CodeReferenceFormat  Code = "REFERENCIA_FORMATO"
	CodeReferenceUnknown Code = "REFERENCIA_INEXISTENTE"
	CodeTipoGestion      Code = "TIPO_GESTION"
	CodeRemark           Code = "OBSERVACION"
	CodeField            Code = "CAMPO"       // missing or malformed field outside the five steps
	CodeUnknownField     Code = "CAMPO_AJENO" // a field the command does not have
	CodeClientTime       Code = "HORA_AJENA"  // the moment is the server's, never the client's
	CodeUnit             Code = "UNIDAD"      // unit missing where several apply, or not one of theirs
	CodeNotRostered      Code = "SIN_ASIGNACION"
	CodeForbidden        Code = "SIN_PERMISO"
	CodeOwnGestion       Code = "GESTION_PROPIA"
	CodeNotFound         Code = "NO_ENCONTRADO"
	CodeStale            Code = "VERSION"
	CodeWrongEstado      Code = "ESTADO"
	CodeReasonMissing    Code = "MOTIVO"
	CodeCorte            Code = "CORTE"              // the month's corte has passed, or is not yet set
	CodeMonthNotOver     Code = "MES_EN_CURSO"       // only a month that is over closes
	CodeMonthOrder       Code = "MES_FUERA_DE_ORDEN" // months close in order
	CodeMonthClosed      Code = "MES_CERRADO"
	CodeDigest           Code = "HUELLA"        // what HR saw in the preview has moved
	CodeUnapplied        Code = "SIN_APLICAR"   // a command from before the corte is not applied yet
	CodeIdentity         Code = "NO_CUADRA"     // what would be paid is not what was approved
	CodeNothing          Code = "SIN_AJUSTES"   // a complementaria has nothing to correct
	CodeUnconfirmed      Code = "SIN_CONFIRMAR" // an order to close waits for its second person
	CodeWithdrawn        Code = "RETIRADA"      // an order to close, before it was confirmed
	CodeSuperseded       Code = "REEMPLAZADA"   // by another order of its month, before it was confirmed
	CodeIdempotency      Code = "CLAVE_REPETIDA"
	CodeConflict         Code = "CONFLICTO"
	CodeTooMany          Code = "DEMASIADAS_FILAS" // more than fit into what was asked for
)

// Refusal is PA0580 saying no. Any other error is a fault and may be retried.
type Refusal struct {
	Paso    int    // step of the procedure: 10, 20, 30, 40, 50; 0 when none
	Code    Code   // stable, for programs
	Campo   string // field of the command
	Message string // Spanish, for the person: what is wrong and how to mend it
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Message }

// Refuse builds a refusal for adapters that judge what the rules cannot see,
// such as a unit that does not exist.
func Refuse(paso int, code Code, campo, message string) *Refusal {
	return &Refusal{Paso: paso, Code: code, Campo: campo, Message: message}
}

// Refusals is every reason at once, in the order of the steps.
type Refusals []*Refusal

func (rs Refusals) Error() string {
	texts := make([]string, len(rs))
	for i, r := range rs {
		texts[i] = r.Error()
	}
	return strings.Join(texts, "; ")
}

// RefusalsIn finds the refusals that err carries, alone or several; none means
// that err is a fault.
func RefusalsIn(err error) Refusals {
	var many Refusals
	if errors.As(err, &many) {
		return many
	}
	var one *Refusal
	if errors.As(err, &one) {
		return Refusals{one}
	}
	return nil
}

// Recorded is the refusal of a command whose outcome was recorded as a code.
func Recorded(code Code) *Refusal {
	r, ok := recorded[code]
	if !ok {
		r = Refusal{Message: "El pedido no pudo aplicarse."}
	}
	r.Code = code
	return &r
}

var recorded = map[Code]Refusal{
	CodeStale:            {Campo: "version", Message: "La gestión cambió antes de que se aplicara: ábrala de nuevo y repita."},
	CodeWrongEstado:      {Campo: "estado", Message: "La gestión ya no admite esa acción."},
	CodeOwnGestion:       {Campo: "actor", Message: "Nadie decide sobre su propia gestión: le corresponde a la jefatura superior."},
	CodeCorte:            {Campo: "accion", Message: "El corte del mes no lo permite."},
	CodeMonthNotOver:     {Campo: "mes", Message: "El mes no terminó: se cierra desde el día 1 del siguiente."},
	CodeMonthOrder:       {Campo: "mes", Message: "Los meses se cierran en orden: falta cerrar uno anterior."},
	CodeMonthClosed:      {Campo: "mes", Message: "El mes ya está cerrado."},
	CodeDigest:           {Campo: "huella", Message: "Lo que usted vio en la vista previa cambió: ábrala de nuevo y compare."},
	CodeUnapplied:        {Campo: "motivo", Message: "Hay pedidos anteriores al corte sin aplicar: espere a que se apliquen o escriba un motivo."},
	CodeUnconfirmed:      {Campo: "id", Message: "La orden espera que otra persona de Recursos Humanos la confirme."},
	CodeWithdrawn:        {Campo: "id", Message: "La orden fue retirada: si el mes debe cerrarse, dé otra."},
	CodeSuperseded:       {Campo: "id", Message: "Otra orden del mismo mes ocupó el lugar de esta: lea el cierre y confirme la última."},
	CodeReasonMissing:    {Campo: "motivo", Message: "Falta el motivo: hay unidades sin conformidad o gestiones sin decidir."},
	CodeIdentity:         {Campo: "mes", Message: "Lo que se pagaría no cuadra con lo aprobado, lo retirado, lo tardío, los ajustes y las tarifas: nada se cerró. «gestiones verify --database» dice qué fila no es la que debería."},
	CodeNothing:          {Campo: "mes", Message: "No hay ajustes aprobados antes del corte que corrijan ese mes: la complementaria no tendría planilla."},
	CodeReferenceUnknown: {Paso: 20, Campo: "referencia.numero", Message: "OPEN SGC no tiene esa referencia: el agente debe corregirla."},
	CodeNotFound:         {Message: "No se encontró lo pedido."},
}
