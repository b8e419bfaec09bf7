package planilla

import (
	"bytes"
	"encoding/json"
	"slices"
)

// json writes the document's data and tables, keys in the order of their columns and a
// line for each row: the whole is in memory once.
func (d impreso) json() ([]byte, error) {
	var out bytes.Buffer
	open := "{\n  "
	for _, p := range slices.Concat(objeto{{"documento", titulo}}, d.exacto, objeto{{"huella", d.huella}}) {
		out.WriteString(open)
		if err := p.write(&out); err != nil {
			return nil, err
		}
		open = ",\n  "
	}
	for i, t := range d.tablas {
		out.WriteString(open)
		if err := t.json(&out); err != nil {
			return nil, err
		}
		if i > 0 {
			continue // the others come to the same
		}
		out.WriteString(open)
		if err := (par{"totales", t.sumas()}).write(&out); err != nil {
			return nil, err
		}
	}
	out.WriteString("\n}\n")
	return out.Bytes(), nil
}

// json writes the table's name and an array of its rows.
func (t tabla) json(out *bytes.Buffer) error {
	out.WriteString(`"` + t.clave + `": [`)
	for i, f := range t.filas {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		if err := t.objeto(f).write(out); err != nil {
			return err
		}
	}
	out.WriteString("\n  ]")
	return nil
}

// sumas are the totals of the columns that have some.
func (t tabla) sumas() objeto {
	var out objeto
	for i, p := range t.objeto(t.totales()) {
		if t.columnas[i].sumada() {
			out = append(out, p)
		}
	}
	return out
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

func (o objeto) write(out *bytes.Buffer) error {
	out.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			out.WriteString(", ")
		}
		if err := p.write(out); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}

// write writes letters as they are: nobody puts a file into a page's script. A key is one
// of ours, and needs no escaping.
func (p par) write(out *bytes.Buffer) error {
	out.WriteString(`"` + p.clave + `": `)
	switch v := p.valor.(type) {
	case objeto:
		return v.write(out)
	case []objeto:
		return writeList(out, v)
	}
	w := json.NewEncoder(out)
	w.SetEscapeHTML(false)
	err := w.Encode(p.valor)
	out.Truncate(len(bytes.TrimRight(out.Bytes(), "\n")))
	return err
}

func writeList(out *bytes.Buffer, all []objeto) error {
	out.WriteByte('[')
	for i, o := range all {
		if i > 0 {
			out.WriteString(", ")
		}
		if err := o.write(out); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	return nil
}
