package postgres

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type funcionarioRow struct {
	bun.BaseModel `bun:"table:funcionarios,alias:f"`

	ID     string `bun:",pk"`
	Legajo string
	Ci     string
	Nombre string
	Roles  []string `bun:",array"`
	Activo bool
}

func (r funcionarioRow) funcionario() app.Funcionario {
	return app.Funcionario{
		ID: pa0580.FuncionarioID(r.ID), Legajo: r.Legajo, CI: r.Ci, Nombre: r.Nombre, Roles: roles(r.Roles), Activo: r.Activo,
	}
}

func roles(names []string) []app.Rol {
	return each(names, func(n string) app.Rol { return app.Rol(n) })
}

func roleNames(rs []app.Rol) []string {
	return each(rs, func(r app.Rol) string { return string(r) })
}

type asignacionRow struct {
	bun.BaseModel `bun:"table:asignaciones,alias:a"`

	ID                string `bun:",pk"`
	FuncionarioID     string
	UnidadID          string
	Modo              string
	Desde             dia
	Hasta             dia
	FuncionarioNombre string `bun:",scanonly"`
	UnidadNombre      string `bun:",scanonly"`
}

func (r asignacionRow) asignacion() pa0580.Asignacion {
	return pa0580.Asignacion{
		ID: r.ID, Funcionario: pa0580.FuncionarioID(r.FuncionarioID), Unidad: pa0580.UnidadID(r.UnidadID),
		Modo: pa0580.Modo(r.Modo), Desde: pa0580.Dia(r.Desde), Hasta: pa0580.Dia(r.Hasta),
	}
}

// Funcionarios lists people by legajo. A text finds part of a name, whatever
// its accents, or of a legajo.
func (s *Store) Funcionarios(ctx context.Context, f app.FiltroPersonas) ([]app.Funcionario, error) {
	var rows []funcionarioRow
	q := s.db.NewSelect().Model(&rows).Order("legajo")
	if text := strings.TrimSpace(f.Texto); text != "" {
		const plain = "translate(lower(%s), 'áéíóúüàèìòùâêîôûãõ', 'aeiouuaeiouaeiouao')"
		name, sought := strings.Replace(plain, "%s", "nombre", 1), strings.Replace(plain, "%s", "?", 1)
		q.Where("(position("+sought+" IN "+name+") > 0 OR position(upper(?) IN legajo) > 0)", text, text)
	}
	if f.Tras != "" {
		q.Where("legajo > ?", f.Tras)
	}
	if f.Limite > 0 {
		q.Limit(int64(f.Limite))
	}
	err := q.Scan(ctx)
	return each(rows, funcionarioRow.funcionario), seek("list people", err)
}

// Asignaciones lists a funcionario's roster on a day.
func (s *Store) Asignaciones(ctx context.Context, f pa0580.FuncionarioID, on pa0580.Dia) ([]pa0580.Asignacion, error) {
	if !isID(f) {
		return nil, nil
	}
	var rows []asignacionRow
	err := s.db.NewRaw(`
SELECT a.id, a.funcionario_id, a.unidad_id, a.modo, a.desde, a.hasta
FROM asignaciones a JOIN unidades u ON u.id = a.unidad_id
WHERE a.funcionario_id = $1 AND a.desde <= $2 AND (a.hasta IS NULL OR a.hasta >= $2)
ORDER BY u.codigo, a.desde DESC`).Conn(planned(s.db.DB, f, on.String())).Scan(ctx, &rows)
	return each(rows, asignacionRow.asignacion), seek("read a roster", err)
}

// Roster lists who attends where.
func (s *Store) Roster(ctx context.Context, f app.FiltroRoster) ([]app.AsignacionFicha, error) {
	if f.Unidad != "" && !isID(f.Unidad) || f.Funcionario != "" && !isID(f.Funcionario) {
		return nil, nil
	}
	var rows []asignacionRow
	q := s.db.NewSelect().TableExpr("asignaciones AS a").
		ColumnExpr("a.id, a.funcionario_id, a.unidad_id, a.modo, a.desde, a.hasta, f.nombre AS funcionario_nombre, u.nombre AS unidad_nombre").
		Join("JOIN funcionarios AS f ON f.id = a.funcionario_id").Join("JOIN unidades AS u ON u.id = a.unidad_id").
		OrderExpr("u.codigo, f.nombre, a.desde DESC")
	if f.Unidad != "" {
		q.Where("a.unidad_id = ?", f.Unidad)
	}
	if f.Funcionario != "" {
		q.Where("a.funcionario_id = ?", f.Funcionario)
	}
	if f.On != (pa0580.Dia{}) {
		q.Where("a.desde <= ?0 AND (a.hasta IS NULL OR a.hasta >= ?0)", dia(f.On))
	}
	err := q.Scan(ctx, &rows)
	return each(rows, func(r asignacionRow) app.AsignacionFicha {
		return app.AsignacionFicha{Asignacion: r.asignacion(), FuncionarioNombre: r.FuncionarioNombre, UnidadNombre: r.UnidadNombre}
	}), seek("list the roster", err)
}

// ResponsableDe lists the units somebody answers for.
func (s *Store) ResponsableDe(ctx context.Context, f pa0580.FuncionarioID) ([]pa0580.UnidadID, error) {
	var ids []pa0580.UnidadID
	err := s.db.NewRaw("SELECT unidad_id FROM responsables WHERE funcionario_id = ? ORDER BY unidad_id", f).Scan(ctx, &ids)
	return ids, seek("list the units answered for", err)
}
