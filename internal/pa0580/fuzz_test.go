package pa0580_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ande.gov.py/gestiones/internal/pa0580"
)

var (
	normalCI  = regexp.MustCompile(`\A[1-9][0-9]{0,7}\z`)
	normalRUC = regexp.MustCompile(`\A[1-9][0-9]{1,6}[0-9A-D]-[0-9]\z`)
	normalRef = map[string]*regexp.Regexp{
		"NIS":        regexp.MustCompile(`\A[0-9]{5,9}\z`),
		"EXPEDIENTE": regexp.MustCompile(`\A[0-9A-Z/.-]{3,30}\z`),
		"RECLAMO":    regexp.MustCompile(`\A[0-9A-Z/.-]{3,30}\z`),
	}
	number = regexp.MustCompile(`[0-9]{3,}`)
)

// told is the number that was typed and comes back in an error, where one does:
// errors reach logs. Up to two digits the text's own «de 1 a 8» would be found.
func told(err error, typed string) string {
	compact := strings.NewReplacer(".", "", " ", "").Replace(typed)
	for _, n := range append(number.FindAllString(typed, -1), number.FindAllString(compact, -1)...) {
		if strings.Contains(err.Error(), n) {
			return n
		}
	}
	return ""
}

func TestToldFindsWhatItLooksFor(t *testing.T) {
	t.Parallel()
	err := pa0580.Refuse(10, pa0580.CodeDocumentFormat, "documento", "No vale 1234567.")
	for _, typed := range []string{"1234567", "1.234.567", " 1234567-9"} {
		equal(t, "tells of "+typed, told(err, typed) != "", true)
	}
}

func FuzzParseDocumento(f *testing.F) {
	for _, in := range []string{"80009735-1", "80.009.735 - 1", "1234567d-7", "80009735-9", "1234567", "0123", "", "-", "١٢٣", "\xff1"} {
		f.Add("RUC", in)
		f.Add("CI", in)
	}
	f.Add("PASAPORTE", "AA12345")
	f.Fuzz(func(t *testing.T, tipo, in string) {
		d, err := pa0580.ParseDocumento(tipo, in)
		if err != nil {
			refusal(t, err, 10)
			equal(t, "number told", told(err, in), "")
			equal(t, "documento refused", d, pa0580.Documento{})
			return
		}
		shape := map[string]*regexp.Regexp{"CI": normalCI, "RUC": normalRUC}[tipo]
		if shape == nil || !shape.MatchString(d.Normal) {
			t.Fatalf("%s %q is accepted as %q", tipo, in, d.Normal)
		}
		equal(t, "kept as typed", d.Entrada, in)
		equal(t, "normal form of the normal form", parse(t, tipo, d.Normal).Normal, d.Normal)
	})
}

func FuzzParseReferencia(f *testing.F) {
	patrones := pa0580.PatronesANDE()
	for _, in := range []string{"1234567", " 1234567\n", "ge/2026-1.234", "ı23", "12\n345", "", "\xff"} {
		for tipo := range patrones {
			f.Add(string(tipo), in)
		}
	}
	f.Add("MEDIDOR", "1234567")
	f.Fuzz(func(t *testing.T, tipo, in string) {
		r, err := patrones.Parse(tipo, in)
		if err != nil {
			refusal(t, err, 20)
			equal(t, "number told", told(err, in), "")
			return
		}
		if shape := normalRef[tipo]; shape == nil || !shape.MatchString(r.Numero) {
			t.Fatalf("%s %q is accepted as %q", tipo, in, r.Numero)
		}
		again, err := patrones.Parse(tipo, r.Numero)
		outcome(t, "again", err, 20, "")
		equal(t, "normal form of the normal form", again, r)
	})
}

func FuzzParseObservacion(f *testing.F) {
	fuzzText(f, 40, pa0580.ParseObservacion)
}

func FuzzParseMotivo(f *testing.F) {
	fuzzText(f, 0, pa0580.ParseMotivo)
}

func fuzzText(f *testing.F, paso int, parse func(string) (string, error)) {
	for _, in := range []string{"", " uno\r\ndos ", "\x00", "\r", "\r\r\n", "\xff", "\u0085x\u0085", "Ana \u202ezetíneB", strings.Repeat("ñ", 2001)} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := parse(in)
		if err != nil {
			equal(t, "code", refusal(t, err, paso).Code, pa0580.CodeRemark)
			equal(t, "text refused", got, "")
			return
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 2000 || got != strings.TrimSpace(got) {
			t.Fatalf("%q is accepted as %q", in, got)
		}
		for _, c := range got {
			if (unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c)) && c != '\n' && c != '\t' {
				t.Fatalf("%q is accepted with %U", in, c)
			}
		}
		again, err := parse(got)
		outcome(t, "again", err, paso, "")
		equal(t, "normal form of the normal form", again, got)
	})
}

func FuzzParseMes(f *testing.F) {
	for _, in := range []string{"2026-10", "1999-12", "2026-13", "9999-12", "2026-1", "+026-10", "2026-10-01", ""} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		m, err := pa0580.ParseMes(in)
		if err != nil {
			refusal(t, err, 0)
			equal(t, "mes refused", m, pa0580.Mes{})
			return
		}
		equal(t, "there is one way to write it", m.String(), in)
	})
}

func FuzzParseDia(f *testing.F) {
	for _, in := range []string{"2026-10-31", "2026-02-29", "2024-02-29", "0000-01-01", "9999-12-31", "2026-1-1", "31/10/2026", ""} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		d, err := pa0580.ParseDia(in)
		if err != nil {
			refusal(t, err, 0)
			equal(t, "día refused", d, pa0580.Dia{})
			return
		}
		equal(t, "there is one way to write it", d.String(), in)
	})
}

// UnmarshalText takes what the parser takes, and nothing for none; refused, it
// leaves the value as it was.
func FuzzUnmarshalText(f *testing.F) {
	for _, in := range []string{"2026-10", "2026-10-31", "", " ", "2026", "\xff"} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		mes, dia := octubre, hoy
		if err := mes.UnmarshalText(in); err != nil {
			refusal(t, err, 0)
			equal(t, "mes refused", mes, octubre)
		} else {
			equal(t, "mes", mes.String(), string(in))
		}
		if err := dia.UnmarshalText(in); err != nil {
			refusal(t, err, 0)
			equal(t, "día refused", dia, hoy)
		} else {
			equal(t, "día", dia.String(), string(in))
		}
	})
}
