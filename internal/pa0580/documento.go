package pa0580

import (
	"regexp"
	"strings"
	"unicode"
)

// TipoDocumento is the kind of document of step 10.
type TipoDocumento string

// The documents PA0580 knows.
const (
	CI  TipoDocumento = "CI"
	RUC TipoDocumento = "RUC"
)

const (
	maxCI      = 8 // digits
	minRUCBase = 3 // characters
	maxRUCBase = 8
)

// Documento is a customer's valid document (PA0580, step 10).
type Documento struct {
	Tipo    TipoDocumento
	Entrada string // as typed, kept as evidence
	Normal  string // "1234567" or "80009735-1"
}

// ParseDocumento reads a document as people type it: dots and white space are
// dropped, letters raised, the dash stays significant. Refuses with
// CodeDocumentType, CodeDocumentFormat or CodeCheckDigit, always step 10.
func ParseDocumento(tipo, entrada string) (Documento, error) {
	compact := strings.ToUpper(strings.Map(dropTyped, entrada))
	switch TipoDocumento(tipo) {
	case CI:
		if strings.Contains(compact, "-") {
			return Documento{}, refuse10(CodeDocumentFormat, "Una C.I. no lleva dígito verificador; si tiene guion es un RUC: cambie el tipo de documento.")
		}
		if !isDigits(compact) || len(compact) > maxCI || compact[0] == '0' {
			return Documento{}, refuse10(CodeDocumentFormat, "La C.I. lleva de 1 a 8 dígitos, sin cero inicial.")
		}
		return Documento{Tipo: CI, Entrada: entrada, Normal: compact}, nil
	case RUC:
		base, digit, dash := strings.Cut(compact, "-")
		switch {
		case !dash || digit == "":
			return Documento{}, refuse10(CodeDocumentFormat, "Falta el dígito verificador del RUC: escriba la base, un guion y el dígito.")
		case !isRUCBase(base) || len(digit) != 1 || !isDigits(digit):
			return Documento{}, refuse10(CodeDocumentFormat, "El RUC lleva de 3 a 8 caracteres sin cero inicial, un guion y un dígito verificador.")
		case CheckDigit(base) != int(digit[0]-'0'):
			return Documento{}, refuse10(CodeCheckDigit, "El dígito verificador no corresponde a ese RUC: revise el número.")
		}
		return Documento{Tipo: RUC, Entrada: entrada, Normal: compact}, nil
	}
	return Documento{}, &Refusal{Paso: 10, Code: CodeDocumentType, Campo: "documento.tipo", Message: "El tipo de documento debe ser CI o RUC."}
}

// Persona is the number that identifies the person: a natural person's RUC
// base is their C.I. number, so CI 1234567 and RUC 1234567-9 are the same one.
func (d Documento) Persona() string {
	base, _, _ := strings.Cut(d.Normal, "-")
	return base
}

// Masked is the document as lists and annexes show it: «•••4567».
func (d Documento) Masked() string { return MaskDocumento(d.Normal) }

// MaskDocumento shows the last four characters of a normal document, «•••4567»,
// and hides at least three: a short one shows fewer.
func MaskDocumento(normal string) string {
	if normal == "" {
		return ""
	}
	return "•••" + normal[len(normal)-min(4, max(0, len(normal)-3)):]
}

// HideDocumento masks a document that a text quotes, as people type it: with dots or
// spaces between its digits, with its check digit or without. One of less than four
// characters is not told from any other number, and stays.
func HideDocumento(text, normal string) string {
	base, _, _ := strings.Cut(normal, "-")
	if len(base) < 4 || text == "" {
		return text
	}
	chars := strings.Split(base, "")
	for i, c := range chars {
		chars[i] = regexp.QuoteMeta(c)
	}
	typed := strings.Join(chars, "[. ]?")
	return regexp.MustCompile(`(?i)\b`+typed+`(-[0-9])?\b`).ReplaceAllLiteralString(text, MaskDocumento(normal))
}

// CheckDigit is the modulo 11 check digit of a RUC base (SET, Paraguay): each
// non-digit is replaced by its ASCII code in decimal, the digits are weighed
// from the right 2, 3, … 11, 2, 3, …; with r the sum modulo 11, the digit is
// 11 − r where r > 1 and 0 otherwise.
func CheckDigit(base string) int {
	sum, weight := 0, 2
	weigh := func(d int) {
		sum += d * weight
		if weight++; weight > 11 {
			weight = 2
		}
	}
	for i := len(base) - 1; i >= 0; i-- {
		c := int(base[i])
		if c >= '0' && c <= '9' {
			weigh(c - '0')
			continue
		}
		for ; c > 0; c /= 10 {
			weigh(c % 10)
		}
	}
	if r := sum % 11; r > 1 {
		return 11 - r
	}
	return 0
}

func isRUCBase(s string) bool {
	if len(s) < minRUCBase || len(s) > maxRUCBase || s[0] == '0' {
		return false
	}
	last := s[len(s)-1]
	return isDigits(s[:len(s)-1]) && (isDigits(s[len(s)-1:]) || last >= 'A' && last <= 'D')
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// dropTyped removes what people type for the eye: dots and white space.
func dropTyped(r rune) rune {
	if r == '.' || unicode.IsSpace(r) {
		return -1
	}
	return r
}

func refuse10(code Code, message string) *Refusal {
	return &Refusal{Paso: 10, Code: code, Campo: "documento.numero", Message: message}
}
