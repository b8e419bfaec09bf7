package boot

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// Each setting is checked at start, and the message names the variable to mend.
func TestConfigurationNamesWhatToMend(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	temporal := func(change func(*Temporal)) Temporal {
		out := Temporal{Address: "127.0.0.1:7233", Namespace: "gestiones"}
		change(&out)
		return out
	}
	reglas := func(change func(*Reglas)) Reglas {
		out := DefaultReglas()
		change(&out)
		return out
	}
	tests := map[string]struct {
		in   interface{ Validate() error }
		want string // variable; empty: accepted
	}{
		"a database":                     {PostgreSQL{"postgres://u:p@db/gestiones"}, ""},
		"another database's URL":         {PostgreSQL{"mysql://u:p@db/gestiones"}, "GESTIONES_DATABASE_URL"},
		"no database's name":             {PostgreSQL{"postgres://u:p@db/"}, "GESTIONES_DATABASE_URL"},
		"a cluster of one's own":         {temporal(func(*Temporal) {}), ""},
		"an address without port":        {temporal(func(c *Temporal) { c.Address = "temporal" }), "GESTIONES_TEMPORAL_ADDRESS"},
		"no namespace":                   {temporal(func(c *Temporal) { c.Namespace = "" }), "GESTIONES_TEMPORAL_NAMESPACE"},
		"a certificate without its key":  {temporal(func(c *Temporal) { c.CertFile = empty }), "GESTIONES_TEMPORAL_TLS_KEY"},
		"a certificate that is none":     {temporal(func(c *Temporal) { c.CertFile, c.KeyFile = empty, empty }), "GESTIONES_TEMPORAL_TLS_CERT"},
		"an authority that is none":      {temporal(func(c *Temporal) { c.CAFile = empty }), "GESTIONES_TEMPORAL_TLS_CA"},
		"an empty API key":               {temporal(func(c *Temporal) { c.APIKeyFile = empty }), "GESTIONES_TEMPORAL_API_KEY_FILE"},
		"an API key that is not there":   {temporal(func(c *Temporal) { c.APIKeyFile = empty + "-no" }), "GESTIONES_TEMPORAL_API_KEY_FILE"},
		"no proxy":                       {API{}, ""},
		"proxies as people list them":    {API{[]string{"10.0.0.0/8", " 192.168.1.5/32", "fd00::/8"}}, ""},
		"an address that is no network":  {API{[]string{"10.0.0.1"}}, "GESTIONES_PROXIES"},
		"a network after a stray comma":  {API{[]string{"", "10.0.0.0/8"}}, "GESTIONES_PROXIES"},
		"ANDE's rules":                   {DefaultReglas(), ""},
		"a pattern that does not parse":  {reglas(func(r *Reglas) { r.PatronNIS = "[" }), "GESTIONES_PATRON_NIS"},
		"a wait nobody at a counter has": {reglas(func(r *Reglas) { r.Espera = time.Hour }), "GESTIONES_ESPERA"},
		"a negative count":               {reglas(func(r *Reglas) { r.InusualPorDia = -1 }), "GESTIONES_INUSUAL_POR_DIA"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := tt.in.Validate()
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("said %v, want %s named", err, tt.want)
			}
		})
	}
}

// ANDE's rules are written twice: as rules, and where the command line shows them.
func TestCommandLineDefaultsAreANDEs(t *testing.T) {
	t.Parallel()
	var said Reglas
	k, err := kong.New(&said)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(nil); err != nil {
		t.Fatal(err)
	}
	if want := DefaultReglas(); said != want {
		t.Errorf("the command line says %+v, the rules %+v", said, want)
	}
}

// An API key asks for TLS even where nobody said so: it must not travel in the clear.
func TestAPIKeyMeansTLS(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("secreto\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Temporal{Address: "a:1", Namespace: "n", APIKeyFile: file}
	secure, err := c.tls()
	if err != nil || secure == nil {
		t.Errorf("TLS %v, %v", secure, err)
	}
}
