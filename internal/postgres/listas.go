package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Gestiones lists what v may see: newest day first, or, of an inbox, oldest
// first.
func (s *Store) Gestiones(ctx context.Context, v app.Vision, f app.Filtro) ([]app.Ficha, error) {
	l := list{parts: branches(v), key: "dia", direction: " DESC", limit: f.Limite}
	if f.Bandeja != nil {
		// Its parts are walked, each along its index; the vision is one more condition.
		l = list{parts: decided(f.Bandeja), within: []condition{visible(v)}, key: "guardada_at", limit: f.Limite}
	}
	if f.Tras != "" {
		day, at, err := s.place(ctx, f.Tras)
		if err != nil {
			return nil, err
		}
		after := bun.SafeQuery("(g.dia, g.id) < (?, ?)", day, f.Tras)
		if f.Bandeja != nil {
			after = bun.SafeQuery("(g.guardada_at, g.id) > (?, ?)", at, f.Tras)
		}
		l.within = append(l.within, after)
	}
	page, args, ok := s.page(l, f)
	if !ok {
		return nil, nil
	}
	var rows []fichaRow
	err := s.db.NewRaw(fichasSQL, bun.SafeQuery(page, args...), bun.Safe(l.order("g."))).Scan(ctx, &rows)
	return each(rows, fichaRow.ficha), seek("list gestiones", err)
}

// place is where a list goes on.
func (s *Store) place(ctx context.Context, id pa0580.GestionID) (dia, time.Time, error) {
	var found []struct {
		Dia        dia
		GuardadaAt time.Time
	}
	if isID(id) {
		err := s.db.NewRaw("SELECT dia, guardada_at FROM gestiones WHERE id = ?", id).Scan(ctx, &found)
		if err != nil {
			return dia{}, time.Time{}, seek("read cursor", err)
		}
	}
	if len(found) == 0 {
		return dia{}, time.Time{}, pa0580.Refuse(0, pa0580.CodeField, "cursor", "El cursor no es de esta lista: pídala de nuevo desde el comienzo.")
	}
	return found[0].Dia, found[0].GuardadaAt, nil
}

// list is one page to be found: rows that meet any of parts and all of within,
// in the order of key and id.
type list struct {
	parts     []condition
	within    []condition
	key       string // a column
	direction string
	limit     int
}

func (l list) order(alias string) string {
	return alias + l.key + l.direction + ", " + alias + "id" + l.direction
}

// page is the subquery that finds a page's ids. Each part walks its own index
// in order and stops at the limit; only their heads are merged.
func (s *Store) page(l list, f app.Filtro) (string, []any, bool) {
	var subs []string
	var args []any
	for _, part := range l.parts {
		q := s.db.NewSelect().TableExpr("gestiones AS g").ColumnExpr("g.id, g.?", bun.Name(l.key)).
			Where("?", part).OrderExpr(l.order("g."))
		if !narrow(q, f) {
			return "", nil, false
		}
		for _, c := range l.within {
			q.Where("?", c)
		}
		if l.limit > 0 {
			q.Limit(int64(l.limit))
		}
		subs, args = append(subs, "(?)"), append(args, q)
	}
	switch len(subs) {
	case 0:
		return "", nil, false
	case 1:
		return "?", args, true
	}
	merged := strings.Join(subs, " UNION ") + " ORDER BY " + l.order("")
	if l.limit > 0 {
		merged += " LIMIT ?"
		args = append(args, l.limit)
	}
	return merged, args, true
}
