package host

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// Loopback is where everything listens: nothing is offered to the network.
const Loopback = "127.0.0.1"

// Free ports are taken from a range below those that Linux (32768) and macOS
// (49152) give to outgoing connections: Temporal opens dozens of them to
// PostgreSQL between our choosing a port and the server's listening on it.
const firstPort, lastPort = 20000, 32000

// ChoosePort returns wanted if it is free, or any free Loopback port for 0.
// A taken port is an *Obstacle.
func ChoosePort(wanted int, who string) (int, error) {
	if wanted == 0 {
		ports, err := FreePorts(1)
		if err != nil {
			return 0, err
		}
		return ports[0], nil
	}
	err := tryPort(wanted)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return 0, Obstruct(err, "El puerto %d, para %s, ya lo usa otro programa. Cierre ese programa o elija otro puerto.", wanted, who)
	case errors.Is(err, syscall.EACCES):
		return 0, Obstruct(err, "No hay permiso para usar el puerto %d, para %s. Elija uno mayor que 1023.", wanted, who)
	case err != nil:
		return 0, fmt.Errorf("port %d for %s: %w", wanted, who, err)
	}
	return wanted, nil
}

// FreePorts returns n different ports that nobody listens on.
func FreePorts(n int) ([]int, error) {
	var ports []int
	var err error
	seen := map[int]bool{}
	for try := 0; try < 1000 && len(ports) < n; try++ {
		port := firstPort + rand.IntN(lastPort-firstPort)
		if seen[port] {
			continue
		}
		seen[port] = true
		if err = tryPort(port); err == nil {
			ports = append(ports, port)
		}
	}
	if len(ports) < n {
		return nil, fmt.Errorf("find %d free ports: %w", n, err)
	}
	return ports, nil
}

func tryPort(port int) error {
	l, err := net.Listen("tcp", Address(port))
	if err != nil {
		return err
	}
	return l.Close()
}

// Address is host:port of a loopback port.
func Address(port int) string { return net.JoinHostPort(Loopback, strconv.Itoa(port)) }
