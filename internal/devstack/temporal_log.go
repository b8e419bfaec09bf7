package devstack

import (
	"io"
	"os"
	"runtime"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// serverLog writes the server's warnings as JSON lines, and keeps it from ending
// the process while it starts: a port lost to somebody else is an error of
// Start, not the end of PostgreSQL's parent.
type serverLog struct {
	log.Logger
	level   zap.AtomicLevel
	fatal   atomic.Pointer[string] // what the server would have died of
	serving atomic.Bool
}

func newServerLog(to io.Writer) *serverLog {
	l := &serverLog{level: zap.NewAtomicLevelAt(zapcore.WarnLevel)}
	core := zapcore.NewCore(zapcore.NewJSONEncoder(log.DefaultZapEncoderConfig), zapcore.AddSync(to), l.level)
	l.Logger = log.NewZapLogger(zap.New(core, zap.WithFatalHook(l)))
	return l
}

// hush is for the end: the four services complain at length of each other's
// going, and some after their server has stopped.
func (l *serverLog) hush() {
	l.serving.Store(false) // what breaks now must not end the process
	l.level.SetLevel(zapcore.InvalidLevel)
}

// OnWrite is zap's hook after a fatal entry. A server that breaks while serving
// ends the process as its authors meant; before, its goroutine ends alone.
func (l *serverLog) OnWrite(entry *zapcore.CheckedEntry, fields []zapcore.Field) {
	text := entry.Message
	for _, f := range fields {
		if err, ok := f.Interface.(error); ok {
			text += ": " + err.Error()
		}
	}
	l.fatal.Store(&text)
	if l.serving.Load() {
		os.Exit(1)
	}
	runtime.Goexit()
}
