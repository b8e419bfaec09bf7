package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Adulterado is what is not as it was closed.
type Adulterado string

// What a verification of the planillas tells apart.
const (
	GestionAdulterada    Adulterado = "gestion"
	LineaAdulterada      Adulterado = "linea"
	SinLinea             Adulterado = "sin_linea"
	FilaAdulterada       Adulterado = "fila"
	PlanillaAdulterada   Adulterado = "planilla"
	NumeroAdulterado     Adulterado = "numero"
	ArchivoAdulterado    Adulterado = "archivo"
	AjusteAdulterado     Adulterado = "ajuste"
	DeMasAdulterado      Adulterado = "de_mas"
	SinAprobacion        Adulterado = "sin_aprobacion"
	ManifiestoAdulterado Adulterado = "manifiesto"
	CierreAdulterado     Adulterado = "cierre"
	FirmaAdulterada      Adulterado = "firma"
	TarifaAdulterada     Adulterado = "tarifa"
	ReclamoAdulterado    Adulterado = "reclamo"
)

// Adulteracion is one thing that is not as a close wrote it.
type Adulteracion struct {
	Que      Adulterado
	Mes      pa0580.Mes
	Planilla int64  // its number; 0 where it is about a month
	Objeto   string // the gestión's or reclamo's id, the funcionario's name, the unit's code or the file's name
}

func (a Adulteracion) String() string {
	where := fmt.Sprintf("%s, planilla %d: ", a.Mes, a.Planilla)
	switch a.Que {
	case GestionAdulterada:
		return where + "la gestión " + a.Objeto + " no es la que se pagó."
	case LineaAdulterada:
		return where + "la línea de la gestión " + a.Objeto + " no dice lo que su gestión."
	case SinLinea:
		return where + "la gestión " + a.Objeto + " y su línea no se corresponden: falta una, o sobra."
	case FilaAdulterada:
		return where + "la fila de " + a.Objeto + " no es la de sus líneas y su tarifa."
	case PlanillaAdulterada:
		return where + "la planilla de " + a.Objeto + " no es la que se cerró."
	case AjusteAdulterado:
		return where + "el ajuste de la gestión " + a.Objeto + " no es el que se aprobó, o falta, o sobra."
	case DeMasAdulterado:
		return where + "la gestión " + a.Objeto + " se paga más de una vez, o se resta lo que no se pagó."
	case SinAprobacion:
		return where + "la auditoría no tiene la aprobación de la gestión " + a.Objeto + ", o de su ajuste, o dice otra cosa."
	case FirmaAdulterada: // of a unit that may have no planilla
		return fmt.Sprintf("%s: ", a.Mes) + "la conformidad de " + a.Objeto + " no es la que dio su jefatura, o falta, o sobra."
	case TarifaAdulterada:
		return fmt.Sprintf("La tarifa %s, desde %s, no es la que se aprobó, o falta, o sobra.", a.Objeto, a.Mes)
	case ReclamoAdulterado:
		return fmt.Sprintf("%s: el reclamo de funcionario %s no terminó como está guardado, o falta, o sobra.", a.Mes, a.Objeto)
	case ManifiestoAdulterado:
		return fmt.Sprintf("%s: el manifiesto no es el que se firmó, o falta.", a.Mes)
	case ArchivoAdulterado:
		return where + "el archivo " + a.Objeto + " no es el que se guardó."
	case NumeroAdulterado:
		return where + "el número no es el que le toca a " + a.Objeto + "."
	}
	return fmt.Sprintf("%s: el cierre no es el que se hizo.", a.Mes)
}

// Verificado is what a verification went over, and what it found.
type Verificado struct {
	Lineas      int64
	Manifiestos int
	Sin         []pa0580.Mes // closed, without manifest
	Sellos      Verificacion
	Hallazgos   int
}

// Abridor proves a signed manifest with one of some public keys, and reads it.
type Abridor func(signed []byte, claves ...string) (Manifiesto, error)

// Pruebas is what a verification reads.
type Pruebas interface {
	// VerifyPlanillas computes anew what every close wrote, reports what is not as
	// it was, and gives how many lines that was.
	VerifyPlanillas(ctx context.Context, report func(Adulteracion)) (int64, error)
	// VerifySellos computes the audit's chain anew, and holds it against blocks as
	// manifests name them.
	VerifySellos(ctx context.Context, report func(Alteracion), named ...Sello) (Verificacion, error)
	// Manifiestos lists the months that have one, oldest first.
	Manifiestos(ctx context.Context) ([]pa0580.Mes, error)
	Manifiesto(ctx context.Context, mes pa0580.Mes) (*Firmado, error)
	SinManifiesto(ctx context.Context) ([]pa0580.Mes, error)
	ParaManifiesto(ctx context.Context, mes pa0580.Mes) (Manifiesto, int64, error)
}

// Verificar computes anew all that was closed and sealed, and reports in Spanish
// whatever is not as it was. With keys, manifests are proved by one of them, and
// what is closed without one is told; without, by the key that stands beside each, which
// whoever alters a database may replace. externo is
// a manifest that was kept outside the database, nil where there is none: what was
// computed anew since contradicts it.
func Verificar(ctx context.Context, s Pruebas, open Abridor, claves []string, externo *Manifiesto, report func(string)) (Verificado, error) {
	v := verification{Pruebas: s, open: open, claves: claves, heads: map[int64]Sello{}}
	v.report = func(text string) {
		v.out.Hallazgos++
		report(text)
	}
	var err error
	if v.out.Lineas, err = s.VerifyPlanillas(ctx, func(x Adulteracion) { v.report(x.String()) }); err != nil {
		return v.out, err
	}
	if err := v.manifests(ctx); err != nil {
		return v.out, err
	}
	if externo != nil {
		if err := v.against(ctx, *externo, "el manifiesto de "+externo.Mes.String()+" guardado aparte"); err != nil {
			return v.out, err
		}
	}
	named := slices.Collect(maps.Values(v.heads))
	v.out.Sellos, err = s.VerifySellos(ctx, func(x Alteracion) { v.report(x.String()) }, named...)
	return v.out, err
}

type verification struct {
	Pruebas
	open   Abridor
	claves []string
	report func(string)
	heads  map[int64]Sello // of the audit, as manifests name them
	out    Verificado
}

// manifests proves each month's and holds what is there against it.
func (v *verification) manifests(ctx context.Context) error {
	months, err := v.Manifiestos(ctx)
	if err != nil {
		return err
	}
	for _, mes := range months {
		signed, err := v.Manifiesto(ctx, mes)
		if err != nil {
			return err
		}
		keys := v.claves
		if len(keys) == 0 {
			keys = []string{signed.Clave}
		}
		v.out.Manifiestos++
		m, err := v.open(signed.Contenido, keys...)
		if err != nil {
			v.report(fmt.Sprintf("%s: manifiesto: %v.", mes, err))
			continue
		}
		if err := v.against(ctx, m, "su manifiesto"); err != nil {
			return err
		}
	}
	if v.out.Sin, err = v.SinManifiesto(ctx); err != nil {
		return err
	}
	for _, mes := range v.out.Sin {
		if len(v.claves) > 0 {
			v.report(fmt.Sprintf("%s: está cerrado y no tiene manifiesto: nada lo prueba.", mes))
		}
	}
	return nil
}

func (v *verification) against(ctx context.Context, m Manifiesto, which string) error {
	now, _, err := v.ParaManifiesto(ctx, m.Mes)
	if len(pa0580.RefusalsIn(err)) > 0 {
		v.report(fmt.Sprintf("%s: hay %s y el mes no está cerrado.", m.Mes, which))
		v.heads[m.Sello.Bloque] = m.Sello
		return nil
	}
	if err != nil {
		return err
	}
	for _, what := range m.Contra(now) {
		v.report(fmt.Sprintf("%s: %s no es lo que dice %s.", m.Mes, what, which))
	}
	if had, twice := v.heads[m.Sello.Bloque]; twice && had.Huella != m.Sello.Huella {
		v.report(fmt.Sprintf("%s: %s dice otra huella del bloque %d de la auditoría.", m.Mes, which, m.Sello.Bloque))
	}
	v.heads[m.Sello.Bloque] = m.Sello
	return nil
}

// Contra names what is now otherwise than m says, but for the audit's seal.
func (m Manifiesto) Contra(now Manifiesto) []string {
	var out []string
	differs := func(what string, is bool) {
		if is {
			out = append(out, what)
		}
	}
	differs("el momento del corte", !m.Corte.Equal(now.Corte))
	differs("el momento del cierre", !m.CerradoAt.Equal(now.CerradoAt))
	differs("la cantidad de líneas", m.Lineas != now.Lineas)
	differs("la huella del mes", m.Huella != now.Huella)
	differs("el acta del cierre (quién lo cortó y cerró, cuándo y por qué)", m.Acta != now.Acta)
	differs("el manifiesto anterior", (m.Anterior == nil) != (now.Anterior == nil) || m.Anterior != nil && *m.Anterior != *now.Anterior)
	differs("la cantidad de planillas o de archivos", len(m.Planillas) != len(now.Planillas) || len(m.Archivos) != len(now.Archivos))
	for _, n := range unequal(m.porNumero(), now.porNumero()) {
		out = append(out, fmt.Sprintf("la planilla %d", n))
	}
	for _, n := range unequal(m.porNombre(), now.porNombre()) {
		out = append(out, "el archivo "+n)
	}
	return out
}

func (m Manifiesto) porNumero() map[int64]PlanillaProbada {
	out := make(map[int64]PlanillaProbada, len(m.Planillas))
	for _, p := range m.Planillas {
		out[p.Numero] = p
	}
	return out
}

func (m Manifiesto) porNombre() map[string]ArchivoProbado {
	out := make(map[string]ArchivoProbado, len(m.Archivos))
	for _, a := range m.Archivos {
		out[a.Nombre] = a
	}
	return out
}

// unequal are the keys whose values differ, or that one of two maps lacks, in order.
func unequal[K int64 | string, V comparable](a, b map[K]V) []K {
	keys := map[K]bool{}
	for k, v := range a {
		if w, there := b[k]; !there || v != w {
			keys[k] = true
		}
	}
	for k := range b {
		if _, there := a[k]; !there {
			keys[k] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}
