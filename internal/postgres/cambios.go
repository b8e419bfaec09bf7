package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// cambio is one change of the organisation, ready to be written.
type cambio struct {
	objeto  string // what it is about, as the audit names it
	id      string
	accion  string // crear, modificar, quitar
	detalle map[string]string
	ids     map[string]string // ids it refers to, by field: each must be one
	feriado bool              // it makes a new version of the calendar
	write   func(context.Context, bun.Tx, versionRow) error
}

// Save writes one change of the organisation with its audit entry and raises
// the organisation's version. An empty quien is the system, such as whoever
// makes the first administrator; a key is remembered where there is one.
func (s *Store) Save(ctx context.Context, quien pa0580.FuncionarioID, at time.Time, k app.Clave, c app.Cambio) (string, error) {
	ch, err := prepareCambio(c)
	if err != nil {
		return "", err
	}
	id := ch.id
	save := func(ctx context.Context, tx bun.Tx) error {
		if quien != "" && k.Clave != "" {
			first, objeto, err := once(ctx, tx, quien, k, ch.objeto+"/"+ch.id)
			if err != nil || !first {
				_, id, _ = strings.Cut(objeto, "/")
				return err
			}
		}
		if ch.feriado {
			if err := lockMonths(ctx, tx); err != nil {
				return err
			}
		}
		// The row's lock makes changes come one after another.
		var v versionRow
		err := tx.NewRaw("UPDATE organizacion SET version = version + 1, calendario = calendario + ?::boolean::integer RETURNING version, calendario",
			ch.feriado).Scan(ctx, &v)
		if err != nil {
			return err
		}
		if ch.feriado {
			if err := rehearsed(c, v, 0); err != nil {
				return err
			}
		}
		if err := ch.write(ctx, tx, v); err != nil {
			return contradiction(err)
		}
		if ch.feriado {
			moved, err := reclassify(ctx, tx, v, quien, at)
			if err == nil {
				err = rehearsed(c, v, moved)
			}
			if err != nil {
				return err
			}
			ch.detalle["calendario"], ch.detalle["reclasificadas"] = strconv.Itoa(v.Calendario), strconv.FormatInt(moved, 10)
		}
		return writeAsiento(ctx, tx, asientoRow{
			At: at, ActorID: string(quien), Accion: ch.accion, Objeto: ch.objeto + "/" + ch.id, Detalle: ch.detalle,
		})
	}
	tries := 1
	if ch.feriado {
		tries = calendarTries
	}
	for range tries {
		if err = s.tx(ctx, "save a change of the organisation", save); !contended(err) {
			break
		}
	}
	return id, err
}

// calendarTries bounds how often a change of the calendar starts over after PostgreSQL let
// others win: a command that is being applied may wait for the months while the change
// waits for it.
const calendarTries = 5

// prepareCambio finds which one it is. Refuses with CodeNotFound what is no id.
func prepareCambio(c app.Cambio) (cambio, error) {
	var ch cambio
	switch {
	case c.Unidad != nil:
		ch = unidadCambio(*c.Unidad)
	case c.Funcionario != nil:
		ch = funcionarioCambio(*c.Funcionario)
	case c.Asignacion != nil:
		ch = asignacionCambio(*c.Asignacion)
	case c.Jefatura != nil:
		ch = jefaturaCambio(*c.Jefatura)
	case c.Subrogancia != nil:
		ch = subroganciaCambio(*c.Subrogancia)
	case c.Responsable != nil:
		ch = responsableCambio(*c.Responsable)
	case c.Feriado != nil:
		ch = feriadoCambio(*c.Feriado)
	case c.SinFeriado != "":
		ch = sinFeriadoCambio(c.SinFeriado)
	default:
		return ch, &fault{sought: "save a change of the organisation", cause: errors.New("the change is empty")}
	}
	for campo, id := range ch.ids {
		if !isID(id) {
			return ch, noSuch(campo)
		}
	}
	return ch, nil
}

func noSuch(campo string) error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, campo, "No existe lo que indica en «"+campo+"»: elíjalo de la lista.")
}

// of starts a change: a row without id is a new one.
func of(objeto, id string) cambio {
	ch := cambio{objeto: objeto, id: id, accion: "modificar", ids: map[string]string{}}
	if id == "" {
		ch.accion, ch.id = "crear", mustNewID()
	}
	ch.ids["id"] = ch.id
	return ch
}

// mustNewID panics where the system has no randomness, as crypto/rand does.
func mustNewID() string {
	id, err := newID()
	if err != nil {
		panic(err)
	}
	return id
}

// put inserts a new row or updates the one it names.
func put[R any](ch cambio, row *R) func(context.Context, bun.Tx, versionRow) error {
	return func(ctx context.Context, tx bun.Tx, _ versionRow) error {
		if ch.accion == "crear" {
			_, err := tx.NewInsert().Model(row).Exec(ctx)
			return err
		}
		res, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, noSuch("id"))
		}
		return nil
	}
}

func unidadCambio(u pa0580.Unidad) cambio {
	ch := of("unidad", string(u.ID))
	if u.Padre != "" {
		ch.ids["padre"] = string(u.Padre)
	}
	ch.detalle = map[string]string{
		"codigo": u.Codigo, "nombre": u.Nombre, "padre": string(u.Padre), "activa": strconv.FormatBool(u.Activa),
	}
	row := unidadRow{ID: ch.id, Codigo: u.Codigo, Nombre: u.Nombre, PadreID: string(u.Padre), Activa: u.Activa}
	write := put(ch, &row)
	ch.write = func(ctx context.Context, tx bun.Tx, v versionRow) error {
		if err := write(ctx, tx, v); err != nil {
			return err
		}
		return refuseCycle(ctx, tx, ch.id)
	}
	return ch
}

// refuseCycle walks up from a unit that was just written.
func refuseCycle(ctx context.Context, tx bun.Tx, id string) error {
	var cyclic bool
	err := tx.NewRaw(`
WITH RECURSIVE arriba (id, padre_id) AS (
	SELECT id, padre_id FROM unidades WHERE id = ?
	UNION
	SELECT u.id, u.padre_id FROM arriba a JOIN unidades u ON u.id = a.padre_id
) SELECT EXISTS (SELECT FROM arriba WHERE padre_id = ?)`, id, id).Scan(ctx, &cyclic)
	if err == nil && cyclic {
		return pa0580.Refuse(0, pa0580.CodeConflict, "padre", "Una unidad no puede depender de sí misma ni de una que depende de ella: elija otra unidad superior.")
	}
	return err
}

func funcionarioCambio(f app.Funcionario) cambio {
	ch := of("funcionario", string(f.ID))
	row := funcionarioRow{ID: ch.id, Legajo: f.Legajo, Ci: f.CI, Nombre: f.Nombre, Roles: roleNames(f.Roles), Activo: f.Activo}
	ch.detalle = map[string]string{
		"legajo": f.Legajo, "roles": strings.Join(row.Roles, ","), "activo": strconv.FormatBool(f.Activo),
	}
	ch.write = put(ch, &row)
	return ch
}

func asignacionCambio(a pa0580.Asignacion) cambio {
	ch := of("asignacion", a.ID)
	ch.ids["funcionario"], ch.ids["unidad"] = string(a.Funcionario), string(a.Unidad)
	ch.detalle = map[string]string{
		"funcionario": string(a.Funcionario), "unidad": string(a.Unidad), "modo": string(a.Modo),
		"desde": a.Desde.String(), "hasta": a.Hasta.String(),
	}
	ch.write = put(ch, &asignacionRow{
		ID: ch.id, FuncionarioID: string(a.Funcionario), UnidadID: string(a.Unidad), Modo: string(a.Modo),
		Desde: dia(a.Desde), Hasta: dia(a.Hasta),
	})
	return ch
}

func jefaturaCambio(j app.JefaturaFicha) cambio {
	ch := of("jefatura", j.ID)
	ch.ids["unidad"], ch.ids["jefe"] = string(j.Unidad), string(j.Jefe)
	ch.detalle = map[string]string{
		"unidad": string(j.Unidad), "jefe": string(j.Jefe), "desde": j.Desde.String(), "hasta": j.Hasta.String(),
	}
	ch.write = put(ch, &jefaturaRow{
		ID: ch.id, UnidadID: string(j.Unidad), JefeID: string(j.Jefe), Desde: dia(j.Desde), Hasta: dia(j.Hasta),
	})
	return ch
}

func subroganciaCambio(s app.SubroganciaFicha) cambio {
	ch := of("subrogancia", s.ID)
	ch.ids["unidad"], ch.ids["subrogante"] = string(s.Unidad), string(s.Subrogante)
	ch.detalle = map[string]string{
		"unidad": string(s.Unidad), "subrogante": string(s.Subrogante), "desde": s.Desde.String(), "hasta": s.Hasta.String(),
	}
	ch.write = put(ch, &subroganciaRow{
		ID: ch.id, UnidadID: string(s.Unidad), SubroganteID: string(s.Subrogante), Desde: dia(s.Desde), Hasta: dia(s.Hasta),
	})
	return ch
}
