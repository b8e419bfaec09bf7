package contract

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"ande.gov.py/gestiones/internal/pa0580"
)

// faultType marks a fault on the wire. Its text is fixed: a driver's own words
// may quote rows, and histories are no place for them.
const faultType = "FALLA"

// ToWire makes err fit for a history. A refusal becomes its code and is not
// retried; a fault loses its text and is. The caller logs the original.
func ToWire(err error) error {
	if err == nil {
		return nil
	}
	if rs := pa0580.RefusalsIn(err); len(rs) > 0 {
		return temporal.NewNonRetryableApplicationError("rechazo", string(rs[0].Code), nil)
	}
	return temporal.NewApplicationError("falla interna", faultType)
}

// FromWire gives the refusal code that ToWire sent; false for anything else.
func FromWire(err error) (pa0580.Code, bool) {
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() != faultType && app.NonRetryable() {
		return pa0580.Code(app.Type()), true
	}
	return "", false
}
