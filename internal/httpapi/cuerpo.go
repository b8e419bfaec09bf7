package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"ande.gov.py/gestiones/internal/pa0580"
)

// decode reads a JSON object into T by its json tags, names as they are written
// and values of the right type: everything that is wrong at once, each with its
// step, and nothing of what was sent in any text. A null is a field that was not
// sent. The error is a *problema where the body is no JSON object at all.
func decode[T any](raw []byte) (T, pa0580.Refusals, error) {
	var out T
	if err := readable(raw); err != nil {
		return out, nil, err
	}
	d := &decoder{dates: hasDates(reflect.TypeFor[T]())}
	d.object("", raw, reflect.ValueOf(&out).Elem())
	return out, d.refusals, nil
}

// readable wants one JSON object and nothing after it.
func readable(raw []byte) error {
	if i := invalidUTF8(raw); i >= 0 {
		return unreadable(fmt.Sprintf("El cuerpo no está en UTF-8: revise el byte %d.", i+1))
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return unreadable(fmt.Sprintf("El cuerpo no es JSON válido: revise alrededor del byte %d de %d.", syntax.Offset, len(raw)))
		}
		return unreadable("El cuerpo no es JSON válido.")
	}
	if compact.Len() == 0 || compact.Bytes()[0] != '{' {
		return unreadable("El cuerpo debe ser un objeto JSON, entre llaves.")
	}
	return nil
}

func invalidUTF8(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}

type decoder struct {
	dates    bool // the command has days of its own: a time is just another unknown field
	refusals pa0580.Refusals
}

func (d *decoder) refuse(paso int, code pa0580.Code, campo, message string) {
	d.refusals = append(d.refusals, pa0580.Refuse(paso, code, campo, message))
}

// object reads a JSON object, known to be valid, into a struct.
func (d *decoder) object(path string, raw []byte, into reflect.Value) {
	in := json.NewDecoder(bytes.NewReader(raw))
	if _, err := in.Token(); err != nil {
		return
	}
	seen := map[string]bool{}
	for in.More() {
		token, err := in.Token()
		name, ok := token.(string)
		var value json.RawMessage
		if err != nil || !ok || in.Decode(&value) != nil {
			return // raw is valid: it does not happen
		}
		field, known := fieldNamed(into, name)
		campo := path + shown(name, known)
		switch {
		case seen[name]:
			paso, code := judgedBy(campo)
			d.refuse(paso, code, campo, "Ese campo está dos veces: deje uno.")
		case !known:
			d.unknown(campo, name)
		default:
			d.value(campo, value, field)
		}
		seen[name] = true
	}
}

func (d *decoder) unknown(campo, name string) {
	if !d.dates && smellsOfTime(name) {
		d.refuse(50, pa0580.CodeClientTime, campo, "La hora la pone el servidor: quite ese campo.")
		return
	}
	d.refuse(0, pa0580.CodeUnknownField, campo, "El pedido no tiene ese campo: quítelo o revise cómo se escribe.")
}

// value reads one value into a field of any type that commands have.
func (d *decoder) value(campo string, raw json.RawMessage, into reflect.Value) {
	if string(raw) == "null" {
		return
	}
	if into.Kind() == reflect.Pointer {
		fresh := reflect.New(into.Type().Elem())
		d.value(campo, raw, fresh.Elem())
		into.Set(fresh)
		return
	}
	if want := d.read(campo, raw, into); want != "" {
		paso, code := judgedBy(campo)
		d.refuse(paso, code, campo, fmt.Sprintf("El campo «%s» debe ser %s.", campo, want))
	}
}

// read gives what the value should have been, empty where it is.
func (d *decoder) read(campo string, raw json.RawMessage, into reflect.Value) (want string) {
	first := raw[0]
	switch into.Kind() {
	case reflect.String:
		if first != '"' {
			return "un texto, entre comillas"
		}
		var s string
		_ = json.Unmarshal(raw, &s) // a valid string
		if strings.ContainsRune(s, 0) {
			return "un texto sin caracteres nulos"
		}
		into.SetString(s)
	case reflect.Bool:
		if first != 't' && first != 'f' {
			return "true o false, sin comillas"
		}
		into.SetBool(first == 't')
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(string(raw), 10, into.Type().Bits())
		if err != nil {
			return "un número entero, sin comillas"
		}
		into.SetInt(n)
	case reflect.Slice:
		if first != '[' {
			return "una lista, entre corchetes"
		}
		d.list(campo, raw, into)
	default:
		if first != '{' {
			return "un objeto, entre llaves"
		}
		d.object(campo+".", raw, into)
	}
	return ""
}

func (d *decoder) list(campo string, raw json.RawMessage, into reflect.Value) {
	var items []json.RawMessage
	_ = json.Unmarshal(raw, &items) // a valid array
	out := reflect.MakeSlice(into.Type(), len(items), len(items))
	for i, item := range items {
		d.value(fmt.Sprintf("%s[%d]", campo, i), item, out.Index(i))
	}
	into.Set(out)
}

// fieldNamed finds the field with that json name, in embedded structs as well.
func fieldNamed(v reflect.Value, name string) (reflect.Value, bool) {
	for _, f := range reflect.VisibleFields(v.Type()) {
		if tag := tagOf(f); !f.Anonymous && tag == name && tag != "" {
			return v.FieldByIndex(f.Index), true
		}
	}
	return reflect.Value{}, false
}

func tagOf(f reflect.StructField) string {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return tag
}
