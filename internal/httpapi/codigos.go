package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/pa0580"
)

// respuesta is how a refusal is answered. The example is what the documentation
// shows; people read the refusal's own sentence.
type respuesta struct {
	status  int
	titulo  string
	ejemplo pa0580.Refusal
}

func ejemplo(paso int, campo, detalle string) pa0580.Refusal {
	return pa0580.Refusal{Paso: paso, Campo: campo, Message: detalle}
}

// codigos is the one table from a refusal's code to its answer.
var codigos = map[pa0580.Code]respuesta{
	pa0580.CodeDocumentType:     {422, "Tipo de documento inválido", ejemplo(10, "documento.tipo", "El tipo de documento debe ser CI o RUC.")},
	pa0580.CodeDocumentFormat:   {422, "Número de documento mal escrito", ejemplo(10, "documento.numero", "La C.I. lleva de 1 a 8 dígitos, sin cero inicial.")},
	pa0580.CodeCheckDigit:       {422, "Dígito verificador incorrecto", ejemplo(10, "documento.numero", "El dígito verificador no corresponde a ese RUC: revise el número.")},
	pa0580.CodeReferenceType:    {422, "Tipo de referencia inválido", ejemplo(20, "referencia.tipo", "La referencia debe ser un NIS, EXPEDIENTE o RECLAMO.")},
	pa0580.CodeReferenceFormat:  {422, "Referencia mal escrita", ejemplo(20, "referencia.numero", "El número de NIS no tiene el formato esperado: solo dígitos, como figura en la factura.")},
	pa0580.CodeReferenceUnknown: {422, "La referencia no existe en OPEN SGC", ejemplo(20, "referencia.numero", "OPEN SGC no tiene ese NIS: verifique el número con el cliente.")},
	pa0580.CodeTipoGestion:      {422, "Tipo de gestión inválido", ejemplo(30, "tipo_gestion", "El tipo de gestión va de 1 a 5.")},
	pa0580.CodeRemark:           {422, "Texto inválido", ejemplo(40, "observacion", "La observación admite hasta 2.000 caracteres; tiene 2.001.")},
	pa0580.CodeField:            {422, "Falta un campo o está mal escrito", ejemplo(0, "version", "Falta la versión de la gestión que usted vio.")},
	pa0580.CodeUnknownField:     {422, "Campo desconocido", ejemplo(0, "color", "El pedido no tiene ese campo: quítelo.")},
	pa0580.CodeClientTime:       {422, "La hora la pone el servidor", ejemplo(50, "guardada_at", "La hora la pone el servidor: quite ese campo.")},
	pa0580.CodeUnit:             {422, "Falta indicar la unidad", ejemplo(0, "unidad", "Usted atiende hoy en varias unidades: indique en cuál.")},
	pa0580.CodeNotRostered:      {422, "Sin asignación hoy", ejemplo(0, "unidad", "Usted no tiene asignación hoy en esa unidad: pida que lo incluyan en la nómina.")},
	pa0580.CodeForbidden:        {http.StatusForbidden, "Sin permiso", ejemplo(0, "actor", "Solo la jefatura de esa unidad, o su subrogante en fecha, decide sobre la gestión.")},
	pa0580.CodeOwnGestion:       {http.StatusForbidden, "Gestión propia", ejemplo(0, "actor", "Nadie decide sobre su propia gestión: le corresponde a la jefatura superior.")},
	pa0580.CodeNotFound:         {http.StatusNotFound, "No encontrado", ejemplo(0, "", "No se encontró lo pedido.")},
	pa0580.CodeStale:            {http.StatusPreconditionFailed, "La gestión cambió", ejemplo(0, "version", "La gestión cambió desde que usted la vio: ábrala de nuevo y repita.")},
	pa0580.CodeWrongEstado:      {http.StatusConflict, "El estado no lo admite", ejemplo(0, "estado", "La gestión está anulada y no admite esa acción.")},
	pa0580.CodeReasonMissing:    {422, "Falta el motivo", ejemplo(0, "motivo", "Falta el motivo: escriba por qué.")},
	pa0580.CodeCorte:            {http.StatusConflict, "El corte no lo permite", ejemplo(0, "mes", "Falta fijar el corte de 2026-10.")},
	pa0580.CodeMonthNotOver:     {http.StatusConflict, "El mes no terminó", ejemplo(0, "mes", "El mes 2026-11 no terminó: se cierra desde el día 1 del siguiente.")},
	pa0580.CodeMonthOrder:       {http.StatusConflict, "Mes fuera de orden", ejemplo(0, "mes", "Los meses se cierran en orden: primero 2026-09.")},
	pa0580.CodeMonthClosed:      {http.StatusConflict, "El mes ya está cerrado", ejemplo(0, "mes", "El mes 2026-10 ya está cerrado.")},
	pa0580.CodeDigest:           {http.StatusConflict, "La vista previa cambió", ejemplo(0, "huella", "Lo que usted vio en la vista previa cambió: ábrala de nuevo y compare.")},
	pa0580.CodeUnapplied:        {http.StatusConflict, "Hay pedidos sin aplicar", ejemplo(0, "", "Hay pedidos anteriores al corte sin aplicar: espere a que se apliquen o escriba un motivo.")},
	pa0580.CodeIdentity:         {http.StatusConflict, "Lo que se pagaría no cuadra", ejemplo(0, "mes", pa0580.Recorded(pa0580.CodeIdentity).Message)},
	pa0580.CodeNothing:          {http.StatusConflict, "Nada que corregir", ejemplo(0, "mes", pa0580.Recorded(pa0580.CodeNothing).Message)},
	pa0580.CodeUnconfirmed:      {http.StatusConflict, "Falta la confirmación", ejemplo(0, "id", "La orden espera que otra persona de Recursos Humanos la confirme.")},
	pa0580.CodeWithdrawn:        {http.StatusConflict, "La orden fue retirada", ejemplo(0, "id", "La orden fue retirada: si el mes debe cerrarse, dé otra.")},
	pa0580.CodeSuperseded:       {http.StatusConflict, "Hay otra orden", ejemplo(0, "id", "Otra orden del mismo mes ocupó el lugar de esta: lea el cierre y confirme la última.")},
	pa0580.CodeIdempotency:      {422, "Clave repetida con otro pedido", ejemplo(0, "Idempotency-Key", "Esa clave ya se usó con otro pedido: envíe una clave nueva.")},
	pa0580.CodeTooMany:          {422, "No cabe en ese formato", ejemplo(0, "formato", "Son más de 200.000 gestiones, y en un archivo de Excel no caben tantas: elija csv o acorte las fechas.")},
	pa0580.CodeConflict:         {http.StatusConflict, "Contradice lo que ya hay", ejemplo(0, "codigo", "Ya hay una unidad con ese código: elija otro.")},
}

// The refusals that belong together in the documentation.
var (
	deForma  = []pa0580.Code{pa0580.CodeField, pa0580.CodeUnknownField}
	deCarga  = []pa0580.Code{pa0580.CodeDocumentType, pa0580.CodeDocumentFormat, pa0580.CodeCheckDigit, pa0580.CodeReferenceType, pa0580.CodeReferenceFormat, pa0580.CodeReferenceUnknown, pa0580.CodeTipoGestion, pa0580.CodeRemark, pa0580.CodeClientTime}
	deAccion = []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeStale, pa0580.CodeWrongEstado}
	deTurno  = []pa0580.Code{pa0580.CodeMonthNotOver, pa0580.CodeMonthOrder, pa0580.CodeMonthClosed}
)
