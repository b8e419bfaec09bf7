package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/doctor"
)

type doctorCmd struct {
	engine   `embed:""`
	Disco    []string `default:"." help:"Carpetas de esta máquina cuyo disco mirar; en la de PostgreSQL, la de sus datos."`
	Profundo bool     `help:"Mirar el workflow de toda gestión abierta y buscar contradicciones entre filas, auditoría y planillas; lee tablas enteras."`
	JSON     bool     `name:"json" help:"Escribir JSON, para un programa de monitoreo."`
}

// status is an exit status that says nothing more.
type status int

func (s status) Error() string { return fmt.Sprintf("estado %d", int(s)) }

// unknown is what monitors expect of a check that could not look.
const unknown status = 3

// Run exits 0 where all is well, 1 with warnings, 2 where something is grave and
// 3 where it could not look.
func (c *doctorCmd) Run(ctx context.Context) error {
	worst, err := c.look(ctx)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "gestiones:", err)
		return unknown
	case worst != doctor.Bien:
		return status(worst)
	}
	return nil
}

func (c *doctorCmd) look(ctx context.Context) (doctor.Nivel, error) {
	quiet := slog.New(slog.DiscardHandler) // what went wrong is in the findings
	system, err := boot.Open(ctx, boot.Config{PostgreSQL: c.PostgreSQL, Temporal: c.Temporal, Reglas: c.Reglas, Reconciliacion: c.Reconciliacion, Version: version, Log: quiet})
	if err != nil {
		return doctor.Bien, err
	}
	defer system.Close()
	found := doctor.Judge(system.Examine(ctx, c.Disco, c.Profundo))
	worst := doctor.Worst(found)
	if c.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		err = out.Encode(map[string]any{"estado": worst, "hallazgos": found})
	} else {
		err = report(os.Stdout, found)
	}
	if err != nil {
		return doctor.Bien, fmt.Errorf("no se pudo escribir el informe: %w", err)
	}
	return worst, nil
}

// report writes the findings as people read them.
func report(w io.Writer, found []doctor.Finding) error {
	for _, f := range found {
		if _, err := fmt.Fprintf(w, "%-5s  %-14s  %s\n", f.Nivel, f.Tema, f.Que); err != nil {
			return err
		}
		if f.Remedio != "" {
			if _, err := fmt.Fprintf(w, "       %-14s  → %s\n", "", f.Remedio); err != nil {
				return err
			}
		}
	}
	return nil
}
