package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"
)

func TestZZFreeze(t *testing.T) {
	m := newMundo(t)
	m.million(t, 1_000_000)
	m.cortar(t, octubre, octubre.End())
	for range 2 {
		b := time.Now()
		_ = m.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`WITH h AS (SELECT unidad_id, gen_random_uuid() id FROM gestiones g WHERE estado='aprobada' GROUP BY 1)
 INSERT INTO planillas SELECT h.id, 5000+row_number() over (), '2026-10', h.unidad_id, 'x','x','',true,'','h', '2026-11-02' FROM h`).Exec(ctx)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tx.NewRaw(insertLineasSQL, "2026-10", octubre.End()).Exec(ctx)
			if err != nil {
				t.Fatal(err)
			}
			t.Log("insert", time.Since(b))
			_, err = tx.NewRaw(`UPDATE gestiones g SET estado='incluida', planilla_id=p.planilla_id FROM planilla_lineas p WHERE p.gestion_id=g.id`).Exec(ctx)
			if err != nil {
				t.Fatal(err)
			}
			t.Log("update", time.Since(b))
			return errors.New("no")
		})
		t.Log("bare", time.Since(b))
	}
	b := time.Now()
	v := m.vista(t, octubre)
	t.Log("vista", time.Since(b), v.Lineas)
	b = time.Now()
	_, err := m.Preparacion(t.Context(), octubre)
	t.Log("preparacion", time.Since(b), err)
	o := m.orden(t, octubre, m.rrhh, v.Huella, "x")
	seen := &statements{}
	db := m.db
	m.db = m.db.WithQueryHook(seen)
	b = time.Now()
	c := m.congelar(t, o, noviembre)
	t.Log("freeze", time.Since(b), c)
	m.db = db
	b = time.Now()
	u, err := m.Untold(t.Context(), octubre, "", 1000)
	t.Log("untold", time.Since(b), len(u), err)
	b = time.Now()
	_, err = m.Cierres(t.Context())
	t.Log("cierres", time.Since(b), err)
	t.Log(m.plan(t, []string{m.db.NewRaw(incluirSQL, "2026-10", noviembre, m.rrhh).String()}))
	var q []string
	seen.sent = nil
	m.db = m.db.WithQueryHook(seen)
	m.Preparacion(t.Context(), octubre)
	q = seen.sent
	m.db = db
	t.Log(m.plan(t, q))
}
