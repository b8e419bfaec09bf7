// Package journeys holds tests that tell stories of the procedure through the
// API, on real PostgreSQL and Temporal: an agent loads, a head sends back, HR
// closes. Only OPEN SGC's faults and the clock are ours to move.
package journeys
