package main

import (
	"errors"
	"testing"

	"ande.gov.py/gestiones/internal/boot"
)

// A monitor must not take a doctor that could not look for a warning, nor anybody a
// command line that was not run for a file that was altered.
func TestADoctorThatCannotLookSaysUnknown(t *testing.T) {
	t.Parallel()
	c := doctorCmd{engine: engine{Reglas: boot.Reglas{PatronNIS: "("}}}
	var s status
	if err := c.Run(t.Context()); !errors.As(err, &s) || s != 3 {
		t.Errorf("ended with %v", err)
	}
	for _, tt := range []struct {
		args       []string
		code, want int
	}{
		{[]string{"doctor", "--disko=/"}, 80, 3},
		{[]string{"doctor", "--help"}, 0, 0},
		{[]string{"serve", "--disko=/"}, 80, 80},
		{[]string{"verify", "--disko=/"}, 80, 1},
		{nil, 80, 80},
	} {
		if got := refused(tt.args, tt.code); got != tt.want {
			t.Errorf("%v refused with %d exits %d, want %d", tt.args, tt.code, got, tt.want)
		}
	}
}
