package host

import "fmt"

// Obstacle is what keeps the engines from starting and a person can put right:
// its text is Spanish, for that person. Any other error is a fault.
type Obstacle struct {
	Message string
	cause   error
}

func (o *Obstacle) Error() string { return o.Message }
func (o *Obstacle) Unwrap() error { return o.cause }

// Obstruct makes an Obstacle of a Spanish sentence and of what caused it, or nil.
func Obstruct(cause error, format string, args ...any) *Obstacle {
	return &Obstacle{Message: fmt.Sprintf(format, args...), cause: cause}
}
