package pa0580_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

func TestDocumentoVectors(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/documentos.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 2 {
		t.Fatal("no vectors")
	}
	equal(t, "header", rows[0], []string{"tipo", "entrada", "valido", "normalizado", "nota"})
	for _, row := range rows[1:] {
		tipo, entrada, valido, normal, nota := row[0], row[1], row[2], row[3], row[4]
		t.Run(tipo+" "+entrada, func(t *testing.T) {
			t.Parallel()
			d, err := pa0580.ParseDocumento(tipo, entrada)
			switch {
			case valido == "si":
				outcome(t, nota, err, 10, "")
				equal(t, "documento", d, pa0580.Documento{Tipo: pa0580.TipoDocumento(tipo), Entrada: entrada, Normal: normal})
			case valido != "no":
				t.Errorf("valido is %q, want si or no", valido)
			case err == nil:
				t.Errorf("accepted, want it refused: %s", nota)
			default:
				equal(t, "documento", d, pa0580.Documento{})
				equal(t, "refused for its check digit", refusal(t, err, 10).Code == pa0580.CodeCheckDigit, nota == "wrong check digit")
			}
		})
	}
}

func TestParseDocumento(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tipo, in, want string
		code           pa0580.Code
	}{
		"the shortest base has 3 characters":    {tipo: "RUC", in: "266-" + digitOf("266"), want: "266-" + digitOf("266")},
		"2 characters are too few":              {tipo: "RUC", in: "26-" + digitOf("26"), code: pa0580.CodeDocumentFormat},
		"9 characters are too many":             {tipo: "RUC", in: "800097351-" + digitOf("800097351"), code: pa0580.CodeDocumentFormat},
		"7 digits and a letter are 8":           {tipo: "RUC", in: "1234567D-7", want: "1234567D-7"},
		"8 digits and a letter are 9":           {tipo: "RUC", in: "12345678A-" + digitOf("12345678A"), code: pa0580.CodeDocumentFormat},
		"E is not a RUC's letter":               {tipo: "RUC", in: "1234567E-" + digitOf("1234567E"), code: pa0580.CodeDocumentFormat},
		"a letter before the last place":        {tipo: "RUC", in: "123A567-" + digitOf("123A567"), code: pa0580.CodeDocumentFormat},
		"a check digit is one digit":            {tipo: "RUC", in: "80009735-01", code: pa0580.CodeDocumentFormat},
		"a check digit is no letter":            {tipo: "RUC", in: "80009735-A", code: pa0580.CodeDocumentFormat},
		"digits of other scripts are not read":  {tipo: "CI", in: "١٢٣٤٥٦٧", code: pa0580.CodeDocumentFormat},
		"a C.I. may be one digit":               {tipo: "CI", in: "7", want: "7"},
		"zero is nobody's C.I.":                 {tipo: "CI", in: "0", code: pa0580.CodeDocumentFormat},
		"tabs and no-break spaces are dropped":  {tipo: "CI", in: "\t4\u00a0123\u00a0456\n", want: "4123456"},
		"an invalid type with a valid number":   {tipo: "DNI", in: "1234567", code: pa0580.CodeDocumentType},
		"the type is written as the procedure":  {tipo: "ci", in: "1234567", code: pa0580.CodeDocumentType},
		"no type is reported before the number": {in: "x", code: pa0580.CodeDocumentType},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := pa0580.ParseDocumento(tc.tipo, tc.in)
			outcome(t, "ParseDocumento", err, 10, tc.code)
			equal(t, "normal", d.Normal, tc.want)
		})
	}
}

func TestNormalisingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tipo, normal := drawDocumento(t)
		first := parse(t, tipo, typed(t, normal))
		equal(t, "normal form", first.Normal, normal)
		again := parse(t, tipo, first.Normal)
		equal(t, "normal form of the normal form", again.Normal, normal)
	})
}

func TestAnotherCheckDigitIsRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := drawBase(t)
		for digit := range 10 {
			number := base + "-" + strconv.Itoa(digit)
			_, err := pa0580.ParseDocumento("RUC", number)
			code := pa0580.CodeCheckDigit
			if strconv.Itoa(digit) == digitOf(base) {
				code = ""
			}
			outcome(t, number, err, 10, code)
		}
	})
}

// One check digit, 0, stands for two remainders: a slip that moves the
// remainder between 0 and 1 can't be seen. A digit for a digit always moves it,
// since the weights 2 to 10 have inverses modulo 11; a letter in the last
// place is two digits and shifts the weights, so that it may leave it.
func TestAnotherBaseIsRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := drawBase(t)
		before := remainder(base)
		for i := range base {
			places := "0123456789"
			switch i {
			case 0:
				places = "123456789"
			case len(base) - 1:
				places = "0123456789ABCD"
			}
			for _, c := range places {
				other := base[:i] + string(c) + base[i+1:]
				after := remainder(other)
				isDigit := func(c byte) bool { return c >= '0' && c <= '9' }
				if other != base && isDigit(base[i]) && isDigit(byte(c)) && before == after {
					t.Fatalf("%s and %s differ in a digit and share the remainder %d", base, other, after)
				}
				code := pa0580.CodeCheckDigit
				if before == after || before+after == 1 {
					code = ""
				}
				_, err := pa0580.ParseDocumento("RUC", other+"-"+digitOf(base))
				outcome(t, base+" read as "+other, err, 10, code)
			}
		}
	})
}

// A base of 8 characters never reaches the weight 11: longer ones show that
// the weights start again at 2, as the algorithm is published.
func TestCheckDigitOfAnyLength(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.StringMatching(`[0-9A-Z]{0,40}`).Draw(t, "base")
		equal(t, "check digit", strconv.Itoa(pa0580.CheckDigit(base)), digitOf(base))
	})
}

func TestPersona(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{2,7}`).Draw(t, "number")
		ci := parse(t, "CI", typed(t, number))
		ruc := parse(t, "RUC", typed(t, number+"-"+digitOf(number)))
		equal(t, "the C.I.'s person", ci.Persona(), number)
		equal(t, "the RUC's person", ruc.Persona(), number)

		letter := drawLettered(t)
		equal(t, "a lettered RUC's person", parse(t, "RUC", letter+"-"+digitOf(letter)).Persona(), letter)
	})
}

func TestMasked(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":           "",
		"7":          "•••",
		"719":        "•••",
		"7191":       "•••1",
		"266-9":      "•••-9",
		"234567":     "•••567",
		"1234567":    "•••4567", // DOMAIN's
		"80009735-1": "•••35-1",
	}
	for normal, want := range tests {
		equal(t, "mask of "+normal, pa0580.MaskDocumento(normal), want)
	}
}

// Seven digits are the usual C.I. and DOMAIN shows four of them, more than
// half: what a mask hides is three characters at least.
// What people write quotes documents however they type them.
func TestHideDocumento(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, normal, want string }{
		"with dots":           {"la C.I. 1.234.567 es de otro", "1234567", "la C.I. •••4567 es de otro"},
		"with spaces":         {"es 1 234 567.", "1234567", "es •••4567."},
		"plain, twice":        {"1234567 y 1234567", "1234567", "•••4567 y •••4567"},
		"a RUC, by its base":  {"RUC 80.009.735", "80009735-1", "RUC •••35-1"},
		"a RUC, whole":        {"(80009735-1)", "80009735-1", "(•••35-1)"},
		"a letter, in small":  {"80009735a-4", "80009735A-4", "•••5A-4"},
		"part of a number":    {"NIS 12345678", "1234567", "NIS 12345678"},
		"another":             {"la C.I. 1.234.568", "1234567", "la C.I. 1.234.568"},
		"too short to tell":   {"faltan 123 hojas", "123", "faltan 123 hojas"},
		"nothing":             {"", "1234567", ""},
		"erased from the row": {"falta", "(borrado)", "falta"},
	} {
		equal(t, name, pa0580.HideDocumento(tt.text, tt.normal), tt.want)
	}
}

func TestMaskedHidesEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tipo, normal := drawDocumento(t)
		shown, dots := strings.CutPrefix(parse(t, tipo, normal).Masked(), "•••")
		hidden := min(3, len(normal))
		if !dots || !strings.HasSuffix(normal, shown) || len(shown) > 4 || len(normal)-len(shown) < hidden {
			t.Fatalf("%s is masked with %s shown", normal, shown)
		}
	})
}

func parse(t tb, tipo, in string) pa0580.Documento {
	t.Helper()
	d, err := pa0580.ParseDocumento(tipo, in)
	if err != nil {
		t.Fatalf("ParseDocumento(%s, %q): %v", tipo, in, err)
	}
	return d
}

// remainder is DOMAIN's sum modulo 11, written another way than the rules':
// the whole number is spelled out in digits first.
func remainder(base string) int {
	var spelled string
	for _, c := range base {
		if strings.ContainsRune("0123456789", c) {
			spelled += string(c)
		} else {
			spelled += strconv.Itoa(int(c))
		}
	}
	digits := []byte(spelled)
	slices.Reverse(digits)
	sum := 0
	for i, d := range digits {
		sum += (2 + i%10) * int(d-'0')
	}
	return sum % 11
}

// digitOf is the check digit by remainder: 0, 0, 9, 8, … 1.
func digitOf(base string) string { return "00987654321"[remainder(base):][:1] }

func drawDigits(t *rapid.T) string {
	return rapid.StringMatching(`[1-9][0-9]{2,7}`).Draw(t, "digits")
}

func drawLettered(t *rapid.T) string {
	return rapid.StringMatching(`[1-9][0-9]{1,6}[A-D]`).Draw(t, "lettered")
}

func drawBase(t *rapid.T) string {
	if rapid.Bool().Draw(t, "has a letter") {
		return drawLettered(t)
	}
	return drawDigits(t)
}

func drawDocumento(t *rapid.T) (tipo, normal string) {
	if rapid.Bool().Draw(t, "is a C.I.") {
		return "CI", rapid.StringMatching(`[1-9][0-9]{0,7}`).Draw(t, "C.I.")
	}
	base := drawBase(t)
	return "RUC", base + "-" + digitOf(base)
}

// typed writes a number as a hurried person would.
func typed(t *rapid.T, normal string) string {
	noise := rapid.SampledFrom([]string{"", "", "", ".", " ", "\t", "\u00a0", " . "})
	in := noise.Draw(t, "before")
	for _, c := range normal {
		if rapid.Bool().Draw(t, "in lower case") {
			in += strings.ToLower(string(c))
		} else {
			in += string(c)
		}
		in += noise.Draw(t, "after")
	}
	return in
}
