package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Extraccion is what somebody takes of a unit's gestiones as a file.
type Extraccion struct {
	Unidad       pa0580.UnidadID
	Subarbol     bool       // with those of the units below it that are theirs to see
	Desde, Hasta pa0580.Dia // local days of saving, both included
	Estados      []pa0580.Estado
	Tipo         pa0580.TipoGestion
	Jornada      pa0580.Jornada
	Formato      Formato // [CSV] or [XLSX]
	Completos    bool    // documents in full, and remarks
	Motivo       string  // owed where Completos

	// Whoever takes it, when and of which units: [App.Extraer] says so.
	ID       string
	Actor    pa0580.FuncionarioID
	At       time.Time
	Codigo   string          // of Unidad
	Unidades []pa0580.Unidad // by code
}

// Extraida is one gestión of an extraction.
type Extraida struct {
	Gestion       pa0580.GestionID
	Unidad        string // its code
	UnidadNombre  string // as it was at saving
	GuardadaAt    time.Time
	Legajo        string
	Nombre        string
	Modo          pa0580.Modo
	Documento     pa0580.Documento // without Entrada; Normal is masked unless asked for in full
	Referencia    pa0580.Referencia
	Tipo          pa0580.TipoGestion
	Clasificacion pa0580.Clasificacion
	Estado        pa0580.Estado
	DecididaPor   string // name, empty where nobody has
	DecididaAt    *time.Time
	Planilla      int64  // number, zero where not incluida
	Ajustes       int    // net of those in planillas: with Planilla, whether it is paid
	Observacion   string // only with documents in full
}

// FinDeExtraccion is how an extraction ended.
type FinDeExtraccion string

// The ends there are. One that the audit knows only the beginning of was under way
// when its process ended.
const (
	Completa FinDeExtraccion = "completa" // all of it was handed to the network
	Cortada  FinDeExtraccion = "cortada"  // whoever asked left, or took it too slowly
	Fallida  FinDeExtraccion = "fallida"  // we could not go on
)

// Copista writes extractions as files.
type Copista interface {
	// Extraccion writes an extraction's file to out, row by row.
	Extraccion(e Extraccion, out io.Writer) (Escritor, error)
}

// Escritor writes an extraction's file.
type Escritor interface {
	// Fila adds a row.
	Fila(g Extraida) error
	// Cerrar writes what is left of the file.
	Cerrar() error
	// Soltar lets go of what it holds, whether it was closed or not.
	Soltar()
}

// MaxFilasXLSX is how many gestiones go into a workbook: it is put together before
// any of it is sent.
const MaxFilasXLSX = 200_000

// endingIn bounds how long it may take to record how an extraction ended.
const endingIn = 5 * time.Second

// Extraer gives the gestiones of a unit and a span, as of one instant, into the file
// that salida opens: for the unit's responsable, its head or their substitute, HR and
// auditors. Nothing is given before the audit has who takes what; how many were given,
// or that they were not all, is a second entry. Refuses with CodeForbidden,
// CodeNotFound, CodeField, CodeReasonMissing or CodeTooMany, having opened nothing. With any
// other error the file, if opened, is not whole.
func (a *App) Extraer(ctx context.Context, actor Actor, e Extraccion, salida func(nombre string) io.Writer) (int64, error) {
	e, err := a.admitir(ctx, actor, e)
	if err != nil {
		return 0, err
	}
	if err := a.cabe(ctx, e); err != nil {
		return 0, err
	}
	if err := a.Store.EmpezarExtraccion(ctx, e); err != nil {
		return 0, err
	}
	a.background.Add(1) // a process that stops has its end recorded
	defer a.background.Done()
	filas, err := a.extraer(ctx, e, salida)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endingIn)
	defer cancel()
	// Whoever gets the last byte of a file gets it after the audit has its end.
	return filas, errors.Join(err, a.Store.TerminarExtraccion(ending, e, a.Reloj(), filas, finOf(ctx, err)))
}

func (a *App) extraer(ctx context.Context, e Extraccion, salida func(string) io.Writer) (filas int64, err error) {
	out := &salidaVista{salida: salida, nombre: e.nombre()}
	w, err := a.Copista.Extraccion(e, out)
	if err != nil {
		return 0, err
	}
	defer w.Soltar()
	err = a.Store.Extraer(ctx, e, func(g Extraida) error {
		filas++
		return w.Fila(g)
	})
	if err == nil {
		err = w.Cerrar()
	}
	if out.err != nil { // rather than what a format or a transaction made of it
		err = errors.Join(errNotTaken, out.err)
	}
	return filas, err
}

var errNotTaken = errors.New("the extraction was not taken")

// salidaVista opens the file with its first byte, and keeps why it took no more.
type salidaVista struct {
	salida func(string) io.Writer
	nombre string
	to     io.Writer
	err    error
}

func (s *salidaVista) Write(p []byte) (int, error) {
	if s.to == nil {
		s.to = s.salida(s.nombre)
	}
	n, err := s.to.Write(p)
	if err != nil {
		s.err = err
	}
	return n, err
}

func finOf(ctx context.Context, err error) FinDeExtraccion {
	switch {
	case err == nil:
		return Completa
	case ctx.Err() != nil || errors.Is(err, errNotTaken):
		return Cortada
	}
	return Fallida
}

// admitir judges who asks for what, and says of which units it is.
func (a *App) admitir(ctx context.Context, actor Actor, e Extraccion) (Extraccion, error) {
	if err := actor.must(RolResponsable, RolJefe, RolRRHH, RolAuditor); err != nil {
		return e, err
	}
	if err := e.check(); err != nil {
		return e, err
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return e, err
	}
	root, known := org.Unidad(e.Unidad)
	if !known {
		return e, pa0580.Refuse(0, pa0580.CodeNotFound, "unidad", "No existe esa unidad: elija una de la lista.")
	}
	v, err := a.vision(ctx, actor)
	if err != nil {
		return e, err
	}
	ids := []pa0580.UnidadID{e.Unidad}
	if e.Subarbol {
		ids = org.Subarbol(e.Unidad)
	}
	for _, id := range ids {
		if u, _ := org.Unidad(id); v.Todo || slices.Contains(v.Unidades, id) {
			e.Unidades = append(e.Unidades, u)
		}
	}
	if len(e.Unidades) == 0 {
		return e, pa0580.Refuse(0, pa0580.CodeForbidden, "unidad", "Esa unidad no es de las suyas: la extraen su responsable, su jefatura, recursos humanos y auditoría.")
	}
	slices.SortFunc(e.Unidades, func(x, y pa0580.Unidad) int { return strings.Compare(x.Codigo, y.Codigo) })
	e.ID, e.Actor, e.At, e.Codigo = uuid.NewString(), actor.ID, a.Reloj(), root.Codigo
	return e, nil
}

// check judges what an extraction says by itself. Refuses with CodeField or
// CodeReasonMissing.
func (e *Extraccion) check() error {
	var no pa0580.Refusals
	if e.Hasta.Before(e.Desde) {
		no = append(no, pa0580.Refuse(0, pa0580.CodeField, "hasta", "La fecha final no puede ser anterior a la inicial."))
	}
	if e.Formato != CSV && e.Formato != XLSX {
		no = append(no, pa0580.Refuse(0, pa0580.CodeField, "formato", "El formato es csv o xlsx."))
	}
	motivo, err := pa0580.ParseMotivo(e.Motivo)
	no = append(no, pa0580.RefusalsIn(err)...)
	e.Motivo = motivo
	if e.Completos && err == nil && motivo == "" {
		no = append(no, pa0580.Refuse(0, pa0580.CodeReasonMissing, "motivo", "Para extraer los documentos completos escriba el motivo: queda en la auditoría."))
	}
	// A workbook is put together in a file of the machine's: what identifies a
	// customer stays in PostgreSQL.
	if e.Completos && e.Formato == XLSX {
		no = append(no, pa0580.Refuse(0, pa0580.CodeField, "formato", "Con los documentos completos el formato es csv: elíjalo, o pida los documentos enmascarados."))
	}
	if len(no) > 0 {
		return no
	}
	return nil
}

// cabe refuses, with CodeTooMany, what does not go into its format.
func (a *App) cabe(ctx context.Context, e Extraccion) error {
	if e.Formato != XLSX {
		return nil
	}
	more, err := a.Store.ExtraccionPasa(ctx, e, MaxFilasXLSX)
	if err == nil && more {
		err = pa0580.Refuse(0, pa0580.CodeTooMany, "formato", "Son más de 200.000 gestiones, y en un archivo de Excel no caben tantas: elija csv o acorte las fechas.")
	}
	return err
}

// nombre is the file's: of which unit and which days.
func (e Extraccion) nombre() string {
	below := ""
	if e.Subarbol {
		below = "-y-dependientes"
	}
	return fmt.Sprintf("gestiones-%s%s-%s-%s.%s", strings.ToLower(e.Codigo), below, e.Desde, e.Hasta, e.Formato)
}
