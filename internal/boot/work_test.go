package boot

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

const patience = 2 * time.Minute

// working is a worker that looks after its engine every second.
func working(t *testing.T, temporal string, change func(*Config)) *System {
	t.Helper()
	url := teststack.Database(t, "")
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	config := Config{
		PostgreSQL: PostgreSQL{URL: url}, Temporal: Temporal{Address: temporal, Namespace: teststack.Namespace(t)},
		Reglas: DefaultReglas(), Reconciliacion: Reconciliacion{ReconciliarCada: time.Second}, Log: slog.New(slog.DiscardHandler),
	}
	change(&config)
	s, err := Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	work(t, s)
	return s
}

// work has it work until the test ends.
func work(t *testing.T, s *System) {
	t.Helper()
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() { done <- s.Work(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("work: %v", err)
		}
	})
}

// Without Temporal nothing gets done, and whoever asks a worker is told so.
func TestAWorkerWithoutTemporalIsNotReady(t *testing.T) {
	t.Parallel()
	proxy, err := faults.NewProxy("temporal", teststack.Temporal(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Close)
	s := working(t, proxy.Address(), func(c *Config) { c.EnProceso = true })
	says := func(want int) func() bool {
		return func() bool {
			res := httptest.NewRecorder()
			s.WatchHandler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			return res.Code == want
		}
	}
	teststack.Eventually(t, "ready", patience, says(http.StatusOK))
	if err := proxy.Break(faults.Cut); err != nil {
		t.Fatal(err)
	}
	teststack.Eventually(t, "not ready without Temporal", patience, says(http.StatusServiceUnavailable))
	if err := proxy.Mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	teststack.Eventually(t, "ready with Temporal again", patience, says(http.StatusOK))
}

// The Schedule is kept as this version wants it for as long as somebody works,
// but for a pause, which an operator made.
func TestTheScheduleIsKept(t *testing.T) {
	t.Parallel()
	s := working(t, teststack.Temporal(t), func(*Config) {})
	schedule := s.client.ScheduleClient().GetHandle(t.Context(), contract.ReconciliacionID)
	described := func() *client.ScheduleDescription {
		d, err := schedule.Describe(t.Context())
		if err != nil {
			return nil // it is not there
		}
		return d
	}
	teststack.Eventually(t, "a Schedule", patience, func() bool { return described() != nil })
	if err := s.flow.Programar(t.Context(), time.Second); err != nil {
		t.Fatal(err)
	}
	if d := described(); d.Info.LastUpdateAt.After(d.Info.CreatedAt) {
		t.Errorf("one that was well was changed at %s", d.Info.LastUpdateAt)
	}

	if err := schedule.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	teststack.Eventually(t, "another Schedule", patience, func() bool { return described() != nil })

	err := schedule.Update(t.Context(), client.ScheduleUpdateOptions{DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		was := in.Description.Schedule
		was.Policy.Overlap, was.State.Paused = enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL, true
		action := was.Action.(*client.ScheduleWorkflowAction)
		action.TaskQueue, action.WorkflowExecutionTimeout = "otra", 0
		return &client.ScheduleUpdate{Schedule: &was}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	teststack.Eventually(t, "the Schedule mended", patience, func() bool {
		is := described()
		action := is.Schedule.Action.(*client.ScheduleWorkflowAction)
		return action.TaskQueue == contract.TaskQueue && action.WorkflowExecutionTimeout > 20*time.Minute &&
			is.Schedule.Policy.Overlap == enums.SCHEDULE_OVERLAP_POLICY_SKIP
	})
	if !described().Schedule.State.Paused {
		t.Error("what an operator had paused goes on")
	}
}
