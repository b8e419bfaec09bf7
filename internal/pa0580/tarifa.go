package pa0580

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TarifaID names a tariff.
type TarifaID string

// Guaranies are whole: they have no decimals.
type Guaranies int64

func (g Guaranies) String() string {
	if g < 0 {
		return "₲ -" + miles(int(-g))
	}
	return "₲ " + miles(int(g))
}

// MaxMonto is the most that one gestión may pay. A year of the busiest utility at that
// stays below what 53 bits hold, which is what spreadsheets and JSON count with.
const MaxMonto Guaranies = 10_000_000

// MaxNorma is how long a resolution's name may be, in characters: planillas print it.
const MaxNorma = 200

// Montos are what a gestión is paid by type, attendance and jornada. None is missing.
type Montos [20]Guaranies

// Monto is one of them.
type Monto struct {
	Tipo      TipoGestion
	Modo      Modo
	Jornada   Jornada
	Guaranies Guaranies
}

// place is where an amount stands: permanente before apoyo, of each ordinaria before
// extraordinaria, of each by type; negative where there is no such thing.
func place(tipo TipoGestion, modo Modo, jornada Jornada) int {
	m := slices.Index([]Modo{Permanente, Apoyo}, modo)
	j := slices.Index([]Jornada{Ordinaria, Extraordinaria}, jornada)
	if _, err := ParseTipoGestion(int(tipo)); err != nil || m < 0 || j < 0 {
		return -1
	}
	return 10*m + 5*j + int(tipo) - 1
}

// De is what one gestión is paid.
func (m Montos) De(tipo TipoGestion, modo Modo, jornada Jornada) Guaranies {
	return m[place(tipo, modo, jornada)]
}

// Lista has each amount with what it is for, in their order.
func (m Montos) Lista() []Monto {
	var out []Monto
	for _, modo := range []Modo{Permanente, Apoyo} {
		for _, jornada := range []Jornada{Ordinaria, Extraordinaria} {
			for _, tipo := range TiposGestion() {
				out = append(out, Monto{tipo, modo, jornada, m.De(tipo, modo, jornada)})
			}
		}
	}
	return out
}

// ParseMontos wants each amount once, whatever their order. Refuses with CodeField.
func ParseMontos(all []Monto) (Montos, error) {
	var out Montos
	var refusals Refusals
	no := func(campo, message string) {
		refusals = append(refusals, &Refusal{Code: CodeField, Campo: campo, Message: message})
	}
	given := map[int]bool{}
	for i, m := range all {
		at, campo := place(m.Tipo, m.Modo, m.Jornada), fmt.Sprintf("montos[%d]", i)
		switch {
		case at < 0:
			no(campo, "Cada monto es de un tipo del 1 al 5, de un modo, «permanente» o «apoyo», y de una jornada, «ordinaria» o «extraordinaria».")
		case given[at]:
			no(campo, "El monto de "+m.nombre()+" está dos veces: deje uno.")
		case m.Guaranies < 0 || m.Guaranies > MaxMonto:
			no(campo+".guaranies", "El monto de "+m.nombre()+" va de 0 a "+MaxMonto.String()+", sin decimales.")
		default:
			out[at] = m.Guaranies
		}
		given[at] = true
	}
	var missing []string
	for i, m := range out.Lista() {
		if !given[i] {
			missing = append(missing, m.nombre())
		}
	}
	if len(missing) > 0 {
		no("montos", "Una tarifa lleva los 20 montos, aunque sean 0; falta: "+strings.Join(missing, "; ")+".")
	}
	if len(refusals) > 0 {
		return Montos{}, refusals
	}
	return out, nil
}

func (m Monto) nombre() string {
	return fmt.Sprintf("tipo %d %s %s", m.Tipo, m.Modo, m.Jornada)
}

// EstadoTarifa is how far a tariff has come.
type EstadoTarifa string

// The estados.
const (
	TarifaPropuesta EstadoTarifa = "propuesta" // waits for another administrator
	TarifaAprobada  EstadoTarifa = "aprobada"
	TarifaRechazada EstadoTarifa = "rechazada"
)

// Tarifa is what gestiones are paid from a month on, by a resolution. PA0580 publishes
// no amounts: where there is none, only counts are paid by.
type Tarifa struct {
	ID          TarifaID
	Desde       Mes // the gestiones' own month
	Norma       string
	Montos      Montos
	Propone     FuncionarioID
	PropuestaAt time.Time
	Aprobacion  *Visto
	Rechazo     *Visto
	Motivo      string // of its rejection
	Orden       int64  // of its approval, among all: from 1
}

// Estado is how far it has come.
func (t Tarifa) Estado() EstadoTarifa {
	switch {
	case t.Aprobacion != nil:
		return TarifaAprobada
	case t.Rechazo != nil:
		return TarifaRechazada
	}
	return TarifaPropuesta
}

// ErrNoTarifa is the refusal for one that does not exist.
func ErrNoTarifa() *Refusal {
	return Refuse(0, CodeNotFound, "tarifa", "No existe esa tarifa.")
}

// ParseNorma reads what a tariff rests on, in one line. Refuses with CodeField.
func ParseNorma(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || len([]rune(s)) > MaxNorma || strings.ContainsFunc(s, Hidden) {
		return "", &Refusal{Code: CodeField, Campo: "norma",
			Message: fmt.Sprintf("Indique la resolución que la dispone, en una línea de hasta %d caracteres: la planilla la imprime.", MaxNorma)}
	}
	return s, nil
}

// CheckDesde judges from when a tariff is to hold: a month is paid by what was approved
// before it closed, for ever. Ultimo is the last closed month, zero where none is. A
// mistyped year would stay for ever, too. Refuses with CodeField or CodeMonthClosed.
func CheckDesde(desde, ultimo Mes, now time.Time) error {
	switch {
	case desde.IsZero() || desde.Complementaria() > 0:
		return &Refusal{Code: CodeField, Campo: "desde", Message: "Una tarifa rige desde un mes, AAAA-MM."}
	case !ultimo.Propio().Before(desde):
		return &Refusal{Code: CodeMonthClosed, Campo: "desde", Message: "El mes " + desde.String() + " ya está cerrado, y lo pagado no cambia: proponga una tarifa que rija desde " +
			ultimo.Next().String() + " o después."}
	case MesOf(now.AddDate(2, 0, 0)).Before(desde):
		return &Refusal{Code: CodeField, Campo: "desde", Message: "El mes " + desde.String() + " queda a más de dos años: revise la fecha."}
	}
	return nil
}

// Approve puts it in force from its month on; see [CheckDesde]. Refuses with
// CodeWrongEstado, CodeForbidden or CodeMonthClosed.
func (t *Tarifa) Approve(v Visto, ultimo Mes) error {
	if err := t.decidable(v); err != nil {
		return err
	}
	if err := CheckDesde(t.Desde, ultimo, v.At); err != nil {
		return err
	}
	t.Aprobacion = &v
	return nil
}

// Reject ends it, with a reason. Refuses with CodeWrongEstado, CodeForbidden or
// CodeReasonMissing.
func (t *Tarifa) Reject(v Visto, motivo string) error {
	if err := t.decidable(v); err != nil {
		return err
	}
	if motivo == "" {
		return &Refusal{Code: CodeReasonMissing, Campo: "motivo", Message: "Falta el motivo del rechazo."}
	}
	t.Rechazo, t.Motivo = &v, motivo
	return nil
}

func (t *Tarifa) decidable(v Visto) error {
	switch {
	case t.Estado() != TarifaPropuesta:
		return &Refusal{Code: CodeWrongEstado, Campo: "tarifa", Message: "La tarifa ya está " + string(t.Estado()) + "."}
	case v.Quien == t.Propone:
		return &Refusal{Code: CodeForbidden, Campo: "actor", Message: "Quien propone una tarifa no decide sobre ella: hace falta otra persona de la administración."}
	}
	return nil
}

// Tarifas are those there are.
type Tarifas []Tarifa

// DeMes is the tariff in force for gestiones of a month: of the approved ones that hold
// by then the latest, and of two from one month on the one approved last. False where
// there is none.
func (ts Tarifas) DeMes(m Mes) (Tarifa, bool) {
	var out Tarifa
	for _, t := range ts {
		if t.Estado() != TarifaAprobada || m.Propio().Before(t.Desde) {
			continue
		}
		if out.Desde.Before(t.Desde) || out.Desde == t.Desde && out.Orden < t.Orden {
			out = t
		}
	}
	return out, out.Orden > 0
}

// Vigencia is where an approved tariff stands as of a month.
type Vigencia string

// The vigencias.
const (
	Vigente     Vigencia = "vigente"
	Futura      Vigencia = "futura"
	Reemplazada Vigencia = "reemplazada" // another holds now, or will from the same month on
)

// Vigencia is where one of them stands as of a month; empty where it is not approved.
func (ts Tarifas) Vigencia(t Tarifa, m Mes) Vigencia {
	if t.Estado() != TarifaAprobada {
		return ""
	}
	if now, ok := ts.DeMes(m); ok && now.ID == t.ID {
		return Vigente
	}
	if then, _ := ts.DeMes(t.Desde); m.Before(t.Desde) && then.ID == t.ID {
		return Futura
	}
	return Reemplazada
}

// Importe is an amount, or none where no tariff is in force: that is not nothing.
type Importe struct {
	Hay       bool
	Guaranies Guaranies
}

// EnGuaranies is an amount.
func EnGuaranies(n Guaranies) Importe { return Importe{true, n} }

// Entero is the amount; nil where there is none.
func (i Importe) Entero() *int64 {
	if !i.Hay {
		return nil
	}
	n := int64(i.Guaranies)
	return &n
}

// Mas adds two up. What has none adds nothing.
func (i Importe) Mas(o Importe) Importe {
	return Importe{i.Hay || o.Hay, i.Guaranies + o.Guaranies}
}
