package app

import (
	"sync"
	"testing"
)

// Everybody who waits for a gestión is called once, nobody for another's, and
// nothing is remembered of those who went.
func TestWhoWaitsIsCalled(t *testing.T) {
	t.Parallel()
	var w waiting
	w.call("a") // nobody waits
	first, leaveFirst := w.wait("a")
	second, leaveSecond := w.wait("a")
	other, leaveOther := w.wait("b")
	gone, leaveGone := w.wait("a")
	leaveGone()
	w.call("a")
	<-first
	<-second
	for name, c := range map[string]<-chan struct{}{"another's": other, "one who left": gone} {
		select {
		case <-c:
			t.Errorf("%s was called", name)
		default:
		}
	}
	again, leaveAgain := w.wait("a")
	leaveFirst() // after the call, and beside a new wait
	leaveSecond()
	w.call("a")
	<-again
	leaveAgain()
	leaveOther()
	leaveOther()
	if len(w.waits) != 0 {
		t.Errorf("remembers %v", w.waits)
	}
}

// No call is missed by who began to wait before it, whatever else goes on.
func TestNoCallIsMissed(t *testing.T) {
	t.Parallel()
	var w waiting
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for range 500 {
				called, leave := w.wait("a")
				group.Go(func() { w.call("a") })
				<-called
				leave()
			}
		})
	}
	group.Wait()
	if len(w.waits) != 0 {
		t.Errorf("remembers %v", w.waits)
	}
}
