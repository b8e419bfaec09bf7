package httpapi

import (
	"net/http"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// extractAtOnce is how many extractions run at once in a process. Each holds one of
// its connections to PostgreSQL for as long as it takes; those of agents come first.
const extractAtOnce = 3

// cupo lets so many extractions run at once: one of each person's, and one workbook,
// which is put together in memory.
type cupo struct {
	mu     sync.Mutex
	taken  map[pa0580.FuncionarioID]bool
	libros int
}

func newCupo() *cupo { return &cupo{taken: map[pa0580.FuncionarioID]bool{}} }

// take gives a turn, to be released; or the problem to answer with.
func (c *cupo) take(who pa0580.FuncionarioID, f app.Formato) (release func(), busy *problema) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.taken[who]:
		return nil, extracting("Usted ya tiene una extracción en curso: espere a que termine, o córtela.")
	case len(c.taken) >= extractAtOnce:
		return nil, extracting("Hay otras extracciones en curso: espere los segundos que dice la cabecera Retry-After y repita.")
	case f == app.XLSX && c.libros > 0:
		return nil, extracting("Se está armando otro archivo de Excel: espere los segundos que dice la cabecera Retry-After y repita, o elija csv.")
	}
	c.taken[who] = true
	if f == app.XLSX {
		c.libros++
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.taken, who)
		if f == app.XLSX {
			c.libros--
		}
	}, nil
}

// extracting says that an extraction has to wait for another.
func extracting(detail string) *problema {
	p := newProblema(http.StatusTooManyRequests, "EXTRACCION_EN_CURSO", "Hay otra extracción en curso", detail)
	p.retry = extractAgain
	return p
}

const extractAgain = 15 * time.Second
