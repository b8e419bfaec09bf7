package pa0580

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TipoGestion is the kind of matter attended (PA0580, step 30; IPE-63).
type TipoGestion int

// The five types of step 30.
const (
	GrandesClientes      TipoGestion = 1 // supplies in media tensión
	Preferencial         TipoGestion = 2 // elderly, pregnant, disabled
	FraccionamientoDeuda TipoGestion = 3 // a payment plan for a supply's whole debt
	Solicitudes          TipoGestion = 4 // new supplies, contract changes, street lighting, line extensions
	ReclamosConsultas    TipoGestion = 5 // billing, readings, undelivered bills, contract data
)

// TiposGestion lists the types in the order of the procedure.
func TiposGestion() []TipoGestion {
	return []TipoGestion{GrandesClientes, Preferencial, FraccionamientoDeuda, Solicitudes, ReclamosConsultas}
}

func (t TipoGestion) String() string {
	switch t {
	case GrandesClientes:
		return "GRANDES_CLIENTES"
	case Preferencial:
		return "PREFERENCIAL"
	case FraccionamientoDeuda:
		return "FRACCIONAMIENTO_DEUDA"
	case Solicitudes:
		return "SOLICITUDES"
	case ReclamosConsultas:
		return "RECLAMOS_CONSULTAS"
	}
	return "DESCONOCIDO"
}

// ParseTipoGestion refuses anything but 1–5 with CodeTipoGestion, step 30.
func ParseTipoGestion(n int) (TipoGestion, error) {
	if n < int(GrandesClientes) || n > int(ReclamosConsultas) {
		return 0, &Refusal{Paso: 30, Code: CodeTipoGestion, Campo: "tipo_gestion", Message: "El tipo de gestión va de 1 a 5."}
	}
	return TipoGestion(n), nil
}

// MaxObservacion is the longest remark, in characters.
const MaxObservacion = 2000

// ParseObservacion reads the optional remark of step 40: plain text of up to
// 2,000 characters, line breaks and tabs allowed. Outer white space is dropped.
func ParseObservacion(s string) (string, error) {
	return parseText(s, 40, "observacion", "La observación")
}

// Borrado is what stands for a text that the law had erased. Nobody else writes it.
const Borrado = "Borrado por ley."

// ParseMotivo reads the written reason of a decision, with the same limits as
// a remark. Empty is allowed here; [Comando.Check] knows who owes one.
func ParseMotivo(s string) (string, error) {
	return parseText(s, 0, "motivo", "El motivo")
}

func parseText(s string, paso int, campo, what string) (string, error) {
	no := func(message string) (string, error) {
		return "", &Refusal{Paso: paso, Code: CodeRemark, Campo: campo, Message: what + message}
	}
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if n := utf8.RuneCountInString(s); n > MaxObservacion {
		return no(fmt.Sprintf(" admite hasta %s caracteres; tiene %s.", miles(MaxObservacion), miles(n)))
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return Hidden(r) && r != '\n' && r != '\t'
	}) {
		return no(" debe ser texto simple, sin caracteres de control.")
	}
	if s == Borrado {
		return no(" no puede ser «" + Borrado + "»: es lo que queda de un texto que se borró.")
	}
	return s, nil
}

// Hidden tells a character that is not seen itself and changes how others are: control
// characters, and those that turn the direction of writing.
func Hidden(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// miles writes n as Paraguay does, '.' between thousands.
func miles(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
