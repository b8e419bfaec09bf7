package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestReadyAsksWhoeverServes(t *testing.T) {
	t.Parallel()
	answering := func(status int) string {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		return server.URL
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := map[string]struct{ url, want string }{
		"ready":              {url: answering(http.StatusOK) + "/readyz"},
		"without a database": {url: answering(http.StatusServiceUnavailable) + "/readyz", want: "no está listo"},
		"not the program":    {url: answering(http.StatusOK) + "/elsewhere", want: "no está listo"},
		"nobody there":       {url: gone.URL + "/readyz", want: "no contesta"},
		"no address":         {url: "::", want: "--url"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := (&readyCmd{URL: tt.url}).Run(t.Context())
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
