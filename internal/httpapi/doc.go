// Package httpapi is the JSON API: huma's OpenAPI over gin's router. Bodies and
// queries are read here and not by huma, because PA0580's order is the contract:
// with an invalid document the answer speaks of step 10 alone, and otherwise of
// everything at once, in Spanish and without quoting what was typed
// (docs/adr/0005-one-decoder.md). The schemas document; the rules judge.
package httpapi
