// Package pgcluster runs a private PostgreSQL in a folder: it finds or fetches
// the programs, makes the cluster, starts the server out of the terminal's reach
// and stops it. What was acknowledged survives the end of any process involved.
package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// Superuser owns the cluster; it is known by password, over loopback only.
const Superuser = "postgres"

// Options say where a cluster lives.
type Options struct {
	Dir  string                           // absolute; one server at a time
	Bin  string                           // folder with PostgreSQL's programs, Download, or empty: see findPrograms
	Port int                              // 0: a free one
	Say  func(format string, args ...any) // progress in Spanish; may be nil
}

// Download as Options.Bin or GESTIONES_POSTGRES_BIN asks for the fetched
// PostgreSQL even where one is installed.
const Download = "download"

// settings are given on the command line, so that a cluster follows this code
// and not what it was made with. Statements and the values in them stay out of
// the log: bun writes the ones into the others.
var settings = []string{
	"listen_addresses=" + host.Loopback,
	"unix_socket_directories=", // none: a socket's path must fit in 107 bytes, a folder's may be longer
	"max_connections=300",      // Temporal's four services may hold 30 each
	"shared_buffers=128MB",
	"max_wal_size=2GB",
	"fsync=on",
	"synchronous_commit=on",
	"jit=off",
	"timezone=UTC",
	"log_timezone=UTC",
	"log_line_prefix=%m [%p] %d ",
	"log_checkpoints=off",
	"log_statement=none",
	"log_min_error_statement=panic",
	"log_parameter_max_length=0",
	"log_parameter_max_length_on_error=0",
	"log_error_verbosity=terse", // a violated constraint's detail quotes the row
}

const (
	readyTimeout = 90 * time.Second // recovery after a kill can be long
	retryTimeout = 6 * time.Second  // orphaned backends see their postmaster's death in less
)

// Server is a running PostgreSQL and the place of its cluster.
type Server struct {
	Admin // as Superuser
	Port  int

	place
	bin   string
	log   *os.File
	locks []*host.Lock

	cmd      *exec.Cmd
	ended    <-chan struct{} // closed once the process is gone
	lost     chan struct{}   // closed when that was not our doing
	stopping atomic.Bool
}

// Start makes the cluster if there is none and returns once it answers. What a
// person can put right is a *host.Obstacle.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	s := &Server{lost: make(chan struct{})}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	if err := s.settle(o); err != nil {
		return err
	}
	major, err := clusterMajor(s.place)
	if err != nil {
		return err
	}
	found, err := findPrograms(ctx, s.account, major, o)
	if err != nil {
		return err
	}
	s.bin = found.bin
	if err := endOrphan(ctx, s.data(), o); err != nil {
		return err
	}
	if s.Port, err = host.ChoosePort(o.Port, "PostgreSQL"); err != nil {
		return err
	}
	if major == 0 {
		o.Say("Creando la base de datos con PostgreSQL %d…", found.major)
		if err := createCluster(ctx, s.place, found); err != nil {
			return err
		}
	}
	s.Admin = Admin{Address: host.Address(s.Port), User: Superuser}
	if s.Password, err = readPassword(s.place); err != nil {
		return err
	}
	o.Say("Iniciando PostgreSQL %d…", found.major)
	return s.awaken(ctx)
}

// settle takes the folder for us, and the cluster's own where that is elsewhere.
func (s *Server) settle(o Options) error {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return host.Obstruct(err, "No se pudo crear la carpeta de datos: %v.", err)
	}
	if err := s.hold(o.Dir); err != nil {
		return err
	}
	var err error
	if s.place, err = findPlace(o.Dir); err != nil {
		return err
	}
	if s.outside {
		o.Say("Los datos de PostgreSQL van en %s: su usuario «%s» no puede entrar en %s.", s.root, s.account, o.Dir)
		if err := s.hold(s.root); err != nil {
			return err
		}
	}
	s.log, err = host.OpenLog(o.Dir, "postgres.log")
	return err
}

func (s *Server) hold(dir string) error {
	l, err := host.Acquire(dir)
	if err != nil {
		return err
	}
	s.locks = append(s.locks, l)
	return nil
}

// awaken launches the server until it answers. One that ends at once is tried
// again for a while: after a kill -9 of the postmaster its last children still
// hold the shared memory for a moment.
func (s *Server) awaken(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	giveUp := time.Now().Add(retryTimeout)
	for {
		info, err := s.log.Stat()
		if err != nil {
			return fmt.Errorf("log of postgres: %w", err)
		}
		if err := s.launch(); err != nil {
			return host.Obstruct(err, "No se pudo ejecutar PostgreSQL como el usuario «%s»: %v.", s.account, err)
		}
		err = s.awaitReady(ctx)
		if err == nil {
			go s.watch()
			return nil
		}
		if ctx.Err() != nil || time.Now().After(giveUp) {
			return fmt.Errorf("start postgres: %w; its log %s says: %s", err, s.log.Name(), host.Tail(s.log.Name(), info.Size()))
		}
	}
}

func (s *Server) launch() error {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.Port)}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	s.cmd = s.account.command(context.Background(), filepath.Join(s.bin, "postgres"), args...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	var err error
	s.ended, err = host.Launch(s.cmd, syscall.SIGINT) // PostgreSQL's fast shutdown
	return err
}

// awaitReady connects as the superuser: the password exchange also proves that
// whoever answers on the port is our server.
func (s *Server) awaitReady(ctx context.Context) error {
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		select {
		case <-s.ended:
			return true, errors.New("the server ended")
		default:
		}
		err := s.ping(ctx)
		return err == nil, err
	})
}

func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func (s *Server) watch() {
	<-s.ended
	if !s.stopping.Load() {
		close(s.lost)
	}
}

// Lost is closed when the server ends without Stop having asked it to.
func (s *Server) Lost() <-chan struct{} { return s.lost }
