package faults

import (
	"reflect"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/app"
)

// Registered are the points that an [Injector] decides about: those of all three
// layers.
func Registered() []Point {
	var out []Point
	for _, names := range [][]Point{statements(), commits(), acts(), messages()} {
		out = append(out, names...)
	}
	return out
}

// statements are the store's methods, and the question to OPEN SGC's mirror.
// Nobody lists them: a method added to a port is a point.
func statements() []Point {
	methods := map[string]bool{"Consultar": true}
	for _, port := range []reflect.Type{reflect.TypeFor[app.Store](), reflect.TypeFor[activities.Store]()} {
		for m := range port.Methods() {
			methods[m.Name] = true
		}
	}
	var out []Point
	for name := range methods {
		out = append(out, statementOf(name))
	}
	return out
}

// commits are the store's methods that open a transaction. A method that does
// and is not listed shows as unregistered, one that is listed and does not as
// never reached.
func commits() []Point {
	var out []Point
	for _, method := range []string{
		"AddAjuste", "AddArchivos", "AddComando", "AddLote", "AddManifiesto", "AddOrden", "AddReclamo", "AddTarifa", "AddToken", "ApplyUpTo", "AttendReclamo", "ConfirmarOrden", "DecideAjuste", "DecideReclamo", "DecideTarifa", "EnsayoCalendario", "EnsayoTarifa", "EstadoDeCuenta", "Extraer", "Feriados", "Freeze", "Organizacion", "ParaManifiesto", "Planilla", "Planillas", "Preparacion",
		"RetirarOrden", "RevokeToken", "Save", "Seal", "SealCorte", "SetConformidad", "SetCorte", "Verify", "VistaPrevia",
	} {
		out = append(out, commitOf(method))
	}
	return out
}

// acts are the activities, run by the server or in a workflow's own worker.
func acts() []Point {
	var out []Point
	for m := range reflect.TypeFor[*activities.Activities]().Methods() {
		out = append(out, activityOf(m.Name))
	}
	return out
}

// messages are the calls that our client and our worker make of Temporal's
// frontend, but for the [incidental] ones.
func messages() []Point {
	var out []Point
	for _, method := range []string{
		"CreateSchedule",
		"DescribeNamespace",
		"DescribeSchedule",
		"DescribeWorkflowExecution",
		"ExecuteMultiOperation",
		"GetSystemInfo",
		"GetWorkflowExecutionHistory",
		"ListWorkflowExecutions",
		"PollActivityTaskQueue",
		"PollWorkflowExecutionUpdate",
		"PollWorkflowTaskQueue",
		"RecordActivityTaskHeartbeat",
		"RecordWorkerHeartbeat",
		"RespondActivityTaskCompleted",
		"RespondActivityTaskFailed",
		"RespondWorkflowTaskCompleted",
		"ShutdownWorker",
		"SignalWithStartWorkflowExecution",
		"SignalWorkflowExecution",
		"StartWorkflowExecution",
		"UpdateSchedule",
		"UpdateWorkflowExecution",
	} {
		out = append(out, messageOf(method))
	}
	return out
}

// ProxyOf is the point of a proxy.
func ProxyOf(name string) Point { return Point("proxy." + name) }

func statementOf(method string) Point { return Point("statement." + method) }
func commitOf(method string) Point    { return Point("commit." + method) }
func activityOf(name string) Point    { return Point("activity." + name) }
func messageOf(method string) Point   { return Point("message." + method) }
