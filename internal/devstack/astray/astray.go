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
// workflow runs. One that it gets no answer about differs until it does: at the end
// that is an error. again, which may be nil, is called before they are asked about
// again.
func Find(ctx context.Context, f *flow.Flow, rows map[pa0580.GestionID]pa0580.Estado, again func()) (map[pa0580.GestionID]bool, error) {
	for late := time.Now().Add(within); ; {
		differ, silent := look(ctx, f, rows)
		if len(differ) == 0 || time.Now().After(late) {
			return differ, silent
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

// look asks about each once. The error is of one that got no answer, and differs.
func look(ctx context.Context, f *flow.Flow, rows map[pa0580.GestionID]pa0580.Estado) (differ map[pa0580.GestionID]bool, silent error) {
	differ = map[pa0580.GestionID]bool{}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(together)
	for id, estado := range rows {
		group.Go(func() error {
			runs, _, err := f.Marcha(ctx, id)
			if err == nil && runs != estado.Ended() {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			differ[id] = runs
			return err
		})
	}
	silent = group.Wait()
	return differ, silent
}
