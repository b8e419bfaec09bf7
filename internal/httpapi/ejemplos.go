package httpapi

// What the documentation shows. Names, documents and numbers are made up.
const (
	idGestion   = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a01"
	idUnidad    = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a02"
	idAgente    = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a03"
	idJefe      = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a04"
	idComando   = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a05"
	idPlanilla  = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a06"
	idAjuste    = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a08"
	idTarifa    = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a0a"
	idRRHH      = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a09"
	idReclamo   = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a0a"
	idOtro      = "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a07"
	idSolicitud = "7d0c4c1e-0d5b-4c8e-8a52-5b1b6f0f3a10"
	otraHuella  = "9b2e1d0c4f0c2f6c1c3f2a6f9a5b8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d"
	huella      = "4f0c2f6c1c3f2a6f9a5b8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39"
	unMomento   = "2026-10-15T09:41:07-03:00"
)

var ejemploCarga = nuevaGestion{
	Documento:   documento{"CI", "1.234.567"},
	Referencia:  referencia{"NIS", "1234567"},
	TipoGestion: 5, Observacion: "Consulta por la última factura",
}

var ejemploGestion = gestion{
	ID: idGestion, Estado: "pendiente", Version: 2,
	Unidad: nombrado{idUnidad, "Sección Comercial Asunción"}, Agente: nombrado{idAgente, "Ana Benítez"}, Modo: "permanente",
	Documento: documento{"CI", "•••4567"}, Referencia: referencia{"NIS", "1234567"},
	TipoGestion: 5, TipoGestionNombre: "RECLAMOS_CONSULTAS", Observacion: "Consulta por la última factura",
	GuardadaAt: unMomento, Mes: "2026-10", Jornada: "ordinaria", Calendario: 14,
	Verificacion: &verificacion{true, "BT", "•••4567", "2026-10-15T09:41:07-03:00"},
	Advertencias: []string{},
}

// recibida is the same, before OPEN SGC answered.
func recibida() gestion {
	g := ejemploGestion
	g.Estado, g.Version, g.Verificacion = "recibida", 1, nil
	return g
}

// aprobada is the same, after the head's decision.
func aprobada() gestion {
	g := ejemploGestion
	g.Estado, g.Version, g.Decision = "aprobada", 3, &resolucion{idJefe, "2026-10-15T11:05:00-03:00"}
	return g
}

// anulada is the same, withdrawn by its agent.
func anulada() gestion {
	g := ejemploGestion
	g.Estado, g.Version = "anulada", 3
	return g
}

var ejemploPagina = pagina{Gestiones: []gestion{ejemploGestion}, Siguiente: cursorOf(idGestion)}

var ejemploEspera = comando{
	ID: idComando, Gestion: idGestion, Accion: "aprobar", VersionVista: 2, PedidoAt: "2026-10-15T11:05:00-03:00", Resultado: "en_espera",
}

var ejemploAplicado = comando{
	ID: idComando, Gestion: idGestion, Accion: "aprobar", VersionVista: 2, PedidoAt: "2026-10-15T11:05:00-03:00",
	Resultado: "aplicado", AplicadoAt: ptr("2026-10-15T11:05:00-03:00"),
}

var ejemploSinEfecto = comando{
	ID: idComando, Gestion: idGestion, Accion: "aprobar", VersionVista: 2, PedidoAt: "2026-10-15T11:05:00-03:00",
	Resultado: "sin_efecto", Codigo: "VERSION", Mensaje: "La gestión cambió antes de que se aplicara: ábrala de nuevo y repita.",
	AplicadoAt: ptr("2026-10-15T11:05:01-03:00"),
}
