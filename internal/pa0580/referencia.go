package pa0580

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// TipoReferencia is what a gestión refers to in OPEN SGC (PA0580, step 20).
type TipoReferencia string

// The references PA0580 knows.
const (
	NIS        TipoReferencia = "NIS"
	Expediente TipoReferencia = "EXPEDIENTE"
	Reclamo    TipoReferencia = "RECLAMO"
)

// Referencia names one thing in OPEN SGC.
type Referencia struct {
	Tipo   TipoReferencia
	Numero string // outer white space dropped, letters raised
}

// Patrones says how each kind of reference is written. Utilities differ, so
// the patterns are configuration.
type Patrones map[TipoReferencia]*regexp.Regexp

// PatronesANDE are the patterns of DOMAIN: a NIS has 5 to 9 digits, expediente
// and reclamo 3 to 30 of digits, letters, '/', '-' and '.'.
func PatronesANDE() Patrones {
	caso := regexp.MustCompile(`^[0-9A-Z/.\-]{3,30}$`)
	return Patrones{
		NIS:        regexp.MustCompile(`^[0-9]{5,9}$`),
		Expediente: caso,
		Reclamo:    caso,
	}
}

// Parse reads a reference. Refuses with CodeReferenceType or
// CodeReferenceFormat, always step 20. That it exists only OPEN SGC can say.
func (p Patrones) Parse(tipo, numero string) (Referencia, error) {
	pattern, known := p[TipoReferencia(tipo)]
	if !known {
		return Referencia{}, &Refusal{Paso: 20, Code: CodeReferenceType, Campo: "referencia.tipo", Message: "La referencia debe ser un NIS, EXPEDIENTE o RECLAMO."}
	}
	normal := strings.ToUpper(strings.TrimSpace(numero))
	if !pattern.MatchString(normal) {
		return Referencia{}, &Refusal{Paso: 20, Code: CodeReferenceFormat, Campo: "referencia.numero", Message: fmt.Sprintf("El número de %s no tiene el formato esperado: %s", tipo, formats[TipoReferencia(tipo)])}
	}
	return Referencia{Tipo: TipoReferencia(tipo), Numero: normal}, nil
}

var formats = map[TipoReferencia]string{
	NIS:        "solo dígitos, como figura en la factura.",
	Expediente: "dígitos, letras, barra, guion o punto, como figura en OPEN SGC.",
	Reclamo:    "dígitos, letras, barra, guion o punto, como figura en OPEN SGC.",
}

// Tension is a supply's voltage level.
type Tension string

// The voltage levels: media tensión is what makes a «gran cliente».
const (
	BT Tension = "BT"
	MT Tension = "MT"
)

// Hallazgo is what OPEN SGC answered about a reference: the head's evidence.
type Hallazgo struct {
	Existe  bool
	Tension Tension   // empty where OPEN SGC gives none
	Titular string    // holder's document in normal form, empty where not given
	At      time.Time // when it answered
}

// ErrNoGestion is the refusal for a gestión that does not exist, or not for whoever asks.
func ErrNoGestion() *Refusal {
	return Refuse(0, CodeNotFound, "gestion", "No existe esa gestión o no le corresponde.")
}

// ErrInexistente is the refusal for a reference that OPEN SGC does not have.
func ErrInexistente(r Referencia) *Refusal {
	return &Refusal{Paso: 20, Code: CodeReferenceUnknown, Campo: "referencia.numero",
		Message: fmt.Sprintf("OPEN SGC no tiene ese %s: verifique el número con el cliente.", r.Tipo)}
}
