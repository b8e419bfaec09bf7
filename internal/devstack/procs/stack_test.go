package procs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// Every part is killed alone, comes back where it was, and the system goes on;
// in the end nothing is left running.
func TestEachPartIsKilledAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "datos")
	t.Cleanup(func() {
		if err := procs.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	s, err := procs.Start(t.Context(), procs.Options{
		Dir: dir, Local: teststack.Program(t, "local"), Gestiones: teststack.Program(t, "gestiones"), Bench: teststack.Program(t, "bench"),
		Serves: 2, Works: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // closed below, unless the test fails before
	people, err := procs.Populate(t.Context(), s.DatabaseURL(), procs.World{Unidades: 1, Agentes: 2, Referencias: 100})
	if err != nil {
		t.Fatal(err)
	}
	clients := []*apiclient.Client{apiclient.New(s.URL(0), 1), apiclient.New(s.URL(1), 1)}
	loaded := 0
	load := func() apiclient.Gestion {
		t.Helper()
		loaded++
		token, key := people.Agentes[loaded%2].Token, fmt.Sprint("carga-", loaded)
		in := apiclient.Carga{
			Documento:  apiclient.Numerado{Tipo: "CI", Numero: procs.CI(loaded)},
			Referencia: apiclient.Numerado{Tipo: "NIS", Numero: procs.NIS(loaded)}, TipoGestion: 5,
		}
		var g apiclient.Gestion
		eventually(t, "a load", func(ctx context.Context) error {
			g, _, err = clients[loaded%2].Cargar(ctx, token, key, in)
			return err
		})
		eventually(t, "its verification", func(ctx context.Context) error {
			g, err = clients[0].Gestion(ctx, token, g.ID)
			if err == nil && g.Estado != pa0580.Pendiente {
				err = fmt.Errorf("it is %s", g.Estado)
			}
			return err
		})
		return g
	}
	load()
	for _, p := range s.Processes() {
		begin, before := time.Now(), p.CPU()
		pids := p.Pids()
		p.Kill()
		if p.Running() || len(pids) == 0 {
			t.Errorf("%s is running after a kill of %v", p.Name, pids)
		}
		eventually(t, "the end of "+p.Name, func(context.Context) error { return gone(pids) })
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := p.CPU(); after < before || after == 0 {
			t.Errorf("%s used %s before its death, %s after", p.Name, before, after)
		}
		ready := time.Now()
		load()
		t.Logf("%s: started in %v, a load after %v", p.Name, ready.Sub(begin), time.Since(ready))
	}
	servedWithoutWork(t, s, load)
	if err := s.Move(t.Context(), -62*24*time.Hour, opensgc.Normal); err != nil {
		t.Fatal(err)
	}
	if g := load(); g.Mes >= pa0580.MesOf(time.Now().AddDate(0, -1, 0)).String() {
		t.Errorf("two months ago it was %s", g.Mes)
	}
	for kind, used := range s.CPU() {
		if used == 0 {
			t.Errorf("%s used no CPU", kind)
		}
	}
	var pids []int
	for _, p := range s.Processes() {
		pids = append(pids, p.Pids()...)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	eventually(t, "the end of everything", func(context.Context) error { return gone(pids) })
	if _, err := os.Stat(filepath.Join(dir, "logs", "serve-1.log")); err != nil {
		t.Error(err)
	}
}

// servedWithoutWork wants loads carried out beside the API that took them, where
// no other process works.
func servedWithoutWork(t *testing.T, s *procs.Stack, load func() apiclient.Gestion) {
	t.Helper()
	for _, p := range s.Works {
		p.Kill()
	}
	for range 4 { // by turns at each serve
		load()
	}
	for _, p := range s.Works {
		if err := p.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func gone(pids []int) error {
	for _, pid := range pids {
		if syscall.Kill(pid, 0) == nil {
			return fmt.Errorf("process %d is still there", pid)
		}
	}
	return nil
}

func eventually(t *testing.T, what string, try func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	err := host.Await(ctx, func(ctx context.Context) (bool, error) {
		err := try(ctx)
		return err == nil, err
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
