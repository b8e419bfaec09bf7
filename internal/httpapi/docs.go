package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

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
	document, errJSON := json.Marshal(s.api.OpenAPI())
	yaml, errYAML := s.api.OpenAPI().YAML()
	if err := errors.Join(errJSON, errYAML); err != nil {
		panic(fmt.Sprintf("httpapi: the OpenAPI document cannot be written: %v", err))
	}
	serve := func(path, kind string, content []byte) {
		engine.GET(path, func(g *gin.Context) {
			g.Header("Content-Security-Policy", docsPolicy)
			g.Header("Cache-Control", "no-cache")
			g.Data(http.StatusOK, kind, content)
		})
	}
	serve("/openapi.json", "application/json", document)
	serve("/openapi.yaml", "application/yaml", yaml)
	serve("/docs", "text/html; charset=utf-8", []byte(docsPage))
	serve("/docs/start.js", "text/javascript; charset=utf-8", []byte(docsStart))
	for name, kind := range docsFiles {
		content, err := fs.ReadFile(swagger.FS, name)
		if err != nil {
			panic(fmt.Sprintf("httpapi: the API's reader lacks %s: %v", name, err))
		}
		serve("/docs/"+name, kind, content)
	}
}
