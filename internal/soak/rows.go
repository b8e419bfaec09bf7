package soak

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/pa0580"
)

// rows are the records that answers are held against, by actor and key.
type rows struct {
	gestiones map[string]gestionRow
	byID      map[string]gestionRow
	comandos  map[string]comandoRow
	byComando map[string]comandoRow
	lotes     map[string]loteRow
	pedidos   map[string]bool
	ordenes   map[string]ordenRow
	byOrden   map[string]ordenRow
	signed    map[string]bool // month and unit
	revealed  map[string]int  // gestión
}

type gestionRow struct{ id, estado string }

type comandoRow struct {
	id, resultado, codigo, lote string
	visto                       bool
}

type loteRow struct {
	id     string
	stored int
}

type ordenRow struct {
	id      string
	cerrado *bool
	codigo  string
	waits   bool // for its second person
}

func key(actor, clave string) string { return actor + " " + clave }

func (m *mundo) readRows(ctx context.Context) (*rows, error) {
	conn, err := pgx.Connect(ctx, m.url)
	if err != nil {
		return nil, fmt.Errorf("read the rows: %w", err)
	}
	defer conn.Close(ctx)
	r := &rows{
		gestiones: map[string]gestionRow{}, byID: map[string]gestionRow{}, comandos: map[string]comandoRow{},
		byComando: map[string]comandoRow{}, lotes: map[string]loteRow{}, pedidos: map[string]bool{},
		ordenes: map[string]ordenRow{}, byOrden: map[string]ordenRow{}, signed: map[string]bool{}, revealed: map[string]int{},
	}
	var actor, clave string
	var g gestionRow
	var c comandoRow
	var l loteRow
	var o ordenRow
	var n int
	for _, q := range []struct {
		sql  string
		into []any
		keep func()
	}{
		{"SELECT agente_id::text, clave, id::text, estado FROM gestiones", []any{&actor, &clave, &g.id, &g.estado},
			func() { r.gestiones[key(actor, clave)], r.byID[g.id] = g, g }},
		{"SELECT actor_id::text, clave, id::text, COALESCE(resultado, ''), COALESCE(codigo, ''), COALESCE(lote_id::text, ''), visto_at IS NOT NULL FROM comandos",
			[]any{&actor, &clave, &c.id, &c.resultado, &c.codigo, &c.lote, &c.visto},
			func() { r.comandos[key(actor, clave)], r.byComando[c.id] = c, c }},
		{"SELECT l.actor_id::text, l.clave, l.id::text, (SELECT count(*) FROM comandos c WHERE c.lote_id = l.id) FROM lotes l",
			[]any{&actor, &clave, &l.id, &l.stored}, func() { r.lotes[key(actor, clave)] = l }},
		{"SELECT actor_id::text, clave FROM pedidos", []any{&actor, &clave}, func() { r.pedidos[key(actor, clave)] = true }},
		{"SELECT actor_id::text, clave, id::text, cerrado, COALESCE(codigo, ''), doble AND confirmada_por IS NULL AND cerrado IS NULL FROM ordenes_cierre",
			[]any{&actor, &clave, &o.id, &o.cerrado, &o.codigo, &o.waits}, func() { r.ordenes[key(actor, clave)], r.byOrden[o.id] = o, o }},
		{"SELECT mes, unidad_id::text FROM conformidades", []any{&actor, &clave}, func() { r.signed[key(actor, clave)] = true }},
		{"SELECT gestion_id::text, count(*) FROM auditoria WHERE accion = 'revelar' GROUP BY 1", []any{&actor, &n},
			func() { r.revealed[actor] = n }},
	} {
		found, err := conn.Query(ctx, q.sql)
		if err != nil {
			return nil, fmt.Errorf("read the rows: %w", err)
		}
		if _, err := pgx.ForEachRow(found, q.into, func() error { q.keep(); return nil }); err != nil {
			return nil, fmt.Errorf("read the rows: %w", err)
		}
	}
	return r, nil
}

// contradict says what is wrong with an answer, nothing where the rows bear it out.
func (r *rows) contradict(a answer) string {
	k := key(string(a.who.ID), a.key)
	switch a.what {
	case cargar:
		return r.loaded(a, k)
	case comando:
		return r.commanded(a, k)
	case lote:
		return r.bulk(a, k)
	case visto:
		if a.ok() && !r.byComando[a.about].visto {
			return "it was not marked seen"
		}
	case revelar:
		if a.ok() && r.revealed[a.about] == 0 {
			return "nobody recorded who saw the document"
		}
	case cambio, corte, ajuste, tarifa, reclamo:
		if r.pedidos[k] != a.ok() {
			return fmt.Sprintf("that it was done is recorded: %t", r.pedidos[k])
		}
	case cerrar:
		return r.ordered(a, r.ordenes[k], a.ok())
	case confirmar:
		return r.ordered(a, r.byOrden[a.about], false)
	case retirar:
		if a.ok() && r.byOrden[a.about].codigo != string(pa0580.CodeWithdrawn) {
			return "the order was not withdrawn"
		}
	case conformar:
		unit, _ := a.request.body.(map[string]any)["unidad"].(pa0580.UnidadID)
		if a.ok() && !r.signed[key(a.about, string(unit))] {
			return "there is no signature"
		}
	}
	return ""
}

func (r *rows) loaded(a answer, k string) string {
	row, found := r.gestiones[k]
	switch {
	case a.ok() && (!found || row.id != a.body.ID):
		return fmt.Sprintf("the row is %q, the agent was told %q", row.id, a.body.ID)
	case a.ok() && row.estado == string(pa0580.Recibida):
		return "it was never verified"
	case !a.ok() && a.body.Codigo == string(pa0580.CodeReferenceUnknown) && row.estado != string(pa0580.Invalida):
		return "the agent was told that it is invalid and the row is «" + row.estado + "»"
	case !a.ok() && a.body.Codigo != string(pa0580.CodeReferenceUnknown) && found:
		return "it was refused and stored"
	}
	return ""
}

func (r *rows) commanded(a answer, k string) string {
	row, found := r.comandos[k]
	switch {
	case a.status == http.StatusOK && row.resultado != string(pa0580.Aplicado):
		return "the row says «" + row.resultado + "»"
	case a.status == http.StatusAccepted && (!found || row.id != a.body.ID || row.resultado == ""):
		return fmt.Sprintf("the row is %q with result %q, they were told %q", row.id, row.resultado, a.body.ID)
	case !a.ok() && found && (row.resultado != string(pa0580.SinEfecto) || row.codigo != a.body.Codigo):
		return fmt.Sprintf("it was refused, and the row says «%s» %s", row.resultado, row.codigo)
	}
	return ""
}

func (r *rows) bulk(a answer, k string) string {
	row, found := r.lotes[k]
	switch {
	case a.ok() && (!found || row.id != a.body.ID || row.stored != a.body.Guardado):
		return fmt.Sprintf("the row is %q with %d commands, they were told %q with %d", row.id, row.stored, a.body.ID, a.body.Guardado)
	case !a.ok() && found:
		return "it was refused and stored"
	}
	return ""
}

// ordered holds what was said of an order against it; waits tells that it may wait for
// its second person.
func (r *rows) ordered(a answer, row ordenRow, waits bool) string {
	switch {
	case a.status == http.StatusOK && (row.cerrado == nil || !*row.cerrado):
		return "the order did not close the month"
	case a.status == http.StatusAccepted && row.cerrado == nil && (!waits || !row.waits):
		return "the order was not carried out"
	case a.what == cerrar && !a.ok() && row.id != "" && (row.cerrado == nil || *row.cerrado || row.codigo != a.body.Codigo):
		return "it was refused, and the order says otherwise: " + row.codigo
	}
	return ""
}
