package planilla

import (
	"bytes"
	"encoding/json"
)

// json writes the document's data and tables, keys in the order of their columns.
func (d impreso) json() ([]byte, error) {
	out := append(objeto{{"documento", titulo}}, d.exacto...)
	out = append(out, par{"huella", d.huella})
	for i, t := range d.tablas {
		rows := make([]objeto, len(t.filas))
		for j, f := range t.filas {
			rows[j] = t.objeto(f)
		}
		out = append(out, par{t.clave, rows})
		if i == 0 { // the others come to the same
			sums := t.objeto(t.totales())
			counts := sums[:0]
			for j, c := range t.columnas {
				if c.clase == cuenta {
					counts = append(counts, sums[j])
				}
			}
			out = append(out, par{"totales", counts})
		}
	}
	text, err := encode(out)
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	err = json.Indent(&indented, text, "", "  ")
	return indented.Bytes(), err
}

// encode writes letters as they are; nobody puts a file into a page's script.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	w := json.NewEncoder(&out)
	w.SetEscapeHTML(false)
	err := w.Encode(v)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

func (t tabla) objeto(fila []any) objeto {
	out := make(objeto, len(fila))
	for i, cell := range fila {
		out[i] = par{t.columnas[i].clave, cell}
	}
	return out
}

// objeto is a JSON object whose keys keep their order.
type objeto []par

type par struct {
	clave string
	valor any
}

// MarshalJSON writes the pairs as they stand.
func (o objeto) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		key, err := encode(p.clave)
		if err != nil {
			return nil, err
		}
		value, err := encode(p.valor)
		if err != nil {
			return nil, err
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
