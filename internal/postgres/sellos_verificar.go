package postgres

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
)

// How much of the chain is in memory at once: blocks, and leaves but for those of
// the last of these blocks, which may be a close's.
const (
	tandaBloques = 1000
	tandaHojas   = 50_000
)

// VerifySellos computes the whole chain anew from the entries, as of one instant,
// and reports whatever is not as it was sealed. A chain that fits in itself may have
// been computed anew by whoever may write into the database: named are blocks as
// signed manifests tell them, and each must be there still, the same.
func (s *Store) VerifySellos(ctx context.Context, report func(app.Alteracion), named ...app.Sello) (app.Verificacion, error) {
	var out app.Verificacion
	err := s.snapshot(ctx, "verify the audit's seals", func(ctx context.Context, tx bun.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		out, err = verifySellos(ctx, tx, report, named, tandaHojas)
		return err
	})
	return out, err
}

func verifySellos(ctx context.Context, tx bun.Tx, report func(app.Alteracion), named []app.Sello, leaves int64) (app.Verificacion, error) {
	v := &verifier{tx: tx, report: report, named: slices.Clone(named), last: bloqueRow{Huella: make([]byte, sha256.Size)}}
	for after := int64(math.MinInt64); ; {
		var blocks []bloqueRow
		if err := tx.NewRaw(tandaSQL, after, tandaBloques, leaves).Scan(ctx, &blocks); err != nil {
			return v.out, err
		}
		if len(blocks) == 0 {
			break
		}
		after = blocks[len(blocks)-1].Bloque
		if err := v.batch(ctx, blocks); err != nil {
			return v.out, err
		}
	}
	for _, n := range v.named { // those that were there are told
		report(app.Alteracion{Que: app.Hueco, Bloque: n.Bloque})
	}
	err := tx.NewRaw("SELECT count(*) FROM auditoria WHERE tx >= ?", v.last.Hasta).Scan(ctx, &v.out.SinSellar)
	return v.out, err
}

// tandaSQL reads the next blocks. A moment comes as it was sealed: one that was
// altered may be none that Go knows.
const tandaSQL = `
SELECT s.bloque, s.desde, s.hasta, s.filas, s.anterior, s.huella, s.hojas, timestamptz_send(s.at) AS momento
FROM sellos s JOIN (
	SELECT bloque, sum(length(hojas) / 40) OVER (ORDER BY bloque) - length(hojas) / 40 AS antes
	FROM (SELECT bloque, hojas FROM sellos WHERE bloque > ?0 ORDER BY bloque LIMIT ?1) AS b
) AS t ON t.bloque = s.bloque
WHERE t.antes < ?2 ORDER BY s.bloque`

type bloqueRow struct {
	Bloque, Desde, Hasta, Filas int64
	Anterior, Huella            []byte
	Hojas                       []byte
	Momento                     []byte // microseconds since 2000 UTC, 8 bytes

	seen []bool // which leaves have their entry
}

const (
	hojaLen   = 8 + sha256.Size
	since2000 = 946_684_800_000_000 // microseconds from 1970 to it
)

func (b *bloqueRow) len() int { return len(b.Hojas) / hojaLen }

func (b *bloqueRow) id(i int) int64 {
	return int64(binary.BigEndian.Uint64(b.Hojas[i*hojaLen:]))
}

// leaf finds an entry's; false where the block has none.
func (b *bloqueRow) leaf(id int64) (int, bool) {
	i := sort.Search(b.len(), func(i int) bool { return b.id(i) >= id })
	return i, i < b.len() && b.id(i) == id
}

func (b *bloqueRow) digest(i int) []byte { return b.Hojas[i*hojaLen+8 : (i+1)*hojaLen] }

// sound tells a block that is what its digest says, leaves in order.
func (b *bloqueRow) sound() bool {
	for i := 1; i < b.len(); i++ {
		if b.id(i-1) >= b.id(i) {
			return false
		}
	}
	return int64(len(b.Hojas)) == b.Filas*hojaLen && bytes.Equal(b.huella(), b.Huella)
}

// huella computes what the column of that name must hold.
func (b *bloqueRow) huella() []byte {
	head := append([]byte("gestiones sello 1"), b.Anterior...)
	for _, n := range []int64{b.Bloque, b.Desde, b.Hasta, b.Filas} {
		head = binary.BigEndian.AppendUint64(head, uint64(n))
	}
	leaves := sha256.Sum256(b.Hojas)
	sum := sha256.Sum256(slices.Concat(head, b.Momento, leaves[:]))
	return sum[:]
}

func (b *bloqueRow) sello() app.Sello {
	out := selloRow{Bloque: b.Bloque, Filas: b.Filas, Huella: b.Huella}
	if len(b.Momento) == 8 {
		out.At = time.UnixMicro(since2000 + int64(binary.BigEndian.Uint64(b.Momento)))
	}
	return out.sello()
}

// verifier is one verification under way.
type verifier struct {
	tx     bun.Tx
	report func(app.Alteracion)
	named  []app.Sello // not met yet
	last   bloqueRow   // without its leaves
	out    app.Verificacion
}

func (v *verifier) batch(ctx context.Context, blocks []bloqueRow) error {
	from := v.last.Hasta
	if v.out.Bloques == 0 {
		from = math.MinInt64
	}
	for i := range blocks {
		v.link(&blocks[i])
	}
	if err := v.entries(ctx, blocks, from); err != nil {
		return err
	}
	for i := range blocks {
		if err := v.missing(ctx, &blocks[i]); err != nil {
			return err
		}
	}
	return nil
}

// link holds a block against the one before, and against manifests.
func (v *verifier) link(b *bloqueRow) {
	follows := b.Desde == v.last.Hasta && bytes.Equal(b.Anterior, v.last.Huella)
	if b.Bloque != v.last.Bloque+1 {
		v.report(app.Alteracion{Que: app.Hueco, Bloque: v.last.Bloque + 1})
		follows = true // from a block that nobody has
	}
	if !follows || !b.sound() {
		v.report(app.Alteracion{Que: app.CadenaRota, Bloque: b.Bloque})
	}
	v.named = slices.DeleteFunc(v.named, func(n app.Sello) bool {
		if n.Bloque == b.Bloque && !bytes.Equal(n.Huella[:], b.Huella) {
			v.report(app.Alteracion{Que: app.OtraHuella, Bloque: b.Bloque})
		}
		return n.Bloque == b.Bloque
	})
	b.seen = make([]bool, b.len())
	v.out.Bloques, v.out.Filas, v.out.Ultimo = v.out.Bloques+1, v.out.Filas+int64(b.len()), b.sello()
	v.last = *b
	v.last.Hojas, v.last.seen = nil, nil
}

// entries holds the entries since from, up to the last of blocks, against their
// leaves.
func (v *verifier) entries(ctx context.Context, blocks []bloqueRow, from int64) (err error) {
	order := make([]*bloqueRow, len(blocks))
	for i := range blocks {
		order[i] = &blocks[i]
	}
	slices.SortStableFunc(order, func(a, b *bloqueRow) int { return cmp.Compare(a.Hasta, b.Hasta) }) // they are, unless altered
	rows, err := v.tx.QueryContext(ctx, "SELECT a.tx, a.id, "+hojaSQL+" FROM auditoria a WHERE a.tx >= ? AND a.tx < ?", from, order[len(order)-1].Hasta)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // read to its end, or given up
	for rows.Next() {
		var tx, id int64
		var leaf sql.RawBytes
		if err := rows.Scan(&tx, &id, &leaf); err != nil {
			return err
		}
		i := sort.Search(len(order), func(i int) bool { return order[i].Hasta > tx })
		v.entry(order[i], tx, id, leaf[8:])
	}
	return rows.Err()
}

func (v *verifier) entry(b *bloqueRow, tx, id int64, digest []byte) {
	if tx < b.Desde {
		v.report(app.Alteracion{Que: app.Agregada, Fila: id})
		return
	}
	i, found := b.leaf(id)
	switch {
	case !found, b.seen[i]:
		v.report(app.Alteracion{Que: app.Agregada, Bloque: b.Bloque, Fila: id})
		return
	case !bytes.Equal(digest, b.digest(i)):
		v.report(app.Alteracion{Que: app.Alterada, Bloque: b.Bloque, Fila: id})
	}
	b.seen[i] = true
}

// missing tells of the leaves without an entry; one whose transaction was altered
// is somewhere else.
func (v *verifier) missing(ctx context.Context, b *bloqueRow) error {
	var ids []int64
	for i, seen := range b.seen {
		if !seen {
			ids = append(ids, b.id(i))
		}
	}
	for page := range slices.Chunk(ids, 10_000) {
		var there []int64
		if err := v.tx.NewRaw("SELECT id FROM auditoria WHERE id IN (?) ORDER BY id", bun.List(page)).Scan(ctx, &there); err != nil {
			return err
		}
		for _, id := range page {
			what := app.Falta
			if _, elsewhere := slices.BinarySearch(there, id); elsewhere {
				what = app.Alterada
			}
			v.report(app.Alteracion{Que: what, Bloque: b.Bloque, Fila: id})
		}
	}
	return nil
}
