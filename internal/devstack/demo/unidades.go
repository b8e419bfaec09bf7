package demo

import "ande.gov.py/gestiones/internal/pa0580"

// The units that the play names one by one. A unit's code stands for its id
// until the API gives it one.
const (
	gerencia          pa0580.UnidadID = "GC"
	atencion          pa0580.UnidadID = "GC-ADC"
	comercialAsuncion pa0580.UnidadID = "GC-ADC-SC"
	serviciosAsuncion pa0580.UnidadID = "GC-ADC-SSAC"
	direccion         pa0580.UnidadID = "DGR"
	agenciaItapua     pa0580.UnidadID = "DGR-IT"
	comercialItapua   pa0580.UnidadID = "DGR-IT-SC"
	serviciosItapua   pa0580.UnidadID = "DGR-IT-SSAC"
	agenciaAltoParana pa0580.UnidadID = "DGR-AP"
	agenciaCentral    pa0580.UnidadID = "DGR-CE"
)

var agencias = []struct {
	codigo pa0580.UnidadID
	lugar  string
}{
	{agenciaItapua, "Itapúa"},
	{agenciaAltoParana, "Alto Paraná"},
	{agenciaCentral, "Central"},
}

// newUnidades is the tree of PA0580, 1.b, parents first.
func newUnidades(cuantas int) []pa0580.Unidad {
	var out []pa0580.Unidad
	add := func(codigo pa0580.UnidadID, nombre string, padre pa0580.UnidadID) {
		out = append(out, pa0580.Unidad{ID: codigo, Codigo: string(codigo), Nombre: nombre, Padre: padre, Activa: true})
	}
	secciones := func(padre pa0580.UnidadID, lugar string) {
		add(padre+"-SC", "Sección Comercial "+lugar, padre)
		add(padre+"-SSAC", "Sección Servicios de Atención al Cliente "+lugar, padre)
	}
	add(gerencia, "Gerencia Comercial", "")
	add(atencion, "Atención al Cliente", gerencia)
	secciones(atencion, "Asunción")
	add(direccion, "Dirección de Gestión Regional", "")
	for _, a := range agencias[:min(max(cuantas, 1), len(agencias))] {
		add(a.codigo, "Agencia Regional "+a.lugar, direccion)
		secciones(a.codigo, a.lugar)
	}
	return out
}

// secciones are the units where agents attend: those without any below.
func secciones(us []pa0580.Unidad) []pa0580.UnidadID {
	var out []pa0580.UnidadID
	parents := map[pa0580.UnidadID]bool{}
	for _, u := range us {
		parents[u.Padre] = true
	}
	for _, u := range us {
		if !parents[u.ID] {
			out = append(out, u.ID)
		}
	}
	return out
}

// newFeriados is the calendar of three years: the national holidays, and two
// that hold for one Agencia Regional only.
func newFeriados(us []pa0580.Unidad, year int) []pa0580.Feriado {
	var out []pa0580.Feriado
	for y := year - 1; y <= year+1; y++ {
		out = append(out, pa0580.FeriadosFijos(y)...)
	}
	for _, u := range us {
		switch u.ID {
		case agenciaItapua:
			out = append(out, pa0580.Feriado{Dia: pa0580.Dia{Year: year, Month: 3, Day: 25}, Nombre: "Fundación de Encarnación", Unidad: u.ID})
		case agenciaAltoParana:
			out = append(out, pa0580.Feriado{Dia: pa0580.Dia{Year: year, Month: 2, Day: 3}, Nombre: "Fundación de Ciudad del Este", Unidad: u.ID})
		}
	}
	return out
}
