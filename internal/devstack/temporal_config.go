package devstack

import (
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"

	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
)

const clusterName = "local"

// ports are the listening ports of Temporal's four services.
type ports struct{ frontend, history, matching, worker int }

func (p ports) of() map[primitives.ServiceName]int {
	return map[primitives.ServiceName]int{
		primitives.FrontendService: p.frontend,
		primitives.HistoryService:  p.history,
		primitives.MatchingService: p.matching,
		primitives.WorkerService:   p.worker,
	}
}

// hosts tells each service where the others are, instead of the gossip that a
// cluster of many machines needs.
func (p ports) hosts() map[primitives.ServiceName]static.Hosts {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for service, port := range p.of() {
		hosts[service] = static.SingleLocalHost(host.Address(port))
	}
	return hosts
}

// serverConfig describes a server of one process, persisted in pg. The addresses
// that a cluster records of itself are written anew at every start, so ports may
// change; the number of shards is fixed by the first.
func serverConfig(pg pgcluster.Admin, at ports) *config.Config {
	services := map[string]config.Service{}
	for service, port := range at.of() {
		services[string(service)] = config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: host.Loopback}}
	}
	return &config.Config{
		Services: services,
		Persistence: config.Persistence{
			DefaultStore:     executions.database,
			VisibilityStore:  visibility.database,
			NumHistoryShards: 4, // 1 loads a third slower; 64 cost a quarter more CPU on 2 cores
			DataStores: map[string]config.DataStore{
				executions.database: {SQL: executions.config(pg)},
				visibility.database: {SQL: visibility.config(pg)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {
					Enabled:                true,
					InitialFailoverVersion: 1,
					RPCAddress:             host.Address(at.frontend),
				},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: host.Address(at.frontend)},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
	}
}

// unlimited is beyond what one machine can do: the stock rates protect a shared
// cluster, and make the close of a month five times slower here.
const unlimited = 1_000_000

// ackEvery is how often the history service acknowledges what it has done.
const ackEvery = "5s"

// dynamicConfig is what a cluster's operator would tune while it runs.
func dynamicConfig() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		dynamicconfig.FrontendRPS.Key():                                         unlimited,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():                  unlimited,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key():        unlimited,
		dynamicconfig.FrontendMaxConcurrentLongRunningRequestsPerInstance.Key(): unlimited,
		dynamicconfig.FrontendPersistenceMaxQPS.Key():                           unlimited,
		dynamicconfig.HistoryRPS.Key():                                          unlimited,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():                            unlimited,
		dynamicconfig.MatchingRPS.Key():                                         unlimited,
		dynamicconfig.MatchingPersistenceMaxQPS.Key():                           unlimited,
		dynamicconfig.WorkerPersistenceMaxQPS.Key():                             unlimited,
		dynamicconfig.VisibilityPersistenceMaxReadQPS.Key():                     unlimited,
		dynamicconfig.VisibilityPersistenceMaxWriteQPS.Key():                    unlimited,

		// Partitions spread a task queue over machines; with one, no task waits in a
		// partition while the pollers wait in another.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,

		// The history service goes through all tasks that it has not acknowledged with
		// each new one: at the stock 30 s, some thousand under load.
		dynamicconfig.TimerProcessorUpdateAckInterval.Key():      ackEvery,
		dynamicconfig.TransferProcessorUpdateAckInterval.Key():   ackEvery,
		dynamicconfig.VisibilityProcessorUpdateAckInterval.Key(): ackEvery,

		// How soon every service knows a new namespace; each test makes its own.
		dynamicconfig.NamespaceCacheRefreshInterval.Key(): 500 * time.Millisecond,
	}
}
