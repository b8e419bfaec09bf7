package postgres

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

func responsableCambio(r app.Responsable) cambio {
	ch := cambio{
		objeto: "responsable", id: string(r.Unidad) + "/" + string(r.Funcionario), accion: "crear",
		ids:     map[string]string{"unidad": string(r.Unidad), "funcionario": string(r.Funcionario)},
		detalle: map[string]string{"unidad": string(r.Unidad), "funcionario": string(r.Funcionario)},
	}
	statement := "INSERT INTO responsables (unidad_id, funcionario_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
	if r.Quitar {
		ch.accion = "quitar"
		statement = "DELETE FROM responsables WHERE unidad_id = ? AND funcionario_id = ?"
	}
	ch.write = func(ctx context.Context, tx bun.Tx, _ versionRow) error {
		_, err := tx.NewRaw(statement, r.Unidad, r.Funcionario).Exec(ctx)
		return err
	}
	return ch
}

// feriadoCambio writes an entry that holds from the new version of the calendar
// on. Changing one ends it and writes another: what a gestión was classified by
// stays to be read.
func feriadoCambio(f app.FeriadoFicha) cambio {
	ch := of("feriado", f.ID)
	ch.feriado = true
	if f.Unidad != "" {
		ch.ids["unidad"] = string(f.Unidad)
	}
	ch.detalle = map[string]string{"dia": f.Dia.String(), "nombre": f.Nombre, "unidad": string(f.Unidad)}
	replaced := f.ID
	if replaced != "" {
		ch.detalle["reemplaza"] = replaced
		ch.ids["reemplaza"] = replaced
		ch.id = mustNewID()
	}
	ch.write = func(ctx context.Context, tx bun.Tx, v versionRow) error {
		if replaced != "" {
			if err := endFeriado(ctx, tx, replaced, v); err != nil {
				return err
			}
		}
		_, err := tx.NewInsert().Model(&feriadoRow{
			ID: ch.id, Dia: dia(f.Dia), Nombre: f.Nombre, UnidadID: string(f.Unidad), DesdeVersion: v.Calendario,
		}).Exec(ctx)
		return err
	}
	return ch
}

func sinFeriadoCambio(id string) cambio {
	ch := of("feriado", id)
	ch.accion, ch.feriado, ch.detalle = "quitar", true, map[string]string{}
	ch.write = func(ctx context.Context, tx bun.Tx, v versionRow) error { return endFeriado(ctx, tx, id, v) }
	return ch
}

// endFeriado leaves an entry to the versions before this one.
func endFeriado(ctx context.Context, tx bun.Tx, id string, v versionRow) error {
	res, err := tx.NewRaw("UPDATE feriados SET hasta_version = ? WHERE id = ? AND hasta_version IS NULL", v.Calendario-1, id).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, noSuch("id"))
	}
	return nil
}

// contradictions are what the schema refuses of a change, by constraint.
var contradictions = map[string]*pa0580.Refusal{
	"unidades_codigo_key": pa0580.Refuse(0, pa0580.CodeConflict, "codigo",
		"Ya hay una unidad con ese código: elija otro."),
	"unidades_codigo_check": pa0580.Refuse(0, pa0580.CodeField, "codigo",
		"El código lleva hasta 30 letras mayúsculas, dígitos y guiones, y no empieza con guion."),
	"unidades_nombre_check": pa0580.Refuse(0, pa0580.CodeField, "nombre", "Falta el nombre de la unidad."),
	"unidades_check": pa0580.Refuse(0, pa0580.CodeConflict, "padre",
		"Una unidad no puede depender de sí misma: elija otra unidad superior."),
	"funcionarios_legajo_key": pa0580.Refuse(0, pa0580.CodeConflict, "legajo",
		"Ya hay un funcionario con ese legajo: revise el número."),
	"funcionarios_legajo_check": pa0580.Refuse(0, pa0580.CodeField, "legajo",
		"El legajo lleva hasta 20 dígitos, letras mayúsculas y guiones."),
	"funcionarios_ci_key": pa0580.Refuse(0, pa0580.CodeConflict, "ci",
		"Ya hay un funcionario con esa C.I.: revise el número."),
	"funcionarios_ci_check": pa0580.Refuse(0, pa0580.CodeField, "ci",
		"La C.I. lleva de 1 a 8 dígitos, sin cero inicial."),
	"funcionarios_nombre_check": pa0580.Refuse(0, pa0580.CodeField, "nombre", "Falta el nombre del funcionario."),
	"funcionarios_roles_check": pa0580.Refuse(0, pa0580.CodeField, "roles",
		"Los roles son agente, jefe, responsable, rrhh, auditor y admin."),
	"roles_admin": pa0580.Refuse(0, pa0580.CodeConflict, "roles",
		"Quien administra no carga, no decide ni cierra: quite el rol admin, o los de agente, jefe y rrhh."),
	"roles_auditor": pa0580.Refuse(0, pa0580.CodeConflict, "roles",
		"Quien audita no cambia nada: el rol auditor va solo."),
	"asignaciones_modo_check": pa0580.Refuse(0, pa0580.CodeField, "modo", "El modo es permanente o apoyo."),
	"asignaciones_funcionario_id_unidad_id_daterange_excl": pa0580.Refuse(0, pa0580.CodeConflict, "desde",
		"El funcionario ya tiene una asignación en esa unidad en esas fechas: ponga fin a la otra o cambie las fechas."),
	"jefaturas_unidad_id_daterange_excl": pa0580.Refuse(0, pa0580.CodeConflict, "desde",
		"La unidad ya tiene jefe en esas fechas: ponga fin a la otra jefatura o cambie las fechas."),
	"subrogancias_unidad_id_daterange_excl": pa0580.Refuse(0, pa0580.CodeConflict, "desde",
		"La unidad ya tiene subrogante en esas fechas: ponga fin a la otra subrogancia o cambie las fechas."),
	"asignaciones_check":    hastaAntes(),
	"jefaturas_check":       hastaAntes(),
	"subrogancias_check":    hastaAntes(),
	"feriados_nombre_check": pa0580.Refuse(0, pa0580.CodeField, "nombre", "Falta el nombre del feriado."),
	"feriados_vigentes": pa0580.Refuse(0, pa0580.CodeConflict, "dia",
		"Ese día ya figura en el calendario: modifique la entrada que hay."),
	"unidades_padre_id_fkey":           pa0580.Refuse(0, pa0580.CodeNotFound, "padre", "No existe esa unidad superior: elija una de la lista."),
	"asignaciones_funcionario_id_fkey": faltaFuncionario("funcionario"),
	"jefaturas_jefe_id_fkey":           faltaFuncionario("jefe"),
	"subrogancias_subrogante_id_fkey":  faltaFuncionario("subrogante"),
	"responsables_funcionario_id_fkey": faltaFuncionario("funcionario"),
	"asignaciones_unidad_id_fkey":      faltaUnidad(),
	"jefaturas_unidad_id_fkey":         faltaUnidad(),
	"subrogancias_unidad_id_fkey":      faltaUnidad(),
	"responsables_unidad_id_fkey":      faltaUnidad(),
	"feriados_unidad_id_fkey":          faltaUnidad(),
}

func hastaAntes() *pa0580.Refusal {
	return pa0580.Refuse(0, pa0580.CodeField, "hasta", "La fecha final no puede ser anterior a la inicial.")
}

// contradiction is what the schema's no means to whoever asked.
func contradiction(err error) error {
	code, constraint := state(err)
	if r, known := contradictions[constraint]; known {
		return r
	}
	if code == stateNotNull {
		return pa0580.Refuse(0, pa0580.CodeField, "desde", "Falta una fecha.")
	}
	return err
}

func faltaUnidad() *pa0580.Refusal {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "unidad", "No existe esa unidad: elija una de la lista.")
}

func faltaFuncionario(campo string) *pa0580.Refusal {
	return pa0580.Refuse(0, pa0580.CodeNotFound, campo, "No existe ese funcionario: elija uno de la lista.")
}
