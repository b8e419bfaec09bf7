package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"ande.gov.py/gestiones/workflows"
)

// Histories recorded from what was deployed replay for ever: gestiones live for
// months, so a worker meets the histories that its predecessors wrote. They are
// never recorded again to make this pass; a change of behaviour goes behind
// workflow.GetVersion.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	recorded, err := filepath.Glob("testdata/replay/*/*.json")
	if err != nil || len(recorded) == 0 {
		t.Fatalf("no recorded histories: %v", err)
	}
	for _, file := range recorded {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			t.Parallel()
			replayer := worker.NewWorkflowReplayer()
			workflows.Register(replayer, nil, nil)
			if err := replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), file); err != nil {
				t.Error(err)
			}
		})
	}
}
