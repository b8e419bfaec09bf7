package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// dia reads and writes a DATE: a local calendar day, never an instant. The zero
// dia is NULL.
type dia pa0580.Dia

// Scan reads what the driver gives for a DATE.
func (d *dia) Scan(src any) error {
	*d = dia{}
	if t, ok := src.(time.Time); ok {
		*d = dia{t.Year(), t.Month(), t.Day()}
	}
	return nil
}

// AppendQuery writes the day into a statement.
func (d dia) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	if d == (dia{}) {
		return append(b, "NULL"...), nil
	}
	return gen.Dialect().AppendString(b, pa0580.Dia(d).String()), nil
}

type unidadRow struct {
	bun.BaseModel `bun:"table:unidades,alias:u"`

	ID      string `bun:",pk"`
	Codigo  string
	Nombre  string
	PadreID string `bun:",nullzero"`
	Activa  bool
}

func (r unidadRow) unidad() pa0580.Unidad {
	return pa0580.Unidad{ID: pa0580.UnidadID(r.ID), Codigo: r.Codigo, Nombre: r.Nombre, Padre: pa0580.UnidadID(r.PadreID), Activa: r.Activa}
}

type jefaturaRow struct {
	bun.BaseModel `bun:"table:jefaturas,alias:j"`

	ID       string `bun:",pk"`
	UnidadID string
	JefeID   string
	Desde    dia
	Hasta    dia
	Nombre   string `bun:",scanonly"`
}

func (r jefaturaRow) jefatura() pa0580.Jefatura {
	return pa0580.Jefatura{
		Unidad: pa0580.UnidadID(r.UnidadID), Jefe: pa0580.FuncionarioID(r.JefeID), Desde: pa0580.Dia(r.Desde), Hasta: pa0580.Dia(r.Hasta),
	}
}

type subroganciaRow struct {
	bun.BaseModel `bun:"table:subrogancias,alias:s"`

	ID           string `bun:",pk"`
	UnidadID     string
	SubroganteID string
	Desde        dia
	Hasta        dia
	Nombre       string `bun:",scanonly"`
}

func (r subroganciaRow) subrogancia() pa0580.Subrogancia {
	return pa0580.Subrogancia{
		Unidad: pa0580.UnidadID(r.UnidadID), Subrogante: pa0580.FuncionarioID(r.SubroganteID),
		Desde: pa0580.Dia(r.Desde), Hasta: pa0580.Dia(r.Hasta),
	}
}

type feriadoRow struct {
	bun.BaseModel `bun:"table:feriados,alias:fe"`

	ID           string `bun:",pk"`
	Dia          dia
	Nombre       string
	UnidadID     string `bun:",nullzero"`
	DesdeVersion int
	HastaVersion int `bun:",nullzero"`
}

func (r feriadoRow) feriado() pa0580.Feriado {
	return pa0580.Feriado{Dia: pa0580.Dia(r.Dia), Nombre: r.Nombre, Unidad: pa0580.UnidadID(r.UnidadID)}
}

// Organizacion is the current units, heads, substitutes and calendar. Unchanged
// since the last time, reading its version is all it costs.
func (s *Store) Organizacion(ctx context.Context) (*pa0580.Organizacion, error) {
	v, err := readVersion(ctx, s.db)
	if err != nil {
		return nil, seek("read the organisation's version", err)
	}
	last := s.org.Load()
	if last != nil && last.Version == v.Version {
		return last, nil
	}
	var org *pa0580.Organizacion
	err = s.snapshot(ctx, "read the organisation", func(ctx context.Context, tx bun.Tx) error {
		org, err = readOrganizacion(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.org.CompareAndSwap(last, org) // somebody faster has read at least as new a one
	return org, nil
}

type versionRow struct {
	Version    int64
	Calendario int
}

func readVersion(ctx context.Context, db bun.IDB) (versionRow, error) {
	var v versionRow
	return v, db.NewRaw("SELECT version, calendario FROM organizacion").Scan(ctx, &v)
}

func readOrganizacion(ctx context.Context, tx bun.Tx) (*pa0580.Organizacion, error) {
	v, err := readVersion(ctx, tx)
	if err != nil {
		return nil, err
	}
	var units []unidadRow
	if err := tx.NewSelect().Model(&units).Scan(ctx); err != nil {
		return nil, err
	}
	var heads []jefaturaRow
	if err := tx.NewSelect().Model(&heads).Order("desde").Scan(ctx); err != nil {
		return nil, err
	}
	var substitutes []subroganciaRow
	if err := tx.NewSelect().Model(&substitutes).Order("desde").Scan(ctx); err != nil {
		return nil, err
	}
	var holidays []feriadoRow
	if err := tx.NewSelect().Model(&holidays).Where("hasta_version IS NULL").Order("dia").Scan(ctx); err != nil {
		return nil, err
	}
	return pa0580.NewOrganizacion(v.Version, pa0580.NewCalendario(v.Calendario, each(holidays, feriadoRow.feriado)),
		each(units, unidadRow.unidad), each(heads, jefaturaRow.jefatura), each(substitutes, subroganciaRow.subrogancia)), nil
}

// each turns rows into values.
func each[R, V any](rows []R, value func(R) V) []V {
	out := make([]V, len(rows))
	for i, r := range rows {
		out[i] = value(r)
	}
	return out
}

// Unidades lists the units by code.
func (s *Store) Unidades(ctx context.Context) ([]pa0580.Unidad, error) {
	var rows []unidadRow
	err := s.db.NewSelect().Model(&rows).Order("codigo").Scan(ctx)
	return each(rows, unidadRow.unidad), seek("list units", err)
}

// Jefaturas lists who heads what, newest first.
func (s *Store) Jefaturas(ctx context.Context) ([]app.JefaturaFicha, error) {
	var rows []jefaturaRow
	err := s.db.NewRaw(`
SELECT j.id, j.unidad_id, j.jefe_id, j.desde, j.hasta, f.nombre FROM jefaturas j
JOIN funcionarios f ON f.id = j.jefe_id JOIN unidades u ON u.id = j.unidad_id ORDER BY u.codigo, j.desde DESC`).Scan(ctx, &rows)
	return each(rows, func(r jefaturaRow) app.JefaturaFicha {
		return app.JefaturaFicha{ID: r.ID, Jefatura: r.jefatura(), Nombre: r.Nombre}
	}), seek("list heads", err)
}

// Subrogancias lists who substitutes whom, newest first.
func (s *Store) Subrogancias(ctx context.Context) ([]app.SubroganciaFicha, error) {
	var rows []subroganciaRow
	err := s.db.NewRaw(`
SELECT s.id, s.unidad_id, s.subrogante_id, s.desde, s.hasta, f.nombre FROM subrogancias s
JOIN funcionarios f ON f.id = s.subrogante_id JOIN unidades u ON u.id = s.unidad_id ORDER BY u.codigo, s.desde DESC`).Scan(ctx, &rows)
	return each(rows, func(r subroganciaRow) app.SubroganciaFicha {
		return app.SubroganciaFicha{ID: r.ID, Subrogancia: r.subrogancia(), Nombre: r.Nombre}
	}), seek("list substitutes", err)
}
