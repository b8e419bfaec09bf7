// Package boot turns configuration into a running system: the one place that
// knows every adapter.
package boot

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/pa0580"
)

// PostgreSQL says where the system of record is.
type PostgreSQL struct {
	URL string `name:"database-url" env:"GESTIONES_DATABASE_URL" required:"" placeholder:"postgres://usuario:clave@servidor/base" help:"PostgreSQL 14 o posterior."`
}

// Validate is called by the command line before anything starts.
func (p PostgreSQL) Validate() error {
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Path == "" || u.Path == "/" {
		return errors.New("GESTIONES_DATABASE_URL: debe ser postgres://usuario:clave@servidor:puerto/base")
	}
	return nil
}

// Temporal says where the engine is: a cluster of one's own or Temporal Cloud.
type Temporal struct {
	Address    string `name:"temporal-address" env:"GESTIONES_TEMPORAL_ADDRESS" default:"127.0.0.1:7233" help:"Servidor y puerto del frontend de Temporal."`
	Namespace  string `name:"temporal-namespace" env:"GESTIONES_TEMPORAL_NAMESPACE" default:"gestiones" help:"Namespace; en Temporal Cloud, nombre.cuenta."`
	APIKeyFile string `name:"temporal-api-key-file" env:"GESTIONES_TEMPORAL_API_KEY_FILE" help:"Archivo con la clave de API de Temporal Cloud."`
	TLS        bool   `name:"temporal-tls" env:"GESTIONES_TEMPORAL_TLS" help:"Conectar con TLS (implícito con clave de API o certificado)."`
	CertFile   string `name:"temporal-tls-cert" env:"GESTIONES_TEMPORAL_TLS_CERT" help:"Certificado del cliente, PEM."`
	KeyFile    string `name:"temporal-tls-key" env:"GESTIONES_TEMPORAL_TLS_KEY" help:"Clave privada del certificado, PEM."`
	CAFile     string `name:"temporal-tls-ca" env:"GESTIONES_TEMPORAL_TLS_CA" help:"Autoridad que firma el certificado del servidor, PEM."`
	ServerName string `name:"temporal-tls-server-name" env:"GESTIONES_TEMPORAL_TLS_SERVER_NAME" help:"Nombre que debe mostrar el servidor, si difiere de la dirección."`
}

// Validate is called by the command line before anything starts.
func (t Temporal) Validate() error {
	if _, _, err := net.SplitHostPort(t.Address); err != nil {
		return errors.New("GESTIONES_TEMPORAL_ADDRESS: debe ser servidor:puerto, por ejemplo 127.0.0.1:7233")
	}
	if t.Namespace == "" {
		return errors.New("GESTIONES_TEMPORAL_NAMESPACE: falta el namespace")
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return errors.New("GESTIONES_TEMPORAL_TLS_CERT y GESTIONES_TEMPORAL_TLS_KEY van juntos: falta uno")
	}
	if _, err := t.apiKey(); err != nil {
		return err
	}
	_, err := t.tls()
	return err
}

func (t Temporal) apiKey() (string, error) {
	if t.APIKeyFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(t.APIKeyFile)
	if err != nil {
		return "", errors.New("GESTIONES_TEMPORAL_API_KEY_FILE: no se puede leer el archivo")
	}
	key := strings.TrimSpace(string(b))
	if key == "" {
		return "", errors.New("GESTIONES_TEMPORAL_API_KEY_FILE: el archivo está vacío")
	}
	return key, nil
}

// tls is nil where the connection is plain.
func (t Temporal) tls() (*tls.Config, error) {
	if !t.TLS && t.CertFile == "" && t.APIKeyFile == "" && t.CAFile == "" {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, errors.New("GESTIONES_TEMPORAL_TLS_CERT y GESTIONES_TEMPORAL_TLS_KEY: no forman un par PEM que se pueda leer")
		}
		out.Certificates = []tls.Certificate{pair}
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		out.RootCAs = x509.NewCertPool()
		if err != nil || !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("GESTIONES_TEMPORAL_TLS_CA: no se puede leer un certificado PEM de ese archivo")
		}
	}
	return out, nil
}

// API is what stands before it.
type API struct {
	Proxies []string `name:"proxies" env:"GESTIONES_PROXIES" placeholder:"10.0.0.0/8,…" help:"Redes (CIDR) de los proxies cuyo X-Forwarded-For se cree; sin indicar, ninguno."`
}

// Validate is called by the command line before anything starts.
func (a API) Validate() error {
	_, err := a.proxies()
	return err
}

func (a API) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range a.Proxies {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, errors.New("GESTIONES_PROXIES: deben ser redes en forma CIDR separadas por comas, por ejemplo 10.0.0.0/8,192.168.1.5/32")
		}
		out = append(out, p)
	}
	return out, nil
}

// Firma is what closes are signed with. Only «work» holds it.
type Firma struct {
	KeyFile string `name:"signing-key-file" env:"GESTIONES_SIGNING_KEY_FILE" help:"Archivo con la clave privada que firma el manifiesto de cada cierre; la hace «gestiones key new»."`
}

// Validate is called by the command line before anything starts.
func (f Firma) Validate() error {
	_, err := f.notario()
	return err
}

// notario is nil where no key is configured.
func (f Firma) notario() (app.Notario, error) {
	if f.KeyFile == "" {
		return nil, nil
	}
	key, err := os.ReadFile(f.KeyFile)
	if err != nil {
		return nil, errors.New("GESTIONES_SIGNING_KEY_FILE: no se puede leer el archivo")
	}
	n, err := manifiesto.NewNotario(string(key))
	if err != nil {
		return nil, fmt.Errorf("GESTIONES_SIGNING_KEY_FILE: %w", err)
	}
	return n, nil
}

// Reconciliacion is how often what was left undone is sent again.
type Reconciliacion struct {
	ReconciliarCada time.Duration `name:"reconciliar-cada" env:"GESTIONES_RECONCILIAR_CADA" default:"30s" help:"Cada cuánto, y desde qué antigüedad, se vuelve a mandar lo que quedó sin hacer."`
}

// Validate is called by the command line before anything starts.
func (r Reconciliacion) Validate() error {
	if r.ReconciliarCada < time.Second || r.ReconciliarCada > time.Hour {
		return errors.New("GESTIONES_RECONCILIAR_CADA: debe estar entre 1s y 1h")
	}
	return nil
}

// Reglas is what the utility decides where PA0580 is silent.
type Reglas struct {
	PatronNIS        string        `name:"patron-nis" env:"GESTIONES_PATRON_NIS" default:"^[0-9]{5,9}$" help:"Expresión regular de un NIS."`
	PatronExpediente string        `name:"patron-expediente" env:"GESTIONES_PATRON_EXPEDIENTE" default:"^[0-9A-Z/.\\-]{3,30}$" help:"Expresión regular de un expediente."`
	PatronReclamo    string        `name:"patron-reclamo" env:"GESTIONES_PATRON_RECLAMO" default:"^[0-9A-Z/.\\-]{3,30}$" help:"Expresión regular de un reclamo."`
	InusualPorDia    int           `name:"inusual-por-dia" env:"GESTIONES_INUSUAL_POR_DIA" default:"100" help:"Gestiones de un agente en un día desde las que se avisa a la jefatura; 0: nunca."`
	Espera           time.Duration `name:"espera" env:"GESTIONES_ESPERA" default:"2s" help:"Cuánto espera el mostrador la respuesta de OPEN SGC antes de contestar «recibida»."`
	CierreDoble      bool          `name:"cierre-doble" env:"GESTIONES_CIERRE_DOBLE" help:"Cada orden de cierre espera que otra persona de Recursos Humanos la confirme."`
}

// Validate is called by the command line before anything starts.
func (r Reglas) Validate() error {
	if r.Espera < 100*time.Millisecond || r.Espera > 30*time.Second {
		return errors.New("GESTIONES_ESPERA: debe estar entre 100ms y 30s")
	}
	if r.InusualPorDia < 0 {
		return errors.New("GESTIONES_INUSUAL_POR_DIA: no puede ser negativo")
	}
	_, err := r.Patrones()
	return err
}

// Patrones compiles how references are written.
func (r Reglas) Patrones() (pa0580.Patrones, error) {
	out := pa0580.Patrones{}
	for _, p := range []struct {
		tipo          pa0580.TipoReferencia
		name, pattern string
	}{
		{pa0580.NIS, "GESTIONES_PATRON_NIS", r.PatronNIS},
		{pa0580.Expediente, "GESTIONES_PATRON_EXPEDIENTE", r.PatronExpediente},
		{pa0580.Reclamo, "GESTIONES_PATRON_RECLAMO", r.PatronReclamo},
	} {
		re, err := regexp.Compile(p.pattern)
		if err != nil || p.pattern == "" {
			return nil, fmt.Errorf("%s: no es una expresión regular válida", p.name)
		}
		out[p.tipo] = re
	}
	return out, nil
}

func (r Reglas) config() (app.Config, error) {
	c := app.DefaultConfig()
	var err error
	c.Patrones, err = r.Patrones()
	c.InusualPorDia, c.Espera, c.CierreDoble = r.InusualPorDia, r.Espera, r.CierreDoble
	return c, err
}

// DefaultReglas are ANDE's, for those who start without a command line. A test
// sees to it that the tags above say the same.
func DefaultReglas() Reglas {
	c := app.DefaultConfig()
	return Reglas{
		PatronNIS: c.Patrones[pa0580.NIS].String(), PatronExpediente: c.Patrones[pa0580.Expediente].String(),
		PatronReclamo: c.Patrones[pa0580.Reclamo].String(), InusualPorDia: c.InusualPorDia, Espera: c.Espera, CierreDoble: c.CierreDoble,
	}
}
