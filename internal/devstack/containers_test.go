package devstack

import (
	"maps"
	"os"
	"testing"

	"go.temporal.io/server/common/dynamicconfig"
)

// What was measured here must hold in containers too. The one setting that they
// lack is for tests, which make namespaces by the dozen.
func TestContainersLimitTemporalNoMoreThanLocalMode(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docker/temporal/dynamicconfig.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := dynamicconfig.LoadYamlFile(text)
	if err := file.Err(); err != nil || len(file.Warnings) > 0 {
		t.Fatal(err, file.Warnings)
	}
	got, want := map[string]any{}, map[string]any{}
	for key, values := range file.Map {
		got[key.String()] = values[0].Value
	}
	for key, value := range dynamicConfig() {
		want[key.String()] = value
	}
	delete(want, dynamicconfig.NamespaceCacheRefreshInterval.Key().String())
	if !maps.Equal(want, got) {
		t.Errorf("containers have %v, local mode has %v", got, want)
	}
}
