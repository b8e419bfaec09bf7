package httpapi

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
	swagger "github.com/swaggo/files/v2"
)

const docsPage = `<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gestiones: documentación de la API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const docsStart = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  persistAuthorization: false,
  validatorUrl: null
});
`

// docsPolicy lets the reader run, from this server alone; it styles itself.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

// docsFiles are those of the reader that its page asks for.
var docsFiles = map[string]string{
	"swagger-ui.css":       "text/css; charset=utf-8",
	"swagger-ui-bundle.js": "text/javascript; charset=utf-8",
	"favicon-32x32.png":    "image/png",
}

// docs serves the OpenAPI document and its reader, all from the binary.
func (s *server) docs(engine *gin.Engine) {
	// Written when first asked for: it takes longer than everything else at start.
	s.serveDoc(engine, "/openapi.json", "application/json", sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) }))
	s.serveDoc(engine, "/openapi.yaml", "application/yaml", sync.OnceValues(s.api.OpenAPI().YAML))
	s.serveDoc(engine, "/docs", "text/html; charset=utf-8", func() ([]byte, error) { return []byte(docsPage), nil })
	s.serveDoc(engine, "/docs/start.js", "text/javascript; charset=utf-8", func() ([]byte, error) { return []byte(docsStart), nil })
	for name, kind := range docsFiles {
		s.serveDoc(engine, "/docs/"+name, kind, func() ([]byte, error) { return fs.ReadFile(swagger.FS, name) })
	}
}

func (s *server) serveDoc(engine *gin.Engine, path, kind string, read func() ([]byte, error)) {
	engine.GET(path, func(g *gin.Context) {
		content, err := read()
		if err != nil {
			s.refuse(g, fmt.Errorf("read %s: %w", path, err))
			return
		}
		g.Header("Content-Security-Policy", docsPolicy)
		g.Header("Cache-Control", "no-cache")
		g.Data(http.StatusOK, kind, content)
	})
}
