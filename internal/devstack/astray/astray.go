// Package astray finds gestiones whose workflow contradicts their row: it is
// missing though the row lives, or runs though the row has ended.
package astray

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/flow"
	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	// within is how long a workflow may take to start or to end after its row says
	// so: where a message was lost, a reconciliation under way ends first, and the next
	// one sends it again.
	within   = 4 * time.Minute
	every    = 200 * time.Millisecond
	together = 16
)

// Find asks the engine about each gestión, and about those that differ again until
// none does or their time is over. It gives those that still do, with whether their
// workflow runs. again, which may be nil, is called before they are asked about again.
func Find(ctx context.Context, f *flow.Flow, rows map[pa0580.GestionID]pa0580.Estado, again func()) (map[pa0580.GestionID]bool, error) {
	for late := time.Now().Add(within); ; {
		differ, err := look(ctx, f, rows)
		if err != nil || len(differ) == 0 || time.Now().After(late) {
			return differ, err
		}
		suspect := make(map[pa0580.GestionID]pa0580.Estado, len(differ))
		for id := range differ {
			suspect[id] = rows[id]
		}
		rows = suspect
		if again != nil {
			again()
		}
		select {
		case <-ctx.Done():
			return differ, ctx.Err()
		case <-time.After(every):
		}
	}
}

// look asks about each once.
func look(ctx context.Context, f *flow.Flow, rows map[pa0580.GestionID]pa0580.Estado) (map[pa0580.GestionID]bool, error) {
	differ := map[pa0580.GestionID]bool{}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for id, estado := range rows {
		group.Go(func() error {
			runs, _, err := f.Marcha(ctx, id)
			if err == nil && runs == estado.Ended() {
				mu.Lock()
				defer mu.Unlock()
				differ[id] = runs
			}
			return err
		})
	}
	return differ, group.Wait()
}
